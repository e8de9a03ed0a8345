import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { deeds, emptyWorld, type World } from './activity.ts'
import { startFaultyNode } from './faulty-node.ts'
import { nearDeeds } from './near-activity.ts'
import { type NearNode, startNearNode } from './near-node.ts'
import { createPrograms } from './program.ts'
import { startDatabases, type TestDatabase, type TestDatabases, until } from './setup.ts'
import { startChain, type TestChain } from './test-chain.ts'

const programs = createPrograms()
let databases: TestDatabases
let database: TestDatabase
let evm: TestChain
let near: NearNode
let world: World = emptyWorld
let evmNode: Awaited<ReturnType<typeof startFaultyNode>>
let nearNode: Awaited<ReturnType<typeof startFaultyNode>>

beforeAll(async () => {
  databases = await startDatabases()
  evm = await startChain()
  near = await startNearNode()
})
beforeEach(async () => {
  database = await databases.create()
  evmNode = await startFaultyNode(evm.url)
  nearNode = await startFaultyNode(near.url)
})
afterEach(async () => {
  await programs.killAll()
  await evmNode.stop()
  await nearNode.stop()
})
afterAll(async () => {
  await evm.stop()
  await near.stop()
  await databases.stop()
  programs.removeFiles()
})

test('one program follows both chains into the same tables, each in a session of its own', async () => {
  await registerOnBoth()

  run()
  await untilBothAreIndexed()

  expect(await database.sql`select distinct chain from chain.agents order by chain`).toEqual([
    { chain: 'eip155:31337' },
    { chain: 'near:localnet' },
  ])
  const sessions = await database.sql`
    select application_name as name from pg_stat_activity where datname = current_database() and application_name like 'indexer%'
    order by 1`
  expect(sessions.map(({ name }) => name)).toEqual(['indexer eip155:31337', 'indexer near:localnet'])
})

test.each(['EVM', 'NEAR'] as const)('an outage of the %s node stops the other chain at no time', async (broken) => {
  const program = run()
  await untilBothAreIndexed()
  const [down, other] = broken === 'EVM' ? [evmNode, near] : [nearNode, evm]
  down.become(async () => 'drop')
  await until('it is noticed', () => program.output().includes('reading the chain fails'))

  await registerOnBoth()
  await until('the other one is indexed', () => isIndexed(other))
  const behind = await isIndexed(broken === 'EVM' ? evm : near)
  down.become(undefined)
  await untilBothAreIndexed()

  expect(behind).toBe(false)
  expect(program.output()).toContain('reading the chain works again')
})

test('a node that was never there keeps the other chain waiting as little', async () => {
  evmNode.become(async () => 'drop')
  run()

  await registerOnBoth()
  await until('the NEAR chain is indexed', () => isIndexed(near))

  expect(await database.sql`select distinct chain from chain.blocks`).toEqual([{ chain: 'near:localnet' }])
})

test('a second program takes over both chains when the first is killed', async () => {
  const first = run()
  await untilBothAreIndexed()
  const second = run()
  await until('it waits for both', () => second.output().split('another indexer writes this chain').length === 3)

  first.process.kill('SIGKILL')
  await registerOnBoth()
  await untilBothAreIndexed()

  expect(second.output().split('"following"')).toHaveLength(3)
})

test('SIGTERM ends both with exit code 0', async () => {
  const program = run()
  await untilBothAreIndexed()

  program.process.kill('SIGTERM')

  expect(await program.exited).toBe(0)
})

test('a NEAR node of another chain is refused with a sentence', async () => {
  const deployment = { ...near.deployment, chainId: 'mainnet' }

  const program = programs.run({ databaseUrl: database.url, near: { url: near.url, deployment } })

  expect(await program.exited).toBe(2)
  expect(program.output()).toContain(
    'NEAR_RPC_URL leads to chain localnet, but the contracts of NEAR_DEPLOYMENT are on chain mainnet.',
  )
})

test('a program without any chain is told what to set', async () => {
  const program = programs.run({ databaseUrl: database.url })

  expect(await program.exited).toBe(2)
  expect(program.output()).toContain('EVM_RPC_URL and EVM_DEPLOYMENT, or NEAR_RPC_URL and NEAR_DEPLOYMENT')
})

function run() {
  return programs.run({
    databaseUrl: database.url,
    evm: { url: evmNode.url, deployment: evm.deployment },
    near: { url: nearNode.url, deployment: near.deployment },
  })
}

async function registerOnBoth(): Promise<void> {
  world = await deeds.registerAgent(evm, world, 1)
  nearDeeds.registerAgent(near, 1)
  near.settle()
}

async function untilBothAreIndexed(): Promise<void> {
  await until('both are indexed', async () => (await isIndexed(evm)) && (await isIndexed(near)))
}

async function isIndexed(chain: { head(): Promise<{ readonly hash: string }> }): Promise<boolean> {
  const { hash } = await chain.head()
  return (await database.sql`select 1 from chain.blocks where hash = ${hash}`).length > 0
}
