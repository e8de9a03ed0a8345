import { NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import {
  BODY_HASH,
  BUDGET,
  createFundedJob,
  createJob,
  DAY,
  BODY_HASH as HASH,
  jobOf,
  OTHER_HASH,
  registerAgent,
  setBudget,
  UNKNOWN_JOB,
} from './scenario.ts'

/** Whose approvals two of suffice. */
const MEMBERS: readonly Person[] = ['alice', 'carol', 'operator']

describe.each(CHAINS)('quorums on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>

  beforeAll(async () => {
    chain = await open()
    await registerAgent(chain)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const accountsOf = (people: readonly Person[]) => people.map((person) => chain.accounts[person])
  const dollarsOf = (who: Person) => chain.balanceOf(chain.dollar, chain.accounts[who])
  const create = () => createJob(chain, { evaluator: chain.evaluators.quorum })
  const setTerms = (jobId: bigint, members = accountsOf(MEMBERS), threshold = 2n, who: Person = 'alice') =>
    chain.send(who, 'setQuorumTerms', { jobId, members, threshold })
  const vote = (who: Person, jobId: bigint, isApproval: boolean, reason = HASH) =>
    chain.send(who, 'castVote', { jobId, isApproval, reason })
  const quorumOf = (jobId: bigint) => chain.read('getQuorum', { jobId })
  const standingOf = (jobId: bigint, who: Person) => chain.read('standingOf', { jobId, account: chain.accounts[who] })

  /** A submitted job that a quorum judges. */
  async function createReadyJob(members = accountsOf(MEMBERS), threshold = 2n): Promise<bigint> {
    const jobId = await create()
    await setTerms(jobId, members, threshold)
    await setBudget(chain, jobId)
    await chain.fund('alice', jobId, BUDGET)
    await chain.send('bob', 'submit', { jobId, deliverable: BODY_HASH })
    return jobId
  }

  describe('setQuorumTerms', () => {
    it('says who judges an open job', async () => {
      const jobId = await create()

      const happened = await setTerms(jobId)

      const args = { jobId, members: accountsOf(MEMBERS), threshold: 2n }
      expect(happened).toEqual([{ name: 'QuorumTermsSet', args }])
      expect(await quorumOf(jobId)).toEqual({ members: 3n, threshold: 2n, approvals: 0n, rejections: 0n })
      expect(await standingOf(jobId, 'carol')).toBe(1n)
      expect(await standingOf(jobId, 'bob')).toBe(0n)
    })

    it('rejects an unknown job', async () => {
      await expectRefusal(chain, setTerms(UNKNOWN_JOB), 'JobUnknown', UNKNOWN_JOB)
    })

    it.each(['bob', 'carol'] as const)('rejects %s, who is not the client', async (stranger) => {
      const setting = setTerms(await create(), accountsOf(MEMBERS), 2n, stranger)

      await expectRefusal(chain, setting, 'ClientOnly', chain.accounts[stranger])
    })

    it('rejects a job that is funded', async () => {
      const jobId = await createFundedJob(chain, { evaluator: chain.evaluators.quorum })

      await expectRefusal(chain, setTerms(jobId), 'JobNotOpen', jobId, 1)
    })

    it('rejects a job of another evaluator', async () => {
      const { carol } = chain.accounts
      const jobId = await createJob(chain, { evaluator: carol })

      await expectRefusal(chain, setTerms(jobId), 'EvaluatorMismatch', jobId, carol)
    })

    it('rejects a job without a provider', async () => {
      const jobId = await createJob(chain, { evaluator: chain.evaluators.quorum, provider: NOBODY })

      await expectRefusal(chain, setTerms(jobId), 'ProviderNotSet', jobId)
    })

    it.each([
      ['nobody', 0, 0n],
      ['no approval', 3, 0n],
      ['more approvals than members', 3, 4n],
      ['more members than 16', 17, 1n],
    ])('rejects a quorum of %s', async (_, count, threshold) => {
      const members = Array.from({ length: count }, (_, at) => strangerAt(at))

      const setting = setTerms(await create(), members, threshold)

      await expectRefusal(chain, setting, 'QuorumInvalid', threshold, BigInt(count))
    })

    it('takes 16 members, of whom all must approve', async () => {
      const jobId = await create()

      await setTerms(
        jobId,
        Array.from({ length: 16 }, (_, at) => strangerAt(at)),
        16n,
      )

      expect(await quorumOf(jobId)).toMatchObject({ members: 16n, threshold: 16n })
    })

    it('rejects a member that is listed twice', async () => {
      const setting = setTerms(await create(), accountsOf(['carol', 'operator', 'carol']), 2n)

      await expectRefusal(chain, setting, 'MemberRepeated', chain.accounts.carol)
    })

    it('rejects a provider that judges itself', async () => {
      const setting = setTerms(await create(), accountsOf(['carol', 'bob']), 1n)

      await expectRefusal(chain, setting, 'ProviderIsEvaluator', chain.accounts.bob)
    })

    it('rejects other terms than the provider has read', async () => {
      const jobId = await create()
      await setTerms(jobId)

      await expectRefusal(chain, setTerms(jobId, accountsOf(['alice']), 1n), 'TermsAlreadySet', jobId)
    })
  })

  describe('castVote', () => {
    it('completes the job with the approval that reaches the threshold', async () => {
      const jobId = await createReadyJob()

      const first = await vote('carol', jobId, true)
      const waiting = await jobOf(chain, jobId)
      const second = await vote('operator', jobId, true, OTHER_HASH)

      const { bob, carol, operator } = chain.accounts
      expect(first).toEqual([{ name: 'VoteCast', args: { jobId, member: carol, isApproval: true, reason: HASH } }])
      expect(waiting.status).toBe(2n)
      expect(second).toEqual([
        { name: 'VoteCast', args: { jobId, member: operator, isApproval: true, reason: OTHER_HASH } },
        { name: 'JobCompleted', args: { jobId, evaluator: chain.evaluators.quorum, reason: OTHER_HASH } },
        { name: 'PaymentReleased', args: { jobId, provider: bob, amount: BUDGET } },
      ])
      expect(await dollarsOf('bob')).toBe(BUDGET)
    })

    it('rejects the job with the rejection after which the threshold is out of reach', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createReadyJob()

      await vote('alice', jobId, false)
      await vote('carol', jobId, true)
      const last = await vote('operator', jobId, false, OTHER_HASH)

      const { alice, operator } = chain.accounts
      expect(last).toEqual([
        { name: 'VoteCast', args: { jobId, member: operator, isApproval: false, reason: OTHER_HASH } },
        { name: 'JobRejected', args: { jobId, rejector: chain.evaluators.quorum, reason: OTHER_HASH } },
        { name: 'Refunded', args: { jobId, client: alice, amount: BUDGET } },
      ])
      expect(await dollarsOf('alice')).toBe(before)
      expect(await quorumOf(jobId)).toMatchObject({ approvals: 1n, rejections: 2n })
    })

    it('lets one member of an unanimous quorum reject', async () => {
      const jobId = await createReadyJob(accountsOf(MEMBERS), 3n)

      await vote('carol', jobId, false)

      expect((await jobOf(chain, jobId)).status).toBe(4n)
    })

    it('lets the only member decide', async () => {
      const jobId = await createReadyJob(accountsOf(['carol']), 1n)

      await vote('carol', jobId, true)

      expect((await jobOf(chain, jobId)).status).toBe(3n)
    })

    it('rejects strangers, the provider among them', async () => {
      const jobId = await createReadyJob()

      for (const stranger of ['relayer', 'bob'] as const)
        await expectRefusal(chain, vote(stranger, jobId, true), 'MemberOnly', chain.accounts[stranger])
    })

    it('rejects everybody where there are no terms', async () => {
      const { carol } = chain.accounts
      const without = await createFundedJob(chain, { evaluator: chain.evaluators.quorum })

      await expectRefusal(chain, vote('carol', without, true), 'MemberOnly', carol)
      await expectRefusal(chain, vote('carol', UNKNOWN_JOB, true), 'MemberOnly', carol)
    })

    it('rejects the member of another job', async () => {
      await createReadyJob()
      const other = await createReadyJob(accountsOf(['carol', 'operator']))

      await expectRefusal(chain, vote('alice', other, true), 'MemberOnly', chain.accounts.alice)
    })

    it.each([true, false])('rejects a second vote, also one that changes the first (%s)', async (isApproval) => {
      const jobId = await createReadyJob()
      await vote('carol', jobId, isApproval)

      const { carol } = chain.accounts
      await expectRefusal(chain, vote('carol', jobId, true), 'AlreadyVoted', jobId, carol)
      await expectRefusal(chain, vote('carol', jobId, false), 'AlreadyVoted', jobId, carol)
      expect((await jobOf(chain, jobId)).status).toBe(2n)
    })

    it('rejects a vote on work that is not delivered, or judged already', async () => {
      const open = await create()
      await setTerms(open)
      const judged = await createReadyJob()
      await vote('alice', judged, true)
      await vote('carol', judged, true)

      await expectRefusal(chain, vote('carol', open, true), 'JobNotSubmitted', open, 0)
      await expectRefusal(chain, vote('operator', judged, true), 'JobNotSubmitted', judged, 3)
      expect(await dollarsOf('bob')).toBe(BUDGET)
    })

    it('rejects a vote after the refund of a quorum that stayed silent', async () => {
      const before = await dollarsOf('alice')
      const jobId = await createReadyJob()
      await vote('carol', jobId, true)
      await chain.warp(DAY)
      await chain.send('relayer', 'claimRefund', { jobId })

      await expectRefusal(chain, vote('operator', jobId, true), 'JobNotSubmitted', jobId, 5)
      expect(await dollarsOf('alice')).toBe(before)
    })
  })

  describe('an enclave’s word and a quorum’s', () => {
    it('are not for the same job', async () => {
      const jobId = await create()
      await setTerms(jobId)
      const terms = { jobId, bodyHash: BODY_HASH, workload: OTHER_HASH, observability: 0 }

      const setting = chain.send('alice', 'setTerms', terms)

      if (chain.kind === 'near') await expectRefusal(chain, setting, 'TermsAlreadySet', jobId)
      else await expectRefusal(chain, setting, 'EvaluatorMismatch', jobId, chain.evaluators.quorum)
    })
  })

  /** Whose key nobody has. */
  function strangerAt(at: number): string {
    return chain.kind === 'near' ? `member${at}.near` : `0x${'ab'.repeat(19)}${at.toString(16).padStart(2, '0')}`
  }
})
