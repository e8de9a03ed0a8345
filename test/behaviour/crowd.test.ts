import { type Payout, payoutLeaf, payoutTree, toHex } from '@parley/protocol'
import { keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  BUDGET,
  createFundedJob as createDirectlyFundedJob,
  createJob,
  DAY,
  BODY_HASH as HASH,
  type JobOptions,
  OTHER_HASH,
  registerAgent,
  setBudget,
  UNKNOWN_JOB,
} from './scenario.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
const CROWD = 2000

describe.each(CHAINS)('a crowd on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  let bob: string
  /** Carol judges in this file. */
  let carol: string

  beforeAll(async () => {
    chain = await open()
    ;({ bob, carol } = chain.accounts)
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    await chain.deposit('alice', chain.dollar, 50n * BUDGET)
    await chain.send('alice', 'setOperator', { spender: chain.escrow, approved: true })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const balanceOf = (account: string) => chain.ledgerBalanceOf(chain.dollar, account)
  const heldByCrowd = () => balanceOf(chain.crowd)
  const treeOf = (payouts: readonly Payout[]) => payoutTree(payouts, keccak, chain.kind)
  /** Three who share all but 100. */
  const payouts = (): readonly Payout[] => [
    { index: 0n, account: payeeAt(0), amount: 1_000_000n },
    { index: 1n, account: payeeAt(1), amount: 1_000_000n },
    { index: 2n, account: payeeAt(2), amount: BUDGET - 2_000_100n },
  ]

  const setPayee = (jobId: bigint, payee = chain.crowd) => chain.send('bob', 'setPayee', { jobId, payee })
  const setPayees = (jobId: bigint, root: string, total: bigint, who: Person = 'bob') =>
    chain.send(who, 'setPayees', { jobId, root, total })
  const submit = (jobId: bigint) => chain.send('bob', 'submit', { jobId, deliverable: HASH })
  const complete = (jobId: bigint) => chain.send('carol', 'complete', { jobId, reason: HASH })
  const claim = (jobId: bigint, args: object, who: Person = 'relayer') =>
    chain.send(who, 'claimPayout', { jobId, ...args })
  const push = (jobId: bigint, args: object, who: Person = 'relayer') =>
    chain.send(who, 'pushPayouts', { jobId, ...args })
  const claimRemainder = (jobId: bigint) => chain.send('relayer', 'claimRemainder', { jobId })

  async function createFundedJob(options: JobOptions = {}): Promise<bigint> {
    const jobId = await createJob(chain, { evaluator: carol, ...options })
    await setBudget(chain, jobId)
    await chain.send('alice', 'fundFromLedger', { jobId, expectedBudget: BUDGET })
    return jobId
  }

  /** A job whose payees are known, before it is submitted. */
  async function createCrowdJob(list = payouts()): Promise<bigint> {
    const jobId = await createFundedJob()
    await setPayee(jobId)
    const { root, total } = treeOf(list)
    await setPayees(jobId, root, total)
    return jobId
  }

  async function createPaidJob(list = payouts()): Promise<bigint> {
    const jobId = await createCrowdJob(list)
    await submit(jobId)
    await complete(jobId)
    return jobId
  }

  describe('setPayees', () => {
    it('names the tree of the payees, again until the work is submitted', async () => {
      const jobId = await createCrowdJob()
      const { root } = treeOf(payouts())

      const happened = await setPayees(jobId, root, 5n)

      expect(happened).toEqual([{ name: 'PayeesSet', args: { jobId, root, total: 5n } }])
      expect(await chain.read('getCrowd', { jobId })).toMatchObject({ root, total: 5n, claimed: 0n, pot: 0n })
    })

    it('rejects whoever is not the provider, and an unknown job', async () => {
      const jobId = await createCrowdJob()

      await expectRefusal(chain, setPayees(jobId, HASH, 1n, 'alice'), 'ProviderOnly', chain.accounts.alice)
      await expectRefusal(chain, setPayees(UNKNOWN_JOB, HASH, 1n), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects other payees than those that are judged', async () => {
      const jobId = await createCrowdJob()
      await submit(jobId)

      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'JobNotFunded', jobId, 2)
      await complete(jobId)
      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'JobNotFunded', jobId, 3)
    })

    it('rejects other payees after a part was paid: it is theirs', async () => {
      const jobId = await createCrowdJob()
      await chain.send('carol', 'release', { jobId, amount: 1n, reason: HASH })

      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'PaymentStarted', jobId)
    })

    it('rejects a job that pays somebody else', async () => {
      const jobId = await createFundedJob()

      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'PayeeMismatch', jobId, bob)
      await setPayee(jobId, carol)
      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'PayeeMismatch', jobId, carol)
    })

    it('takes nothing for a job that is paid in the token itself', async () => {
      await createPaidJob()
      const jobId = await createDirectlyFundedJob(chain, { evaluator: carol })

      await expectRefusal(chain, setPayees(jobId, HASH, 1n), 'PayeeMismatch', jobId, bob)
      await submit(jobId)
      await complete(jobId)

      await expectRefusal(chain, claimRemainder(jobId), 'PayeeMismatch', jobId, bob)
      expect(await heldByCrowd()).toBe(BUDGET)
    })

    it('rejects nobody, nothing, and more than the job pays', async () => {
      const jobId = await createCrowdJob()
      const none = `0x${'00'.repeat(32)}`

      for (const [root, total] of [
        [none, 1n],
        [HASH, 0n],
        [HASH, BUDGET + 1n],
        [HASH, 2n ** 96n],
      ] as const)
        await expectRefusal(chain, setPayees(jobId, root, total), 'PayeesInvalid', root, total, BUDGET)
    })
  })

  describe('claimPayout', () => {
    it('pays a payee in the ledger, whoever claims', async () => {
      const jobId = await createPaidJob()

      const happened = await claim(jobId, treeOf(payouts()).claim(1))

      const transfer = { caller: chain.crowd, from: chain.crowd, to: payeeAt(1), token: chain.dollar }
      expect(happened).toEqual([
        { name: 'PayoutsMade', args: { jobId, indexes: [1n] } },
        { name: 'LedgerTransfer', args: { ...transfer, amount: 1_000_000n } },
      ])
      expect(await balanceOf(payeeAt(1))).toBe(1_000_000n)
      expect(await heldByCrowd()).toBe(BUDGET - 1_000_000n)
      expect(await chain.read('isPayoutMade', { jobId, index: 1n })).toBe(true)
      expect(await chain.read('isPayoutMade', { jobId, index: 0n })).toBe(false)
    })

    it('rejects a second claim, and pays once', async () => {
      const jobId = await createPaidJob()
      await claim(jobId, treeOf(payouts()).claim(1))

      await expectRefusal(chain, claim(jobId, treeOf(payouts()).claim(1)), 'PayoutAlreadyMade', jobId, 1n)
      expect(await balanceOf(payeeAt(1))).toBe(1_000_000n)
    })

    it('never expires', async () => {
      const jobId = await createPaidJob()
      await chain.warp(3650n * DAY)

      await claim(jobId, treeOf(payouts()).claim(0))

      expect(await balanceOf(payeeAt(0))).toBe(1_000_000n)
    })

    it('rejects a changed amount, account or index, and the proof of another', async () => {
      const jobId = await createPaidJob()
      const { payout, proof } = treeOf(payouts()).claim(0)

      for (const change of [{ amount: 1_000_001n }, { account: payeeAt(3) }, { index: 9n }])
        await expectRefusal(chain, claim(jobId, { payout: { ...payout, ...change }, proof }), 'ProofInvalid', jobId)
      const { proof: others } = treeOf(payouts()).claim(1)
      await expectRefusal(chain, claim(jobId, { payout, proof: others }), 'ProofInvalid', jobId)
      await expectRefusal(chain, claim(jobId, { payout, proof: [...proof].reverse() }), 'ProofInvalid', jobId)
      await expectRefusal(chain, claim(jobId, { payout, proof: [] }), 'ProofInvalid', jobId)
      await expectRefusal(chain, claim(jobId, { payout, proof: [...proof, HASH] }), 'ProofInvalid', jobId)
    })

    it('takes no node of the tree for a leaf', async () => {
      const four = [0, 1, 2, 3].map((at) => ({ index: BigInt(at), account: payeeAt(at), amount: 1n }))
      const jobId = await createPaidJob(four)
      // The node above leaves 0 and 1, whose sibling proves it.
      const [, above] = treeOf(four).claim(0).proof
      const leaves = four.slice(0, 2).map((payout) => toHex(payoutLeaf(payout, keccak, chain.kind)))
      const [low, high] = leaves.sort() as [string, string]
      const payout = { index: BigInt(low), account: payeeAt(0), amount: BigInt(high) }

      await expectRefusal(chain, claim(jobId, { payout, proof: [above] }), 'ProofInvalid', jobId)
      const node = { ...payout, index: 0n, amount: 0n }
      await expectRefusal(chain, claim(jobId, { payout: node, proof: [above] }), 'ProofInvalid', jobId)
    })

    it('pays the only payee with an empty proof', async () => {
      const list = [{ index: 5n, account: payeeAt(0), amount: BUDGET }]
      const jobId = await createPaidJob(list)

      await claim(jobId, treeOf(list).claim(0))

      expect(await balanceOf(payeeAt(0))).toBe(BUDGET)
    })

    it('pays one account for several indexes', async () => {
      const list = payouts().map((payout) => ({ ...payout, account: payeeAt(0) }))
      const jobId = await createPaidJob(list)

      for (const at of [0, 1, 2]) await claim(jobId, treeOf(list).claim(at))

      expect(await balanceOf(payeeAt(0))).toBe(BUDGET - 100n)
    })

    it('never pays more than the total, though the tree promises it', async () => {
      const list = payouts()
      const jobId = await createCrowdJob(list)
      await setPayees(jobId, treeOf(list).root, 1_500_000n)
      await submit(jobId)
      await complete(jobId)
      await claim(jobId, treeOf(list).claim(0))

      await expectRefusal(chain, claim(jobId, treeOf(list).claim(1)), 'TotalExceeded', jobId, 1_500_000n)
      await claim(jobId, treeOf(list).claim(2))
      await claimRemainder(jobId)
      expect(await heldByCrowd()).toBe(1_500_000n - 1_000_000n - (BUDGET - 2_000_100n))
    })

    it('rejects amounts that no number holds', async () => {
      const list = [
        { index: 0n, account: payeeAt(0), amount: 2n ** 256n - 1n },
        { index: 1n, account: payeeAt(1), amount: 1n },
      ]
      const jobId = await createCrowdJob(payouts())
      await setPayees(jobId, treeOf(list).root, 1n)
      await submit(jobId)
      await complete(jobId)

      await expectRefusal(chain, claim(jobId, treeOf(list).claim(0)), 'TotalExceeded', jobId, 1n)
      await claim(jobId, treeOf(list).claim(1))
      expect(await balanceOf(payeeAt(1))).toBe(1n)
    })

    it('rejects jobs that have not ended, and unknown ones', async () => {
      const funded = await createCrowdJob()
      const submitted = await createCrowdJob()
      await submit(submitted)
      const first = treeOf(payouts()).claim(0)

      await expectRefusal(chain, claim(funded, first), 'JobNotEnded', funded, 1)
      await expectRefusal(chain, claim(submitted, first), 'JobNotEnded', submitted, 2)
      await expectRefusal(chain, claim(UNKNOWN_JOB, first), 'JobUnknown', UNKNOWN_JOB)
    })

    it('of a job that was rejected or has expired pays nothing', async () => {
      const rejected = await createCrowdJob()
      await submit(rejected)
      await chain.send('carol', 'reject', { jobId: rejected, reason: HASH })
      const expired = await createCrowdJob()
      await chain.warp(DAY)
      await chain.send('relayer', 'claimRefund', { jobId: expired })

      for (const jobId of [rejected, expired]) {
        await expectRefusal(chain, claim(jobId, treeOf(payouts()).claim(0)), 'NothingOwed', jobId)
        await expectRefusal(chain, claimRemainder(jobId), 'NothingOwed', jobId)
      }
      expect(await heldByCrowd()).toBe(0n)
    })

    it('of one job takes nothing of another', async () => {
      const other = await createPaidJob()
      const rejected = await createCrowdJob()
      await chain.send('carol', 'reject', { jobId: rejected, reason: HASH })
      const elsewhere = await createFundedJob()
      await submit(elsewhere)
      await complete(elsewhere)

      await expectRefusal(chain, claim(rejected, treeOf(payouts()).claim(0)), 'NothingOwed', rejected)
      await expectRefusal(chain, claim(elsewhere, treeOf(payouts()).claim(0)), 'PayeeMismatch', elsewhere, bob)
      await expectRefusal(chain, claimRemainder(elsewhere), 'PayeeMismatch', elsewhere, bob)
      expect(await heldByCrowd()).toBe(BUDGET)
      await claim(other, treeOf(payouts()).claim(0))
    })

    it('shares what was paid when it is less than the total, to the last atom', async () => {
      const list = payouts()
      const jobId = await createCrowdJob(list)
      await submit(jobId)
      const paid = 1_000_001n
      await chain.send('carol', 'release', { jobId, amount: paid, reason: HASH })
      await chain.send('carol', 'reject', { jobId, reason: HASH })

      for (const at of [2, 0, 1]) await claim(jobId, treeOf(list).claim(at))

      const total = BUDGET - 100n
      const received = await Promise.all([0, 1, 2].map((at) => balanceOf(payeeAt(at))))
      expect(received.reduce((sum, amount) => sum + amount)).toBe(paid)
      for (const [at, { amount }] of list.entries()) {
        const due = (amount * paid) / total
        expect([due, due + 1n]).toContain(received[at])
      }
      expect(await heldByCrowd()).toBe(0n)
    })
  })

  describe('pushPayouts', () => {
    it('pays many at once', async () => {
      const jobId = await createPaidJob()

      const happened = await push(jobId, treeOf(payouts()).push([0, 1, 2]))

      expect(happened.map(({ name }) => name)).toEqual(['PayoutsMade', ...Array(3).fill('LedgerTransfer')])
      expect(happened[0]?.args).toEqual({ jobId, indexes: [0n, 1n, 2n] })
      for (const { account, amount } of payouts()) expect(await balanceOf(account)).toBe(amount)
      expect(await heldByCrowd()).toBe(100n)
    })

    it('skips who has been paid already: a claim that comes first stops nobody', async () => {
      const jobId = await createPaidJob()
      await claim(jobId, treeOf(payouts()).claim(1))

      const happened = await push(jobId, treeOf(payouts()).push([0, 1, 2]))

      expect(happened[0]?.args.indexes).toEqual([0n, 2n])
      for (const { account, amount } of payouts()) expect(await balanceOf(account)).toBe(amount)
      expect(await push(jobId, treeOf(payouts()).push([0, 1, 2]))).toEqual([])
    })

    it('refuses all when one payout is not of the tree', async () => {
      const jobId = await createPaidJob()
      const batch = treeOf(payouts()).push([0, 1, 2])
      const [first, second, third] = batch.payouts as [Payout, Payout, Payout]
      const refused = (change: object) =>
        expectRefusal(chain, push(jobId, { ...batch, ...change }), 'ProofInvalid', jobId)

      await refused({ payouts: [first, { ...second, amount: second.amount + 1n }, third] })
      await refused({ payouts: [first, third, second] })
      await refused({ payouts: [first, first, third] })
      await refused({ payouts: [first, second] })
      await refused({ payouts: [] })
      await refused({ proof: [OTHER_HASH] })
      await refused({ proofFlags: [false, ...batch.proofFlags.slice(1)] })
      await refused({ proofFlags: batch.proofFlags.map(() => false) })
      expect(await heldByCrowd()).toBe(BUDGET)
    })

    it('refuses a proof without payouts, though it leads to the root', async () => {
      const jobId = await createPaidJob()
      const { root } = treeOf(payouts())

      await expectRefusal(chain, push(jobId, { payouts: [], proof: [root], proofFlags: [] }), 'ProofInvalid', jobId)
    })

    it('pays an index that the tree has twice once', async () => {
      const list = payouts().map((payout) => ({ ...payout, index: 7n }))
      const jobId = await createPaidJob(list)

      const happened = await push(jobId, treeOf(list).push([0, 1, 2]))

      expect(happened[0]?.args.indexes).toEqual([7n])
      expect(await heldByCrowd()).toBe(BUDGET - 1_000_000n)
    })

    it('of a batch beyond the total pays none of it', async () => {
      const list = payouts()
      const jobId = await createCrowdJob(list)
      await setPayees(jobId, treeOf(list).root, 1_500_000n)
      await submit(jobId)
      await complete(jobId)

      const pushing = push(jobId, treeOf(list).push([0, 1]))
      await expectRefusal(chain, pushing, 'TotalExceeded', jobId, 1_500_000n)
      expect(await heldByCrowd()).toBe(BUDGET)
    })

    it(`pays ${CROWD} payees of one job, pushed and claimed`, async () => {
      const list = Array.from({ length: CROWD }, (_, at) => ({
        index: BigInt(at),
        account: payeeAt(at),
        amount: BigInt(1000 + (at % 250)),
      }))
      const jobId = await createPaidJob(list)
      const tree = treeOf(list)
      const places = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at)

      await push(jobId, tree.push(places(0, 64)))
      await push(jobId, tree.push(places(224, 64)))
      await push(jobId, tree.push([300, 700, 1999]))
      for (const place of [64, 1000, 1998]) await claim(jobId, tree.claim(place))

      const paid = new Set([...places(0, 64), ...places(224, 64), 300, 700, 1999, 64, 1000, 1998])
      let sum = 0n
      for (const place of [...paid]) {
        sum += list[place]?.amount ?? 0n
        expect(await chain.read('isPayoutMade', { jobId, index: BigInt(place) })).toBe(true)
      }
      for (const place of [65, 223, 288, 1001])
        expect(await chain.read('isPayoutMade', { jobId, index: BigInt(place) })).toBe(false)
      expect(await balanceOf(payeeAt(1999))).toBe(1249n)
      expect(await heldByCrowd()).toBe(BUDGET - sum)
      expect(await chain.read('getCrowd', { jobId })).toMatchObject({ claimed: sum, total: tree.total })
      await claimRemainder(jobId)
      expect(await heldByCrowd()).toBe(tree.total - sum)
    }, 120_000)
  })

  describe('claimRemainder', () => {
    it('gives the provider what its payees do not get, once', async () => {
      const jobId = await createPaidJob()

      const happened = await claimRemainder(jobId)

      expect(happened[0]).toEqual({ name: 'RemainderClaimed', args: { jobId, provider: bob, amount: 100n } })
      expect(await balanceOf(bob)).toBe(100n)
      await expectRefusal(chain, claimRemainder(jobId), 'NothingOwed', jobId)
      await push(jobId, treeOf(payouts()).push([0, 1, 2]))
      expect(await heldByCrowd()).toBe(0n)
    })

    it('gives the provider everything when it has named no payees', async () => {
      const jobId = await createFundedJob()
      await setPayee(jobId)
      await submit(jobId)
      await complete(jobId)

      await claimRemainder(jobId)

      expect(await balanceOf(bob)).toBe(BUDGET)
      await expectRefusal(chain, claimRemainder(jobId), 'NothingOwed', jobId)
      await expectRefusal(chain, claim(jobId, treeOf(payouts()).claim(0)), 'ProofInvalid', jobId)
    })

    it('rejects a job whose payees get everything', async () => {
      const list = [{ index: 0n, account: payeeAt(0), amount: BUDGET }]
      const jobId = await createPaidJob(list)

      await expectRefusal(chain, claimRemainder(jobId), 'NothingOwed', jobId)
    })

    it('rejects a job that has not ended', async () => {
      const jobId = await createCrowdJob()

      await expectRefusal(chain, claimRemainder(jobId), 'JobNotEnded', jobId, 1)
    })
  })

  /** Somebody who has never been here. */
  function payeeAt(at: number): string {
    return chain.kind === 'near' ? `payee-${at}.near` : `0x${(0xabcdef000000 + at).toString(16).padStart(40, '0')}`
  }
})
