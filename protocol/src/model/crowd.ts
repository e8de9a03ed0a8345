/**
 * What a job pays, shared among many, as a pure function beside the escrow's: what each chain's contract must do, in the same order of
 * checks. The tree of payees is a list here: who is in it can be proven.
 */
import type { Payout } from '../crowd.ts'
import { accepted, type DecisionOn, type Refused, refused } from './decision.ts'
import * as jobModel from './job.ts'

type Account = string

export interface Crowd {
  readonly payees: readonly Payout[]
  readonly total: bigint
  /** Of the total, what those are to get that have been paid. */
  readonly claimed: bigint
  /** Indexes of those. */
  readonly made: ReadonlySet<bigint>
  readonly isRemainderClaimed: boolean
}

export interface CrowdState {
  readonly escrow: jobModel.EscrowState
  readonly crowds: ReadonlyMap<string, Crowd>
  /** The account that is the payee of all crowds' jobs. */
  readonly account: Account
}

export type CrowdAction =
  | (OfJob<'setPayees'> & { readonly payees: readonly Payout[]; readonly total: bigint })
  | (OfJob<'claimPayout'> & { readonly payout: Payout })
  | (OfJob<'pushPayouts'> & { readonly payouts: readonly Payout[] })
  | OfJob<'claimRemainder'>

interface OfJob<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly jobId: string
}

export type CrowdDecision = DecisionOn<CrowdState, jobModel.EscrowRefusal>

/** What the crowd's contract, or the escrow behind it, does with an action: the next state, or the refusal. */
export function decide(state: CrowdState, action: CrowdAction | jobModel.EscrowAction): CrowdDecision {
  switch (action.name) {
    case 'setPayees':
      return setPayees(state, action)
    case 'claimPayout':
      return claimPayout(state, action)
    case 'pushPayouts':
      return pushPayouts(state, action)
    case 'claimRemainder':
      return claimRemainder(state, action)
    default: {
      const decision = jobModel.decide(state.escrow, action)
      return decision.status === 'refused' ? decision : accepted({ ...state, escrow: decision.state })
    }
  }
}

/** What a job has paid to its provider's side. */
export function potOf(job: jobModel.Job): bigint {
  const gross = jobModel.grossOf(job)
  return gross - jobModel.feeOn(gross, job)
}

const NO_CROWD: Crowd = { payees: [], total: 0n, claimed: 0n, made: new Set(), isRemainderClaimed: false }

type Action<Name extends CrowdAction['name']> = Extract<CrowdAction, { readonly name: Name }>

function setPayees(state: CrowdState, { caller, jobId, payees, total }: Action<'setPayees'>): CrowdDecision {
  const job = state.escrow.jobs.get(jobId)
  if (!job) return refused('JobUnknown')
  if (caller !== job.provider) return refused('ProviderOnly')
  if (job.status !== 'Funded') return refused('JobNotFunded')
  if (potOf(job) > 0n) return refused('PaymentStarted')
  const problem = problemOfPayee(state, job)
  if (problem) return refused(problem)
  if (payees.length === 0 || total === 0n || total > job.budget) return refused('PayeesInvalid')

  return accepted(withCrowd(state, jobId, { ...NO_CROWD, payees, total }))
}

function claimPayout(state: CrowdState, { jobId, payout }: Action<'claimPayout'>): CrowdDecision {
  const ended = endedOf(state, jobId)
  if ('status' in ended) return ended
  if (!isProven(ended.crowd, payout)) return refused('ProofInvalid')
  if (ended.crowd.made.has(payout.index)) return refused('PayoutAlreadyMade')

  return paid(state, jobId, ended, [payout])
}

function pushPayouts(state: CrowdState, { jobId, payouts }: Action<'pushPayouts'>): CrowdDecision {
  const ended = endedOf(state, jobId)
  if ('status' in ended) return ended
  if (payouts.length === 0 || !payouts.every((payout) => isProven(ended.crowd, payout))) return refused('ProofInvalid')

  return paid(state, jobId, ended, payouts)
}

function claimRemainder(state: CrowdState, { jobId }: Action<'claimRemainder'>): CrowdDecision {
  const ended = endedOf(state, jobId)
  if ('status' in ended) return ended
  const { job, crowd, pot } = ended
  if (pot <= crowd.total || crowd.isRemainderClaimed) return refused('NothingOwed')

  const escrow = moved(state, job, job.provider ?? '', pot - crowd.total)
  return accepted(withCrowd({ ...state, escrow }, jobId, { ...crowd, isRemainderClaimed: true }))
}

interface Ended {
  readonly job: jobModel.Job
  readonly crowd: Crowd
  readonly pot: bigint
}

/** What has ended, and paid something to the crowd. */
function endedOf(state: CrowdState, jobId: string): Ended | Refused<jobModel.EscrowRefusal> {
  const job = state.escrow.jobs.get(jobId)
  if (!job) return refused('JobUnknown')
  if (job.status === 'Open' || job.status === 'Funded' || job.status === 'Submitted') return refused('JobNotEnded')
  const problem = problemOfPayee(state, job)
  if (problem) return refused(problem)
  const pot = potOf(job)
  return pot === 0n ? refused('NothingOwed') : { job, crowd: state.crowds.get(jobId) ?? NO_CROWD, pot }
}

function problemOfPayee({ account }: CrowdState, { payee }: jobModel.Job) {
  return payee === account ? undefined : 'PayeeMismatch'
}

/** Pays those that are not paid yet. Sums are rounded down, not shares: all of them together are all there is. */
function paid(state: CrowdState, jobId: string, { job, crowd, pot }: Ended, payouts: readonly Payout[]): CrowdDecision {
  const { total } = crowd
  const payable = pot < total ? pot : total
  let { claimed } = crowd
  let { escrow } = state
  const made = new Set(crowd.made)
  for (const { index, account, amount } of payouts) {
    if (made.has(index)) continue
    if (amount > total - claimed) return refused('TotalExceeded')
    const share = ((claimed + amount) * payable) / total - (claimed * payable) / total
    made.add(index)
    claimed += amount
    escrow = moved({ ...state, escrow }, job, account, share)
  }
  return accepted(withCrowd({ ...state, escrow }, jobId, { ...crowd, claimed, made }))
}

function isProven({ payees }: Crowd, { index, account, amount }: Payout): boolean {
  return payees.some((payee) => payee.index === index && payee.account === account && payee.amount === amount)
}

/** Moves money of the crowd in the ledger. */
function moved({ escrow, account }: CrowdState, { token }: jobModel.Job, to: Account, amount: bigint) {
  const [from, into] = [account, to].map((owner) => jobModel.balanceKey(jobModel.inLedger(token ?? ''), owner))
  const balances = new Map(escrow.balances)
  const change = (key = '', by = 0n) => balances.set(key, (balances.get(key) ?? 0n) + by)
  change(from, -amount)
  change(into, amount)
  return { ...escrow, balances }
}

function withCrowd(state: CrowdState, jobId: string, crowd: Crowd): CrowdState {
  return { ...state, crowds: new Map(state.crowds).set(jobId, crowd) }
}
