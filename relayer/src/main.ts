import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { connect, isUnreachable, migrate } from '@parley/database'
import { readDeployment } from '@parley/evm/deployment-file'
import { ConfigurationError, createLog, listen, readConfiguration, runProgram } from '@parley/service'
import { privateKeyToAccount } from 'viem/accounts'
import { openChain } from './chain/chain.ts'
import { configurationSchema } from './configuration.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { createApp } from './http/app.ts'
import { repeat } from './repeat.ts'
import { findRequest } from './store.ts'
import { take } from './take.ts'
import { createVerifiers } from './verifiers.ts'

await runProgram('relayer', async (onStop) => {
  const configuration = readConfiguration(configurationSchema, process.env)
  const log = createLog('relayer', { level: configuration.LOG_LEVEL })
  const deployment = await readDeployment(configuration.DEPLOYMENT)
  const account = privateKeyToAccount(configuration.RELAYER_KEY)
  const verifiers = await createVerifiers(configuration.VERIFIER_URLS, configuration.ATTESTATION_ROOT)
  await prepareTables(configuration.DATABASE_URL)
  const { db, sql, close } = connect(configuration.DATABASE_URL)
  onStop(close)
  const chain = await openChain(configuration.RPC_URL, deployment, account)

  const dispatcher = {
    db,
    chain,
    log,
    finalityBlocks: configuration.FINALITY_BLOCKS,
    maxGas: configuration.MAX_REQUEST_GAS,
    stuckMilliseconds: 1000 * configuration.STUCK_SECONDS,
  }
  const loop = repeat(() => dispatch(dispatcher), configuration.POLL_MILLISECONDS, log)
  onStop(loop.stop)

  const limits = {
    maxGas: configuration.MAX_REQUEST_GAS,
    tokens: configuration.SPONSORED_TOKENS.map((token) => token.toLowerCase()),
    requestsPerMinute: configuration.MAX_REQUESTS_PER_MINUTE,
    totalPerMinute: configuration.MAX_TOTAL_PER_MINUTE,
  }
  const isReady = async () => {
    const answers = await Promise.allSettled([sql`select 1`, chain.client.getBlockNumber()])
    return answers.every(({ status }) => status === 'fulfilled')
  }
  const app = createApp({
    take: (incoming) => take({ db, chain, verifiers, limits, wake: loop.wake }, incoming),
    find: (id) => findRequest(db, id),
    isReady,
    log,
  })
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const { url, close: stop } = await listen(server, { port: configuration.RELAYER_PORT, variable: 'RELAYER_PORT' })
  log.info({ url, signer: account.address }, 'listening')
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
