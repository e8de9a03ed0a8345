/** QuorumEvaluator.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import * as input from '../input.ts'
import * as quorum from '../quorum.ts'
import { Parley } from './state.ts'

@NearPart()
export class Quorum extends Parley {
  /** Says who judges an open job: `threshold` of `members`, 16 at most. The job's client only, once, after the provider is known. */
  @call({})
  set_quorum_terms(terms: { job_id: Hex; members: string[]; threshold: string }): void {
    quorum.setQuorumTerms(input.jobIdOf(terms), quorum.readTerms(terms))
  }

  /** Judges submitted work. Each member once; the vote that decides completes the job, or rejects it. */
  @call({})
  cast_vote(vote: { job_id: Hex; is_approval: boolean; reason: Hex }): void {
    const isApproval = input.bool(vote.is_approval, 'is_approval')
    quorum.castVote(input.jobIdOf(vote), isApproval, input.bytes32(vote.reason, 'reason'))
  }

  /** How many members a job's quorum has, needs, and has heard. Null for a job without one. */
  @view({})
  get_quorum(job: { job_id: Hex }): quorum.QuorumCount | null {
    return quorum.getQuorum(input.jobIdOf(job))
  }

  /** What an account is to a job: "0" nobody, "1" a member, "2" one that has approved, "3" one that has rejected. */
  @view({})
  standing_of(asked: { job_id: Hex; account: string }): string {
    return quorum.standingOf(input.jobIdOf(asked), input.account(asked.account, 'account'))
  }
}
