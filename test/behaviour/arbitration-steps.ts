/** Random steps of jobs that are arbitrated: what they mean depends on the state that they meet. */
import { arbitrationModel, jobModel, NOBODY } from '@parley/protocol'
import fc from 'fast-check'
import { expect } from 'vitest'
import { pick } from './beside-model.ts'
import type { Happened } from './driver.ts'
import { type Ground, hireActions, NO_JOB, play } from './job-ground.ts'
import { BODY_HASH, DAY } from './scenario.ts'

const { rulings } = arbitrationModel
type State = arbitrationModel.ArbitrationState
export type Action = arbitrationModel.ArbitrationAction | jobModel.EscrowAction
type Name = Exclude<arbitrationModel.ArbitrationAction['name'], 'setArbitrationTerms'> | 'submit' | 'claimRefund'

const HOUR = 3600n
export const step = fc.record({
  name: fc.constantFrom(
    ...([
      'hire',
      'hire',
      'hire',
      'hire',
      'wait',
      'wait',
      'wait',
      'wait',
      'expire',
      'lockStake',
      'lockStake',
      'submit',
      'submit',
      'submit',
    ] as const),
    ...(['openDispute', 'openDispute', 'openDispute', 'rule', 'rule', 'rule', 'settleReview', 'settleReview'] as const),
    ...(['acceptWork', 'claimRefund', 'releaseBondAndStake', 'redoTwice', 'redoTwice'] as const),
  ),
  job: fc.nat({ max: 60 }),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
  isOdd: fc.integer({ min: 0, max: 11 }).map((roll) => roll === 0),
  bond: fc.constantFrom(0n, 7n, 40n, 41n),
  stake: fc.constantFrom(0n, 9n, 60n),
  review: fc.oneof(fc.constant(HOUR), fc.bigInt({ min: HOUR, max: 3n * HOUR })),
  ruling: fc.oneof(fc.constant(HOUR), fc.bigInt({ min: HOUR, max: 3n * HOUR })),
  verdict: fc.constantFrom(...rulings),
  shareBP: fc.constantFrom(0n, 1n, 3333n, 9999n, 10_000n),
  duration: fc.bigInt({ min: 2n * DAY, max: 4n * DAY }),
  seconds: fc.constantFrom(0n, 60n, 600n, HOUR, DAY),
})
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

export async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people } = ground
  const { name, isOdd, isRightful } = chosen
  if (name === 'wait') return actionsAtEdge(chosen, state) ?? [{ name, seconds: chosen.seconds }]
  if (name === 'hire') {
    const { who: client, job: budget, duration, other } = chosen
    const made = { client, provider: other + budget, budget: BigInt(budget), evaluator: state.evaluator, duration }
    const { creation, pricing, funding } = await hireActions(ground, state.escrow.time, made)
    const { caller, jobId } = creation
    const terms = { name: 'setArbitrationTerms', caller, jobId, terms: termsOf(chosen, people, creation) } as const
    const { expectedBudget } = funding
    const paying = other % 2 === 0 ? funding : ({ name: 'fundFromLedger', caller, jobId, expectedBudget } as const)
    // Terms may also come twice, or too late.
    return isOdd ? [creation, pricing, terms, paying, terms] : [creation, pricing, terms, paying]
  }

  if (name === 'expire') return expireActions(chosen, state, people)
  if (name === 'redoTwice') return redoActions(chosen, state)
  const [wanted, jobId] = isRightful ? usefulStep(name, chosen.job, state) : [name, anyJob(chosen.job, state)]
  return [actionOn(jobId, wanted, chosen, state, people)]
}

/** The step where it gets a job further, or else the next step of some job. */
function usefulStep(name: Name, number: number, state: State): readonly [Name, string] {
  const suitable = [...state.escrow.jobs.keys()].filter((id) => isReadyFor(name, id, state))
  if (suitable.length > 0) return [name, pick(suitable, number)]
  for (const next of ['rule', 'openDispute', 'lockStake', 'submit'] as const) {
    const open = [...state.escrow.jobs.keys()].filter((id) => isReadyFor(next, id, state))
    if (open.length > 0) return [next, pick(open, number)]
  }
  return [name, anyJob(number, state)]
}

function anyJob(number: number, { escrow }: State): string {
  return escrow.jobs.size > 0 ? pick([...escrow.jobs.keys()], number) : NO_JOB
}

