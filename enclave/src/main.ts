import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Relayer } from '@parley/sdk'
import {
  accountId,
  createLog,
  evmDeploymentPath,
  hexOf,
  listen,
  logLevel,
  nearDeploymentPath,
  port,
  readConfiguration,
  runProgram,
  servingChains,
} from '@parley/service'
import { z } from 'zod'
import { readEvmChain, readNearChain } from './chains.ts'
import { createEnclave, identityOf, type ServedChain } from './worker/enclave.ts'
import { registerEnclave } from './worker/registration.ts'
import { createWorker } from './worker/server.ts'
import { readSimulatedAttester, simulatedWorkload } from './worker/simulator.ts'

const settingsSchema = z.object({
  ENCLAVE_PORT: port(4020),
  RELAYER_URL: z.url().meta({ description: "the relayer's URL", example: 'http://127.0.0.1:4010' }),
  EVM_DEPLOYMENT: evmDeploymentPath,
  EVM_OPERATOR: hexOf(20).optional().meta({ description: 'the address that runs this enclave and may revoke it' }),
  NEAR_DEPLOYMENT: nearDeploymentPath,
  NEAR_OPERATOR: accountId
    .optional()
    .meta({ description: 'the account id that runs this enclave and may revoke it', example: 'agent.near' }),
  SIMULATOR_PLATFORM: z.string().meta({
    description:
      "the path of a simulated platform's JSON; this version has the simulator only, no driver for a TEE yet",
  }),
  LOG_LEVEL: logLevel,
})
const configurationSchema = servingChains(settingsSchema, [
  ['EVM_DEPLOYMENT', 'EVM_OPERATOR'],
  ['NEAR_DEPLOYMENT', 'NEAR_OPERATOR'],
])

// Before the settings are read, so that what runProgram writes says it too.
const log = createLog('enclave', { level: 'info' }).child({ simulated: true })

await runProgram(
  'enclave',
  async (onStop) => {
    const settings = readConfiguration(configurationSchema, process.env)
    log.level = settings.LOG_LEVEL
    const attester = await readSimulatedAttester(settings.SIMULATOR_PLATFORM)
    const enclave = await createEnclave({
      workload: simulatedWorkload,
      isSimulated: true,
      chains: await readServedChains(settings),
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

async function readServedChains(settings: z.infer<typeof settingsSchema>): Promise<ServedChain[]> {
  const { EVM_DEPLOYMENT, EVM_OPERATOR, NEAR_DEPLOYMENT, NEAR_OPERATOR } = settings
  const chains: ServedChain[] = []
  if (EVM_DEPLOYMENT && EVM_OPERATOR) chains.push({ ...(await readEvmChain(EVM_DEPLOYMENT)), operator: EVM_OPERATOR })
  if (NEAR_DEPLOYMENT && NEAR_OPERATOR)
    chains.push({ ...(await readNearChain(NEAR_DEPLOYMENT)), operator: NEAR_OPERATOR })
  return chains
}
