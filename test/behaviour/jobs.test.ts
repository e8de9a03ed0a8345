import { domainSeparator, jobId as idOfJob, NOBODY } from '@parley/protocol'
import { keccak256 } from 'viem'
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
  nextJobId,
  registerAgent,
  setBudget,
  UNKNOWN_JOB,
} from './scenario.ts'

const GRACE = 3600n

describe.each(CHAINS)('jobs on %s', (_, open) => {
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

  interface Creation {
    readonly provider?: string
    readonly evaluator?: string
    readonly expiredAt?: bigint
    readonly hook?: string
    readonly providerAgentId?: bigint
  }

  const create = (creation: Creation = {}) => {
    const expiredAt = chain.now() + DAY
    const usual = { provider: bob, evaluator: carol, expiredAt, description: 'Translate', hook: NOBODY }
    return chain.send('alice', 'createJob', { ...usual, providerAgentId: 0n, ...creation })
  }
  const createWithoutProvider = async () => {
    const jobId = await nextJobId(chain, 'alice')
    await create({ provider: NOBODY })
    return jobId
  }

  const setProvider = (jobId: bigint, who: Person = 'alice', provider = bob, agentId = 0n) =>
    chain.send(who, 'setProvider', { jobId, provider, agentId })
  const fund = (jobId: bigint, who: Person = 'alice', expected = BUDGET) => chain.fund(who, jobId, expected)
  const submit = (jobId: bigint, who: Person = 'bob') => chain.send(who, 'submit', { jobId, deliverable: HASH })
  const complete = (jobId: bigint, who: Person = 'carol') => chain.send(who, 'complete', { jobId, reason: HASH })
  const reject = (jobId: bigint, who: Person = 'carol') => chain.send(who, 'reject', { jobId, reason: HASH })
  const claimRefund = (jobId: bigint, who: Person = 'relayer') => chain.send(who, 'claimRefund', { jobId })

  describe('createJob', () => {
    it('opens a job of the caller under the id that was told beforehand', async () => {
      const jobId = await nextJobId(chain, 'alice')
      const expiredAt = chain.now() + DAY

      const happened = await create({ expiredAt })

      expect(happened).toEqual([
        {
          name: 'JobCreated',
          args: { jobId, client: alice, provider: bob, evaluator: carol, expiredAt, hook: NOBODY },
        },
        { name: 'JobDescribed', args: { jobId, description: 'Translate' } },
        { name: 'ProviderSet', args: { jobId, provider: bob, agentId: 0n } },
      ])
      const job = { client: alice, provider: bob, evaluator: carol, status: 0n, budget: 0n, token: NOBODY, expiredAt }
      expect(await jobOf(chain, jobId)).toMatchObject(job)
      expect(await nextJobId(chain, 'alice')).not.toBe(jobId)
    })

    it('counts ids by the formula of protocol, each client’s on its own', async () => {
      const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
      const separator = domainSeparator(chain.domains.jobs, keccak)
      const id = (client: string, index: bigint) => BigInt(idOfJob(separator, client, index, keccak, chain.kind))

      for (const index of [0n, 1n, 2n]) {
        expect(await nextJobId(chain, 'alice')).toBe(id(alice, index))
        await create()
      }
      expect(await nextJobId(chain, 'bob')).toBe(id(bob, 0n))
    })

    it('takes no provider for now', async () => {
      const jobId = await nextJobId(chain, 'alice')

      const happened = await create({ provider: NOBODY })

      expect(happened.map(({ name }) => name)).toEqual(['JobCreated', 'JobDescribed'])
      expect(happened[0]?.args.provider).toBe(NOBODY)
      expect((await jobOf(chain, jobId)).provider).toBe(NOBODY)
    })

    it('rejects no evaluator', async () => {
      await expectRefusal(chain, create({ evaluator: NOBODY }), 'AddressZero')
    })

    it('rejects a provider that judges itself', async () => {
      await expectRefusal(chain, create({ evaluator: bob }), 'ProviderIsEvaluator', bob)
    })

    it('takes an expiry from 301 seconds to 365 days ahead', async () => {
      const [earliest, latest] = [chain.now() + 300n, chain.now() + 365n * DAY]
      const expectOutOfRange = (expiredAt: bigint) =>
        expectRefusal(chain, create({ expiredAt }), 'ExpiryOutOfRange', expiredAt, earliest, latest)

      await expectOutOfRange(earliest)
      await expectOutOfRange(latest + 1n)
      // Its low 48 bits alone would pass.
      await expectOutOfRange(2n ** 48n + earliest + 1n)

      await create({ expiredAt: earliest + 1n })
      await create({ expiredAt: latest })
    })

    it('rejects hooks', async () => {
      await expectRefusal(chain, create({ hook: chain.dollar }), 'HookNotAllowed', chain.dollar)
    })

    it('rejects an agent of somebody else', async () => {
      await registerAgent(chain, 'carol')

      await expectRefusal(chain, create({ providerAgentId: 1n }), 'AgentNotOfProvider', 1n, bob)
    })

    it('rejects an agent that does not exist', async () => {
      await expectRefusal(chain, create({ providerAgentId: 7n }), 'ERC721NonexistentToken', 7n)
    })

    it('rejects an agent id that a job cannot hold', async () => {
      await expectRefusal(chain, create({ providerAgentId: 2n ** 96n }), 'AgentNotOfProvider', 2n ** 96n, bob)
    })
  })

  describe('setProvider', () => {
    it('names the provider of a job that has none', async () => {
      const jobId = await createWithoutProvider()

      const happened = await setProvider(jobId)

      expect(happened).toEqual([{ name: 'ProviderSet', args: { jobId, provider: bob, agentId: 0n } }])
      expect((await jobOf(chain, jobId)).provider).toBe(bob)
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, setProvider(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects whoever is not the client', async () => {
      await expectRefusal(chain, setProvider(await createWithoutProvider(), 'bob'), 'ClientOnly', bob)
    })

    it('rejects a job that is no longer open', async () => {
      const jobId = await createWithoutProvider()
      await reject(jobId, 'alice')

      await expectRefusal(chain, setProvider(jobId), 'JobNotOpen', jobId, 4)
    })

    it('rejects a second provider', async () => {
      const jobId = await createJob(chain)

      await expectRefusal(chain, setProvider(jobId), 'ProviderAlreadySet', jobId)
    })

    it('rejects nobody', async () => {
      await expectRefusal(chain, setProvider(await createWithoutProvider(), 'alice', NOBODY), 'AddressZero')
    })

    it('rejects the evaluator', async () => {
      const setting = setProvider(await createWithoutProvider(), 'alice', carol)

      await expectRefusal(chain, setting, 'ProviderIsEvaluator', carol)
    })

    it('rejects an agent of somebody else', async () => {
      const jobId = await createWithoutProvider()

      await expectRefusal(chain, setProvider(jobId, 'alice', alice), 'AgentNotOfProvider', 0n, alice)
      const tooLarge = setProvider(jobId, 'alice', bob, 2n ** 96n)
      await expectRefusal(chain, tooLarge, 'AgentNotOfProvider', 2n ** 96n, bob)
    })
  })

  describe('setBudget', () => {
    it.each(['alice', 'bob'] as const)('is for client and provider: %s', async (party) => {
      const jobId = await createJob(chain)

      const happened = await setBudget(chain, jobId, party)

      expect(happened).toEqual([{ name: 'BudgetSet', args: { jobId, token: chain.dollar, amount: BUDGET } }])
      expect(await jobOf(chain, jobId)).toMatchObject({ token: chain.dollar, budget: BUDGET })
    })

    it('may be changed while the job is open', async () => {
      const jobId = await createJob(chain)
      await setBudget(chain, jobId, 'bob')

      await setBudget(chain, jobId, 'alice', chain.dollar, 1n)

      expect((await jobOf(chain, jobId)).budget).toBe(1n)
    })

    it('rejects a provider that swaps the token under the client, who may', async () => {
      const jobId = await createJob(chain)
      const other = await chain.addToken()
      await setBudget(chain, jobId, 'alice')

      await expectRefusal(chain, setBudget(chain, jobId, 'bob', other), 'ClientOnly', bob)
      await setBudget(chain, jobId, 'bob', chain.dollar, 2n * BUDGET)
      await setBudget(chain, jobId, 'alice', other)
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, setBudget(chain, UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects a stranger', async () => {
      await expectRefusal(chain, setBudget(chain, await createJob(chain), 'carol'), 'PartyOnly', carol)
    })

    it('rejects a job that is funded', async () => {
      const jobId = await createFundedJob(chain)

      await expectRefusal(chain, setBudget(chain, jobId), 'JobNotOpen', jobId, 1)
    })

    it('rejects no token', async () => {
      await expectRefusal(chain, setBudget(chain, await createJob(chain), 'alice', NOBODY), 'AddressZero')
    })

    it('rejects an amount that a job cannot hold', async () => {
      const jobId = await createJob(chain)
      const largest = 2n ** 96n - 1n

      const tooLarge = setBudget(chain, jobId, 'alice', chain.dollar, largest + 1n)
      await expectRefusal(chain, tooLarge, 'BudgetTooLarge', largest + 1n)
      await setBudget(chain, jobId, 'alice', chain.dollar, largest)
      expect((await jobOf(chain, jobId)).budget).toBe(largest)
    })
  })

  describe('fund', () => {
    const createPriced = async () => {
      const jobId = await createJob(chain)
      await setBudget(chain, jobId)
      return jobId
    }

    it('takes the budget into escrow', async () => {
      const jobId = await createPriced()
      const before = await dollarsOf(alice)

      const happened = await fund(jobId)

      expect(happened).toEqual([{ name: 'JobFunded', args: { jobId, client: alice, amount: BUDGET } }])
      expect((await jobOf(chain, jobId)).status).toBe(1n)
      expect(await dollarsOf(chain.escrow)).toBe(BUDGET)
      expect(await dollarsOf(alice)).toBe(before - BUDGET)
    })

    it('takes a job that pays nothing, without a token', async () => {
      const jobId = await createJob(chain)

      const happened = await fund(jobId, 'alice', 0n)

      expect(happened).toEqual([{ name: 'JobFunded', args: { jobId, client: alice, amount: 0n } }])
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, fund(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects whoever is not the client', async () => {
      const jobId = await createPriced()
      await chain.give(chain.dollar, 'bob', BUDGET)

      await expectRefusal(chain, fund(jobId, 'bob'), 'ClientOnly', bob)
      expect(await dollarsOf(bob)).toBe(BUDGET)
    })

    it('rejects a job that is funded', async () => {
      const jobId = await createFundedJob(chain)

      await expectRefusal(chain, fund(jobId), 'JobNotOpen', jobId, 1)
      expect(await dollarsOf(chain.escrow)).toBe(BUDGET)
    })

    it('rejects a job without a provider', async () => {
      const jobId = await createWithoutProvider()

      await expectRefusal(chain, fund(jobId, 'alice', 0n), 'ProviderNotSet', jobId)
    })

    it('rejects a budget that the provider changed meanwhile, and takes nothing', async () => {
      const jobId = await createPriced()
      const before = await dollarsOf(alice)
      await setBudget(chain, jobId, 'bob', chain.dollar, 2n * BUDGET)

      await expectRefusal(chain, fund(jobId), 'BudgetMismatch', 2n * BUDGET, BUDGET)
      expect(await dollarsOf(alice)).toBe(before)
    })

    it('takes a job until its expiry', async () => {
      const [early, late] = [await createPriced(), await createPriced()]
      const { expiredAt } = await jobOf(chain, late)

      await chain.warp(DAY - 1n)
      await fund(early)

      await chain.warp(1n)
      await expectRefusal(chain, fund(late), 'JobPastExpiry', late, expiredAt)
    })
  })

  describe('submit', () => {
    it('says that the work is done', async () => {
      const jobId = await createFundedJob(chain)

      const happened = await submit(jobId)

      expect(happened).toEqual([{ name: 'JobSubmitted', args: { jobId, provider: bob, deliverable: HASH } }])
      expect(await jobOf(chain, jobId)).toMatchObject({ status: 2n, submittedAt: chain.now() })
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, submit(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects whoever is not the provider', async () => {
      await expectRefusal(chain, submit(await createFundedJob(chain), 'alice'), 'ProviderOnly', alice)
    })

    it('rejects a job that is not funded, or submitted already', async () => {
      const opened = await createJob(chain)
      const submitted = await createSubmittedJob(chain)

      await expectRefusal(chain, submit(opened), 'JobNotFunded', opened, 0)
      await expectRefusal(chain, submit(submitted), 'JobNotFunded', submitted, 2)
    })

    it('is taken until the expiry', async () => {
      const [early, late] = [await createFundedJob(chain), await createFundedJob(chain)]
      const { expiredAt } = await jobOf(chain, late)

      await chain.warp(DAY - 1n)
      await submit(early)

      await chain.warp(1n)
      await expectRefusal(chain, submit(late), 'JobPastExpiry', late, expiredAt)
    })

    it('rejects a provider that has given its agent away', async () => {
      const jobId = await createFundedJob(chain)
      await chain.transferAgent('bob', 0n, carol)

      await expectRefusal(chain, submit(jobId), 'AgentNotOfProvider', 0n, bob)
      expect((await jobOf(chain, jobId)).status).toBe(1n)
    })
  })

  describe('complete', () => {
    it('pays the provider', async () => {
      const jobId = await createSubmittedJob(chain, judged)

      const happened = await complete(jobId)

      expect(happened).toEqual([
        { name: 'JobCompleted', args: { jobId, evaluator: carol, reason: HASH } },
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: BUDGET } },
      ])
      expect((await jobOf(chain, jobId)).status).toBe(3n)
      expect(await dollarsOf(bob)).toBe(BUDGET)
      expect(await dollarsOf(chain.escrow)).toBe(0n)
    })

    it('of a job that pays nothing moves nothing', async () => {
      const jobId = await createJob(chain, judged)
      await fund(jobId, 'alice', 0n)
      await submit(jobId)

      const happened = await complete(jobId)

      expect(happened).toEqual([
        { name: 'JobCompleted', args: { jobId, evaluator: carol, reason: HASH } },
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: 0n } },
      ])
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, complete(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it.each(['alice', 'bob'] as const)('rejects %s, who is not the evaluator', async (stranger) => {
      const jobId = await createSubmittedJob(chain, judged)

      await expectRefusal(chain, complete(jobId, stranger), 'EvaluatorOnly', chain.accounts[stranger])
    })

    it('rejects a job that is completed', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await complete(jobId)

      await expectRefusal(chain, complete(jobId), 'JobAlreadyCompleted', jobId)
      expect(await dollarsOf(bob)).toBe(BUDGET)
    })

    it('rejects a job that is not submitted, or ended', async () => {
      const opened = await createJob(chain, judged)
      const funded = await createFundedJob(chain, judged)
      const rejected = await createSubmittedJob(chain, judged)
      await reject(rejected)

      await expectRefusal(chain, complete(opened), 'JobNotSubmitted', opened, 0)
      await expectRefusal(chain, complete(funded), 'JobNotSubmitted', funded, 1)
      await expectRefusal(chain, complete(rejected), 'JobNotSubmitted', rejected, 4)
    })
  })

  describe('reject', () => {
    it('by the client closes an open job', async () => {
      const jobId = await createJob(chain, judged)

      const happened = await reject(jobId, 'alice')

      expect(happened).toEqual([{ name: 'JobRejected', args: { jobId, rejector: alice, reason: HASH } }])
      expect((await jobOf(chain, jobId)).status).toBe(4n)
    })

    it.each([
      ['funded', createFundedJob],
      ['submitted', createSubmittedJob],
    ])('by the evaluator returns the budget of a %s job', async (_, createIt) => {
      const before = await dollarsOf(alice)
      const jobId = await createIt(chain, judged)

      const happened = await reject(jobId)

      expect(happened).toEqual([
        { name: 'JobRejected', args: { jobId, rejector: carol, reason: HASH } },
        { name: 'Refunded', args: { jobId, client: alice, amount: BUDGET } },
      ])
      expect(await dollarsOf(alice)).toBe(before)
    })

    it('of a job that pays nothing refunds nothing', async () => {
      const jobId = await createJob(chain, judged)
      await fund(jobId, 'alice', 0n)

      expect((await reject(jobId)).map(({ name }) => name)).toEqual(['JobRejected'])
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, reject(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('of an open job is the client’s alone', async () => {
      await expectRefusal(chain, reject(await createJob(chain, judged)), 'ClientOnly', carol)
    })

    it('of a funded job is the evaluator’s alone', async () => {
      await expectRefusal(chain, reject(await createFundedJob(chain, judged), 'alice'), 'EvaluatorOnly', alice)
    })

    it('rejects a job that is completed', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await complete(jobId)

      await expectRefusal(chain, reject(jobId), 'JobAlreadyCompleted', jobId)
    })

    it('rejects a job that ended, so that it refunds once', async () => {
      const before = await dollarsOf(alice)
      const jobId = await createFundedJob(chain, judged)
      await reject(jobId)

      await expectRefusal(chain, reject(jobId), 'JobAlreadyEnded', jobId, 4)
      expect(await dollarsOf(alice)).toBe(before)
    })
  })

  describe('claimRefund', () => {
    it.each(['relayer', 'bob', 'alice'] as const)('by %s returns the budget after the expiry', async (caller) => {
      const before = await dollarsOf(alice)
      const jobId = await createFundedJob(chain)
      await chain.warp(DAY)

      const happened = await claimRefund(jobId, caller)

      expect(happened).toEqual([
        { name: 'JobExpired', args: { jobId } },
        { name: 'Refunded', args: { jobId, client: alice, amount: BUDGET } },
      ])
      expect((await jobOf(chain, jobId)).status).toBe(5n)
      expect(await dollarsOf(alice)).toBe(before)
    })

    it('closes an open job and moves nothing', async () => {
      const jobId = await createJob(chain)
      await setBudget(chain, jobId)
      await chain.warp(DAY)

      expect(await claimRefund(jobId)).toEqual([{ name: 'JobExpired', args: { jobId } }])
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, claimRefund(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it('rejects a job that has not expired', async () => {
      const jobId = await createFundedJob(chain)
      const { expiredAt } = await jobOf(chain, jobId)
      await chain.warp(DAY - 1n)

      await expectRefusal(chain, claimRefund(jobId), 'JobNotExpired', jobId, expiredAt)
    })

    it('gives the evaluator its grace period after a late submission', async () => {
      const jobId = await createFundedJob(chain, judged)
      await chain.warp(DAY - 1n)
      await submit(jobId)
      const endsAt = chain.now() + GRACE

      await chain.warp(GRACE - 1n)
      await expectRefusal(chain, claimRefund(jobId), 'EvaluationInGrace', jobId, endsAt)

      await chain.warp(1n)
      await claimRefund(jobId)
    })

    it('gives no grace beyond the expiry to an early submission', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await chain.warp(DAY)

      await claimRefund(jobId)
    })

    it('lets the evaluator complete until somebody claims', async () => {
      const jobId = await createSubmittedJob(chain, judged)
      await chain.warp(2n * DAY)

      await complete(jobId)

      await expectRefusal(chain, claimRefund(jobId), 'JobAlreadyCompleted', jobId)
    })

    it('rejects a job that ended, so that it refunds once', async () => {
      const jobId = await createFundedJob(chain)
      await chain.warp(DAY)
      await claimRefund(jobId)

      await expectRefusal(chain, claimRefund(jobId), 'JobAlreadyEnded', jobId, 5)
    })
  })
})
