import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deeds, emptyWorld, type World } from './activity.ts'
import { asksForLogs, type Fault, rangeOf, startFaultyNode } from './faulty-node.ts'
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
import { startChain, type TestChain } from './test-chain.ts'

let databases: TestDatabases
let chain: TestChain
let node: Awaited<ReturnType<typeof startFaultyNode>>
let database: TestDatabase
let indexer: TestIndexer

beforeAll(async () => {
  databases = await startDatabases()
  chain = await startChain()
  await happen()
})
afterAll(async () => {
  await chain.stop()
  await databases.stop()
})
beforeEach(async () => {
  node = await startFaultyNode(chain.url)
  database = await databases.create()
})
afterEach(async () => {
  await indexer.stop()
  await node.stop()
})

describe('a node', () => {
  test.each<[string, Fault]>([
    [
      'refuses ranges of more than three blocks',
      async (calls, pass) => {
        const isRefused = asksForLogs(calls) && rangeOf(calls) > 3
        return isRefused ? refusal(calls, 'query exceeds max block range 3') : pass()
      },
    ],
    [
      'refuses them with HTTP 413',
      async (calls, pass) => {
        const isRefused = asksForLogs(calls) && rangeOf(calls) > 3
        return isRefused ? { status: 413, body: 'too large' } : pass()
      },
    ],
    [
      'answers more than ten mebibytes for more than one block',
      async (calls, pass) => {
        const answer = await pass()
        return asksForLogs(calls) && rangeOf(calls) > 1 ? `${answer}${' '.repeat(11 * 2 ** 20)}` : answer
      },
    ],
    [
      'answers as much for every single block',
      async (calls, pass) => {
        const answer = await pass()
        return asksForLogs(calls) ? `${answer}${' '.repeat(11 * 2 ** 20)}` : answer
      },
    ],
    ['does not say when a log was', async (_, pass) => (await pass()).replaceAll('blockTimestamp', 'unknownField')],
    [
      'is several, one of which is far behind',
      everyNth(5, [
        async (calls) => {
          const resultOf = { eth_getLogs: [], eth_getBlockByNumber: null } as Record<string, unknown>
          return JSON.stringify(calls.map(({ method }, id) => ({ jsonrpc: '2.0', id, result: resultOf[method] })))
        },
      ]),
    ],
    [
      'fails every other time, each time in another way',
      everyNth(2, [
        async () => 'drop',
        async () => ({ status: 500, body: 'oops' }),
        async () => ({ status: 429, body: 'slow down' }),
        async () => 'not JSON',
        async (calls) => refusal(calls, 'internal error'),
        async (calls) => JSON.stringify(calls.map((_, id) => ({ jsonrpc: '2.0', id, result: null }))),
      ]),
    ],
  ])('that %s costs nothing but time', async (_, fault) => {
    node.become(fault)

    start()
    await untilIndexed(database, chain)

    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })

  test('that cannot be reached is said once, and once that it answers again', async () => {
    start()
    await untilIndexed(database, chain)
    let requests = 0
    node.become(async () => {
      requests++
      return 'drop'
    })
    await until('it was asked five times', () => requests >= 5)

    node.become(undefined)
    await happen()
    await untilIndexed(database, chain)

    const outage = indexer.messages.filter((message) => message.startsWith('reading the chain'))
    expect(outage).toEqual(['reading the chain fails; trying again until it works', 'reading the chain works again'])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })

  test('that knows no block but the latest for a moment has nothing taken back', async () => {
    start()
    await untilIndexed(database, chain)
    let denials = 0
    node.become(async (calls, pass) => {
      const answers: { result: unknown }[] = JSON.parse(await pass())
      const isDenied = calls.map(({ params }) => params[0] !== 'latest')
      denials++
      return JSON.stringify(answers.map((answer, at) => (isDenied[at] ? { ...answer, result: null } : answer)))
    })
    await until('it denied some', () => denials >= 5)

    node.become(undefined)
    await happen()
    await untilIndexed(database, chain)

    expect(forksOf(indexer)).toEqual([])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })

  test('that sends a log which is no event of ours holds nothing back', async () => {
    node.become(async (calls, pass) => {
      const answers = JSON.parse(await pass())
      const logs = asksForLogs(calls) ? answers[0].result : []
      if (logs[0]) logs.unshift({ ...logs[0], logIndex: '0x3e7', topics: logs[0].topics.slice(0, 1), data: '0x' })
      return JSON.stringify(answers)
    })

    start()
    await untilIndexed(database, chain)

    expect(indexer.messages).toContain('a log is skipped')
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })
})

