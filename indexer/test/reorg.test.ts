import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Deed, deeds, emptyWorld, type Perform, type World } from './activity.ts'
import { moneyDeeds } from './money-activity.ts'
import {
  contentsOf,
  indexFromScratch,
  startDatabases,
  startIndexer,
  type TestDatabases,
  untilIndexed,
} from './setup.ts'
import { startChain } from './test-chain.ts'

let databases: TestDatabases
beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(() => databases.stop())

type Step =
  | { readonly kind: 'deed'; readonly deed: Deed; readonly pick: number }
  | { readonly kind: 'reorg'; readonly depth: number }
  | { readonly kind: 'mine' | 'catchUp' | 'restart' }

const deed = fc.record({
  kind: fc.constant('deed' as const),
  deed: fc.constantFrom(...(Object.keys(deeds) as Deed[])),
  pick: fc.nat(1_000),
})
const advance = fc.record({
  kind: fc.constant('deed' as const),
  deed: fc.constant('advanceJob' as const),
  pick: fc.nat(1_000),
})
const reorg = fc.record({ kind: fc.constant('reorg' as const), depth: fc.integer({ min: 1, max: 8 }) })
const pause = fc.record({ kind: fc.constantFrom('mine' as const, 'catchUp' as const, 'restart' as const) })
const history: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: deed },
    { weight: 4, arbitrary: advance },
    { weight: 2, arbitrary: reorg },
    { weight: 4, arbitrary: pause },
  ),
  { minLength: 50, maxLength: 70 },
)

test('after any mix of reorgs and restarts the tables are those of an index from scratch, row for row', async () => {
  const seenNames = new Set<string>()

  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const chain = await startChain()
      const database = await databases.create()
      const start = () => startIndexer({ rpcUrl: chain.url, databaseUrl: database.url, deployment: chain.deployment })
      let indexer = start()
      let world: World = emptyWorld
      const past: { readonly snapshot: `0x${string}`; readonly world: World }[] = []
      const act = async (name: Deed, pick: number) => {
        past.push({ snapshot: await chain.snapshot(), world })
        const perform: Perform = deeds[name]
        world = await perform(chain, world, pick)
      }
      for (const pick of [0, 1, 2]) {
        await act('registerAgent', pick)
        await act('createJob', pick)
      }

      for (const step of steps) {
        if (step.kind === 'deed') await act(step.deed, step.pick)
        if (step.kind === 'mine') await chain.mine()
        if (step.kind === 'catchUp') await untilIndexed(database, chain)
        if (step.kind === 'restart') {
          await indexer.stop()
          indexer = start()
        }
        if (step.kind === 'reorg') {
          const target = past.splice(-step.depth)[0]
          if (!target) continue
          await chain.revert(target.snapshot)
          world = target.world
        }
      }
      // The rarest end of a job, and a request that fails.
      await act('createJob', 1)
      await act('advanceJob', world.jobs.length - 1)
      await act('rejectJob', world.jobs.length - 1)
      await act('forwardRequest', 0)
      await act('forwardRequest', 1)
      await act('createJob', 2)
      await act('expireJob', world.jobs.length - 1)
      for (const name of [...(Object.keys(moneyDeeds) as Deed[]), 'attestEnclave', 'revokeEnclave'] as const)
        await act(name, 3)
      await untilIndexed(database, chain)
      await indexer.stop()

      const contents = await contentsOf(database)
      for (const event of contents.events ?? []) seenNames.add(JSON.parse(event).name)
      expect(contents).toEqual(await indexFromScratch(databases, chain))
      await chain.stop()
    }),
    // A fixed seed: the same histories each time. Smaller ones would take minutes to find.
    { numRuns: 7, seed: 8_183, endOnFailure: true },
  )

  const names = ['JobFunded', 'JobSubmitted', 'JobCompleted', 'ResultAccepted', 'JobRejected', 'Refunded', 'JobExpired']
  const others = ['EnclaveRegistered', 'EnclaveRevoked', 'RequestExecuted', 'RequestFailed', 'URIUpdated']
  const money = ['LedgerTransfer', 'OperatorSet', 'PolicySet', 'PolicyRevoked', 'SpendLimitSet', 'CounterpartySet']
  const more = ['SpendConfirmed', 'SpendExecuted', 'VoteCast', 'MilestoneApproved', 'JobPartReleased', 'JobReopened']
  const arbitration = ['StakeLocked', 'DisputeOpened', 'RulingGiven', 'BondReleased', 'StakeReleased']
  const words = ['NewFeedback', 'FeedbackRevoked', 'FeedbackBacked', 'ResponseAppended']
  const checks = ['ValidationRequest', 'ValidationResponse', 'TokenPriceSet', 'WeightCapSet']
  const crowd = ['PayeesSet', 'PayoutsMade', 'RemainderClaimed', 'PlatformFeePaid', 'FeesCollected', 'PayeeSet']
  const all = [names, others, money, more, arbitration, words, checks, crowd].flat()
  expect([...seenNames]).toEqual(expect.arrayContaining(all))
}, 300_000)

