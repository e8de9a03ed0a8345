import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ALICE,
  BOB,
  CAROL,
  CHAIN,
  jobRow,
  origin,
  START_SECONDS,
  startFixture,
  TOKEN,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>

beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  const at = (block: number) => ({ chain: CHAIN, ...origin(CHAIN, block) })
  const judged = (number: number, termsKind: string, judges: string[], row: Parameters<typeof jobRow>[1] = {}) =>
    jobRow(number, { termsKind, judges, funded: 1_000n, status: 'Submitted', ...row })
  await db.insert(tables.jobs).values([
    judged(1, 'Quorum', [ALICE, BOB], { threshold: 2, evaluationSeconds: 90, hook: CAROL }),
    judged(2, 'Milestones', [CAROL], { reviewSeconds: 60, released: 300n, paid: 294n, fee: 6n, payee: BOB }),
    judged(3, 'Arbitration', [BOB], { reviewSeconds: 70 }),
    judged(4, 'Enclave', []),
    // All that was let go and has not moved.
    jobRow(5, { status: 'Completed', funded: 100n, released: 40n, paid: 38n, fee: 2n }),
    jobRow(6, { status: 'Rejected', funded: 100n, released: 40n, paid: 38n, fee: 2n, refunded: 60n }),
    jobRow(7, { status: 'Expired', funded: 100n }),
    jobRow(8, { status: 'Rejected' }),
  ])
  await db.insert(tables.votes).values([
    { jobId: word(1), member: BOB, isApproval: true, reason: word(7), ...at(2) },
    { jobId: word(1), member: ALICE, isApproval: false, reason: word(8), ...at(3) },
  ])
  await db.insert(tables.milestones).values([
    { jobId: word(2), milestone: 1, amount: 700n, ...at(2) },
    { jobId: word(2), milestone: 0, amount: 300n, approver: CAROL, ...at(2), updatedBlock: 6 },
  ])
  await db.insert(tables.arbitrations).values({
    ...{ jobId: word(3), rulingSeconds: 80, silenceShareBP: 5_000, bond: 10n, stake: 20n, isStakeLocked: true },
    ...{ hasRedone: false, disputedAt: START_SECONDS, disputeReason: word(9), ruling: 2, shareBP: 4_000 },
    ...{ bondReceiver: ALICE, rulingReason: word(10), ...at(3) },
  })
})
afterAll(() => fixture.stop())

test('a crowd shows its payouts, which are transfers of the ledger', async () => {
  const { db } = fixture.writer
  const at = (block: number, log: number) => ({ chain: CHAIN, ...origin(CHAIN, block, log) })
  await db.insert(tables.crowds).values({ jobId: word(5), root: word(1), total: 90n, remainder: 10n, ...at(7, 0) })
  const moved = { caller: CAROL, from: CAROL, token: TOKEN, blockNumber: 8 }
  await db.insert(tables.ledgerTransfers).values([
    { ...moved, logIndex: 4, to: ALICE, amount: 30n, ...at(8, 4) },
    { ...moved, logIndex: 5, to: BOB, amount: 60n, ...at(8, 5) },
  ])
  await db.insert(tables.crowdPayouts).values([
    { jobId: word(5), index: 7n, transferLogIndex: 4, ...at(8, 4) },
    { jobId: word(5), index: 2n, transferLogIndex: 5, ...at(8, 5) },
  ])

  const { data, errors } = await fixture.ask(`{ job(chain: "${CHAIN}", jobId: "${word(5)}") { crowd {
    root total remainder payouts(first: 1, orderBy: CREATED_ASC) {
      totalCount nodes { index account amount created { block } } pageInfo { hasNextPage }
    }
  } } }`)

  expect(errors).toBeUndefined()
  expect(data.job.crowd).toEqual({
    ...{ root: word(1), total: '90', remainder: '10' },
    payouts: {
      totalCount: 2,
      nodes: [{ index: '7', account: ALICE, amount: '30', created: { block: '8' } }],
      pageInfo: { hasNextPage: true },
    },
  })
})

