import { migrate } from '@parley/database'
import { type ChainEvent, type EventFieldKind, type EventName, events, type Hex } from '@parley/protocol'
import { createLog } from '@parley/service'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { findMisfit } from '../src/row-limits.ts'
import { openSession, type Session } from '../src/session.ts'
import { createStore, type Store } from '../src/store.ts'
import { startDatabases, type TestDatabase, type TestDatabases } from './setup.ts'

const chain = 'near:localnet'
const JOB_ID = 7n
/** Compressible texts fit into an index at any length. */
const NOISE = Array.from({ length: 1_000 }, (_, at) => Math.sin(at).toString(36).slice(3)).join('')

const warnings: Record<string, unknown>[] = []
const log = createLog('indexer', { level: 'warn', destination: { write: (line) => warnings.push(JSON.parse(line)) } })

let databases: TestDatabases
let database: TestDatabase
let session: Session
let store: Store

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(() => databases.stop())
beforeEach(async () => {
  warnings.length = 0
  database = await databases.create()
  await migrate(database.url)
  session = await openSession({ url: database.url, chain, log, signal: new AbortController().signal })
  store = createStore({ session, chain, finalityBlocks: 64, log })
})
afterEach(() => session.close())

const created = {
  jobId: JOB_ID,
  client: 'alice.near',
  provider: 'bob.near',
  evaluator: 'parley.near',
  expiredAt: 9n,
  hook: 'none.near',
}

test('an event that no row can hold keeps back nothing that comes after it', async () => {
  const request = { requestId: '0x01', from: 'alice.near', nonce: 1n } as const

  await apply(5, [
    event(5, 0, 'RequestFailed', { ...request, reason: NOISE }),
    event(5, 1, 'RequestExecuted', { ...request, requestId: '0x02', from: NOISE }),
    event(5, 2, 'RequestExecuted', { ...request, requestId: '0x03', nonce: 10n ** 78n }),
    event(5, 3, 'JobCreated', created),
    event(5, 4, 'ProviderSet', { jobId: JOB_ID, provider: NOISE, agentId: 1n }),
    event(5, 5, 'TermsSet', { jobId: JOB_ID, requestHash: '0x', workload: '0x', observability: 2n ** 15n }),
    event(5, 6, 'JobDescribed', { jobId: JOB_ID, description: NOISE }),
  ])

  expect(await database.sql`select request_id, error, reason from chain.forwarded_requests`).toEqual([
    { request_id: '0x01', error: 'TransactionReverted', reason: NOISE },
  ])
  expect(await database.sql`select provider, observability, description from chain.jobs`).toEqual([
    { provider: 'bob.near', observability: null, description: NOISE },
  ])
  expect(await database.sql`select log_index from chain.events order by 1`).toEqual(
    [0, 3, 6].map((log_index) => ({ log_index })),
  )
  expect(warnings.map(({ name, column }) => `${name} ${column}`)).toEqual([
    'RequestExecuted forwarded_requests.account',
    'RequestExecuted forwarded_requests.nonce',
    'ProviderSet jobs.provider',
    'TermsSet jobs.observability',
  ])
})

test('PostgreSQL takes everything that is said to fit, and what is made of it', async () => {
  const text = fc.oneof(fc.constantFrom(NOISE, NOISE.slice(0, 512), '\0', '\ud800', 'alice.near'), fc.string())
  const uint = fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 79n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n }),
    fc.nat().map(BigInt),
  )
  const values: Readonly<Record<EventFieldKind, fc.Arbitrary<unknown>>> = {
    int: uint.map((value) => -value),
    uint,
    uints: fc.array(uint, { maxLength: 20 }),
    bool: fc.boolean(),
    account: text,
    accounts: fc.array(text, { maxLength: 20 }),
    address: text,
    bytes32: text,
    bytes: text,
    string: text,
    reason: text,
  }
  const anything = fc.constantFrom(...(Object.keys(events) as EventName[])).chain((name) => {
    const fields = Object.entries<EventFieldKind>(events[name]).map(([field, kind]) => [field, values[kind]] as const)
    return fc
      .record(Object.fromEntries(fields))
      .map((args) => ({ name, args: 'jobId' in args ? { ...args, jobId: JOB_ID } : args }))
  })
  let number = 10
  let count = 0

  await fc.assert(
    fc.asyncProperty(fc.array(anything, { maxLength: 20 }), async (happened) => {
      number++
      const all = happened.map(({ name, args }, at) => event(number, at + 1, name, args as never))
      await apply(number, [event(number, 0, 'JobCreated', created), ...all])
      const stored = await database.sql`select log_index from chain.events where block_number = ${number} order by 1`
      const fitting = all.filter((one) => findMisfit(one) === undefined)
      count += fitting.length
      expect(stored.map(({ log_index }) => log_index)).toEqual([0, ...fitting.map(({ logIndex }) => logIndex)])
    }),
  )

  expect(count).toBeGreaterThan(50)
})

async function apply(number: number, happened: ChainEvent[]): Promise<void> {
  const [after] = await store.readBlocks()
  await store.apply({ kind: 'batch', after, upTo: { number, hash: hashOf(number), pending: [] }, events: happened })
}

function hashOf(number: number): Hex {
  return `0x${number.toString(16).padStart(64, '0')}`
}

function event<Name extends EventName>(
  number: number,
  logIndex: number,
  name: Name,
  args: Extract<ChainEvent, { readonly name: Name }>['args'],
): ChainEvent {
  const hash = hashOf(number)
  const position = { chain, blockNumber: BigInt(number), blockHash: hash, timestamp: 1n, transaction: hash, logIndex }
  return { ...position, contract: 'parley.near', name, args } as ChainEvent
}