describe('a reorg', () => {
  test('that only takes blocks away takes their rows away', async () => {
    const { chain, database, indexer, world } = await startWithSubmittedJob()
    const before = await contentsOf(database)
    const snapshot = await chain.snapshot()
    await deeds.advanceJob(chain, world, 0)
    await untilIndexed(database, chain)

    await chain.revert(snapshot)
    await untilIndexed(database, chain)

    expect(await contentsOf(database)).toEqual(before)
    await indexer.stop()
    await chain.stop()
  })

  test('that replaces a completion by a rejection leaves nothing of the completion', async () => {
    const { chain, database, indexer, world } = await startWithSubmittedJob()
    const [job] = world.jobs
    const heard: string[] = []
    await database.sql.listen('job_changed', (payload) => heard.push(payload))
    const beforeCompletion = await chain.snapshot()
    await deeds.advanceJob(chain, world, 0)
    await untilIndexed(database, chain)
    const [completed] = await database.sql`select status, paid, refunded from chain.jobs`

    await chain.revert(beforeCompletion)
    await deeds.rejectJob(chain, world, 0)
    await untilIndexed(database, chain)

    const [rejected] = await database.sql`select status, paid, refunded from chain.jobs`
    const payments = await database.sql`select kind, account from chain.payments order by position`
    expect(completed).toEqual({ status: 'Completed', paid: '1000', refunded: null })
    expect(rejected).toEqual({ status: 'Rejected', paid: null, refunded: '1000' })
    const client = job?.client.address.toLowerCase()
    expect(payments).toEqual([
      { kind: 'Funded', account: client },
      { kind: 'Refunded', account: client },
    ])
    expect(new Set(heard)).toEqual(new Set([`eip155:31337:0x${job?.id.toString(16).padStart(64, '0')}`]))
    await indexer.stop()
    await chain.stop()
  })
})

describe('a fork deeper than every stored block', () => {
  test('has the chain indexed from scratch', async () => {
    const chain = await startChain()
    const database = await databases.create()
    const indexer = startIndexer({ rpcUrl: chain.url, databaseUrl: database.url, deployment: chain.deployment })
    const snapshot = await chain.snapshot()
    const world = await deeds.registerAgent(chain, emptyWorld, 0)
    await deeds.createJob(chain, world, 0)
    await chain.mine(20)
    await untilIndexed(database, chain)

    await chain.revert(snapshot)
    await deeds.registerAgent(chain, emptyWorld, 1)
    await untilIndexed(database, chain)

    expect(await contentsOf(database)).toEqual(await indexFromScratch(databases, chain))
    expect(indexer.messages).toContain('no stored block is on the chain any more: indexing from scratch')
    await indexer.stop()
    await chain.stop()
  })

  test('is the only one that is: stored blocks reach past those that are final, and are few', async () => {
    const chain = await startChain()
    const database = await databases.create()
    const options = { rpcUrl: chain.url, databaseUrl: database.url, deployment: chain.deployment, finalityBlocks: 5 }
    const indexer = startIndexer(options)
    for (let count = 0; count < 30; count++) {
      await chain.mine()
      await untilIndexed(database, chain)
    }

    const head = Number((await chain.head()).number)
    const blocks = await database.sql`select number::int from chain.blocks order by number desc`

    expect(blocks.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5].map((depth) => head - depth))
    await indexer.stop()
    await chain.stop()
  })
})

/** A chain with one job that an evaluator can complete or reject, and an indexer that knows it. */
async function startWithSubmittedJob() {
  const chain = await startChain()
  const database = await databases.create()
  const indexer = startIndexer({ rpcUrl: chain.url, databaseUrl: database.url, deployment: chain.deployment })
  let world = await deeds.registerAgent(chain, emptyWorld, 0)
  world = await deeds.createJob(chain, world, 1)
  world = await deeds.advanceJob(chain, world, 0)
  world = await deeds.advanceJob(chain, world, 0)
  await untilIndexed(database, chain)
  return { chain, database, indexer, world }
}
