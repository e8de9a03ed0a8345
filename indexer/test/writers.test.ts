import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { deeds, emptyWorld, type World } from './activity.ts'
import { asksForLogs, startFaultyNode } from './faulty-node.ts'
import { createPrograms, type Program } from './program.ts'
import { contentsOf, indexFromScratch, startDatabases, type TestDatabases, until, untilIndexed } from './setup.ts'
import { startChain, type TestChain } from './test-chain.ts'

const programs = createPrograms()
let databases: TestDatabases
let chain: TestChain
let world: World = emptyWorld

beforeAll(async () => {
  databases = await startDatabases()
  chain = await startChain()
  for (let pick = 0; pick < 6; pick++) {
    world = await deeds.registerAgent(chain, world, pick)
    world = await deeds.createJob(chain, world, pick)
    // Apart, so that a backfill takes many steps.
    await chain.mine(10_000)
  }
})
afterEach(() => programs.killAll())
afterAll(async () => {
  await chain.stop()
  await databases.stop()
  programs.removeFiles()
})

test('a second indexer waits, and takes over when the first is killed', async () => {
  const database = await databases.create()
  const first = run({ databaseUrl: database.url })
  await until('the first follows', () => first.output().includes('"following"'))
  const second = run({ databaseUrl: database.url })
  await until('the second waits', () => second.output().includes('another indexer writes this chain'))
  await untilIndexed(database, chain)

  first.process.kill('SIGKILL')
  world = await deeds.advanceJob(chain, world, 1)
  await untilIndexed(database, chain)

  expect(second.output()).toContain('"following"')
  expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
})

test('an indexer that lost its connection lets the waiting one write and waits itself', async () => {
  const database = await databases.create()
  const first = run({ databaseUrl: database.url })
  await until('the first follows', () => first.output().includes('"following"'))
  const second = run({ databaseUrl: database.url })
  await until('the second waits', () => second.output().includes('another indexer writes this chain'))

  await database.sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`
  await until('the first waits', () => first.output().includes('another indexer writes this chain'))
  world = await deeds.advanceJob(chain, world, 2)
  await untilIndexed(database, chain)

  expect(second.output()).toContain('"following"')
  expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
})

test.each([1, 4, 9])('killed after %i requests for logs of a backfill, the next one continues it', async (requests) => {
  const database = await databases.create()
  const node = await startFaultyNode(chain.url)
  let asked = 0
  node.become(async (calls, pass) => {
    if (asksForLogs(calls) && ++asked > requests) await new Promise(() => {})
    return pass()
  })
  const killed = run({ databaseUrl: database.url, rpcUrl: node.url })
  await until('it is in the middle', () => asked > requests)

  killed.process.kill('SIGKILL')
  await killed.exited
  const isEmpty = (await database.sql`select 1 from chain.blocks`).length === 0
  run({ databaseUrl: database.url })
  await untilIndexed(database, chain)

  expect(isEmpty).toBe(requests === 1)
  expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
  await node.stop()
})

test('a node of another chain is refused with a sentence', async () => {
  const database = await databases.create()

  const program = run({ databaseUrl: database.url, chainId: 1 })

  expect(await program.exited).toBe(2)
  expect(program.output()).toContain(
    'EVM_RPC_URL leads to chain 31337, but the contracts of EVM_DEPLOYMENT are on chain 1.',
  )
})

test('SIGTERM ends it with exit code 0, also while it waits', async () => {
  const database = await databases.create()
  const first = run({ databaseUrl: database.url })
  await until('the first follows', () => first.output().includes('"following"'))
  const second = run({ databaseUrl: database.url })
  await until('the second waits', () => second.output().includes('another indexer writes this chain'))

  first.process.kill('SIGTERM')
  second.process.kill('SIGTERM')

  expect(await Promise.all([first.exited, second.exited])).toEqual([0, 0])
})

interface Options {
  readonly databaseUrl: string
  readonly rpcUrl?: string
  readonly chainId?: number
}

function run({ databaseUrl, rpcUrl: url = chain.url, chainId = chain.deployment.chainId }: Options): Program {
  return programs.run({ databaseUrl, evm: { url, deployment: { ...chain.deployment, chainId } } })
}