function actionOn(jobId: string, name: Name, chosen: Step, state: State, people: readonly string[]): Action {
  const { isOdd, isRightful, verdict, shareBP } = chosen
  const job = state.escrow.jobs.get(jobId)
  const arbitration = state.arbitrations.get(jobId)
  const rightful = isRightful ? rightfulCaller(name, job, arbitration) : undefined
  const base = { caller: rightful ?? pick(people, chosen.who), jobId }
  switch (name) {
    case 'lockStake': {
      const { arbiter = base.caller, stake = 0n } = arbitration ?? {}
      return { ...base, name, arbiter: isOdd ? base.caller : arbiter, amount: isOdd ? chosen.stake : stake }
    }
    case 'rule':
      return { ...base, name, ruling: verdict, shareBP: isOdd || verdict === 'Split' ? shareBP : 0n }
    default:
      return { ...base, name }
  }
}

/** Submitted work is disputed and to be done again, more often than may be. */
function redoActions({ job: number }: Step, { escrow, arbitrations }: State): readonly Action[] {
  const submitted = [...escrow.jobs].filter(([id, { status }]) => status === 'Submitted' && arbitrations.has(id))
  if (submitted.length === 0) return []
  const [jobId, { client, provider = '' }] = pick(submitted, number)
  const arbiter = arbitrations.get(jobId)?.arbiter ?? client
  const round = [
    { name: 'openDispute', caller: client, jobId },
    { name: 'rule', caller: arbiter, jobId, ruling: 'Redo', shareBP: 0n },
    { name: 'submit', caller: provider, jobId },
  ] as const
  return [...round, ...round]
}

/** Waits until nobody but time has a say in some job, and takes the last exit. */
function expireActions({ job, who }: Step, state: State, people: readonly string[]): readonly Action[] {
  const open = [...state.escrow.jobs].filter(([, { status }]) => status === 'Submitted' || status === 'Funded')
  if (open.length === 0) return []
  const [jobId, { expiredAt, submittedAt, evaluationPeriod }] = pick(open, job)
  const late = submittedAt + evaluationPeriod
  const seconds = (late > expiredAt ? late : expiredAt) - state.escrow.time
  const base = { caller: pick(people, who), jobId }
  const waiting = { name: 'wait', seconds: seconds > 0n ? seconds : 0n } as const
  return [waiting, { ...base, name: 'claimRefund' }, { ...base, name: 'releaseBondAndStake' }]
}

interface Parties {
  readonly caller: string
  readonly provider: string
}

function termsOf(chosen: Step, people: readonly string[], { caller, provider }: Parties) {
  const { isOdd, other, review, ruling, shareBP, bond, stake } = chosen
  const neutral = people.filter((person) => person !== caller && person !== provider)
  const usual = { arbiter: pick(neutral, chosen.job), reviewSeconds: review, rulingSeconds: ruling }
  const terms = { ...usual, silenceShareBP: shareBP, bond, stake }
  const odd = [
    ...[{ reviewSeconds: HOUR - 1n }, { rulingSeconds: 0n }, { silenceShareBP: 10_001n }, { arbiter: undefined }],
    ...[{ arbiter: caller }, { arbiter: provider }, { reviewSeconds: 90n * DAY }, {}],
  ]
  return isOdd ? { ...terms, ...pick(odd, chosen.job + other) } : terms
}

type Known = arbitrationModel.Arbitration | undefined

function rightfulCaller(name: Name, job: jobModel.Job | undefined, arbitration: Known): string | undefined {
  if (name === 'submit' || name === 'lockStake') return job?.provider
  if (name === 'rule') return arbitration?.arbiter
  return name === 'openDispute' || name === 'acceptWork' ? job?.client : undefined
}

