/**
 * Jobs that are delivered, judged and paid in parts, as a pure function beside the escrow's: what each chain's contract must do, in the
 * same order of checks.
 */
import { accepted, type DecisionOn, refused } from './decision.ts'
import * as jobModel from './job.ts'

type Account = string

/** The longest list that NEAR's contract can log beside the longest description. */
export const MAX_MILESTONES = 16

export interface Milestones {
  readonly judge: Account
  readonly reviewSeconds: bigint
  readonly amounts: readonly bigint[]
  /** How many are. */
  readonly approved: bigint
}

export interface MilestoneState {
  readonly escrow: jobModel.EscrowState
  readonly milestones: ReadonlyMap<string, Milestones>
  /** The account that judges for every judge. */
  readonly evaluator: Account
}

export type MilestoneAction =
  | (OfJob<'setMilestoneTerms'> & {
      readonly terms: Pick<Milestones, 'reviewSeconds' | 'amounts'> & { readonly judge: Account | undefined }
    })
  | (OfJob<'approveMilestone'> & { readonly milestone: bigint })
  | (OfJob<'rejectMilestone'> & { readonly milestone: bigint })

interface OfJob<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly jobId: string
}

export type MilestoneDecision = DecisionOn<MilestoneState, jobModel.EscrowRefusal>

/** What the evaluator, or the escrow behind it, does with an action: the next state, or the refusal. */
export function decide(state: MilestoneState, action: MilestoneAction | jobModel.EscrowAction): MilestoneDecision {
  switch (action.name) {
    case 'setMilestoneTerms':
      return setMilestoneTerms(state, action)
    case 'approveMilestone':
      return approveMilestone(state, action)
    case 'rejectMilestone':
      return rejectMilestone(state, action)
    default:
      return inEscrow(state, action)
  }
}

type Action<Name extends MilestoneAction['name']> = Extract<MilestoneAction, { readonly name: Name }>

function setMilestoneTerms(state: MilestoneState, action: Action<'setMilestoneTerms'>): MilestoneDecision {
  const { caller, jobId, terms } = action
  const { judge, reviewSeconds, amounts } = terms
  const problem = jobModel.problemOfTerms(state.escrow, { caller, jobId, evaluator: state.evaluator })
  if (problem) return refused(problem)
  const job = state.escrow.jobs.get(jobId)
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  if (amounts.length === 0 || amounts.length > MAX_MILESTONES || total !== job?.budget)
    return refused('MilestonesInvalid')
  if (judge === undefined) return refused('AddressZero')
  if (judge === job.provider) return refused('ProviderIsEvaluator')
  if (reviewSeconds < jobModel.MIN_WINDOW_SECONDS) return refused('WindowTooShort')
  if (state.milestones.has(jobId)) return refused('TermsAlreadySet')

  const planned = withMilestones(state, jobId, { judge, reviewSeconds, amounts, approved: 0n })
  return asEvaluator(planned, jobId, {
    name: 'setEvaluationPeriod',
    period: reviewSeconds + jobModel.SETTLEMENT_SECONDS,
  })
}

function approveMilestone(state: MilestoneState, action: Action<'approveMilestone'>): MilestoneDecision {
  const { caller, jobId, milestone } = action
  const waiting = submitted(state, jobId, milestone)
  if ('status' in waiting) return waiting
  const { plan, endsAt, expiredAt } = waiting
  if (caller !== plan.judge && state.escrow.time < endsAt) return refused('ReviewNotOver')

  const approved = withMilestones(state, jobId, { ...plan, approved: milestone + 1n })
  const amount = plan.amounts[Number(milestone)] ?? 0n
  if (milestone + 1n === BigInt(plan.amounts.length)) return asEvaluator(approved, jobId, { name: 'complete' })
  const paid = asEvaluator(approved, jobId, { name: 'release', amount })
  if (paid.status === 'refused') return paid
  return asEvaluator(paid.state, jobId, { name: state.escrow.time < expiredAt ? 'redo' : 'reject' })
}

function rejectMilestone(state: MilestoneState, action: Action<'rejectMilestone'>): MilestoneDecision {
  const { caller, jobId, milestone } = action
  const waiting = submitted(state, jobId, milestone)
  if ('status' in waiting) return waiting
  if (caller !== waiting.plan.judge) return refused('JudgeOnly')
  if (state.escrow.time >= waiting.endsAt) return refused('ReviewOver')

  return asEvaluator(state, jobId, { name: 'reject' })
}

/** The milestone that waits to be judged. */
function submitted({ escrow, milestones }: MilestoneState, jobId: string, milestone: bigint) {
  const plan = milestones.get(jobId)
  const job = escrow.jobs.get(jobId)
  if (plan === undefined) return refused('TermsMissing')
  if (job?.status !== 'Submitted') return refused('JobNotSubmitted')
  if (milestone !== plan.approved) return refused('MilestoneMismatch')
  return { plan, endsAt: job.submittedAt + plan.reviewSeconds, expiredAt: job.expiredAt }
}

type Judgement =
  | { readonly name: 'complete' | 'reject' | 'redo' }
  | { readonly name: 'release'; readonly amount: bigint }
  | { readonly name: 'setEvaluationPeriod'; readonly period: bigint }

function asEvaluator(state: MilestoneState, jobId: string, judgement: Judgement): MilestoneDecision {
  return inEscrow(state, { ...judgement, caller: state.evaluator, jobId })
}

function inEscrow(state: MilestoneState, action: jobModel.EscrowAction): MilestoneDecision {
  const decision = jobModel.decide(state.escrow, action)
  return decision.status === 'refused' ? decision : accepted({ ...state, escrow: decision.state })
}

function withMilestones(state: MilestoneState, jobId: string, plan: Milestones): MilestoneState {
  return { ...state, milestones: new Map(state.milestones).set(jobId, plan) }
}
