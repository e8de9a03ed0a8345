import { jobStatuses, NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  BOND,
  createDisputedJob,
  createFundedJob,
  createOpenJob,
  createSubmittedJob,
  DURATION,
  lockStake,
  openDispute,
  PAY,
  PERIOD,
  REDO,
  REFUND,
  REVIEW,
  RULING,
  rule,
  SILENCE_SHARE_BP,
  SPLIT,
  STAKE,
  setTerms,
  settleReview,
  submit,
  termsOf,
} from './arbitration-scenario.ts'
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
  OTHER_HASH,
  registerAgent,
  UNKNOWN_JOB,
} from './scenario.ts'

/** What everybody has in the token and in the ledger. */
const WEALTH = 10n * BUDGET

describe.each(CHAINS)('arbitration on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await registerAgent(chain)
    for (const who of ['alice', 'bob'] as const) {
      await chain.give(chain.dollar, who, 2n * WEALTH)
      await chain.deposit(who, chain.dollar, WEALTH)
      await chain.send(who, 'setOperator', { spender: chain.evaluators.arbitrated, approved: true })
      await chain.send(who, 'setOperator', { spender: chain.escrow, approved: true })
    }
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  /** All that somebody has, in the token and in the ledger, beside what everybody began with. */
  async function gainOf(who: Person): Promise<bigint> {
    const account = chain.accounts[who]
    const [outside, inside] = await Promise.all([
      chain.balanceOf(chain.dollar, account),
      chain.ledgerBalanceOf(chain.dollar, account),
    ])
    return outside + inside - 2n * WEALTH
  }

  async function expectEnd(jobId: bigint, status: (typeof jobStatuses)[number], gains: { alice: bigint; bob: bigint }) {
    expect((await jobOf(chain, jobId)).status).toBe(BigInt(jobStatuses.indexOf(status)))
    expect({ alice: await gainOf('alice'), bob: await gainOf('bob') }).toEqual(gains)
    expect(await chain.ledgerBalanceOf(chain.dollar, chain.evaluators.arbitrated)).toBe(0n)
  }

  describe('terms', () => {
    it('are kept and told, and make the escrow wait', async () => {
      const jobId = await createOpenJob(chain)
      const terms = termsOf(chain)

      const happened = await setTerms(chain, jobId)

      expect(happened.find(({ name }) => name === 'ArbitrationTermsSet')?.args).toEqual({ jobId, ...terms })
      expect(await chain.read('getArbitration', { jobId })).toMatchObject({
        arbiter: chain.accounts.carol,
        reviewSeconds: REVIEW,
        rulingSeconds: RULING,
        bond: BOND,
        stake: STAKE,
        disputedAt: 0n,
      })
      expect(await jobOf(chain, jobId)).toMatchObject({ evaluationPeriod: PERIOD })
    })

    it.each([
      ['by the token', false],
      ['from the ledger', true],
    ])('come with a hiring that is paid %s', async (_, isInLedger) => {
      const jobId = await nextJobId(chain, 'alice')
      const { alice: client, bob: provider } = chain.accounts

      const happened = await chain.hire('alice', {
        ...{ client, provider, providerAgentId: 0n, evaluator: chain.evaluators.arbitrated },
        ...{ expiredAt: chain.now() + DURATION, description: 'Translate' },
        ...{ token: chain.dollar, budget: BUDGET, isInLedger },
        terms: { arbitration: { ...termsOf(chain) } },
      })

      const told = happened.find(({ name }) => name === 'ArbitrationTermsSet')
      expect(told?.args).toEqual({ jobId, ...termsOf(chain) })
      await lockStake(chain, jobId)
      await submit(chain, jobId)
      await openDispute(chain, jobId)
      await rule(chain, jobId, REFUND)
      await expectEnd(jobId, 'Rejected', { alice: STAKE, bob: -STAKE })
    })

    it('of a hiring fit twice before its expiry', async () => {
      const { alice: client, bob: provider } = chain.accounts
      const hiring = {
        ...{ client, provider, providerAgentId: 0n, evaluator: chain.evaluators.arbitrated },
        ...{ expiredAt: chain.now() + 2n * PERIOD + 300n, description: 'Translate' },
        ...{ token: chain.dollar, budget: BUDGET, isInLedger: false },
        terms: { arbitration: { ...termsOf(chain) } },
      }
      const jobId = await nextJobId(chain, 'alice')

      const earliest = chain.now() + 2n * PERIOD + 300n
      await expectRefusal(chain, chain.hire('alice', hiring), 'ExpiryTooSoon', jobId, earliest)
    })

    it('are the client’s to set, once, while the job is open', async () => {
      const jobId = await createOpenJob(chain)

      await expectRefusal(chain, setTerms(chain, UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, setTerms(chain, jobId, {}, 'bob'), 'ClientOnly', chain.accounts.bob)
      await setTerms(chain, jobId)
      await expectRefusal(chain, setTerms(chain, jobId), 'TermsAlreadySet', jobId)
      await chain.fund('alice', jobId, BUDGET)
      await expectRefusal(chain, setTerms(chain, jobId), 'JobNotOpen', jobId, 1n)
    })

    it('are for a job with a provider that this evaluator judges', async () => {
      const others = await createJob(chain, { evaluator: chain.accounts.carol })
      const nobodys = await createJob(chain, { evaluator: chain.evaluators.arbitrated, provider: NOBODY })

      await expectRefusal(chain, setTerms(chain, others), 'EvaluatorMismatch', others, chain.accounts.carol)
      await expectRefusal(chain, setTerms(chain, nobodys), 'ProviderNotSet', nobodys)
    })

    it('name an arbiter that is neither of the parties', async () => {
      const jobId = await createOpenJob(chain)
      const { alice, bob } = chain.accounts

      await expectRefusal(chain, setTerms(chain, jobId, { arbiter: NOBODY }), 'AddressZero')
      await expectRefusal(chain, setTerms(chain, jobId, { arbiter: alice }), 'ArbiterIsParty', alice)
      await expectRefusal(chain, setTerms(chain, jobId, { arbiter: bob }), 'ArbiterIsParty', bob)
    })

    it('have windows of an hour or more, within what the escrow waits for, and a share of the whole at most', async () => {
      const jobId = await createOpenJob(chain)

      await expectRefusal(chain, setTerms(chain, jobId, { reviewSeconds: 3599n }), 'WindowTooShort', 3599n)
      await expectRefusal(chain, setTerms(chain, jobId, { rulingSeconds: 0n }), 'WindowTooShort', 0n)
      await expectRefusal(chain, setTerms(chain, jobId, { silenceShareBP: 10_001n }), 'ShareInvalid', 10_001n)
      const tooLong = { reviewSeconds: 2n ** 32n - 1n, rulingSeconds: 2n ** 32n - 1n }
      const period = 2n ** 33n - 2n + DAY
      await expectRefusal(chain, setTerms(chain, jobId, tooLong), 'EvaluationPeriodTooLong', period, 90n * DAY)
      await setTerms(chain, jobId, { reviewSeconds: 3600n, rulingSeconds: 3600n, silenceShareBP: 10_000n })
    })

    it('fit twice before the job’s expiry, or it is not funded', async () => {
      const jobId = await createOpenJob(chain, { duration: 2n * PERIOD + 300n })
      await setTerms(chain, jobId)

      const earliest = chain.now() + 2n * PERIOD + 300n
      await expectRefusal(chain, chain.fund('alice', jobId, BUDGET), 'ExpiryTooSoon', jobId, earliest)
    })

    it('are missing from other jobs: nothing can be done to those', async () => {
      const jobId = await createOpenJob(chain)

      for (const id of [jobId, UNKNOWN_JOB]) {
        await expectRefusal(chain, lockStake(chain, id), 'TermsMissing', id)
        await expectRefusal(chain, chain.send('alice', 'acceptWork', { jobId: id }), 'TermsMissing', id)
        await expectRefusal(chain, openDispute(chain, id), 'TermsMissing', id)
        await expectRefusal(chain, rule(chain, id, PAY), 'TermsMissing', id)
        await expectRefusal(chain, settleReview(chain, id), 'TermsMissing', id)
        await expectRefusal(chain, chain.send('bob', 'releaseBondAndStake', { jobId: id }), 'TermsMissing', id)
      }
    })
  })

  describe('lockStake', () => {
    it('takes the declared stake from the provider’s balance in the ledger, once', async () => {
      const jobId = await createFundedJob(chain)

      const happened = await lockStake(chain, jobId)

      const args = { jobId, provider: chain.accounts.bob, amount: STAKE }
      expect(happened).toContainEqual({ name: 'StakeLocked', args })
      expect(await chain.ledgerBalanceOf(chain.dollar, chain.accounts.bob)).toBe(WEALTH - STAKE)
      await expectRefusal(chain, lockStake(chain, jobId), 'StakeAlreadyLocked', jobId)
    })

    it('is the provider’s, who names what it has read', async () => {
      const jobId = await createFundedJob(chain)
      const { alice, carol, operator } = chain.accounts

      await expectRefusal(chain, lockStake(chain, jobId, 'alice'), 'ProviderOnly', alice)
      const swapped = lockStake(chain, jobId, 'bob', { arbiter: operator })
      await expectRefusal(chain, swapped, 'StakeMismatch', carol, STAKE)
      const raised = lockStake(chain, jobId, 'bob', { amount: STAKE - 1n })
      await expectRefusal(chain, raised, 'StakeMismatch', carol, STAKE)
    })

    it('refuses a stake that nobody asked for', async () => {
      const jobId = await createFundedJob(chain, { terms: { stake: 0n } })

      for (const amount of [0n, STAKE]) {
        const locking = lockStake(chain, jobId, 'bob', { amount })
        await expectRefusal(chain, locking, 'StakeMismatch', chain.accounts.carol, 0n)
      }
    })

    it('is for funded jobs: before, the client may change the token; after, the work is judged', async () => {
      const open = await createOpenJob(chain)
      await setTerms(chain, open)
      const submitted = await createFundedJob(chain)
      await submit(chain, submitted)

      await expectRefusal(chain, lockStake(chain, open), 'JobNotFunded', open, 0n)
      await expectRefusal(chain, lockStake(chain, submitted), 'JobNotFunded', submitted, 2n)
    })

    it('is refused to a provider that has not enough', async () => {
      const jobId = await createFundedJob(chain)
      await chain.withdraw('bob', chain.dollar, WEALTH - STAKE + 1n)

      const details = [chain.accounts.bob, chain.dollar, STAKE - 1n, STAKE]
      await expectRefusal(chain, lockStake(chain, jobId), 'BalanceTooLow', ...details)
    })
  })

  describe('acceptWork', () => {
    it.each([
      ['before a dispute', createSubmittedJob],
      ['in a dispute', createDisputedJob],
    ])('pays everything %s, and gives bond and stake back', async (_, create) => {
      const jobId = await create(chain)

      await chain.send('alice', 'acceptWork', { jobId })

      await expectEnd(jobId, 'Completed', { alice: -BUDGET, bob: BUDGET })
    })

    it('is the client’s, for submitted work, with the stake or without', async () => {
      const funded = await createFundedJob(chain)

      await expectRefusal(chain, chain.send('alice', 'acceptWork', { jobId: funded }), 'JobNotSubmitted', funded, 1n)
      await submit(chain, funded)
      const { bob } = chain.accounts
      await expectRefusal(chain, chain.send('bob', 'acceptWork', { jobId: funded }), 'ClientOnly', bob)
      await chain.send('alice', 'acceptWork', { jobId: funded })

      await expectEnd(funded, 'Completed', { alice: -BUDGET, bob: BUDGET })
    })
  })

  describe('the client’s silence', () => {
    it('pays at the second in which the review ends, and no second before', async () => {
      const jobId = await createSubmittedJob(chain)
      const endsAt = chain.now() + REVIEW

      await chain.warp(REVIEW - 1n)
      await expectRefusal(chain, settleReview(chain, jobId), 'ReviewNotOver', jobId, endsAt)
      await chain.warp(1n)
      await expectRefusal(chain, openDispute(chain, jobId), 'ReviewOver', jobId, endsAt)
      const happened = await settleReview(chain, jobId)

      expect(happened).toContainEqual({ name: 'ReviewSettled', args: { jobId, shareBP: 10_000n } })
      await expectEnd(jobId, 'Completed', { alice: -BUDGET, bob: BUDGET })
    })

    it('pays nobody who owes its stake: the expiry returns the money', async () => {
      const jobId = await createFundedJob(chain)
      await submit(chain, jobId)
      await chain.warp(REVIEW)

      await expectRefusal(chain, settleReview(chain, jobId), 'StakeMissing', jobId)
      await chain.warp(DURATION)
      await chain.send('relayer', 'claimRefund', { jobId })

      await expectEnd(jobId, 'Expired', { alice: 0n, bob: 0n })
    })
  })

  describe('openDispute', () => {
    it('takes the bond, in the last second of the review', async () => {
      const jobId = await createSubmittedJob(chain)
      await chain.warp(REVIEW - 1n)

      const happened = await openDispute(chain, jobId)

      const args = { jobId, client: chain.accounts.alice, reason: OTHER_HASH }
      expect(happened).toContainEqual({ name: 'DisputeOpened', args })
      expect(await chain.ledgerBalanceOf(chain.dollar, chain.accounts.alice)).toBe(WEALTH - BOND)
      await expectRefusal(chain, openDispute(chain, jobId), 'DisputeAlreadyOpen', jobId)
      await chain.warp(1n)
      await expectRefusal(chain, settleReview(chain, jobId), 'ReviewNotOver', jobId, chain.now() - 1n + RULING)
    })

    it('is the client’s, about submitted work', async () => {
      const jobId = await createFundedJob(chain)

      await expectRefusal(chain, openDispute(chain, jobId), 'JobNotSubmitted', jobId, 1n)
      await submit(chain, jobId)
      for (const who of ['bob', 'carol', 'relayer'] as const)
        await expectRefusal(chain, openDispute(chain, jobId, who), 'ClientOnly', chain.accounts[who])
    })

    it('costs nothing where no bond was agreed on', async () => {
      const jobId = await createDisputedJob(chain, { terms: { bond: 0n } })

      const happened = await rule(chain, jobId, REFUND)

      expect(happened.map(({ name }) => name)).not.toContain('BondReleased')
      await expectEnd(jobId, 'Rejected', { alice: STAKE, bob: -STAKE })
    })

    it('is refused to a client that cannot pay the bond', async () => {
      const jobId = await createSubmittedJob(chain)
      await chain.withdraw('alice', chain.dollar, WEALTH)

      const details = [chain.accounts.alice, chain.dollar, 0n, BOND]
      await expectRefusal(chain, openDispute(chain, jobId), 'BalanceTooLow', ...details)
      expect(await chain.read('getArbitration', { jobId })).toMatchObject({ disputedAt: 0n, isBondHeld: false })
    })
  })

  describe.each([
    ['by the token', false],
    ['from the ledger', true],
  ])('a ruling on a job that was paid %s', (_, isInLedger) => {
    it('to refund gives the client everything, the stake with it', async () => {
      const jobId = await createDisputedJob(chain, { isInLedger })

      const happened = await rule(chain, jobId, REFUND)

      const { alice, carol } = chain.accounts
      const given = { jobId, arbiter: carol, ruling: REFUND, shareBP: 0n, reason: BODY_HASH }
      expect(happened).toContainEqual({ name: 'RulingGiven', args: given })
      expect(happened).toContainEqual({ name: 'BondReleased', args: { jobId, receiver: alice, amount: BOND } })
      expect(happened).toContainEqual({ name: 'StakeReleased', args: { jobId, receiver: alice, amount: STAKE } })
      await expectEnd(jobId, 'Rejected', { alice: STAKE, bob: -STAKE })
    })

    it('to pay gives the provider everything, the bond with it', async () => {
      const jobId = await createDisputedJob(chain, { isInLedger })

      await rule(chain, jobId, PAY)

      await expectEnd(jobId, 'Completed', { alice: -BUDGET - BOND, bob: BUDGET + BOND })
    })

    it.each([1n, 3333n, 9999n])('to split pays %s basis points, rounded down, and the rest back', async (shareBP) => {
      const jobId = await createDisputedJob(chain, { isInLedger })

      await rule(chain, jobId, SPLIT, shareBP)

      const share = (BUDGET * shareBP) / 10_000n
      await expectEnd(jobId, 'Rejected', { alice: -share, bob: share })
    })

    it('that the arbiter never gives is the declared share', async () => {
      const jobId = await createDisputedJob(chain, { isInLedger })

      await chain.warp(RULING - 1n)
      await expectRefusal(chain, settleReview(chain, jobId), 'ReviewNotOver', jobId, chain.now() + 1n)
      await chain.warp(1n)
      await expectRefusal(chain, rule(chain, jobId, PAY), 'RulingOver', jobId, chain.now())
      const happened = await settleReview(chain, jobId)

      expect(happened).toContainEqual({ name: 'ReviewSettled', args: { jobId, shareBP: SILENCE_SHARE_BP } })
      const share = (BUDGET * SILENCE_SHARE_BP) / 10_000n
      await expectEnd(jobId, 'Rejected', { alice: -share, bob: share })
    })
  })

  describe('rule', () => {
    it('is the arbiter’s, in an open dispute', async () => {
      const jobId = await createSubmittedJob(chain)

      await expectRefusal(chain, rule(chain, jobId, PAY), 'DisputeNotOpen', jobId)
      await openDispute(chain, jobId)
      for (const who of ['alice', 'bob', 'relayer'] as const)
        await expectRefusal(chain, rule(chain, jobId, REFUND, 0n, who), 'ArbiterOnly', chain.accounts[who])
    })

    it('counts in the last second of its window', async () => {
      const jobId = await createDisputedJob(chain)
      await chain.warp(RULING - 1n)

      await rule(chain, jobId, PAY)

      await expectEnd(jobId, 'Completed', { alice: -BUDGET - BOND, bob: BUDGET + BOND })
    })

    it('names a share where it splits, and only there', async () => {
      const jobId = await createDisputedJob(chain)

      for (const share of [0n, 10_000n, 2n ** 128n - 1n])
        await expectRefusal(chain, rule(chain, jobId, SPLIT, share), 'ShareInvalid', share)
      for (const ruling of [REFUND, PAY, REDO])
        await expectRefusal(chain, rule(chain, jobId, ruling, 1n), 'ShareInvalid', 1n)
    })

    it('is given once', async () => {
      const jobId = await createDisputedJob(chain)
      await rule(chain, jobId, PAY)

      await expectRefusal(chain, rule(chain, jobId, REFUND), 'JobNotSubmitted', jobId, 3n)
      await expectRefusal(chain, settleReview(chain, jobId), 'JobNotSubmitted', jobId, 3n)
      await expectRefusal(chain, chain.send('bob', 'releaseBondAndStake', { jobId }), 'NothingHeld', jobId)
    })

    it('leaves bond and stake of another job alone, the same parties’ and arbiter’s too', async () => {
      const judged = await createDisputedJob(chain)
      await createDisputedJob(chain)

      await rule(chain, judged, REFUND)

      expect(await chain.ledgerBalanceOf(chain.dollar, chain.evaluators.arbitrated)).toBe(BOND + STAKE)
      expect(await gainOf('bob')).toBe(-2n * STAKE)
    })
  })

  describe('a redo', () => {
    it('lets the provider submit once more; bond and stake stay, and the review begins again', async () => {
      const jobId = await createDisputedJob(chain)

      await rule(chain, jobId, REDO)
      expect(await jobOf(chain, jobId)).toMatchObject({ status: 1n, submittedAt: 0n })
      await chain.warp(DAY)
      await submit(chain, jobId)
      await chain.warp(REVIEW - 1n)
      await expectRefusal(chain, settleReview(chain, jobId), 'ReviewNotOver', jobId, chain.now() + 1n)
      await chain.warp(1n)
      await settleReview(chain, jobId)

      await expectEnd(jobId, 'Completed', { alice: -BUDGET, bob: BUDGET })
    })

    it('is ordered once; the next dispute uses the bond that is held', async () => {
      const jobId = await createDisputedJob(chain)
      await rule(chain, jobId, REDO)
      await submit(chain, jobId)

      await openDispute(chain, jobId)
      expect(await chain.ledgerBalanceOf(chain.dollar, chain.accounts.alice)).toBe(WEALTH - BOND)
      await expectRefusal(chain, rule(chain, jobId, REDO), 'RedoUsed', jobId)
      await rule(chain, jobId, PAY)

      await expectEnd(jobId, 'Completed', { alice: -BUDGET - BOND, bob: BUDGET + BOND })
    })

    it('ends the dispute: nobody rules on work that is not there', async () => {
      const jobId = await createDisputedJob(chain)
      await rule(chain, jobId, REDO)

      await expectRefusal(chain, rule(chain, jobId, REFUND), 'JobNotSubmitted', jobId, 1n)
      await expectRefusal(chain, settleReview(chain, jobId), 'JobNotSubmitted', jobId, 1n)
      await expectRefusal(chain, chain.send('alice', 'acceptWork', { jobId }), 'JobNotSubmitted', jobId, 1n)
      await expectRefusal(chain, lockStake(chain, jobId), 'StakeAlreadyLocked', jobId)
    })

    it('that never comes takes no stake: time alone slashes nobody', async () => {
      const jobId = await createDisputedJob(chain)
      await rule(chain, jobId, REDO)
      await chain.warp(DURATION)

      await chain.send('alice', 'claimRefund', { jobId })
      await chain.send('relayer', 'releaseBondAndStake', { jobId })

      await expectEnd(jobId, 'Expired', { alice: 0n, bob: 0n })
    })

    it('is refused once the job has expired, while the other rulings count', async () => {
      const jobId = await createFundedJob(chain)
      await lockStake(chain, jobId)
      await chain.warp(DURATION - 1n)
      const expiredAt = chain.now() + 1n
      await submit(chain, jobId)
      await openDispute(chain, jobId)
      await chain.warp(1n)

      await expectRefusal(chain, rule(chain, jobId, REDO), 'JobPastExpiry', jobId, expiredAt)
      expect(await chain.read('getArbitration', { jobId })).toMatchObject({ hasRedone: false })
      await rule(chain, jobId, REFUND)

      await expectEnd(jobId, 'Rejected', { alice: STAKE, bob: -STAKE })
    })
  })

  describe('claimRefund', () => {
    /** As late as it can be: disputed in the last second of the review of work that came in the last second before the expiry. */
    async function createLateJob(): Promise<{ readonly jobId: bigint; readonly submittedAt: bigint }> {
      const jobId = await createFundedJob(chain)
      await lockStake(chain, jobId)
      await chain.warp(DURATION - 1n)
      const submittedAt = chain.now()
      await submit(chain, jobId)
      await chain.warp(REVIEW - 1n)
      await openDispute(chain, jobId)
      return { jobId, submittedAt }
    }

    const claim = (jobId: bigint) => chain.send('alice', 'claimRefund', { jobId })

    it('does not overtake the latest ruling', async () => {
      const { jobId, submittedAt } = await createLateJob()

      await chain.warp(RULING - 1n)
      await expectRefusal(chain, claim(jobId), 'EvaluationInGrace', jobId, submittedAt + PERIOD)
      await rule(chain, jobId, PAY)

      await expectEnd(jobId, 'Completed', { alice: -BUDGET - BOND, bob: BUDGET + BOND })
    })

    it('leaves a day to settle what the arbiter kept silent about', async () => {
      const { jobId, submittedAt } = await createLateJob()

      await chain.warp(submittedAt + PERIOD - 1n - chain.now())
      await expectRefusal(chain, claim(jobId), 'EvaluationInGrace', jobId, submittedAt + PERIOD)
      await settleReview(chain, jobId)

      const share = (BUDGET * SILENCE_SHARE_BP) / 10_000n
      await expectEnd(jobId, 'Rejected', { alice: -share, bob: share })
    })

    it('returns the money when nobody cared, and anyone then bond and stake, once', async () => {
      const { jobId, submittedAt } = await createLateJob()
      const release = () => chain.send('relayer', 'releaseBondAndStake', { jobId })

      await expectRefusal(chain, release(), 'JobNotEnded', jobId, 2n)
      await chain.warp(submittedAt + PERIOD - chain.now())
      await chain.send('relayer', 'claimRefund', { jobId })
      await expectRefusal(chain, settleReview(chain, jobId), 'JobNotSubmitted', jobId, 5n)
      await expectRefusal(chain, rule(chain, jobId, PAY), 'JobNotSubmitted', jobId, 5n)
      const happened = await release()

      const { alice, bob } = chain.accounts
      expect(happened).toContainEqual({ name: 'BondReleased', args: { jobId, receiver: alice, amount: BOND } })
      expect(happened).toContainEqual({ name: 'StakeReleased', args: { jobId, receiver: bob, amount: STAKE } })
      await expectEnd(jobId, 'Expired', { alice: 0n, bob: 0n })
      await expectRefusal(chain, release(), 'NothingHeld', jobId)
    })

    it('gives a stake back where nothing was ever submitted', async () => {
      const jobId = await createFundedJob(chain)
      await lockStake(chain, jobId)
      await chain.warp(DURATION)

      await claim(jobId)
      await chain.send('bob', 'releaseBondAndStake', { jobId })

      await expectEnd(jobId, 'Expired', { alice: 0n, bob: 0n })
    })
  })

  describe('a token that refuses', () => {
    it('stops no ruling: bond and stake go at once, both sides are owed, and anyone has them paid', async () => {
      const token = await chain.addToken()
      for (const who of ['alice', 'bob'] as const) {
        await chain.give(token, who, BUDGET + BOND + STAKE)
        await chain.deposit(who, token, BOND + STAKE)
      }
      const jobId = await createOpenJob(chain, { token })
      await setTerms(chain, jobId)
      await chain.fund('alice', jobId, BUDGET)
      await lockStake(chain, jobId)
      await submit(chain, jobId)
      await openDispute(chain, jobId)
      await chain.refuse(token, true)

      await rule(chain, jobId, SPLIT, 4000n)

      for (const who of ['alice', 'bob'] as const)
        expect(await chain.ledgerBalanceOf(token, chain.accounts[who])).toBe(BOND + STAKE)
      expect(await chain.read('owed', { jobId })).toBe(BUDGET)
      await chain.refuse(token, false)
      await chain.send('relayer', 'claimPayment', { jobId })
      const share = (BUDGET * 4000n) / 10_000n
      expect(await chain.balanceOf(token, chain.accounts.bob)).toBe(BUDGET + share)
      expect(await chain.balanceOf(token, chain.accounts.alice)).toBe(BUDGET - share)
    })
  })
})
