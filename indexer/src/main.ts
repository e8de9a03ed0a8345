import { createLog, readConfiguration, runProgram } from '@parley/service'
import { openChains } from './chains.ts'
import { configurationSchema } from './configuration.ts'
import { runIndexer } from './indexer.ts'

await runProgram('indexer', async () => {
  const configuration = readConfiguration(configurationSchema, process.env)
  const { DATABASE_URL: databaseUrl, FINALITY_BLOCKS: finalityBlocks } = configuration
  const log = createLog('indexer', { level: configuration.LOG_LEVEL })
  const stopping = new AbortController()
  const { signal } = stopping

  const chains = await openChains(configuration, { log, signal })
  // Each in a session of its own: no chain waits for another.
  const indexing = chains.map(async ({ chain, requireChain, log: logOfChain }) => {
    await requireChain()
    await runIndexer({ chain, databaseUrl, finalityBlocks, log: logOfChain, signal })
  })
  const ended = Promise.all(indexing)
  const stop = async () => {
    stopping.abort()
    await ended
  }
  return { stop, ended }
})
