/** Pays jobs milestone by milestone, on a judge's word or its silence. Mirrors contracts/evm/contracts/MilestoneEvaluator.sol. */
import { type Hex, jobModel, milestoneModel } from '@parley/protocol'
import { caller, now, self } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { type Job, JobStatus, knownJob, writeJob } from './job.ts'
import { complete, redo, reject, release, setEvaluationPeriod } from './jobs.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'
import { openJobOfClient } from './terms.ts'

/** Numbers are decimal strings. */
export interface MilestoneTerms {
  readonly judge: string | null
  readonly review_seconds: string
  readonly amounts: readonly string[]
}

/** The terms, and how many milestones are approved: as it is stored, in two digits, and so paid for; `get_milestones` answers it in one. */
export interface Milestones extends MilestoneTerms {
  readonly approved: string
}

const NO_REASON: Hex = `0x${'00'.repeat(32)}`

export function readTerms(value: unknown, field: string): MilestoneTerms {
  const { judge, review_seconds, amounts } = input.object(value, field)
  const each = input.list(amounts, `${field}.amounts`)
  return {
    judge: input.optionalAccount(judge, `${field}.judge`),
    review_seconds: String(input.uint(review_seconds, `${field}.review_seconds`, 32n)),
    amounts: each.map((amount) => String(input.uint(amount, `${field}.amounts`, 96n))),
  }
}

export function setMilestoneTerms(job_id: Hex, terms: MilestoneTerms): void {
  begin(job_id, openJobOfClient(job_id), terms)
}

/** Takes the terms of an open job, for which its client pays. */
export function begin(job_id: Hex, job: Job, { judge, review_seconds, amounts }: MilestoneTerms): void {
  const count = amounts.length
  const total = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)
  const isValid = count > 0 && count <= milestoneModel.MAX_MILESTONES && total === BigInt(job.budget)
  require(isValid, 'MilestonesInvalid', count, total, job.budget)
  require(judge !== null, 'AddressZero')
  require(judge !== job.provider, 'ProviderIsEvaluator', judge)
  require(BigInt(review_seconds) >= jobModel.MIN_WINDOW_SECONDS, 'WindowTooShort', review_seconds)
  // A provider must find the terms that it read.
  require(job.terms === null, 'TermsAlreadySet', job_id)

  writeJob(job_id, { ...job, terms: 'milestones' })
  chargeStorage(job.client, () => write(job_id, { judge, review_seconds, amounts, approved: '00' }))
  emit('milestone_terms_set', { job_id, judge, review_seconds, amounts })

  // Else `claim_refund` could overtake an approval by silence.
  setEvaluationPeriod(job_id, BigInt(review_seconds) + jobModel.SETTLEMENT_SECONDS, self())
}

export function approveMilestone(job_id: Hex, milestone: bigint): void {
  const { job, plan, endsAt } = submitted(job_id, milestone)
  const approver = caller()

  require(approver === plan.judge || now() >= endsAt, 'ReviewNotOver', job_id, endsAt)

  const approved = Number(milestone) + 1
  write(job_id, { ...plan, approved: String(approved).padStart(2, '0') })
  emit('milestone_approved', { job_id, milestone: String(milestone), approver })

  if (approved === plan.amounts.length) {
    complete(job_id, NO_REASON, self())
    return
  }
  release(job_id, BigInt(plan.amounts[Number(milestone)] ?? 0), NO_REASON, self())
  if (now() < BigInt(job.expired_at)) redo(job_id, NO_REASON, self())
  else reject(job_id, NO_REASON, self())
}

export function rejectMilestone(job_id: Hex, milestone: bigint, reason: Hex): void {
  const { plan, endsAt } = submitted(job_id, milestone)

  require(caller() === plan.judge, 'JudgeOnly', caller())
  require(now() < endsAt, 'ReviewOver', job_id, endsAt)

  reject(job_id, reason, self())
}

export function getMilestones(job_id: Hex): Milestones | null {
  const plan = read(job_id)
  return plan === null ? null : { ...plan, approved: approvedOf(plan) }
}

/** The job whose milestone waits to be judged, and when its review ends. */
function submitted(job_id: Hex, milestone: bigint) {
  const plan = read(job_id)
  if (plan === null) throw new ContractError('TermsMissing', job_id)
  const job = knownJob(job_id)
  require(job.status === JobStatus.Submitted, 'JobNotSubmitted', job_id, job.status)
  const approved = approvedOf(plan)
  require(String(milestone) === approved, 'MilestoneMismatch', milestone, approved)
  return { job, plan, endsAt: BigInt(job.submitted_at) + BigInt(plan.review_seconds) }
}

function approvedOf({ approved }: Milestones): string {
  return String(Number(approved))
}

function read(job_id: Hex): Milestones | null {
  return readRecord<Milestones>(keyOf(job_id))
}

function write(job_id: Hex, plan: Milestones): void {
  writeRecord(keyOf(job_id), plan)
}

function keyOf(job_id: Hex): string {
  return `milestones:${job_id}`
}
