import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { readDeployment } from '@parley/evm/deployment-file'
import { Relayer } from '@parley/sdk'
import {
  createLog,
  deploymentPath,
  hexOf,
  listen,
  logLevel,
  port,
  readConfiguration,
  runProgram,
} from '@parley/service'
import { z } from 'zod'
import { createEnclave, identityOf } from './worker/enclave.ts'
import { registerEnclave } from './worker/registration.ts'
import { createWorker } from './worker/server.ts'
import { readSimulatedAttester, simulatedWorkload } from './worker/simulator.ts'

const configurationSchema = z.object({
  ENCLAVE_PORT: port(4020),
  RELAYER_URL: z.url().meta({ description: "the relayer's URL", example: 'http://127.0.0.1:4010' }),
  DEPLOYMENT: deploymentPath,
  OPERATOR: hexOf(20).meta({ description: 'the address that runs this enclave and may revoke it' }),
  SIMULATOR_PLATFORM: z.string().meta({
    description:
      "the path of a simulated platform's JSON; this version has the simulator only, no driver for a TEE yet",
  }),
  LOG_LEVEL: logLevel,
})

// Before the settings are read, so that what runProgram writes says it too.
const log = createLog('enclave', { level: 'info' }).child({ simulated: true })

await runProgram(
  'enclave',
  async (onStop) => {
    const settings = readConfiguration(configurationSchema, process.env)
    log.level = settings.LOG_LEVEL
    const { chainId, enclaveEvaluator } = await readDeployment(settings.DEPLOYMENT)
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
