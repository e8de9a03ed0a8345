/**
 * The arbitrated evaluator as a pure function, beside the escrow's (`job.ts`) and with its order of checks. Every row ends a state; those
 * of "anyone" need nobody's goodwill, only time. R and A are the lengths of the review and the ruling window, in seconds.
 *
 * | job (dispute)         | who      | does                   | when                                  | job then  | budget           | bond     | stake    |
 * | --------------------- | -------- | ---------------------- | ------------------------------------- | --------- | ---------------- | -------- | -------- |
 * | Open                  | client   | setArbitrationTerms    | once                                  | Open      |                  |          |          |
 * | Funded                | provider | lockStake              | once                                  | Funded    |                  |          | taken    |
 * | Funded                | provider | submit                 | before expiredAt                      | Submitted |                  |          |          |
 * | Submitted (any)       | client   | acceptWork             |                                       | Completed | provider         | client   | provider |
 * | Submitted (none)      | client   | openDispute            | before submittedAt + R                | Submitted |                  | taken    |          |
 * | Submitted (none)      | anyone   | settleReview           | from submittedAt + R, stake not owed  | Completed | provider         | client   | provider |
 * | Submitted (open)      | arbiter  | rule Pay               | before disputedAt + A                 | Completed | provider         | provider | provider |
 * | Submitted (open)      | arbiter  | rule Refund            | before disputedAt + A                 | Rejected  | client           | client   | client   |
 * | Submitted (open)      | arbiter  | rule Split             | before disputedAt + A                 | Rejected  | share, rest      | client   | provider |
 * | Submitted (open)      | arbiter  | rule Redo              | same, before expiredAt, once          | Funded    |                  | stays    | stays    |
 * | Submitted (open)      | anyone   | settleReview           | from disputedAt + A, stake not owed   | by share  | silence's share  | client   | provider |
 * | Open, Funded          | anyone   | claimRefund            | from expiredAt                        | Expired   | client           |          |          |
 * | Submitted (any)       | anyone   | claimRefund            | from expiredAt, submittedAt + R+A+day | Expired   | client           |          |          |
 * | ended by claimRefund  | anyone   | releaseBondAndStake    |                                       | the same  |                  | client   | provider |
 *
 * So the escrow refunds submitted work only a day after the last moment of a ruling, and neither side can take from the other by waiting
 * while somebody cares to settle. Only the named arbiter's Refund slashes a stake, only its Pay takes a bond: time never does. A dispute
 * after a redo uses the bond that is held. The escrow funds a job only when two such rounds fit before its expiry.
 */
import { accepted, type DecisionOn, refused } from './decision.ts'
import * as jobModel from './job.ts'

type Account = string

/** The whole budget, in basis points. */
export const WHOLE_BP = 10_000n

/** In Solidity's order. */
export const rulings = ['Refund', 'Pay', 'Split', 'Redo'] as const
export type Ruling = (typeof rulings)[number]

export interface ArbitrationTerms {
  readonly arbiter: Account | undefined
  readonly reviewSeconds: bigint
  readonly rulingSeconds: bigint
  readonly silenceShareBP: bigint
  readonly bond: bigint
  readonly stake: bigint
}

export interface Arbitration extends ArbitrationTerms {
  /** 0 without an open dispute. */
  readonly disputedAt: bigint
  readonly isBondHeld: boolean
  readonly isStakeHeld: boolean
  readonly hasRedone: boolean
}

export interface ArbitrationState {
  readonly escrow: jobModel.EscrowState
  readonly arbitrations: ReadonlyMap<string, Arbitration>
  /** The account that judges, and holds bonds and stakes in the ledger. */
  readonly evaluator: Account
}

export type ArbitrationAction =
  | (OfJob<'setArbitrationTerms'> & { readonly terms: ArbitrationTerms })
  | (OfJob<'lockStake'> & { readonly arbiter: Account; readonly amount: bigint })
  | OfJob<'acceptWork'>
  | OfJob<'openDispute'>
  | (OfJob<'rule'> & { readonly ruling: Ruling; readonly shareBP: bigint })
  | OfJob<'settleReview'>
  | OfJob<'releaseBondAndStake'>

interface OfJob<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly jobId: string
}

export type Decision = DecisionOn<ArbitrationState, jobModel.EscrowRefusal>

/** What escrow and evaluator together do with an action: their next state, or the refusal. */
export function decide(state: ArbitrationState, action: ArbitrationAction | jobModel.EscrowAction): Decision {
  switch (action.name) {
    case 'setArbitrationTerms':
      return setArbitrationTerms(state, action)
    case 'lockStake':
    case 'acceptWork':
    case 'openDispute':
    case 'rule':
    case 'settleReview':
    case 'releaseBondAndStake': {
      const arbitration = state.arbitrations.get(action.jobId)
      const job = state.escrow.jobs.get(action.jobId)
      return arbitration && job ? decideOnJob(state, action, { ...arbitration, job }) : refused('TermsMissing')
    }
    default:
      return inEscrow(state, action)
  }
}

