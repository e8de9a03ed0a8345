import { NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  BODY_HASH,
  BUDGET,
  createJob,
  DAY,
  jobOf,
  nextJobId,
  registerAgent,
  requestHashOf,
  setBudget,
  UNKNOWN_JOB,
  WORKLOAD,
} from './scenario.ts'

type Hiring = Parameters<Driver['hire']>[1]

const SAVINGS = 4n * BUDGET

describe.each(CHAINS)('jobs that are hired, and their fees, on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  let alice: string
  let bob: string
  let carol: string
  let treasury: string

  beforeAll(async () => {
    chain = await open()
    ;({ alice, bob, carol, operator: treasury } = chain.accounts)
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    await chain.deposit('alice', chain.dollar, SAVINGS)
    await chain.send('alice', 'setOperator', { spender: chain.escrow, approved: true })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const hiringOf = (change: Partial<Hiring> = {}): Hiring => ({
    client: alice,
    provider: bob,
    providerAgentId: 0n,
    evaluator: carol,
    expiredAt: chain.now() + DAY,
    description: 'Translate',
    token: chain.dollar,
    budget: BUDGET,
    isInLedger: false,
    ...change,
  })
  const hire = async (change: Partial<Hiring> = {}, who: Person = 'alice') => {
    const jobId = await nextJobId(chain, 'alice')
    await chain.hire(who, hiringOf(change))
    return jobId
  }
  const dollarsOf = (account: string) => chain.balanceOf(chain.dollar, account)
  const savingsOf = (account: string) => chain.ledgerBalanceOf(chain.dollar, account)
  const submit = (jobId: bigint) => chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
  const complete = (jobId: bigint) => chain.send('carol', 'complete', { jobId, reason: BODY_HASH })
  const reject = (jobId: bigint) => chain.send('carol', 'reject', { jobId, reason: BODY_HASH })
  const release = (jobId: bigint, amount: bigint) =>
    chain.send('carol', 'release', { jobId, amount, reason: BODY_HASH })
  const setFee = (feeBP: bigint, who: Person = 'owner') => chain.send(who, 'setPlatformFee', { feeBP, treasury })
  const collect = () => chain.send('relayer', 'collectFees', { token: chain.dollar })
  const accrued = () => chain.read('accruedFees', { token: chain.dollar })
  const own = (happened: readonly { readonly name: string }[]) =>
    happened.filter(({ name }) => name !== 'LedgerTransfer')

  describe('hire', () => {
    it.each([false, true])('does by one call what five do; from the ledger: %s', async (isInLedger) => {
      const jobId = await nextJobId(chain, 'alice')
      const { expiredAt, ...hiring } = hiringOf({ isInLedger })

      const happened = own(await chain.hire('alice', { ...hiring, expiredAt }))

      const creation = { jobId, client: alice, provider: bob, evaluator: carol, expiredAt, hook: NOBODY }
      expect(happened).toEqual([
        { name: 'JobCreated', args: creation },
        { name: 'JobDescribed', args: { jobId, description: 'Translate' } },
        { name: 'ProviderSet', args: { jobId, provider: bob, agentId: 0n } },
        { name: 'BudgetSet', args: { jobId, token: chain.dollar, amount: BUDGET } },
        { name: 'JobFunded', args: { jobId, client: alice, amount: BUDGET } },
      ])
      const job = { client: alice, provider: bob, evaluator: carol, status: 1n, budget: BUDGET, token: chain.dollar }
      expect(await jobOf(chain, jobId)).toMatchObject({ ...job, expiredAt })
      expect(await savingsOf(alice)).toBe(isInLedger ? SAVINGS - BUDGET : SAVINGS)
      expect(await savingsOf(chain.escrow)).toBe(isInLedger ? BUDGET : 0n)
    })

    it('hands an enclave’s terms to its evaluator', async () => {
      const jobId = await nextJobId(chain, 'alice')
      const terms = { enclave: { bodyHash: BODY_HASH, workload: WORKLOAD, observability: 1 } }

      const happened = await chain.hire('alice', hiringOf({ evaluator: chain.evaluator, terms }))

      const args = { jobId, requestHash: requestHashOf(chain, jobId), workload: WORKLOAD, observability: 1n }
      expect(happened.at(-2)).toEqual({ name: 'TermsSet', args })
      expect(happened.at(-1)?.name).toBe('JobFunded')
    })

    it('hands a quorum’s terms to its evaluator, whose members then judge', async () => {
      const quorum = { members: [carol, treasury], threshold: 2n }
      const evaluator = chain.evaluators.quorum
      const jobId = await nextJobId(chain, 'alice')

      const happened = await chain.hire('alice', hiringOf({ evaluator, isInLedger: true, terms: { quorum } }))

      const told = own(happened).slice(-2)
      expect(told[0]).toEqual({ name: 'QuorumTermsSet', args: { jobId, ...quorum } })
      expect(told[1]?.name).toBe('JobFunded')
      await submit(jobId)
      for (const member of ['carol', 'operator'] as const)
        await chain.send(member, 'castVote', { jobId, isApproval: true, reason: BODY_HASH })
      expect((await jobOf(chain, jobId)).status).toBe(3n)
      expect(await savingsOf(bob)).toBe(BUDGET)
    })

    it('hands milestones to theirs, which wants time to judge', async () => {
      const milestones = { judge: carol, reviewSeconds: DAY, amounts: [1_000_000n, 1_500_000n] }
      const evaluator = chain.evaluators.milestones
      const hiring = (days: bigint) =>
        hiringOf({ evaluator, expiredAt: chain.now() + days * DAY, terms: { milestones } })

      const jobId = await nextJobId(chain, 'alice')
      const earliest = chain.now() + 4n * DAY + 300n
      await expectRefusal(chain, chain.hire('alice', hiring(4n)), 'ExpiryTooSoon', jobId, earliest)

      const happened = await chain.hire('alice', hiring(5n))
      expect(happened.map(({ name }) => name).slice(-3)).toEqual([
        'MilestoneTermsSet',
        'EvaluationPeriodSet',
        'JobFunded',
      ])
    })

    it('takes all back when the evaluator refuses the terms', async () => {
      const before = await dollarsOf(alice)
      const jobId = await nextJobId(chain, 'alice')
      const terms = { enclave: { bodyHash: BODY_HASH, workload: WORKLOAD, observability: 3 } }

      await expectRefusal(
        chain,
        chain.hire('alice', hiringOf({ evaluator: chain.evaluator, terms })),
        'ObservabilityInvalid',
        3,
      )

      expect(await dollarsOf(alice)).toBe(before)
      expect(await chain.read('owed', { jobId })).toBe(0n)
    })

    it('may name its id, which must be the next one', async () => {
      const jobId = await nextJobId(chain, 'alice')
      await hire({ jobId })

      await expectRefusal(chain, chain.hire('alice', hiringOf({ jobId })), 'JobUnknown', jobId)
    })

    it('rejects what the calls by themselves do', async () => {
      const attempt = (change: Partial<Hiring>) => chain.hire('alice', hiringOf({ isInLedger: true, ...change }))

      await expectRefusal(chain, attempt({ provider: carol }), 'ProviderIsEvaluator', carol)
      await expectRefusal(chain, attempt({ hook: chain.dollar }), 'HookNotAllowed', chain.dollar)
      const jobId = await nextJobId(chain, 'alice')
      await expectRefusal(chain, attempt({ provider: NOBODY }), 'ProviderNotSet', jobId)
      await expectRefusal(chain, attempt({ budget: 2n ** 96n }), 'BudgetTooLarge', 2n ** 96n)
      const tooMuch = attempt({ budget: SAVINGS + 1n })
      await expectRefusal(chain, tooMuch, 'BalanceTooLow', alice, chain.dollar, SAVINGS, SAVINGS + 1n)
      expect(await savingsOf(alice)).toBe(SAVINGS)
    })

    it('from the ledger is for the client and its operators there', async () => {
      const byCarol = () => chain.hire('carol', hiringOf({ isInLedger: true, evaluator: chain.evaluator }))
      await expectRefusal(chain, byCarol(), 'ClientOnly', carol)

      await chain.send('alice', 'setOperator', { spender: carol, approved: true })
      const jobId = await nextJobId(chain, 'alice')
      await byCarol()

      expect((await jobOf(chain, jobId)).client).toBe(alice)
      expect(await savingsOf(alice)).toBe(SAVINGS - BUDGET)
    })

    it('by the client’s own money is for the client alone, operator or not', async () => {
      await chain.send('alice', 'setOperator', { spender: carol, approved: true })

      await expectRefusal(chain, chain.hire('carol', hiringOf({ evaluator: chain.evaluator })), 'ClientOnly', carol)
    })
  })

  describe('a job from the ledger', () => {
    it('pays, releases and refunds there', async () => {
      const [paid, refunded] = [await hire({ isInLedger: true }), await hire({ isInLedger: true })]
      await release(paid, 1n)
      await submit(paid)

      const completed = own(await complete(paid))
      const rejected = own(await reject(refunded))

      expect(completed[1]).toEqual({
        name: 'PaymentReleased',
        args: { jobId: paid, provider: bob, amount: BUDGET - 1n },
      })
      expect(rejected[1]).toEqual({ name: 'Refunded', args: { jobId: refunded, client: alice, amount: BUDGET } })
      expect([await savingsOf(bob), await savingsOf(alice)]).toEqual([BUDGET, SAVINGS - BUDGET])
      expect(await savingsOf(chain.escrow)).toBe(0n)
      await chain.withdraw('bob', chain.dollar, BUDGET)
      expect(await dollarsOf(bob)).toBe(BUDGET)
    })

    it('pays a payee there that was named after the funding', async () => {
      const jobId = await hire({ isInLedger: true })
      await chain.send('bob', 'setPayee', { jobId, payee: treasury })
      await submit(jobId)
      await complete(jobId)

      expect(await savingsOf(treasury)).toBe(BUDGET)
    })

    it('pays though the token refuses to move', async () => {
      const token = await chain.addToken()
      await chain.give(token, 'alice', BUDGET)
      await chain.deposit('alice', token, BUDGET)
      const jobId = await hire({ isInLedger: true, token })
      await submit(jobId)
      await chain.refuse(token, true)

      await complete(jobId)

      expect(await chain.ledgerBalanceOf(token, bob)).toBe(BUDGET)
      expect(await chain.read('owed', { jobId })).toBe(0n)
    })

    it('may be made step by step', async () => {
      const jobId = await createJob(chain, { evaluator: carol })
      await setBudget(chain, jobId)

      const happened = own(await chain.send('alice', 'fundFromLedger', { jobId, expectedBudget: BUDGET }))

      expect(happened).toEqual([{ name: 'JobFunded', args: { jobId, client: alice, amount: BUDGET } }])
      expect(await savingsOf(alice)).toBe(SAVINGS - BUDGET)
    })

    it('is funded by its client alone, as far as it is open and priced', async () => {
      const jobId = await createJob(chain, { evaluator: carol })
      await setBudget(chain, jobId)
      const fund = (id: bigint, who: Person = 'alice', expectedBudget = BUDGET) =>
        chain.send(who, 'fundFromLedger', { jobId: id, expectedBudget })

      await expectRefusal(chain, fund(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, fund(jobId, 'bob'), 'ClientOnly', bob)
      await expectRefusal(chain, fund(jobId, 'alice', 1n), 'BudgetMismatch', BUDGET, 1n)
      await fund(jobId)
      await expectRefusal(chain, fund(jobId), 'JobNotOpen', jobId, 1)
    })
  })

  describe('the platform fee', () => {
    it('is taken of what the provider is paid, and told', async () => {
      await setFee(250n)
      const jobId = await hire()
      await submit(jobId)

      const happened = await complete(jobId)

      const fee = 62_500n
      expect(happened.slice(1)).toEqual([
        { name: 'PlatformFeePaid', args: { jobId, platformTreasury: treasury, amount: fee } },
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: BUDGET - fee } },
      ])
      expect(await dollarsOf(bob)).toBe(BUDGET - fee)
      expect([await chain.read('paymentOf', { jobId }), await chain.read('feeOf', { jobId })]).toEqual([
        BUDGET - fee,
        fee,
      ])
      expect(await accrued()).toEqual({ direct: fee, inLedger: 0n })
    })

    it('of parts is that of the whole, rounded down once', async () => {
      await setFee(1n)
      const jobId = await hire({ budget: 29_999n })
      for (const part of [9_999n, 1n, 9_999n]) await release(jobId, part)
      expect(await chain.read('feeOf', { jobId })).toBe(1n)

      await submit(jobId)
      await complete(jobId)

      expect(await chain.read('feeOf', { jobId })).toBe(2n)
      expect(await dollarsOf(bob)).toBe(29_997n)
    })

    it('is not on what the client gets back', async () => {
      await setFee(500n)
      const before = await dollarsOf(alice)

      await reject(await hire())

      expect(await dollarsOf(alice)).toBe(before)
    })

    it('stays as it was when the job was made', async () => {
      const before = await hire()
      await setFee(500n)
      await submit(before)
      await complete(before)

      expect(await chain.read('feeOf', { jobId: before })).toBe(0n)
    })

    it('is collected for the treasury by anyone, from money and from the ledger', async () => {
      await setFee(500n)
      for (const isInLedger of [false, true]) {
        const jobId = await hire({ isInLedger })
        await submit(jobId)
        await complete(jobId)
      }
      const fee = BUDGET / 20n

      const happened = own(await collect())

      expect(happened).toEqual([
        { name: 'FeesCollected', args: { token: chain.dollar, treasury, direct: fee, inLedger: fee } },
      ])
      expect([await dollarsOf(treasury), await savingsOf(treasury)]).toEqual([fee, fee])
      expect(await savingsOf(chain.escrow)).toBe(0n)
      await expectRefusal(chain, collect(), 'AmountZero')
    })

    it('is bounded, and the owner’s to set', async () => {
      const happened = await setFee(500n)

      expect(happened).toEqual([{ name: 'PlatformFeeSet', args: { feeBP: 500n, treasury } }])
      expect(await chain.read('platformFeeBP', {})).toBe(500n)
      expect(await chain.read('platformTreasury', {})).toBe(treasury)
      await expectRefusal(chain, setFee(501n), 'FeeTooHigh', 501n, 500n)
      await expectRefusal(chain, setFee(1n, 'alice'), 'OwnableUnauthorizedAccount', alice)
      const toNobody = chain.send('owner', 'setPlatformFee', { feeBP: 1n, treasury: NOBODY })
      await expectRefusal(chain, toNobody, 'AddressZero')
    })
  })

  describe('setHookWhitelist', () => {
    const allow = (status: boolean, who: Person = 'owner') =>
      chain.send(who, 'setHookWhitelist', { hook: carol, status })

    it('lets clients choose a hook, or no longer', async () => {
      const happened = await allow(true)
      expect(happened).toEqual([{ name: 'HookWhitelistUpdated', args: { hook: carol, status: true } }])
      expect(await chain.read('whitelistedHooks', { hook: carol })).toBe(true)

      await allow(false)
      await expectRefusal(chain, chain.hire('alice', hiringOf({ hook: carol })), 'HookNotAllowed', carol)
    })

    it('is the owner’s; the guardian takes hooks back', async () => {
      await allow(true)

      await expectRefusal(chain, allow(false, 'alice'), 'OwnableUnauthorizedAccount', alice)
      await expectRefusal(chain, allow(true, 'guardian'), 'OwnableUnauthorizedAccount', chain.accounts.guardian)
      await allow(false, 'guardian')
      expect(await chain.read('whitelistedHooks', { hook: carol })).toBe(false)
    })
  })
})
