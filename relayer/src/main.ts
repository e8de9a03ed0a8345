import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { connect, isUnreachable, migrate } from '@parley/database'
import { ConfigurationError, createLog, listen, readConfiguration, runProgram } from '@parley/service'
import { openChains } from './chains.ts'
import { configurationSchema } from './configuration.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { createApp } from './http/app.ts'
import { forgetRequests } from './market/forget.ts'
import { repeat } from './repeat.ts'
import { findRequest } from './store.ts'
import { take } from './take.ts'
import { createVerifiers } from './verifiers.ts'

const UPKEEP_MILLISECONDS = 60_000

await runProgram('relayer', async (onStop) => {
  const configuration = readConfiguration(configurationSchema, process.env)
  const log = createLog('relayer', { level: configuration.LOG_LEVEL })
  const verifiers = await createVerifiers(configuration.VERIFIER_URLS, configuration.ATTESTATION_ROOT)
  await prepareTables(configuration.DATABASE_URL)
  const { db, sql, close } = connect(configuration.DATABASE_URL)
  onStop(close)
  const chains = await openChains(configuration, verifiers)

  for (const chain of chains) {
    await chain.keepUp(db).catch((error: unknown) => log.warn({ error, chain: chain.id }, 'could not prepare to send'))
    onStop(repeat(() => chain.keepUp(db), UPKEEP_MILLISECONDS, log).stop)
    onStop(repeat(() => forgetRequests(db, chain), UPKEEP_MILLISECONDS, log).stop)
  }
  // One loop a chain: a node that does not answer holds up nothing on other chains.
  const loops = new Map(
    chains.map((chain) => {
      const round = () => dispatch({ db, chain, log })
      return [chain.id, repeat(round, configuration.POLL_MILLISECONDS, log)]
    }),
  )
  for (const loop of loops.values()) onStop(loop.stop)

  const limits = {
    requestsPerMinute: configuration.MAX_REQUESTS_PER_MINUTE,
    totalPerMinute: configuration.MAX_TOTAL_PER_MINUTE,
  }
  const wake = (chain: string) => loops.get(chain)?.wake()
  const isReady = async () => {
    const answers = await Promise.allSettled([sql`select 1`, ...chains.map((chain) => chain.ping())])
    return answers.every(({ status }) => status === 'fulfilled')
  }
  const app = createApp({
    take: (incoming) => take({ db, chains, limits, wake }, incoming),
    find: (id) => findRequest(db, id),
    market: { db, chains, limits },
    isReady,
    log,
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const { url, close: stop } = await listen(server, { port: configuration.RELAYER_PORT, variable: 'RELAYER_PORT' })
  log.info({ url, chains: chains.map(({ id }) => id) }, 'listening')
  return { stop }
})

async function prepareTables(url: string): Promise<void> {
  try {
    await migrate(url)
  } catch (cause) {
    if (!isUnreachable(cause)) throw cause
    const message = `DATABASE_URL names a Postgres that does not answer (${cause.message}): start it, or name another.`
    throw new ConfigurationError(message, { cause })
  }
}