type Action<Name extends ArbitrationAction['name']> = Extract<ArbitrationAction, { readonly name: Name }>
type ArbitratedJob = Arbitration & { readonly job: jobModel.Job }

function setArbitrationTerms(state: ArbitrationState, action: Action<'setArbitrationTerms'>): Decision {
  const { caller, jobId, terms } = action
  const { arbiter, reviewSeconds, rulingSeconds, silenceShareBP } = terms
  const problem = jobModel.problemOfTerms(state.escrow, { caller, jobId, evaluator: state.evaluator })
  if (problem) return refused(problem)
  const job = state.escrow.jobs.get(jobId)
  if (arbiter === undefined) return refused('AddressZero')
  if (arbiter === job?.client || arbiter === job?.provider) return refused('ArbiterIsParty')
  if (reviewSeconds < jobModel.MIN_WINDOW_SECONDS || rulingSeconds < jobModel.MIN_WINDOW_SECONDS)
    return refused('WindowTooShort')
  if (silenceShareBP > WHOLE_BP) return refused('ShareInvalid')
  if (state.arbitrations.has(jobId)) return refused('TermsAlreadySet')

  const next = withArbitration(state, jobId, {
    ...terms,
    disputedAt: 0n,
    isBondHeld: false,
    isStakeHeld: false,
    hasRedone: false,
  })
  const period = reviewSeconds + rulingSeconds + jobModel.SETTLEMENT_SECONDS
  return inEscrow(next, { name: 'setEvaluationPeriod', caller: state.evaluator, jobId, period })
}

function decideOnJob(
  state: ArbitrationState,
  action: Exclude<ArbitrationAction, { readonly name: 'setArbitrationTerms' }>,
  known: ArbitratedJob,
): Decision {
  switch (action.name) {
    case 'lockStake':
      return lockStake(state, action, known)
    case 'acceptWork':
      return acceptWork(state, action, known)
    case 'openDispute':
      return openDispute(state, action, known)
    case 'rule':
      return rule(state, action, known)
    case 'settleReview':
      return settleReview(state, action, known)
    case 'releaseBondAndStake':
      return releaseBondAndStake(state, action, known)
  }
}

function lockStake(state: ArbitrationState, action: Action<'lockStake'>, known: ArbitratedJob): Decision {
  const { job, ...arbitration } = known
  const { caller, jobId, arbiter, amount } = action
  if (caller !== job.provider) return refused('ProviderOnly')
  if (job.status !== 'Funded') return refused('JobNotFunded')
  const isAgreed = arbiter === arbitration.arbiter && amount === arbitration.stake && amount > 0n
  if (!isAgreed) return refused('StakeMismatch')
  if (arbitration.isStakeHeld) return refused('StakeAlreadyLocked')

  const next = withArbitration(state, jobId, { ...arbitration, isStakeHeld: true })
  return inLedger(next, job, caller, state.evaluator, amount)
}

function acceptWork(state: ArbitrationState, { caller, jobId }: Action<'acceptWork'>, known: ArbitratedJob): Decision {
  const { job } = known
  if (caller !== job.client) return refused('ClientOnly')
  if (job.status !== 'Submitted') return refused('JobNotSubmitted')

  return ended(state, jobId, known, { shareBP: WHOLE_BP, bondTo: job.client, stakeTo: job.provider })
}

function openDispute(
  state: ArbitrationState,
  { caller, jobId }: Action<'openDispute'>,
  known: ArbitratedJob,
): Decision {
  const { job, ...arbitration } = known
  const { time } = state.escrow
  if (caller !== job.client) return refused('ClientOnly')
  if (job.status !== 'Submitted') return refused('JobNotSubmitted')
  if (arbitration.disputedAt !== 0n) return refused('DisputeAlreadyOpen')
  if (time >= job.submittedAt + arbitration.reviewSeconds) return refused('ReviewOver')

  const bond = arbitration.isBondHeld ? 0n : arbitration.bond
  const next = withArbitration(state, jobId, { ...arbitration, disputedAt: time, isBondHeld: arbitration.bond > 0n })
  return inLedger(next, job, caller, state.evaluator, bond)
}