test('a job is in the ledger when its money was taken there, beside its funding', async () => {
  const NEAR = 'near:localnet'
  const { db } = fixture.writer
  const at = (chain: string, block: number, log: number) => ({ chain, ...origin(chain, block, log) })
  const funded = { kind: 'Funded', account: ALICE, amount: 100n, contract: CAROL, blockNumber: 20 }
  const taken = { caller: CAROL, from: ALICE, to: CAROL, token: TOKEN, amount: 100n, blockNumber: 20 }
  await db.insert(tables.jobs).values([jobRow(21, { chain: NEAR }), jobRow(22, { chain: NEAR })])
  await db.insert(tables.payments).values([
    { ...funded, jobId: word(1), logIndex: 1, ...at(CHAIN, 20, 1) },
    { ...funded, jobId: word(2), logIndex: 3, ...at(CHAIN, 20, 3) },
    { ...funded, jobId: word(21), logIndex: 3, ...at(NEAR, 20, 3) },
    { ...funded, jobId: word(22), logIndex: 1, ...at(NEAR, 20, 1) },
  ])
  await db.insert(tables.ledgerTransfers).values([
    { ...taken, logIndex: 2, ...at(CHAIN, 20, 2) },
    { ...taken, logIndex: 4, to: BOB, ...at(CHAIN, 20, 4) },
    { ...taken, logIndex: 2, ...at(NEAR, 20, 2) },
  ])

  const { data } = await fixture.ask(`{
    evm: jobs(filter: { chain: "${CHAIN}" }) { nodes { jobId isInLedger } }
    near: jobs(filter: { chain: "${NEAR}" }) { nodes { jobId isInLedger } }
  }`)

  const inLedger = ({ nodes }: { nodes: { jobId: string; isInLedger: boolean }[] }) =>
    nodes.filter((job) => job.isInLedger).map(({ jobId }) => jobId)
  expect(inLedger(data.evm)).toEqual([word(1)])
  expect(inLedger(data.near)).toEqual([word(21)])
})

test('a job shows the terms of who judges it, and of nobody else', async () => {
  const { data, errors } =
    await fixture.ask(`{ jobs(last: 4, orderBy: CREATED_DESC, filter: { chain: "${CHAIN}" }) { nodes {
    termsKind evaluationSeconds hook payee released fee
    quorum { members threshold votes { member isApproval reason created { block } } }
    milestonePlan { judge reviewSeconds milestones { milestone amount approver approved { block } } }
    arbitration {
      arbiter reviewSeconds rulingSeconds silenceShareBP bond bondReceiver stake isStakeLocked stakeReceiver
      disputedAt disputeReason ruling rulingReason shareBP hasRedone
    }
  } } }`)

  expect(errors).toBeUndefined()
  const [enclave, arbitration, milestones, quorum] = data.jobs.nodes
  const nothing = { quorum: null, milestonePlan: null, arbitration: null }
  const plain = { evaluationSeconds: null, hook: null, payee: null, released: null, fee: null }
  expect(enclave).toEqual({ ...nothing, ...plain, termsKind: 'ENCLAVE' })
  expect(quorum).toEqual({
    ...{ ...nothing, ...plain, termsKind: 'QUORUM', evaluationSeconds: '90', hook: CAROL },
    quorum: {
      members: [ALICE, BOB],
      threshold: 2,
      votes: [
        { member: BOB, isApproval: true, reason: word(7), created: { block: '2' } },
        { member: ALICE, isApproval: false, reason: word(8), created: { block: '3' } },
      ],
    },
  })
  expect(milestones).toEqual({
    ...{ ...nothing, ...plain, termsKind: 'MILESTONES', released: '300', fee: '6', payee: BOB },
    milestonePlan: {
      judge: CAROL,
      reviewSeconds: '60',
      milestones: [
        { milestone: 0, amount: '300', approver: CAROL, approved: { block: '6' } },
        { milestone: 1, amount: '700', approver: null, approved: null },
      ],
    },
  })
  expect(arbitration).toEqual({
    ...{ ...nothing, ...plain, termsKind: 'ARBITRATION' },
    arbitration: {
      ...{ arbiter: BOB, reviewSeconds: '70', rulingSeconds: '80', silenceShareBP: 5_000 },
      ...{ bond: '10', bondReceiver: ALICE, stake: '20', isStakeLocked: true, stakeReceiver: null },
      ...{ disputedAt: '2027-01-15T08:00:00.000Z', disputeReason: word(9), hasRedone: false },
      ...{ ruling: 'SPLIT', rulingReason: word(10), shareBP: 4_000 },
    },
  })
})

test('what a job owes and has not moved is what was let go, or is left at the end', async () => {
  const { data } = await fixture.ask(
    `{ jobs(orderBy: CREATED_ASC, filter: { chain: "${CHAIN}" }) { nodes { unpaid } } }`,
  )

  const unpaid = data.jobs.nodes.map((job: { unpaid: string }) => job.unpaid)
  expect(unpaid).toEqual(['0', '0', '0', '0', '60', '0', '100', '0'])
})

test('jobs are found by whom they name to judge them', async () => {
  const { data } = await fixture.ask(`{
    bob: jobs(filter: { judge: "${BOB}" }, orderBy: CREATED_ASC) { nodes { jobId } }
    nobody: jobs(filter: { judge: "${word(1).slice(0, 42)}" }) { nodes { jobId } }
  }`)

  expect(data.bob.nodes).toEqual([{ jobId: word(1) }, { jobId: word(3) }])
  expect(data.nobody.nodes).toEqual([])
})
