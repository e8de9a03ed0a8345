import { connect } from '@parley/database'
import { query } from '@parley/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, play } from '../scripts/demo/play.ts'
import { chainKinds, type TestChain, testChain } from './chains/chain.ts'
import { invoices, type Running, startRunning } from './running.ts'

const PRICE = 2_500_000n

let running: Running
let outcomes: Outcome[]

beforeAll(async () => {
  running = await startRunning()
  outcomes = await play(running.stage, { input: await invoices(), amountAtoms: PRICE })
})
afterAll(() => running?.stop())

describe.each(chainKinds)('on %s', (kind) => {
  let on: TestChain
  let outcome: Outcome

  beforeAll(() => {
    on = testChain(running, kind)
    outcome = outcomes.find(({ chain }) => chain === on.chain) ?? expect.fail(`nothing was played on ${on.chain}`)
  })

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

    expect(job).toMatchObject({
      status: 'COMPLETED',
      client: outcome.client,
      provider: outcome.agent,
      agent: { agentId: outcome.agentId, owner: outcome.agent },
      enclave: { address: outcome.enclave, isActive: true },
      funded: String(PRICE),
      paid: String(PRICE),
      refunded: null,
      updated: { block: String(await on.blockOf(outcome.transaction)), transaction: outcome.transaction },
    })
    expect(job.payments).toEqual([
      { kind: 'FUNDED', amount: String(PRICE), account: outcome.client },
      { kind: 'RELEASED', amount: String(PRICE), account: outcome.agent },
    ])
  })

  test('the agent holds the money, the escrow none', async () => {
    expect(await on.dollarsOf(outcome.agent)).toBe(PRICE)
    expect(await on.dollarsOf(on.escrow)).toBe(0n)
  })

  test('neither agent nor client ever held gas', async () => {
    expect(await on.gasMoneyOf(outcome.agent)).toBe(0n)
    expect(await on.gasMoneyOf(outcome.client)).toBe(0n)
  })
})

test('one enclave worked for both chains, and its job ids differ', () => {
  expect(new Set(outcomes.map(({ enclave }) => enclave)).size).toBe(1)
  expect(new Set(outcomes.map(({ jobId }) => jobId)).size).toBe(chainKinds.length)
})

test('what the enclave saw at observability none is in no log and no table', async () => {
  const secrets = ['Bergamo', 'Cobalt', '1840.50', '2258.39']
  const programs = ['enclave-1', 'relayer', 'indexer', 'graphql', 'verifier-1', 'verifier-2', 'verifier-3']
  const logs = await Promise.all(programs.map(running.logOf))
  const tables = await dumpTables(running.databaseUrl)

  for (const { jobId } of outcomes) expect(tables).toContain(jobId)
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

test('a subscriber sees each job from its first state to its last', { timeout: 90_000 }, async () => {
  const leaving = new AbortController()
  const response = await fetch(running.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { jobsChanged { chain jobId status } }' }),
    signal: leaving.signal,
  })
  const playing = play(running.stage, { input: await invoices(), amountAtoms: PRICE })

  const seen = new Map<string, string[]>(outcomes.map(({ chain }) => [chain, []]))
  const isOver = () => [...seen.values()].every((statuses) => statuses.includes('COMPLETED'))
  for await (const { chain, jobId, status } of jobsIn(response)) {
    if (!outcomes.some((before) => before.jobId === jobId)) seen.get(chain)?.push(status)
    if (isOver()) break
  }
  leaving.abort()
  await playing

  for (const statuses of seen.values()) {
    expect(statuses.at(-1)).toBe('COMPLETED')
    expect(statuses).toContain('FUNDED')
    // Never back, whatever is skipped for a slow reader.
    const order = ['OPEN', 'FUNDED', 'SUBMITTED', 'COMPLETED']
    expect(statuses).toEqual([...statuses].sort((a, b) => order.indexOf(a) - order.indexOf(b)))
  }
})

/** Jobs out of a stream of server-sent events. */
async function* jobsIn(response: Response): AsyncGenerator<{ chain: string; jobId: string; status: string }> {
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