describe('a reorg while logs are read', () => {
  test.each(['before', 'after'] as const)(
    '%s the node answers leaves no trace of the blocks it replaced',
    async (moment) => {
      const snapshot = await chain.snapshot()
      const worldBefore = world
      await happen()
      let isReplaced = false
      const replace = async () => {
        isReplaced = true
        await chain.revert(snapshot)
        world = await deeds.registerAgent(chain, worldBefore, 7)
      }
      node.become(async (calls, pass) => {
        if (isReplaced || !asksForLogs(calls)) return pass()
        if (moment === 'before') await replace()
        const answer = await pass()
        if (moment === 'after') await replace()
        return answer
      })

      start()
      await until('the blocks are replaced', () => isReplaced)
      await untilIndexed(database, chain)

      expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
      // Nothing was written that had to be taken back.
      expect(forksOf(indexer)).toEqual([])
    },
  )
})

describe('a database', () => {
  test('that ends the connection, time and again, costs nothing but time', async () => {
    const finished = new AbortController()
    start()
    const ending = endConnections(finished.signal)

    for (let count = 0; count < 5; count++) await happen()
    finished.abort()
    await ending
    await untilIndexed(database, chain)

    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })

  test('that lets nobody in is said once, and once that it works again', async () => {
    start()
    await untilIndexed(database, chain)
    const name = new URL(database.url).pathname.slice(1)
    await databases.admin.unsafe(`alter database ${name} allow_connections false`)
    await databases.admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
    await until('the outage is noticed', () =>
      indexer.messages.some((message) => message.startsWith('the database fails')),
    )
    await happen()

    await databases.admin.unsafe(`alter database ${name} allow_connections true`)
    await untilIndexed(database, chain)

    const outage = indexer.messages.filter((message) => message.startsWith('the database'))
    expect(outage).toEqual(['the database fails; trying again until it works', 'the database works again'])
    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  })
})

let world: World = emptyWorld

/** Some of everything, over a dozen blocks. */
async function happen(): Promise<void> {
  world = await deeds.registerAgent(chain, world, 1)
  world = await deeds.createJob(chain, world, world.agentOwners.length - 1)
  world = await deeds.advanceJob(chain, world, world.jobs.length - 1)
  world = await deeds.attestEnclave(chain, world, 0)
  world = await deeds.rejectJob(chain, world, world.jobs.length - 1)
  world = await deeds.forwardRequest(chain, world, 0)
}

function start(): void {
  indexer = startIndexer({ rpcUrl: node.url, databaseUrl: database.url, deployment: chain.deployment })
}

function forksOf({ messages }: TestIndexer): string[] {
  return messages.filter((message) => message === 'the chain forked' || message.endsWith('indexing from scratch'))
}

/** Ends what the indexer has, as soon as it has one, until `signal`. */
async function endConnections(signal: AbortSignal): Promise<void> {
  const name = new URL(database.url).pathname.slice(1)
  while (!signal.aborted) {
    await databases.admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${name} and application_name like 'indexer%'`
  }
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

function refusal(calls: readonly unknown[], message: string): string {
  return JSON.stringify(calls.map((_, id) => ({ jsonrpc: '2.0', id, error: { code: -32005, message } })))
}
