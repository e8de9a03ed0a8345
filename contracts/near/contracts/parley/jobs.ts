/** The steps of a job: JobEscrow.sol. */
import { fromHex, type Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireOneYocto, requireSelf } from '../context.ts'
import { requireUnpaused } from '../guard.ts'
import { MAX_DESCRIPTION_LENGTH } from '../hiring.ts'
import * as input from '../input.ts'
import { escrowOf, type Job, nextJobId, readJob } from '../job.ts'
import * as jobs from '../jobs.ts'
import { Parley } from './state.ts'

@NearPart()
export class Jobs extends Parley {
  /** Opens a job of the caller. `provider` may be left out and set later, and so may `hook`, which is one that the owner allows. */
  @call({})
  create_job(job: {
    provider?: string | null
    evaluator: string | null
    expired_at: string
    description: string
    hook?: string | null
    provider_agent_id: string
  }): Hex | undefined {
    requireUnpaused(this)
    return jobs.createJob(escrowOf(this), {
      provider: input.optionalAccount(job.provider, 'provider'),
      evaluator: input.optionalAccount(job.evaluator, 'evaluator'),
      expiredAt: input.uint(job.expired_at, 'expired_at'),
      description: input.loggedText(job.description, 'description', MAX_DESCRIPTION_LENGTH),
      hook: input.optionalAccount(job.hook, 'hook'),
      agentId: input.uint(job.provider_agent_id, 'provider_agent_id'),
    })
  }

  @call({})
  on_create_job(job: jobs.NewJob): Hex {
    requireSelf()
    requireUnpaused(this)
    return jobs.onCreateJob(job)
  }

  /** Names the provider of an open job that has none. Client only. */
  @call({})
  set_provider(chosen: { job_id: Hex; provider: string | null; agent_id: string }): void {
    const jobId = input.jobIdOf(chosen)
    const provider = input.optionalAccount(chosen.provider, 'provider')
    jobs.setProvider(this.agents_id, jobId, provider, input.uint(chosen.agent_id, 'agent_id'))
  }

  @call({})
  on_set_provider(chosen: jobs.NewProvider): void {
    requireSelf()
    jobs.onSetProvider(chosen)
  }

  /** Says who gets what the job pays in the provider's place. Provider only, once, before anything was paid. */
  @call({ payableFunction: true })
  set_payee(chosen: { job_id: Hex; payee: string | null }): void {
    requireOneYocto()
    jobs.setPayee(input.jobIdOf(chosen), input.optionalAccount(chosen.payee, 'payee'))
  }

  /** Says how many seconds the evaluator may take to judge a submission. Evaluator only, while the job is open. */
  @call({})
  set_evaluation_period(chosen: { job_id: Hex; period: string }): void {
    jobs.setEvaluationPeriod(input.jobIdOf(chosen), input.uint(chosen.period, 'period'))
  }

  /** Sets what an open job pays. Client or provider; a token that is named only the client changes. */
  @call({})
  set_budget(budget: { job_id: Hex; token: string | null; amount: string }): void {
    const token = input.optionalAccount(budget.token, 'token')
    jobs.setBudget(input.jobIdOf(budget), token, input.uint(budget.amount, 'amount'))
  }

  /** Says that the work is done. Provider only, before the expiry; the job's agent must be the provider's. */
  @call({})
  submit(submission: { job_id: Hex; deliverable: Hex }): void {
    jobs.submit(this.agents_id, input.jobIdOf(submission), input.bytes32(submission.deliverable, 'deliverable'))
  }

  @call({})
  on_submit(submission: jobs.Submission): void {
    requireSelf()
    jobs.onSubmit(submission)
  }

  /** Pays the provider what the job still holds. Evaluator only. */
  @call({})
  complete(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.complete(input.jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Pays the provider a part of the budget. Evaluator only, from the funding to the end. */
  @call({})
  release(judgement: { job_id: Hex; amount: string; reason: Hex }): void {
    const amount = input.uint(judgement.amount, 'amount')
    jobs.release(input.jobIdOf(judgement), amount, input.bytes32(judgement.reason, 'reason'))
  }

  /** Asks the provider to submit again. Evaluator only, before the expiry. */
  @call({})
  redo(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.redo(input.jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Returns what the job still holds to the client. The client while the job is open, then the evaluator. */
  @call({})
  reject(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.reject(input.jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Returns what the job still holds to the client after the expiry, and not before the evaluator had its period. Anyone. */
  @call({})
  claim_refund(job: { job_id: Hex }): void {
    jobs.claimRefund(input.jobIdOf(job))
  }

  @view({})
  get_job(job: { job_id: Hex }): Job | null {
    return readJob(input.jobIdOf(job))
  }

  /** The id of the next job that `client` creates. */
  @view({})
  next_job_id({ client }: { client: string }): Hex {
    return nextJobId(fromHex(this.domain_separator), input.account(client, 'client'))
  }

  /** The agent registry. */
  @view({})
  agents(): string {
    return this.agents_id
  }
}
