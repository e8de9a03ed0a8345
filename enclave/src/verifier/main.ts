import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { readDeployment } from '@parley/evm/deployment-file'
import {
  attestationRootPath,
  createLog,
  deploymentPath,
  listen,
  logLevel,
  port,
  privateKey,
  readConfiguration,
  runProgram,
} from '@parley/service'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { readRootSha256 } from './root.ts'
import { createVerifier } from './server.ts'

const configurationSchema = z.object({
  VERIFIER_PORT: port(4030),
  VERIFIER_KEY: privateKey('signs reports'),
  DEPLOYMENT: deploymentPath,
  ATTESTATION_ROOT: attestationRootPath,
  LOG_LEVEL: logLevel,
})

await runProgram('verifier', async () => {
  const settings = readConfiguration(configurationSchema, process.env)
  const log = createLog('verifier', { level: settings.LOG_LEVEL })
  const { chainId, enclaveRegistry } = await readDeployment(settings.DEPLOYMENT)
  const account = privateKeyToAccount(settings.VERIFIER_KEY)
  const rootSha256 = await readRootSha256(settings.ATTESTATION_ROOT)

  const registry = { chainId, verifyingContract: enclaveRegistry }
  const app = createVerifier({ account, registry, rootSha256, log })
  const server = createServer(getRequestListener(app.fetch))
  const listening = await listen(server, { port: settings.VERIFIER_PORT, variable: 'VERIFIER_PORT' })
  log.info({ url: listening.url, verifier: account.address.toLowerCase(), rootSha256 }, 'listening')
  return { stop: () => listening.close() }
})