function rule(state: ArbitrationState, action: Action<'rule'>, known: ArbitratedJob): Decision {
  const { job, ...arbitration } = known
  const { caller, jobId, ruling, shareBP } = action
  if (caller !== arbitration.arbiter) return refused('ArbiterOnly')
  if (job.status !== 'Submitted') return refused('JobNotSubmitted')
  if (arbitration.disputedAt === 0n) return refused('DisputeNotOpen')
  if (state.escrow.time >= arbitration.disputedAt + arbitration.rulingSeconds) return refused('RulingOver')
  const isShare = ruling === 'Split' ? shareBP > 0n && shareBP < WHOLE_BP : shareBP === 0n
  if (!isShare) return refused('ShareInvalid')
  if (ruling === 'Redo' && arbitration.hasRedone) return refused('RedoUsed')

  const { client, provider } = job
  switch (ruling) {
    case 'Refund':
      return ended(state, jobId, known, { shareBP: 0n, bondTo: client, stakeTo: client })
    case 'Pay':
      return ended(state, jobId, known, { shareBP: WHOLE_BP, bondTo: provider, stakeTo: provider })
    case 'Split':
      return ended(state, jobId, known, { shareBP, bondTo: client, stakeTo: provider })
    case 'Redo': {
      const next = withArbitration(state, jobId, { ...arbitration, disputedAt: 0n, hasRedone: true })
      return inEscrow(next, { name: 'redo', caller: state.evaluator, jobId })
    }
  }
}

function settleReview(state: ArbitrationState, { jobId }: Action<'settleReview'>, known: ArbitratedJob): Decision {
  const { job, disputedAt, rulingSeconds, reviewSeconds, isStakeHeld, stake, silenceShareBP } = known
  const isDisputed = disputedAt !== 0n
  if (job.status !== 'Submitted') return refused('JobNotSubmitted')
  const endsAt = isDisputed ? disputedAt + rulingSeconds : job.submittedAt + reviewSeconds
  if (state.escrow.time < endsAt) return refused('ReviewNotOver')
  if (stake > 0n && !isStakeHeld) return refused('StakeMissing')

  const shareBP = isDisputed ? silenceShareBP : WHOLE_BP
  return ended(state, jobId, known, { shareBP, bondTo: job.client, stakeTo: job.provider })
}

function releaseBondAndStake(
  state: ArbitrationState,
  { jobId }: Action<'releaseBondAndStake'>,
  known: ArbitratedJob,
): Decision {
  const { job, isBondHeld, isStakeHeld } = known
  if (job.status === 'Open' || job.status === 'Funded' || job.status === 'Submitted') return refused('JobNotEnded')
  if (!isBondHeld && !isStakeHeld) return refused('NothingHeld')

  return released(state, jobId, known, { bondTo: job.client, stakeTo: job.provider })
}

interface Receivers {
  readonly bondTo: Account | undefined
  readonly stakeTo: Account | undefined
}

function ended(
  state: ArbitrationState,
  jobId: string,
  known: ArbitratedJob,
  { shareBP, ...receivers }: Receivers & { readonly shareBP: bigint },
): Decision {
  const caller = state.evaluator
  const amount = (known.job.budget * shareBP) / WHOLE_BP
  const freed = released(state, jobId, known, receivers)
  if (shareBP === WHOLE_BP) return then(freed, (next) => inEscrow(next, { name: 'complete', caller, jobId }))
  const paid = amount === 0n ? freed : then(freed, (next) => inEscrow(next, { name: 'release', caller, jobId, amount }))
  return then(paid, (next) => inEscrow(next, { name: 'reject', caller, jobId }))
}

function released(
  state: ArbitrationState,
  jobId: string,
  { job, ...arbitration }: ArbitratedJob,
  { bondTo, stakeTo }: Receivers,
): Decision {
  const { bond, stake, isBondHeld, isStakeHeld } = arbitration
  const next = withArbitration(state, jobId, { ...arbitration, isBondHeld: false, isStakeHeld: false })
  const freed = isBondHeld ? inLedger(next, job, state.evaluator, bondTo, bond) : accepted(next)
  return isStakeHeld ? then(freed, (rest) => inLedger(rest, job, state.evaluator, stakeTo, stake)) : freed
}

function inEscrow(state: ArbitrationState, action: jobModel.EscrowAction): Decision {
  const decision = jobModel.decide(state.escrow, action)
  return decision.status === 'accepted' ? accepted({ ...state, escrow: decision.state }) : decision
}

/** Moves the job's token from one account of the ledger to another. */
function inLedger(
  state: ArbitrationState,
  { token }: jobModel.Job,
  from: Account,
  to: Account | undefined,
  amount: bigint,
): Decision {
  if (token === undefined || to === undefined) return accepted(state)
  const escrow = jobModel.moved(state.escrow, jobModel.inLedger(token), from, to, amount)
  return escrow ? accepted({ ...state, escrow }) : refused('BalanceTooLow')
}

function withArbitration(state: ArbitrationState, jobId: string, arbitration: Arbitration): ArbitrationState {
  return { ...state, arbitrations: new Map(state.arbitrations).set(jobId, arbitration) }
}

function then(decision: Decision, go: (state: ArbitrationState) => Decision): Decision {
  return decision.status === 'accepted' ? go(decision.state) : decision
}
