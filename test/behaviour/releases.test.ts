import { NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  BUDGET,
  createFundedJob,
  createJob,
  createSubmittedJob,
  DAY,
  BODY_HASH as HASH,
  jobOf,
  registerAgent,
  setBudget,
  UNKNOWN_JOB,
} from './scenario.ts'

const PART = 1_000_000n
const HOUR = 3600n
const LONGEST = 90n * DAY

describe.each(CHAINS)('what an evaluator may do before the end on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  let alice: string
  let bob: string
  let carol: string
  /** Carol judges in this file. */
  let judged: { readonly evaluator: string }

  beforeAll(async () => {
    chain = await open()
    ;({ alice, bob, carol } = chain.accounts)
    judged = { evaluator: carol }
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const dollarsOf = (account: string) => chain.balanceOf(chain.dollar, account)
  const paymentOf = (jobId: bigint) => chain.read('paymentOf', { jobId })
  const release = (jobId: bigint, amount = PART, who: Person = 'carol') =>
    chain.send(who, 'release', { jobId, amount, reason: HASH })
  const redo = (jobId: bigint, who: Person = 'carol') => chain.send(who, 'redo', { jobId, reason: HASH })
  const submit = (jobId: bigint) => chain.send('bob', 'submit', { jobId, deliverable: HASH })
  const complete = (jobId: bigint) => chain.send('carol', 'complete', { jobId, reason: HASH })
  const reject = (jobId: bigint, who: Person = 'carol') => chain.send(who, 'reject', { jobId, reason: HASH })
  const claimRefund = (jobId: bigint) => chain.send('relayer', 'claimRefund', { jobId })
  const claimPayment = (jobId: bigint) => chain.send('relayer', 'claimPayment', { jobId })
  const setPayee = (jobId: bigint, payee = carol, who: Person = 'bob') => chain.send(who, 'setPayee', { jobId, payee })
  const setPeriod = (jobId: bigint, period: bigint, who: Person = 'carol') =>
    chain.send(who, 'setEvaluationPeriod', { jobId, period })

  describe('release', () => {
    it.each([
      ['funded', createFundedJob],
      ['submitted', createSubmittedJob],
    ])('pays the provider a part of a %s job', async (_, createIt) => {
      const jobId = await createIt(chain, judged)
      const { status } = await jobOf(chain, jobId)

      const happened = await release(jobId)

      expect(happened).toEqual([
        { name: 'JobPartReleased', args: { jobId, amount: PART, reason: HASH } },
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: PART } },
      ])
      expect((await jobOf(chain, jobId)).status).toBe(status)
      expect(await dollarsOf(bob)).toBe(PART)
      expect(await paymentOf(jobId)).toBe(PART)
    })

    it('leaves the rest to complete', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await release(jobId)
      await release(jobId)

      const happened = await complete(jobId)

      expect(happened[1]).toEqual({
        name: 'PaymentReleased',
        args: { jobId, provider: bob, amount: BUDGET - 2n * PART },
      })
      expect(await dollarsOf(bob)).toBe(BUDGET)
      expect(await paymentOf(jobId)).toBe(BUDGET)
      expect(await dollarsOf(chain.escrow)).toBe(0n)
    })

    it('leaves the rest to reject and to claimRefund', async () => {
      const [rejected, expired] = [await createFundedJob(chain, judged), await createFundedJob(chain, judged)]
      await release(rejected)
      await release(expired)

      const rejection = await reject(rejected)
      await chain.warp(DAY)
      const expiry = await claimRefund(expired)

      const amount = BUDGET - PART
      expect(rejection[1]).toEqual({ name: 'Refunded', args: { jobId: rejected, client: alice, amount } })
      expect(expiry[1]).toEqual({ name: 'Refunded', args: { jobId: expired, client: alice, amount } })
      expect(await paymentOf(rejected)).toBe(PART)
      expect(await dollarsOf(chain.escrow)).toBe(0n)
    })

    it('takes all there is, and no more', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await release(jobId)
      const rest = BUDGET - PART

      await expectRefusal(chain, release(jobId, rest + 1n), 'ReleaseTooLarge', rest + 1n, rest)
      await expectRefusal(chain, release(jobId, 2n ** 128n - 1n), 'ReleaseTooLarge', 2n ** 128n - 1n, rest)
      await release(jobId, rest)
      await expectRefusal(chain, release(jobId, 1n), 'ReleaseTooLarge', 1n, 0n)

      expect((await reject(jobId)).map(({ name }) => name)).toEqual(['JobRejected'])
      expect(await dollarsOf(bob)).toBe(BUDGET)
    })

    it('of nothing pays nothing', async () => {
      const jobId = await createFundedJob(chain, judged)

      expect((await release(jobId, 0n))[1]?.args.amount).toBe(0n)
    })

    it('is the evaluator’s alone, of a job that holds money', async () => {
      const [opened, ended] = [await createJob(chain, judged), await createFundedJob(chain, judged)]
      const completed = await createSubmittedJob(chain, judged)
      await reject(ended)
      await complete(completed)

      await expectRefusal(chain, release(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, release(opened, 0n, 'bob'), 'EvaluatorOnly', bob)
      await expectRefusal(chain, release(opened, 0n), 'JobNotFunded', opened, 0)
      await expectRefusal(chain, release(ended, 0n), 'JobAlreadyEnded', ended, 4)
      await expectRefusal(chain, release(completed, 0n), 'JobAlreadyCompleted', completed)
    })
  })

  describe('redo', () => {
    it('lets the provider submit again', async () => {
      const jobId = await createSubmittedJob(chain, judged)

      const happened = await redo(jobId)

      expect(happened).toEqual([{ name: 'JobReopened', args: { jobId, reason: HASH } }])
      expect(await jobOf(chain, jobId)).toMatchObject({ status: 1n, submittedAt: 0n })
      await submit(jobId)
      await complete(jobId)
      expect(await dollarsOf(bob)).toBe(BUDGET)
    })

    it('ends with the job’s time, so that it keeps nobody from a refund', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      const { expiredAt } = await jobOf(chain, jobId)
      await chain.warp(DAY - 1n)
      await redo(jobId)
      await submit(jobId)

      await chain.warp(1n)
      await expectRefusal(chain, redo(jobId), 'JobPastExpiry', jobId, expiredAt)
      await chain.warp(HOUR - 1n)
      await claimRefund(jobId)
    })

    it('is the evaluator’s alone, of a submitted job', async () => {
      const funded = await createFundedJob(chain, judged)

      await expectRefusal(chain, redo(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, redo(funded, 'alice'), 'EvaluatorOnly', alice)
      await expectRefusal(chain, redo(funded), 'JobNotSubmitted', funded, 1)
    })
  })

  describe('setEvaluationPeriod', () => {
    const fund = (jobId: bigint) => chain.fund('alice', jobId, BUDGET)
    const createPriced = async (duration: bigint) => {
      const jobId = await createJob(chain, { ...judged, duration })
      await setBudget(chain, jobId)
      return jobId
    }

    it('keeps a refund from overtaking the evaluator', async () => {
      const jobId = await createPriced(3n * DAY)

      const happened = await setPeriod(jobId, DAY)

      expect(happened).toEqual([{ name: 'EvaluationPeriodSet', args: { jobId, period: DAY } }])
      await fund(jobId)
      await chain.warp(3n * DAY - 1n)
      await submit(jobId)
      const endsAt = chain.now() + DAY
      await chain.warp(DAY - 1n)
      await expectRefusal(chain, claimRefund(jobId), 'EvaluationInGrace', jobId, endsAt)
      await chain.warp(1n)
      await claimRefund(jobId)
    })

    it('may be shorter than the usual hour, or the usual one again', async () => {
      const [short, usual] = [await createPriced(HOUR), await createPriced(HOUR)]
      await setPeriod(short, 60n)
      await setPeriod(usual, 60n)
      await setPeriod(usual, 0n)
      await fund(short)
      await fund(usual)
      await chain.warp(HOUR - 1n)
      await submit(short)
      await submit(usual)

      await chain.warp(60n)
      await claimRefund(short)
      await expectRefusal(chain, claimRefund(usual), 'EvaluationInGrace', usual, chain.now() - 60n + HOUR)
    })

    it('demands an expiry beyond two periods when the job is funded', async () => {
      const jobId = await createPriced(2n * DAY + 301n)
      await setPeriod(jobId, DAY)

      await chain.warp(1n)
      const earliest = chain.now() + 2n * DAY + 300n
      await expectRefusal(chain, fund(jobId), 'ExpiryTooSoon', jobId, earliest)
      await setPeriod(jobId, DAY - 1n)
      await fund(jobId)
    })

    it('is bounded, and the evaluator’s alone while the job is open', async () => {
      const jobId = await createPriced(DAY)

      await expectRefusal(chain, setPeriod(UNKNOWN_JOB, 1n), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, setPeriod(jobId, 1n, 'alice'), 'EvaluatorOnly', alice)
      await expectRefusal(chain, setPeriod(jobId, LONGEST + 1n), 'EvaluationPeriodTooLong', LONGEST + 1n, LONGEST)
      await setPeriod(jobId, LONGEST)
      await setPeriod(jobId, 1n)
      await fund(jobId)
      await expectRefusal(chain, setPeriod(jobId, 1n), 'JobNotOpen', jobId, 1)
    })
  })

  describe('setPayee', () => {
    beforeEach(async () => {
      await chain.deposit('alice', chain.dollar, 10n * BUDGET)
      await chain.send('alice', 'setOperator', { spender: chain.escrow, approved: true })
    })

    const createJobFromLedger = async () => {
      const jobId = await createJob(chain, judged)
      await setBudget(chain, jobId)
      await chain.send('alice', 'fundFromLedger', { jobId, expectedBudget: BUDGET })
      return jobId
    }
    const savingsOf = (account: string) => chain.ledgerBalanceOf(chain.dollar, account)

    it('sends what a job from the ledger pays to somebody else', async () => {
      const jobId = await createJobFromLedger()

      const happened = await setPayee(jobId, chain.accounts.operator)

      expect(happened).toEqual([{ name: 'PayeeSet', args: { jobId, payee: chain.accounts.operator } }])
      expect(await chain.read('payeeOf', { jobId })).toBe(chain.accounts.operator)
    })

    it('pays releases and the rest there, and says whose work it was', async () => {
      const jobId = await createJobFromLedger()
      await setPayee(jobId)
      await release(jobId)
      await submit(jobId)

      const happened = await complete(jobId)

      const paid = happened.find(({ name }) => name === 'PaymentReleased')
      expect(paid?.args).toEqual({ jobId, provider: bob, amount: BUDGET - PART })
      expect([await savingsOf(carol), await savingsOf(bob)]).toEqual([BUDGET, 0n])
    })

    it('is the provider, unless it said otherwise', async () => {
      expect(await chain.read('payeeOf', { jobId: await createJob(chain, judged) })).toBe(bob)
      expect(await chain.read('payeeOf', { jobId: UNKNOWN_JOB })).toBe(NOBODY)
    })

    it('is the provider’s alone, once, before the work is submitted or paid', async () => {
      const [jobId, submitted, paid] = [
        await createJobFromLedger(),
        await createJobFromLedger(),
        await createJobFromLedger(),
      ]
      await submit(submitted)
      await release(paid, 0n)

      await expectRefusal(chain, setPayee(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, setPayee(jobId, carol, 'alice'), 'ProviderOnly', alice)
      await expectRefusal(chain, setPayee(submitted), 'JobNotFunded', submitted, 2)
      await expectRefusal(chain, setPayee(paid), 'PaymentStarted', paid)
      await expectRefusal(chain, setPayee(jobId, NOBODY), 'AddressZero')
      await setPayee(jobId)
      await expectRefusal(chain, setPayee(jobId, bob), 'PayeeAlreadySet', jobId)
    })

    it('must not strand what a token pays with a contract that shares what is in the ledger', async () => {
      const [direct, unfunded] = [await createFundedJob(chain, judged), await createJob(chain, judged)]

      await expectRefusal(chain, setPayee(direct, chain.crowd), 'JobNotInLedger', direct)
      // Nobody knows yet where its money will come from.
      await expectRefusal(chain, setPayee(unfunded, chain.crowd), 'JobNotFunded', unfunded, 0)
      await submit(direct)
      await complete(direct)

      expect(await dollarsOf(bob)).toBe(BUDGET)
    })
  })

  describe('a payment that the token refuses', () => {
    let token: string

    beforeEach(async () => {
      token = await chain.addToken()
      await chain.give(token, 'alice', BUDGET)
    })

    const createRefused = async () => {
      const jobId = await createJob(chain, judged)
      await setBudget(chain, jobId, 'alice', token)
      await chain.fund('alice', jobId, BUDGET)
      await submit(jobId)
      await chain.refuse(token, true)
      return jobId
    }
    const owed = (jobId: bigint) => chain.read('owed', { jobId })

    it('stays owed to the provider until somebody claims it when the token says yes', async () => {
      const jobId = await createRefused()

      const happened = await complete(jobId)
      expect(happened).toEqual([
        { name: 'JobCompleted', args: { jobId, evaluator: carol, reason: HASH } },
        { name: 'PaymentOwed', args: { jobId, payee: bob, amount: BUDGET } },
      ])
      expect(await owed(jobId)).toBe(BUDGET)
      expect(await claimPayment(jobId)).toEqual([happened[1]])

      await chain.refuse(token, false)
      const args = { jobId, provider: bob, amount: BUDGET }
      expect(await claimPayment(jobId)).toEqual([{ name: 'PaymentReleased', args }])
      expect(await owed(jobId)).toBe(0n)
      expect(await chain.balanceOf(token, bob)).toBe(BUDGET)
      await expectRefusal(chain, claimPayment(jobId), 'NothingOwed', jobId)
    })

    it('is owed to both sides of a job that was split, and claimed by one call', async () => {
      const jobId = await createRefused()
      await setBudget(chain, await createJob(chain, judged))

      await release(jobId)
      await reject(jobId)

      expect(await owed(jobId)).toBe(BUDGET)
      await chain.refuse(token, false)
      expect(await claimPayment(jobId)).toEqual([
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: PART } },
        { name: 'Refunded', args: { jobId, client: alice, amount: BUDGET - PART } },
      ])
      expect(await chain.balanceOf(token, chain.escrow)).toBe(0n)
    })

    it('does not keep a refund from being claimed', async () => {
      const jobId = await createRefused()
      await chain.warp(2n * DAY)

      const happened = await claimRefund(jobId)

      expect(happened[1]).toEqual({ name: 'PaymentOwed', args: { jobId, payee: alice, amount: BUDGET } })
      expect((await jobOf(chain, jobId)).status).toBe(5n)
    })

    it('is none of a job that is unknown, funded or paid', async () => {
      const funded = await createFundedJob(chain, judged)

      await expectRefusal(chain, claimPayment(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
      await expectRefusal(chain, claimPayment(funded), 'NothingOwed', funded)
      expect(await owed(UNKNOWN_JOB)).toBe(0n)
    })
  })
})
