import { setTimeout as sleep } from 'node:timers/promises'
import { formatHash } from '@parley/sandbox'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fault, startFaultyNode } from './faulty-node.ts'
import { type NearDeed, nearDeeds } from './near-activity.ts'
import { type NearNode, startNearNode } from './near-node.ts'
import {
  contentsOf,
  indexFromScratch,
  startDatabases,
  startIndexer,
  type TestDatabase,
  type TestDatabases,
  type TestIndexer,
  until,
  untilIndexed,
} from './setup.ts'

let databases: TestDatabases
let near: NearNode
let faulty: Awaited<ReturnType<typeof startFaultyNode>>
let database: TestDatabase
let indexer: TestIndexer

beforeAll(async () => {
  databases = await startDatabases()
  near = await startNearNode()
  await happen()
})
afterAll(async () => {
  await near.stop()
  await databases.stop()
})
beforeEach(async () => {
  faulty = await startFaultyNode(near.url)
  database = await databases.create()
})
afterEach(async () => {
  await indexer.stop()
  await faulty.stop()
})

describe('a node', () => {
  test.each<[string, Fault]>([
    [
      'fails every third time, each time in another way',
      everyNth(3, [
        async () => 'drop',
        async () => ({ status: 500, body: 'oops' }),
        async () => ({ status: 429, body: 'slow down' }),
        async () => 'not JSON',
        async () => ({ status: 408, body: refusal('TIMEOUT_ERROR') }),
        async () => refusal('INTERNAL_ERROR'),
        async () => JSON.stringify({ jsonrpc: '2.0', id: 'parley', result: null }),
      ]),
    ],
    [
      'is several, one of which has only seen the first blocks',
      everyNth(4, [
        async ([call], pass) => {
          const isAboutBlocks = call?.method === 'block'
          if (call?.method === 'block' && call.params.finality) return answerTo({ block_id: near.deployment.fromBlock })
          return isAboutBlocks ? refusal('UNKNOWN_BLOCK') : pass()
        },
        async ([call], pass) => (call?.method === 'chunk' ? refusal('UNKNOWN_CHUNK') : pass()),
        async ([call], pass) => (call?.method === 'EXPERIMENTAL_tx_status' ? refusal('UNKNOWN_TRANSACTION') : pass()),
      ]),
    ],
  ])('that %s costs nothing but time', async (_, fault) => {
    faulty.become(fault)

    start()
    for (let count = 0; count < 3; count++) await happen()
    await untilIndexed(database, near)

    expect(forks()).toEqual([])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('that is several, one of which executes later than it has the blocks, is asked until it tells all', async () => {
    let forgotten = 0
    // As nodes of a network: a block is final when there are two more.
    const finalHead = () => Math.max(0, Number(near.node.latestBlock().height) - 2)
    const answer: Fault = ([call], pass) =>
      call?.params.finality === 'final' ? answerTo({ block_id: finalHead() }) : pass()
    faulty.become(async (calls, pass) => {
      if (calls[0]?.method !== 'EXPERIMENTAL_tx_status' || forgotten >= 6) return answer(calls, pass)
      const complete = await pass()
      const answered = withoutOutcomesAfter(finalHead() - 4, complete)
      if (answered !== complete) forgotten++
      return answered
    })

    start()
    const isIndexing = () => database.sql`select 1 from chain.blocks`.then(({ length }) => length > 0)
    await until('it has begun', isIndexing)
    for (let round = 0; round < 3; round++) await happen({ pauses: 50 })
    const { number } = await near.head()
    await until('all of it is indexed', async () => {
      near.node.produceBlock()
      await sleep(50)
      const [cursor] = await database.sql`select number::int from chain.blocks order by number desc limit 1`
      return cursor?.number > number
    })
    faulty.become(undefined)
    await untilIndexed(database, near)

    expect(forgotten).toBeGreaterThanOrEqual(6)
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('that hides what happened is not believed, as long as it may still tell', async () => {
    await happen()
    // Somebody has to make a block after it: only that one tells that something is hidden.
    near.node.produceBlock()
    const { number } = await near.head()
    faulty.become(async ([call], pass) => {
      const answer = await pass()
      return call?.method === 'EXPERIMENTAL_tx_status' ? withoutOutcomesAfter(number - 3, answer) : answer
    })

    start()
    await until('it is noticed', () =>
      indexer.messages.includes('reading the chain fails; trying again until it works'),
    )
    await sleep(500)
    const [before] = await database.sql`select max(number)::int as number from chain.blocks`
    faulty.become(undefined)
    await untilIndexed(database, near)

    expect(before?.number ?? 0).toBeLessThan(number - 3)
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('that cannot be reached is said once, and once that it answers again', async () => {
    start()
    await untilIndexed(database, near)
    let requests = 0
    faulty.become(async () => {
      requests++
      return 'drop'
    })
    await until('it was asked five times', () => requests >= 5)

    await happen()
    faulty.become(undefined)
    await untilIndexed(database, near)

    const outage = indexer.messages.filter((message) => message.startsWith('reading the chain'))
    expect(outage).toEqual(['reading the chain fails; trying again until it works', 'reading the chain works again'])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('that falls behind what is stored is waited for', async () => {
    start()
    await untilIndexed(database, near)
    const { number } = await near.head()
    let asked = 0
    faulty.become(async ([call], pass) => {
      if (call?.method !== 'block') return pass()
      asked++
      if (call.params.finality) return answerTo({ block_id: number - 3 })
      return Number(call.params.block_id) > number - 3 ? refusal('UNKNOWN_BLOCK') : pass()
    })
    await until('it was asked', () => asked >= 10)

    faulty.become(undefined)
    await happen()
    await untilIndexed(database, near)

    expect(forks()).toEqual([])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })
})

describe('a sandbox', () => {
  test('that goes back to a snapshot takes what came after with it', async () => {
    const snapshot = near.node.snapshot()
    await happen()
    start()
    await untilIndexed(database, near)
    near.node.revert(snapshot)
    near.forget()
    await happen()
    await happen()

    await untilIndexed(database, near)

    expect(forks()).toEqual(['the chain forked'])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, near))
  })

  test('that starts anew is another chain, which is indexed from scratch', async () => {
    start()
    await untilIndexed(database, near)
    const other = await startNearNode({ seed: 'another' })
    nearDeeds.registerAgent(other, 1)
    other.settle()
    other.node.fastForward(Number((await near.head()).number))

    faulty.become((calls) => ask(other.url, calls[0]))
    await untilIndexed(database, other)

    expect(forks()).toEqual(['no stored block is on the chain any more: indexing from scratch'])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, other))
    await other.stop()
  })
})

let picks = 0

/** Some of everything, over a few dozen blocks, so many milliseconds between some of them. */
async function happen({ pauses = 0 } = {}): Promise<void> {
  const deeds: NearDeed[] = [
    'registerAgent',
    'hire',
    'advanceJob',
    'delegateRegistration',
    'delegateNonsense',
    'beStrange',
  ]
  for (const name of deeds) {
    await nearDeeds[name](near, picks++)
    near.node.produceBlock()
    if (pauses > 0) await sleep(pauses)
  }
  near.settle()
}

function start(): void {
  indexer = startIndexer({
    rpcUrl: faulty.url,
    databaseUrl: database.url,
    deployment: near.deployment,
    finalityBlocks: 64,
  })
}

function forks(): string[] {
  return indexer.messages.filter((message) => message === 'the chain forked' || message.endsWith('from scratch'))
}

/** What a node says that has the blocks but has executed them up to a height only. */
function withoutOutcomesAfter(height: number, answer: string): string {
  const unknown = new Set<string>()
  for (let next = BigInt(height) + 1n; next <= near.node.latestBlock().height; next++) {
    const block = near.node.block({ kind: 'height', height: next })
    if (block) unknown.add(formatHash(block.hash))
  }
  const json = JSON.parse(answer)
  const outcomes: { block_hash: string }[] = json.result.receipts_outcome
  const known = outcomes.filter(({ block_hash }) => !unknown.has(block_hash))
  if (known.length === outcomes.length) return answer
  return JSON.stringify({ ...json, result: { ...json.result, receipts_outcome: known } })
}

function answerTo(params: object): Promise<string> {
  return ask(near.url, { method: 'block', params })
}

async function ask(url: string, call: object | undefined): Promise<string> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'parley', ...call })
  return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text()
}

function refusal(name: string): string {
  const error = { name: 'HANDLER_ERROR', cause: { name, info: {} }, code: -32_000, message: 'Server error', data: '' }
  return JSON.stringify({ jsonrpc: '2.0', id: 'parley', error })
}

/** Each nth request meets the next of the faults. */
function everyNth(nth: number, faults: readonly Fault[]): Fault {
  let count = 0
  return (calls, pass) => {
    count++
    const fault = count % nth === 0 ? faults[(count / nth) % faults.length] : undefined
    return fault ? fault(calls, pass) : pass()
  }
}
