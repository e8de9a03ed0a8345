import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createLog, listen, readConfiguration, runProgram } from '@parley/service'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { hexOf } from '../worker/hex-schema.ts'
import { readJsonFile } from '../worker/json-file.ts'
import { readRootSha256 } from './root.ts'
import { createVerifier } from './server.ts'

const configurationSchema = z.object({
  VERIFIER_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(4030)
    .meta({ description: 'a port, 0 for any that is free', example: '4030' }),
  VERIFIER_KEY: hexOf(32).meta({
    description: 'the private key that signs reports: 0x and 64 hexadecimal digits',
    secret: true,
  }),
  DEPLOYMENT: z.string().meta({ description: "the path of the JSON file with the contracts' addresses" }),
  ATTESTATION_ROOT: z
    .string()
    .optional()
    .meta({ description: "the path of a PEM file with the root that quotes must lead to, Intel's when absent" }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'debug, info, warn, error or silent' }),
})

const deploymentSchema = z.object({ chainId: z.int().positive(), enclaveRegistry: hexOf(20) })

await runProgram('verifier', async () => {
  const settings = readConfiguration(configurationSchema, process.env)
  const log = createLog('verifier', { level: settings.LOG_LEVEL })
  const { chainId, enclaveRegistry } = await readJsonFile('DEPLOYMENT', settings.DEPLOYMENT, deploymentSchema)
  const account = privateKeyToAccount(settings.VERIFIER_KEY)
  const rootSha256 = await readRootSha256(settings.ATTESTATION_ROOT)

  const registry = { chainId, verifyingContract: enclaveRegistry }
  const app = createVerifier({ account, registry, rootSha256, log })
  const server = createServer(getRequestListener(app.fetch))
  const listening = await listen(server, { port: settings.VERIFIER_PORT, variable: 'VERIFIER_PORT' })
  log.info({ url: listening.url, verifier: account.address.toLowerCase(), rootSha256 }, 'listening')
  return { stop: () => listening.close() }
})
