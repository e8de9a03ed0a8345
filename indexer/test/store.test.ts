import { migrate } from '@parley/database'
import type { ChainEvent, Hex } from '@parley/protocol'
import { createLog } from '@parley/service'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Batch, BlockId, StoredBlock } from '../src/chain.ts'
import { openSession, type Session } from '../src/session.ts'
import { createStore } from '../src/store.ts'
import { startDatabases, type TestDatabase, type TestDatabases, until } from './setup.ts'

const chain = 'eip155:31337'
const log = createLog('indexer', { level: 'silent' })
const sessions: Session[] = []
let databases: TestDatabases
let database: TestDatabase

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(() => databases.stop())
beforeEach(async () => {
  database = await databases.create()
  await migrate(database.url)
})
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
})

test('a batch is applied once', async () => {
  const { store } = await open()
  const batch = batchTo(block(5), undefined)
  await store.apply(batch)

  const again = store.apply(batch)

  await expect(again).rejects.toThrow('the tables of eip155:31337 are at another block than expected')
  expect(await database.sql`select agent_id from chain.agents`).toEqual([{ agent_id: '5' }])
})

test('a fork that was found in other tables is not undone', async () => {
  const { store } = await open()
  await store.apply(batchTo(block(5), undefined))

  const undo = store.undo({ kind: 'fork', newest: block(4), common: undefined })

  await expect(undo).rejects.toThrow('the tables of eip155:31337 are at another block than expected')
  expect(await store.readBlocks()).toEqual([block(5)])
})

test('who lost the lock cannot write, though the driver connects again', async () => {
  const first = await open()
  await first.store.apply(batchTo(block(5), undefined))
  await database.sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`
  await until('the loss is noticed', () => first.session.lost.aborted)
  const second = await open()

  const late = first.store.apply(batchTo(block(6), block(5)))

  await expect(late).rejects.toThrow('another indexer writes eip155:31337')
  await second.store.apply(batchTo(block(7), block(5)))
  expect(await database.sql`select agent_id from chain.agents order by 1`).toEqual([
    { agent_id: '5' },
    { agent_id: '7' },
  ])
})

test('a job that changes many times in a batch is announced once', async () => {
  const { store } = await open()
  const heard: string[] = []
  await database.sql.listen('job_changed', (payload) => heard.push(payload))
  const jobs = [1n, 2n].flatMap((jobId) => [
    event(5, Number(jobId) * 2, 'JobCreated', {
      jobId,
      client: ADDRESS,
      provider: ADDRESS,
      evaluator: ADDRESS,
      expiredAt: 9n,
      hook: ADDRESS,
    }),
    event(5, Number(jobId) * 2 + 1, 'JobDescribed', { jobId, description: 'twice' }),
  ])

  await store.apply({ kind: 'batch', after: undefined, upTo: block(5), events: jobs })
  await store.undo({ kind: 'fork', newest: block(5), common: undefined })

  const names = [1, 2].map((id) => `${chain}:0x${String(id).padStart(64, '0')}`)
  await until('both are heard', () => heard.length >= 4)
  expect(heard).toEqual([...names, ...names])
})

const ADDRESS: Hex = `0x${'a1'.repeat(20)}`

async function open() {
  const session = await openSession({ url: database.url, chain, log, signal: new AbortController().signal })
  sessions.push(session)
  return { session, store: createStore({ session, chain, finalityBlocks: 64, log }) }
}

function block(number: number): StoredBlock {
  return { number, hash: `0x${number.toString(16).padStart(64, '0')}`, pending: [] }
}

/** Registers one agent, which has the block's number. */
function batchTo(upTo: StoredBlock, after: BlockId | undefined): Batch {
  const args = { agentId: BigInt(upTo.number), agentURI: '', owner: ADDRESS }
  return { kind: 'batch', after, upTo, events: [event(upTo.number, 0, 'Registered', args)] }
}

function event<Name extends ChainEvent['name']>(
  number: number,
  logIndex: number,
  name: Name,
  args: Extract<ChainEvent, { readonly name: Name }>['args'],
): ChainEvent {
  const { hash } = block(number)
  const position = { chain, blockNumber: BigInt(number), blockHash: hash, timestamp: 1n, transaction: hash, logIndex }
  return { ...position, contract: ADDRESS, name, args } as ChainEvent
}
