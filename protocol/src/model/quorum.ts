/**
 * A quorum of members that judges jobs, as a pure function beside the escrow's: what each chain's contract must do, in the same order of
 * checks.
 */
import { accepted, type DecisionOn, refused } from './decision.ts'
import * as jobModel from './job.ts'

type Account = string

/** The longest list that NEAR's contract can log beside the longest description. */
export const MAX_MEMBERS = 16n

export interface Quorum {
  readonly threshold: bigint
  /** In the order of the terms. */
  readonly votes: ReadonlyMap<Account, 'none' | 'approval' | 'rejection'>
}

export interface QuorumState {
  readonly escrow: jobModel.EscrowState
  readonly quorums: ReadonlyMap<string, Quorum>
  /** The account that judges for every quorum. */
  readonly evaluator: Account
}

export type QuorumAction =
  | {
      readonly name: 'setQuorumTerms'
      readonly caller: Account
      readonly jobId: string
      readonly members: readonly Account[]
      readonly threshold: bigint
    }
  | { readonly name: 'castVote'; readonly caller: Account; readonly jobId: string; readonly isApproval: boolean }

export type QuorumDecision = DecisionOn<QuorumState, jobModel.EscrowRefusal>

/** What the evaluator, or the escrow behind it, does with an action: the next state, or the refusal. */
export function decide(state: QuorumState, action: QuorumAction | jobModel.EscrowAction): QuorumDecision {
  if (action.name === 'setQuorumTerms') return setQuorumTerms(state, action)
  if (action.name === 'castVote') return castVote(state, action)
  return decideInEscrow(state, action)
}

type Action<Name extends QuorumAction['name']> = Extract<QuorumAction, { readonly name: Name }>

function setQuorumTerms(state: QuorumState, action: Action<'setQuorumTerms'>): QuorumDecision {
  const { caller, jobId, members, threshold } = action
  const problem = jobModel.problemOfTerms(state.escrow, { caller, jobId, evaluator: state.evaluator })
  if (problem) return refused(problem)
  const count = BigInt(members.length)
  if (threshold === 0n || threshold > count || count > MAX_MEMBERS) return refused('QuorumInvalid')
  if (state.quorums.has(jobId)) return refused('TermsAlreadySet')
  for (const [at, member] of members.entries()) {
    if (member === state.escrow.jobs.get(jobId)?.provider) return refused('ProviderIsEvaluator')
    if (members.indexOf(member) < at) return refused('MemberRepeated')
  }

  return accepted(withQuorum(state, jobId, { threshold, votes: new Map(members.map((member) => [member, 'none'])) }))
}

function castVote(state: QuorumState, { caller, jobId, isApproval }: Action<'castVote'>): QuorumDecision {
  const quorum = state.quorums.get(jobId)
  const vote = quorum?.votes.get(caller)
  if (quorum === undefined || vote === undefined) return refused('MemberOnly')
  if (vote !== 'none') return refused('AlreadyVoted')
  if (state.escrow.jobs.get(jobId)?.status !== 'Submitted') return refused('JobNotSubmitted')

  const votes = new Map(quorum.votes).set(caller, isApproval ? 'approval' : 'rejection')
  const voted = withQuorum(state, jobId, { ...quorum, votes })
  const count = (wanted: string) => BigInt([...votes.values()].filter((cast) => cast === wanted).length)
  const judgement = { caller: state.evaluator, jobId }
  if (count('approval') === quorum.threshold) return decideInEscrow(voted, { name: 'complete', ...judgement })
  const isLost = count('rejection') > BigInt(votes.size) - quorum.threshold
  return isLost ? decideInEscrow(voted, { name: 'reject', ...judgement }) : accepted(voted)
}

function decideInEscrow(state: QuorumState, action: jobModel.EscrowAction): QuorumDecision {
  const decision = jobModel.decide(state.escrow, action)
  return decision.status === 'refused' ? decision : accepted({ ...state, escrow: decision.state })
}

function withQuorum(state: QuorumState, jobId: string, quorum: Quorum): QuorumState {
  return { ...state, quorums: new Map(state.quorums).set(jobId, quorum) }
}
