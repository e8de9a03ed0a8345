import { NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  BUDGET,
  createJob,
  DAY,
  BODY_HASH as HASH,
  type JobOptions,
  jobOf,
  registerAgent,
  setBudget,
  UNKNOWN_JOB,
} from './scenario.ts'

const REVIEW = 7200n
const PARTS = [500_000n, 1_500_000n, 500_000n]
const [FIRST, SECOND, THIRD] = PARTS as [bigint, bigint, bigint]
const NO_REASON = `0x${'00'.repeat(32)}`
/** Both windows of a redo, a day more for each, and the work itself. */
const DURATION = 10n * DAY

describe.each(CHAINS)('milestones on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  /** Carol is the judge. */
  let carol: string

  beforeAll(async () => {
    chain = await open()
    ;({ carol } = chain.accounts)
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  interface Change {
    readonly judge?: string
    readonly reviewSeconds?: bigint
    readonly amounts?: readonly bigint[]
  }

  const dollarsOf = (who: Person) => chain.balanceOf(chain.dollar, chain.accounts[who])
  const statusOf = async (jobId: bigint) => (await jobOf(chain, jobId)).status
  const setTerms = (jobId: bigint, change: Change = {}, who: Person = 'alice') => {
    const terms = { judge: carol, reviewSeconds: REVIEW, amounts: PARTS, ...change }
    return chain.send(who, 'setMilestoneTerms', { jobId, terms })
  }
  const submit = (jobId: bigint) => chain.send('bob', 'submit', { jobId, deliverable: HASH })
  const approve = (jobId: bigint, milestone: bigint, who: Person = 'carol') =>
    chain.send(who, 'approveMilestone', { jobId, milestone })
  const reject = (jobId: bigint, milestone: bigint, who: Person = 'carol') =>
    chain.send(who, 'rejectMilestone', { jobId, milestone, reason: HASH })

  async function createPricedJob(options: JobOptions = {}): Promise<bigint> {
    const jobId = await createJob(chain, { evaluator: chain.evaluators.milestones, duration: DURATION, ...options })
    await setBudget(chain, jobId)
    return jobId
  }

  async function createFundedJob(change: Change = {}): Promise<bigint> {
    const jobId = await createPricedJob()
    await setTerms(jobId, change)
    await chain.fund('alice', jobId, BUDGET)
    return jobId
  }

  async function createSubmittedJob(): Promise<bigint> {
    const jobId = await createFundedJob()
    await submit(jobId)
    return jobId
  }

  describe('setMilestoneTerms', () => {
    it('says what an open job’s milestones pay, and makes the escrow wait for their review', async () => {
      const jobId = await createPricedJob()

      const happened = await setTerms(jobId)

      expect(happened).toEqual([
        { name: 'MilestoneTermsSet', args: { jobId, judge: carol, reviewSeconds: REVIEW, amounts: PARTS } },
        { name: 'EvaluationPeriodSet', args: { jobId, period: REVIEW + DAY } },
      ])
      const milestones = { judge: carol, reviewSeconds: REVIEW, approved: 0n, amounts: PARTS }
      expect(await chain.read('getMilestones', { jobId })).toEqual(milestones)
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, setTerms(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it.each(['bob', 'carol'] as const)('rejects %s, who is not the client', async (stranger) => {
      const setting = setTerms(await createPricedJob(), {}, stranger)

      await expectRefusal(chain, setting, 'ClientOnly', chain.accounts[stranger])
    })

    it('rejects a job that is funded', async () => {
      const jobId = await createPricedJob()
      await chain.fund('alice', jobId, BUDGET)

      await expectRefusal(chain, setTerms(jobId), 'JobNotOpen', jobId, 1)
    })

    it('rejects a job of another evaluator', async () => {
      const jobId = await createPricedJob({ evaluator: carol })

      await expectRefusal(chain, setTerms(jobId), 'EvaluatorMismatch', jobId, carol)
    })

    it('rejects a job without a provider', async () => {
      const jobId = await createPricedJob({ provider: NOBODY })

      await expectRefusal(chain, setTerms(jobId), 'ProviderNotSet', jobId)
    })

    it.each([
      ['none', []],
      ['17', [...Array.from({ length: 16 }, () => 1n), BUDGET - 16n]],
      ['too little', [1n, BUDGET - 2n]],
      ['too much', [2n, BUDGET - 1n]],
      ['more than numbers hold', [2n ** 96n - 1n, 2n ** 96n - 1n, 2n + BUDGET]],
    ])('rejects milestones that are %s', async (_, amounts) => {
      const setting = setTerms(await createPricedJob(), { amounts })

      const total = amounts.reduce((sum, amount) => sum + amount, 0n)
      await expectRefusal(chain, setting, 'MilestonesInvalid', amounts.length, total, BUDGET)
    })

    it('takes 16 milestones, some of which pay nothing', async () => {
      const amounts = [...Array.from({ length: 15 }, () => 0n), BUDGET]

      const jobId = await createFundedJob({ amounts })

      expect(await chain.read('getMilestones', { jobId })).toMatchObject({ amounts })
    })

    it('rejects no judge, and a provider that judges itself', async () => {
      const jobId = await createPricedJob()

      await expectRefusal(chain, setTerms(jobId, { judge: NOBODY }), 'AddressZero')
      const { bob } = chain.accounts
      await expectRefusal(chain, setTerms(jobId, { judge: bob }), 'ProviderIsEvaluator', bob)
    })

    it('rejects a review that is too short, or longer than money may be locked', async () => {
      const jobId = await createPricedJob()

      await expectRefusal(chain, setTerms(jobId, { reviewSeconds: 3599n }), 'WindowTooShort', 3599n)
      const longest = 90n * DAY
      const tooLong = setTerms(jobId, { reviewSeconds: longest - DAY + 1n })
      await expectRefusal(chain, tooLong, 'EvaluationPeriodTooLong', longest + 1n, longest)
      await setTerms(jobId, { reviewSeconds: longest - DAY })
    })

    it('rejects other terms than the provider has read', async () => {
      const jobId = await createPricedJob()
      await setTerms(jobId)

      await expectRefusal(chain, setTerms(jobId, { amounts: [BUDGET] }), 'TermsAlreadySet', jobId)
    })
  })

  describe('approveMilestone', () => {
    it('pays a milestone, and lets the provider submit the next one', async () => {
      const jobId = await createSubmittedJob()

      const happened = await approve(jobId, 0n)

      const { bob } = chain.accounts
      const parts = happened.filter(({ name }) => name !== 'PaymentReleased')
      expect(parts).toEqual([
        { name: 'MilestoneApproved', args: { jobId, milestone: 0n, approver: carol } },
        { name: 'JobPartReleased', args: { jobId, amount: FIRST, reason: NO_REASON } },
        { name: 'JobReopened', args: { jobId, reason: NO_REASON } },
      ])
      expect(happened).toContainEqual({ name: 'PaymentReleased', args: { jobId, provider: bob, amount: FIRST } })
      expect(await statusOf(jobId)).toBe(1n)
      expect(await dollarsOf('bob')).toBe(FIRST)
      expect(await chain.balanceOf(chain.dollar, chain.escrow)).toBe(BUDGET - FIRST)
    })

    it('completes the job with the last one', async () => {
      const jobId = await createFundedJob()

      for (const milestone of [0n, 1n, 2n]) {
        await submit(jobId)
        await approve(jobId, milestone)
      }

      expect(await statusOf(jobId)).toBe(3n)
      expect(await dollarsOf('bob')).toBe(FIRST + SECOND + THIRD)
      expect(await chain.balanceOf(chain.dollar, chain.escrow)).toBe(0n)
      await expectRefusal(chain, approve(jobId, 3n), 'JobNotSubmitted', jobId, 3)
    })

    it.each(['bob', 'relayer'] as const)('by %s takes the judge’s silence for a yes', async (caller) => {
      const jobId = await createSubmittedJob()
      const endsAt = chain.now() + REVIEW
      await chain.warp(REVIEW - 1n)
      await expectRefusal(chain, approve(jobId, 0n, caller), 'ReviewNotOver', jobId, endsAt)

      await chain.warp(1n)
      await approve(jobId, 0n, caller)

      expect(await dollarsOf('bob')).toBe(FIRST)
    })

    it('by silence is not for the milestone after: that has a review of its own', async () => {
      const jobId = await createSubmittedJob()
      await chain.warp(REVIEW)
      await approve(jobId, 0n, 'bob')

      await expectRefusal(chain, approve(jobId, 1n, 'bob'), 'JobNotSubmitted', jobId, 1)
      await submit(jobId)
      await expectRefusal(chain, approve(jobId, 1n, 'bob'), 'ReviewNotOver', jobId, chain.now() + REVIEW)
      expect(await dollarsOf('bob')).toBe(FIRST)
    })

    it('that comes twice does not approve the next milestone unseen', async () => {
      const jobId = await createSubmittedJob()
      await approve(jobId, 0n)
      await submit(jobId)

      await expectRefusal(chain, approve(jobId, 0n), 'MilestoneMismatch', 0n, 1n)
      await expectRefusal(chain, approve(jobId, 2n), 'MilestoneMismatch', 2n, 1n)
      expect(await dollarsOf('bob')).toBe(FIRST)
    })

    it('rejects what is not submitted, and a job without terms', async () => {
      const funded = await createFundedJob()
      const without = await createPricedJob()

      await expectRefusal(chain, approve(funded, 0n), 'JobNotSubmitted', funded, 1)
      await expectRefusal(chain, approve(without, 0n), 'TermsMissing', without)
      await expectRefusal(chain, approve(UNKNOWN_JOB, 0n), 'TermsMissing', UNKNOWN_JOB)
    })

    it('past the expiry pays the milestone and gives back the rest: the provider cannot go on', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createFundedJob()
      await chain.warp(DURATION - 60n)
      await submit(jobId)
      await chain.warp(REVIEW)

      await approve(jobId, 0n, 'bob')

      expect(await statusOf(jobId)).toBe(4n)
      expect(await dollarsOf('bob')).toBe(FIRST)
      expect(await dollarsOf('alice')).toBe(before - FIRST)
    })

    it('pays with the last milestone what a later budget leaves', async () => {
      const jobId = await createPricedJob()
      await setTerms(jobId, { amounts: [FIRST, BUDGET - FIRST] })
      await setBudget(chain, jobId, 'alice', chain.dollar, BUDGET + 7n)
      await chain.fund('alice', jobId, BUDGET + 7n)

      for (const milestone of [0n, 1n]) {
        await submit(jobId)
        await approve(jobId, milestone)
      }

      expect(await dollarsOf('bob')).toBe(BUDGET + 7n)
    })

    it('rejects a milestone that a later budget cannot pay: the client gets it back in the end', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createPricedJob()
      await setTerms(jobId)
      await setBudget(chain, jobId, 'alice', chain.dollar, 3n)
      await chain.fund('alice', jobId, 3n)
      await submit(jobId)

      await expectRefusal(chain, approve(jobId, 0n), 'ReleaseTooLarge', FIRST, 3n)
      await chain.warp(DURATION)
      await chain.send('relayer', 'claimRefund', { jobId })
      expect(await dollarsOf('alice')).toBe(before)
    })
  })

  describe('rejectMilestone', () => {
    it('ends the job and gives back what is not paid', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createSubmittedJob()
      await approve(jobId, 0n)
      await submit(jobId)

      const happened = await reject(jobId, 1n)

      const { alice } = chain.accounts
      expect(happened).toEqual([
        { name: 'JobRejected', args: { jobId, rejector: chain.evaluators.milestones, reason: HASH } },
        { name: 'Refunded', args: { jobId, client: alice, amount: SECOND + THIRD } },
      ])
      expect(await dollarsOf('alice')).toBe(before - FIRST)
      expect(await dollarsOf('bob')).toBe(FIRST)
    })

    it.each(['alice', 'bob', 'relayer'] as const)('rejects %s, who is not the judge', async (stranger) => {
      const jobId = await createSubmittedJob()

      await expectRefusal(chain, reject(jobId, 0n, stranger), 'JudgeOnly', chain.accounts[stranger])
    })

    it('rejects a judge that comes too late: its silence was a yes', async () => {
      const jobId = await createSubmittedJob()
      const endsAt = chain.now() + REVIEW
      await chain.warp(REVIEW)

      await expectRefusal(chain, reject(jobId, 0n), 'ReviewOver', jobId, endsAt)
      await approve(jobId, 0n)
    })

    it('rejects another milestone than the one that waits', async () => {
      const jobId = await createSubmittedJob()
      await approve(jobId, 0n)
      await submit(jobId)

      await expectRefusal(chain, reject(jobId, 0n), 'MilestoneMismatch', 0n, 1n)
    })
  })

  describe('claimRefund', () => {
    it('does not overtake a review, nor the day in which silence can be acted on', async () => {
      const jobId = await createFundedJob()
      await chain.warp(DURATION - 1n)
      await submit(jobId)
      const endsAt = chain.now() + REVIEW + DAY
      await chain.warp(REVIEW + DAY - 1n)

      await expectRefusal(chain, chain.send('relayer', 'claimRefund', { jobId }), 'EvaluationInGrace', jobId, endsAt)
      await approve(jobId, 0n, 'bob')

      expect(await dollarsOf('bob')).toBe(FIRST)
    })

    it('returns what is not paid of a job that its provider left', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createSubmittedJob()
      await approve(jobId, 0n)
      await chain.warp(DURATION)

      await chain.send('relayer', 'claimRefund', { jobId })

      expect(await dollarsOf('alice')).toBe(before - FIRST)
      expect(await chain.balanceOf(chain.dollar, chain.escrow)).toBe(0n)
    })

    it('waits for a funding that leaves time for a review and a redo', async () => {
      const jobId = await createPricedJob({ duration: 2n * (REVIEW + DAY) + 300n })
      await setTerms(jobId)

      const earliest = chain.now() + 2n * (REVIEW + DAY) + 300n
      await expectRefusal(chain, chain.fund('alice', jobId, BUDGET), 'ExpiryTooSoon', jobId, earliest)
    })
  })
})
