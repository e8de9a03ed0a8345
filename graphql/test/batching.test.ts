import { schema } from '@parley/database'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLoader } from '../src/loader.ts'
import { createGraphqlServer } from '../src/server.ts'
import {
  agentRow,
  ask,
  CHAIN,
  ENCLAVE,
  enclaveRow,
  jobRow,
  metadataRow,
  paymentRow,
  startFixture,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>
const statements: string[] = []
let server: ReturnType<typeof createGraphqlServer>

beforeAll(async () => {
  fixture = await startFixture()
  const numbers = Array.from({ length: 100 }, (_, at) => at + 1)
  const { db } = fixture.writer
  await db.insert(tables.enclaves).values(enclaveRow(1, { enclave: ENCLAVE }))
  await db.insert(tables.agents).values(numbers.map((number) => agentRow(number)))
  await db.insert(tables.agentMetadata).values(numbers.map((number) => metadataRow(number, 'agentWallet', ENCLAVE)))
  await db
    .insert(tables.jobs)
    .values(numbers.map((number) => jobRow(number, { agentId: BigInt(number), enclave: ENCLAVE })))
  await db.insert(tables.payments).values(numbers.flatMap((number) => [1, 2, 3].map((log) => paymentRow(number, log))))

  const counting = drizzle(fixture.reader.sql, { schema, logger: { logQuery: (query) => statements.push(query) } })
  server = createGraphqlServer({ ...fixture.sources, db: counting })
})
afterAll(() => fixture.stop())

test('a hundred jobs with agents, wallets, enclaves and payments take six statements', async () => {
  statements.length = 0

  const { data } = await ask(
    server,
    `{ jobs(first: 100) { nodes {
      jobId agent { uri wallet metadata { key } } enclave { workload } payments { kind token job { status } }
    } } }`,
  )

  const [first] = data.jobs.nodes
  expect(data.jobs.nodes).toHaveLength(100)
  expect(first).toMatchObject({ jobId: word(100), agent: { uri: 'https://agents/100', wallet: ENCLAVE } })
  expect(first.payments).toHaveLength(3)
  // Jobs, agents, enclaves, payments, metadata, and the jobs of the payments.
  expect(statements).toHaveLength(6)
})

test('the total is counted only when asked for, and once', async () => {
  statements.length = 0
  await ask(server, '{ jobs(first: 1) { nodes { jobId } pageInfo { hasNextPage } } }')
  const without = statements.length

  const { data } = await ask(server, '{ jobs(first: 1) { totalCount again: totalCount nodes { jobId } } }')

  expect(without).toBe(1)
  expect(statements).toHaveLength(3)
  expect(data.jobs).toMatchObject({ totalCount: 100, again: 100 })
})

test('job called with several aliases is one statement', async () => {
  statements.length = 0

  const { data } = await ask(
    server,
    `{ a: job(chain: "${CHAIN}", jobId: "${word(1)}") { jobId } b: job(chain: "${CHAIN}", jobId: "${word(2)}") { jobId } }`,
  )

  expect(data).toEqual({ a: { jobId: word(1) }, b: { jobId: word(2) } })
  expect(statements).toHaveLength(1)
})

test('a loader asks for each key once, and remembers nothing', async () => {
  const asked: (readonly number[])[] = []
  const loader = createLoader<number, string>(String, async (keys) => {
    asked.push(keys)
    return new Map(keys.map((key) => [String(key), `value ${key}`]))
  })

  const together = await Promise.all([loader.load(1), loader.load(2), Promise.resolve().then(() => loader.load(1))])
  const later = await loader.load(1)

  expect(together).toEqual(['value 1', 'value 2', 'value 1'])
  expect(later).toBe('value 1')
  expect(asked).toEqual([[1, 2], [1]])
})
