import { connect } from '@parley/database'
import { query } from '@parley/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Outcome, play } from '../scripts/demo/play.ts'
import { invoices, type Running, startRunning } from './running.ts'

const PRICE = 2_500_000n

let running: Running
let outcome: Outcome

beforeAll(async () => {
  running = await startRunning()
  outcome = await play(running.stage, { input: await invoices(), amountAtoms: PRICE })
})
afterAll(() => running?.stop())

test('the client reads the totals of its invoices, per currency', () => {
  const { EUR, CHF } = JSON.parse(outcome.answer)

  expect(EUR).toEqual({ invoices: 4, total: '2258.39' })
  expect(CHF).toEqual({ invoices: 2, total: '2252.55' })
})

test('GraphQL returns the job with agent, client, enclave, amounts, status, block and transaction', async () => {
  const { job } = await query<{ job: Record<string, unknown> }>(
    running.graphqlUrl,
    `query ($chain: String!, $jobId: Hex!) {
      job(chain: $chain, jobId: $jobId) {
        status client provider agent { agentId owner } enclave { address isActive } funded paid refunded
        created { block transaction } updated { block transaction }
        result { responseHash response } payments { kind amount account }
      }
    }`,
    { chain: outcome.chain, jobId: outcome.jobId },
  )

  const { blockNumber } = await running.evm.reader.getTransactionReceipt({ hash: outcome.transaction })
  expect(job).toMatchObject({
    status: 'COMPLETED',
    client: outcome.client,
    provider: outcome.agent,
    agent: { agentId: outcome.agentId, owner: outcome.agent },
    enclave: { address: outcome.enclave, isActive: true },
    funded: String(PRICE),
    paid: String(PRICE),
    refunded: null,
    updated: { block: String(blockNumber), transaction: outcome.transaction },
  })
  expect(job.payments).toEqual([
    { kind: 'FUNDED', amount: String(PRICE), account: outcome.client },
    { kind: 'RELEASED', amount: String(PRICE), account: outcome.agent },
  ])
})

test('neither agent nor client ever held gas', async () => {
  const { reader } = running.evm

  expect(await reader.getBalance({ address: outcome.agent })).toBe(0n)
  expect(await reader.getBalance({ address: outcome.client })).toBe(0n)
})

test('what the enclave saw at observability none is in no log and no table', async () => {
  const secrets = ['Bergamo', 'Cobalt', '1840.50', '2258.39']
  const programs = ['enclave-1', 'relayer', 'indexer', 'graphql', 'verifier-1', 'verifier-2', 'verifier-3']
  const logs = await Promise.all(programs.map(running.logOf))
  const tables = await dumpTables(running.databaseUrl)

  expect(tables).toContain(outcome.jobId)
  for (const secret of secrets) {
    const inHex = Buffer.from(secret).toString('hex')
    for (const text of [...logs, tables]) expect(text.includes(secret) || text.includes(inHex)).toBe(false)
  }
})

/** Every row of every table of ours, as text. */
async function dumpTables(databaseUrl: string): Promise<string> {
  const { sql, close } = connect(databaseUrl)
  const names = await sql`select schemaname, tablename from pg_tables where schemaname in ('chain', 'relay')`
  const dumps = await Promise.all(
    names.map(
      ({ schemaname, tablename }) =>
        sql`select row_to_json(t)::text as row from ${sql(schemaname)}.${sql(tablename)} t`,
    ),
  )
  await close()
  return dumps.flatMap((rows) => rows.map(({ row }) => row)).join('\n')
}

test('a subscriber sees a job from its first state to its last', { timeout: 90_000 }, async () => {
  const leaving = new AbortController()
  const response = await fetch(running.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { jobsChanged { jobId status } }' }),
    signal: leaving.signal,
  })
  const playing = play(running.stage, { input: await invoices(), amountAtoms: PRICE })

  const seen: string[] = []
  for await (const { jobId, status } of jobsIn(response)) {
    if (jobId !== outcome.jobId) seen.push(status)
    if (status === 'COMPLETED') break
  }
  leaving.abort()
  await playing

  expect(seen.at(-1)).toBe('COMPLETED')
  expect(seen).toContain('FUNDED')
  // Never back, whatever is skipped for a slow reader.
  const order = ['OPEN', 'FUNDED', 'SUBMITTED', 'COMPLETED']
  expect(seen).toEqual([...seen].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
})

/** Jobs out of a stream of server-sent events. */
async function* jobsIn(response: Response): AsyncGenerator<{ jobId: string; status: string }> {
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const job = line.startsWith('data: {') ? JSON.parse(line.slice(6)).data?.jobsChanged : undefined
      if (job) yield job
    }
  }
}
