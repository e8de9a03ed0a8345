import { createServer } from 'node:http'
import { createLog, listen, readConfiguration, runProgram } from '@parley/service'
import { configurationSchema } from './configuration.ts'
import { createJobChanges } from './job-changes.ts'
import { connectReadOnly } from './read-only-pool.ts'
import { createGraphqlServer } from './server.ts'

await runProgram('graphql', async (onStop) => {
  const { DATABASE_URL, GRAPHQL_PORT, LOG_LEVEL } = readConfiguration(configurationSchema, process.env)
  const log = createLog('graphql', { level: LOG_LEVEL })

  const { db, sql, close } = connectReadOnly(DATABASE_URL)
  onStop(close)
  const jobChanges = createJobChanges({ db, sql, log })
  const handler = createGraphqlServer({ db, jobChanges, log, clock: Date.now })

  const server = await listen(createServer(handler), { port: GRAPHQL_PORT, variable: 'GRAPHQL_PORT' })
  log.info({ url: server.url }, 'listening')
  return { stop: server.close }
})
