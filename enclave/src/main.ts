import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Relayer } from '@parley/sdk'
import { createLog, listen, readConfiguration, runProgram } from '@parley/service'
import { z } from 'zod'
import { createEnclave, identityOf } from './worker/enclave.ts'
import { hexOf } from './worker/hex-schema.ts'
import { readJsonFile } from './worker/json-file.ts'
import { registerEnclave } from './worker/registration.ts'
import { createWorker } from './worker/server.ts'
import { readSimulatedAttester, simulatedWorkload } from './worker/simulator.ts'

const configurationSchema = z.object({
  ENCLAVE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(4020)
    .meta({ description: 'a port, 0 for any that is free', example: '4020' }),
  RELAYER_URL: z.url().meta({ description: "the relayer's URL", example: 'http://127.0.0.1:4010' }),
  DEPLOYMENT: z.string().meta({ description: "the path of the JSON file with the contracts' addresses" }),
  OPERATOR: hexOf(20).meta({ description: 'the address that runs this enclave and may revoke it' }),
  SIMULATOR_PLATFORM: z.string().meta({
    description:
      "the path of a simulated platform's JSON; this version has the simulator only, no driver for a TEE yet",
  }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'debug, info, warn, error or silent' }),
})

const deploymentSchema = z.object({ chainId: z.int().positive(), enclaveEvaluator: hexOf(20) })

// Before the settings are read, so that what runProgram writes says it too.
const log = createLog('enclave', { level: 'info' }).child({ simulated: true })

await runProgram(
  'enclave',
  async (onStop) => {
    const settings = readConfiguration(configurationSchema, process.env)
    log.level = settings.LOG_LEVEL
    const { chainId, enclaveEvaluator } = await readJsonFile('DEPLOYMENT', settings.DEPLOYMENT, deploymentSchema)
    const attester = await readSimulatedAttester(settings.SIMULATOR_PLATFORM)
    const enclave = await createEnclave({
      operator: settings.OPERATOR,
      workload: simulatedWorkload,
      isSimulated: true,
      evaluator: { chainId, verifyingContract: enclaveEvaluator },
    })

    const server = createServer(getRequestListener(createWorker({ enclave, log }).fetch))
    const listening = await listen(server, { port: settings.ENCLAVE_PORT, variable: 'ENCLAVE_PORT' })
    onStop(() => listening.close())
    log.info({ url: listening.url }, 'listening')

    await registerEnclave(identityOf(enclave), { relayer: new Relayer({ url: settings.RELAYER_URL }), attester, log })
    return { stop: async () => {} }
  },
  { log },
)
