/** MilestoneEvaluator.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import * as input from '../input.ts'
import * as milestones from '../milestones.ts'
import { Parley } from './state.ts'

@NearPart()
export class Milestones extends Parley {
  /** Says what an open job's milestones pay, who judges them and how long that takes. The job's client only, once, after the budget is set. */
  @call({})
  set_milestone_terms(chosen: { job_id: Hex; terms: milestones.MilestoneTerms }): void {
    milestones.setMilestoneTerms(input.jobIdOf(chosen), milestones.readTerms(chosen.terms, 'terms'))
  }

  /** Pays a submitted milestone, which counts from 0. The judge; anyone, after its review: silence is a yes. */
  @call({})
  approve_milestone(approval: { job_id: Hex; milestone: string }): void {
    milestones.approveMilestone(input.jobIdOf(approval), input.uint(approval.milestone, 'milestone'))
  }

  /** Rejects a submitted milestone and the job with it: what is not paid goes back to the client. The judge only, during its review. */
  @call({})
  reject_milestone(rejection: { job_id: Hex; milestone: string; reason: Hex }): void {
    const milestone = input.uint(rejection.milestone, 'milestone')
    milestones.rejectMilestone(input.jobIdOf(rejection), milestone, input.bytes32(rejection.reason, 'reason'))
  }

  /** A job's milestones, and how many are approved. Null for a job without them. */
  @view({})
  get_milestones(job: { job_id: Hex }): milestones.Milestones | null {
    return milestones.getMilestones(input.jobIdOf(job))
  }
}