/** Whether the action is the job's next step, so that sequences get far. */
function isReadyFor(name: Name, jobId: string, { escrow, arbitrations }: State): boolean {
  const job = escrow.jobs.get(jobId)
  const arbitration = arbitrations.get(jobId)
  if (job === undefined || arbitration === undefined) return false
  const { disputedAt, stake, isStakeHeld, isBondHeld } = arbitration
  const isEnded = job.status === 'Completed' || job.status === 'Rejected' || job.status === 'Expired'
  switch (name) {
    case 'lockStake':
      return job.status === 'Funded' && stake > 0n && !isStakeHeld
    case 'submit':
      return job.status === 'Funded'
    case 'openDispute':
      return job.status === 'Submitted' && disputedAt === 0n
    case 'rule':
      return job.status === 'Submitted' && disputedAt !== 0n
    case 'claimRefund':
      return !isEnded && escrow.time >= job.expiredAt
    case 'releaseBondAndStake':
      return isEnded && (isBondHeld || isStakeHeld)
    default:
      return job.status === 'Submitted'
  }
}

/** At the second of an edge of some job, or at the one before, what the edge decides about: that is where checks go wrong. */
function actionsAtEdge({ job: number, who, other, isRightful }: Step, { escrow, arbitrations }: State) {
  const open = [...escrow.jobs].filter(([, { status }]) => status === 'Submitted' || status === 'Funded')
  if (open.length === 0 || !isRightful) return undefined
  const [jobId, { status, submittedAt, expiredAt, client, provider }] = pick(open, number)
  const { reviewSeconds = 0n, rulingSeconds = 0n, disputedAt = 0n, arbiter } = arbitrations.get(jobId) ?? {}
  const refundAt = submittedAt + reviewSeconds + rulingSeconds + jobModel.SETTLEMENT_SECONDS
  const judgedAt = disputedAt > 0n ? disputedAt + rulingSeconds : submittedAt + reviewSeconds
  const by = (caller: string | undefined) => ({ caller: caller ?? client, jobId })
  const ruling = { ...by(arbiter), name: 'rule', ruling: 'Refund', shareBP: 0n } as const
  const edges: readonly (readonly [bigint, Action])[] =
    status === 'Funded'
      ? [
          [expiredAt, { ...by(provider), name: 'submit' }],
          [expiredAt, { ...by(client), name: 'claimRefund' }],
        ]
      : [
          [judgedAt, disputedAt > 0n ? ruling : { ...by(client), name: 'openDispute' }],
          [judgedAt, { ...by(client), name: 'settleReview' }],
          [judgedAt, { ...by(client), name: 'settleReview' }],
          [refundAt > expiredAt ? refundAt : expiredAt, { ...by(client), name: 'claimRefund' }],
        ]
  const [at, action] = pick(edges, other)
  const seconds = at - BigInt(who % 2) - escrow.time
  return seconds >= 0n && seconds <= 2n * DAY ? [{ name: 'wait', seconds } as const, action] : undefined
}

export async function perform(ground: Ground, action: Action): Promise<readonly Happened[]> {
  const { chain, personOf } = ground
  switch (action.name) {
    case 'setArbitrationTerms': {
      const { name, caller, jobId, terms } = action
      const args = { jobId: BigInt(jobId), terms: { ...terms, arbiter: terms.arbiter ?? NOBODY } }
      return chain.send(personOf(caller), name, args)
    }
    case 'rule': {
      const { name, caller, jobId, shareBP } = action
      const ruling = BigInt(rulings.indexOf(action.ruling))
      return chain.send(personOf(caller), name, { jobId: BigInt(jobId), ruling, shareBP, reason: BODY_HASH })
    }
    case 'openDispute':
      return chain.send(personOf(action.caller), action.name, { jobId: BigInt(action.jobId), reason: BODY_HASH })
    case 'lockStake': {
      const { name, caller, jobId, arbiter, amount } = action
      return chain.send(personOf(caller), name, { jobId: BigInt(jobId), arbiter, amount })
    }
    case 'acceptWork':
    case 'settleReview':
    case 'releaseBondAndStake':
      return chain.send(personOf(action.caller), action.name, { jobId: BigInt(action.jobId) })
    default:
      return play(ground, action)
  }
}

export async function expectSameArbitration(
  { chain }: Ground,
  id: string,
  known: arbitrationModel.Arbitration,
): Promise<void> {
  const { arbiter, reviewSeconds, rulingSeconds, bond, stake, disputedAt, ...flags } = known
  const { isBondHeld, isStakeHeld, hasRedone } = flags
  expect(await chain.read('getArbitration', { jobId: BigInt(id) })).toMatchObject({
    ...{ arbiter, reviewSeconds, rulingSeconds, bond, stake, disputedAt },
    ...{ isBondHeld, isStakeHeld, hasRedone },
  })
}
