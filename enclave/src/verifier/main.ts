import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import {
  attestationRootPath,
  createLog,
  evmDeploymentPath,
  listen,
  logLevel,
  nearDeploymentPath,
  port,
  privateKey,
  readConfiguration,
  runProgram,
  servingChains,
} from '@parley/service'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { readEvmChain, readNearChain, type SigningChain } from '../chains.ts'
import { readRootSha256 } from './root.ts'
import { createVerifier } from './server.ts'

const settingsSchema = z.object({
  VERIFIER_PORT: port(4030),
  VERIFIER_KEY: privateKey('signs reports'),
  EVM_DEPLOYMENT: evmDeploymentPath,
  NEAR_DEPLOYMENT: nearDeploymentPath,
  ATTESTATION_ROOT: attestationRootPath,
  LOG_LEVEL: logLevel,
})
const configurationSchema = servingChains(settingsSchema, [['EVM_DEPLOYMENT'], ['NEAR_DEPLOYMENT']])

await runProgram('verifier', async () => {
  const settings = readConfiguration(configurationSchema, process.env)
  const log = createLog('verifier', { level: settings.LOG_LEVEL })
  const { EVM_DEPLOYMENT, NEAR_DEPLOYMENT } = settings
  const chains: SigningChain[] = []
  if (EVM_DEPLOYMENT) chains.push(await readEvmChain(EVM_DEPLOYMENT))
  if (NEAR_DEPLOYMENT) chains.push(await readNearChain(NEAR_DEPLOYMENT))
  const account = privateKeyToAccount(settings.VERIFIER_KEY)
  const rootSha256 = await readRootSha256(settings.ATTESTATION_ROOT)

  const app = createVerifier({ account, chains, rootSha256, log })
  const server = createServer(getRequestListener(app.fetch))
  const listening = await listen(server, { port: settings.VERIFIER_PORT, variable: 'VERIFIER_PORT' })
  log.info({ url: listening.url, verifier: account.address.toLowerCase(), rootSha256 }, 'listening')
  return { stop: () => listening.close() }
})
