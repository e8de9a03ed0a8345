import { readDeployment } from '@parley/evm/deployment-file'
import { createLog, readConfiguration, runProgram } from '@parley/service'
import { configurationSchema } from './configuration.ts'
import { createEvmChain, requireChainId } from './evm-chain.ts'
import { runIndexer } from './indexer.ts'
import { createRpc } from './rpc.ts'

await runProgram('indexer', async () => {
  const configuration = readConfiguration(configurationSchema, process.env)
  const log = createLog('indexer', { level: configuration.LOG_LEVEL })
  const deployment = await readDeployment(configuration.DEPLOYMENT)
  const { FINALITY_BLOCKS: finalityBlocks, POLL_MILLISECONDS: pollMilliseconds } = configuration
  const stopping = new AbortController()
  const { signal } = stopping

  const rpc = createRpc(configuration.RPC_URL, signal)
  const chain = createEvmChain({ rpc, deployment, pollMilliseconds, finalityBlocks, log })
  const ended = requireChainId(rpc, deployment, { log, signal }).then(() =>
    runIndexer({ chain, databaseUrl: configuration.DATABASE_URL, finalityBlocks, log, signal }),
  )
  const stop = async () => {
    stopping.abort()
    await ended
  }
  return { stop, ended }
})
