/** ERC-8183 job escrow. Mirrors contracts/evm/contracts/JobEscrow.sol. */
import { type Hex, jobModel } from '@parley/protocol'
import { askForAgent, requireAgent } from './agent-check.ts'
import { caller, now, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { openFees } from './fees.ts'
import { requireAllowed, tellHook } from './hooks.ts'
import {
  type Escrow,
  type Job,
  JobStatus,
  knownJob,
  newJob,
  takeJobId,
  UINT32_MAX,
  UINT96_MAX,
  writeJob,
} from './job.ts'
import * as ledger from './ledger.ts'
import { payProvider, refund, restOf } from './payouts.ts'
import { answerWait } from './waits.ts'

const { EVALUATION_GRACE_SECONDS, MAX_EVALUATION_SECONDS, MIN_DURATION_SECONDS, MAX_DURATION_SECONDS } = jobModel

/** What the callbacks of this file are called with. */
export interface NewJob {
  readonly job_id: Hex
  readonly client: string
  readonly provider: string
  readonly evaluator: string
  readonly expired_at: string
  readonly description: string
  readonly agent_id: string
  readonly hook: string | null
  readonly fee_bp: number
}

export interface NewProvider {
  readonly job_id: Hex
  readonly provider: string
  readonly agent_id: string
}

export interface Submission {
  readonly job_id: Hex
  readonly provider: string
  readonly agent_id: string
  readonly deliverable: Hex
}

/** The id of the new job, or nothing when the agent registry must be asked first: the callback answers with it then. */
export function createJob(
  { agents, domainSeparator, feeBP }: Escrow,
  {
    provider,
    evaluator,
    expiredAt,
    description,
    hook,
    agentId,
  }: {
    readonly provider: string | null
    readonly evaluator: string | null
    readonly expiredAt: bigint
    readonly description: string
    readonly hook: string | null
    readonly agentId: bigint
  },
): Hex | undefined {
  const client = caller()

  require(evaluator !== null, 'AddressZero')
  require(provider !== evaluator, 'ProviderIsEvaluator', evaluator)
  requireExpiryInRange(expiredAt)
  requireAllowed(hook)
  if (provider !== null) requireAgentFits(agentId, provider)

  const job_id = takeJobId(domainSeparator, client)
  const job = { job_id, client, evaluator, expired_at: String(expiredAt), description, hook, fee_bp: feeBP }
  if (provider === null) {
    open({ ...job, provider, agent_id: '0' })
    return job_id
  }
  const proposed = { ...job, provider, agent_id: String(agentId) }

  askForAgent(agents, 'on_create_job', proposed, hook !== null)
  return undefined
}

export function onCreateJob(job: NewJob): Hex {
  requireAgent(job)

  open(job)
  return job.job_id
}

export function setProvider(agents: string, job_id: Hex, provider: string | null, agentId: bigint): void {
  const job = knownJob(job_id)

  require(caller() === job.client, 'ClientOnly', caller())
  requireWithoutProvider(job_id, job)
  require(provider !== null, 'AddressZero')
  require(provider !== job.evaluator, 'ProviderIsEvaluator', provider)
  requireAgentFits(agentId, provider)
  const chosen = { job_id, provider, agent_id: String(agentId) }

  askForAgent(agents, 'on_set_provider', chosen, job.hook !== undefined)
}

export function onSetProvider({ job_id, provider, agent_id }: NewProvider): void {
  const job = knownJob(job_id)

  requireWithoutProvider(job_id, job)
  requireAgent({ provider, agent_id })

  writeJob(job_id, { ...job, provider, provider_agent_id: agent_id })
  emit('provider_set', { job_id, provider, agent_id })
  tellHook(job_id, job, 'set_provider', job.client, { provider, agent_id })
}

export function setPayee(job_id: Hex, payee: string | null): void {
  const job = knownJob(job_id)

  require(caller() === job.provider, 'ProviderOnly', caller())
  require(job.status === JobStatus.Funded, 'JobNotFunded', job_id, job.status)
  // Whom a token pays cannot tell what for: this contract, which shares money, would keep it.
  require(job.is_in_ledger === true, 'JobNotInLedger', job_id)
  require(job.payee === undefined, 'PayeeAlreadySet', job_id)
  require(job.released === undefined, 'PaymentStarted', job_id)
  require(payee !== null, 'AddressZero')

  // A later payment must not fail for want of a place.
  if (job.token !== null) ledger.openBalance(payee, job.token, caller())
  writeJob(job_id, { ...job, payee })
  emit('payee_set', { job_id, payee })
}

/** `evaluator` is who says so: the caller, or this contract itself. So it is in what follows. */
export function setEvaluationPeriod(job_id: Hex, period: bigint, evaluator = caller()): void {
  const job = knownJob(job_id)

  require(evaluator === job.evaluator, 'EvaluatorOnly', evaluator)
  require(job.status === JobStatus.Open, 'JobNotOpen', job_id, job.status)

  writeJob(job_id, { ...job, evaluation_period: checkedPeriod(period) })
  emit('evaluation_period_set', { job_id, period: String(period) })
}

/** As a job has it. */
function checkedPeriod(period: bigint): string {
  require(period <= MAX_EVALUATION_SECONDS, 'EvaluationPeriodTooLong', period, MAX_EVALUATION_SECONDS)
  return String(period)
}

export function setBudget(job_id: Hex, token: string | null, amount: bigint): void {
  const job = knownJob(job_id)

  require(caller() === job.client || caller() === job.provider, 'PartyOnly', caller())
  require(job.status === JobStatus.Open, 'JobNotOpen', job_id, job.status)
  require(token !== null, 'AddressZero')
  // `fund` names the amount, not the token: a provider must not swap it under a client that is about to fund.
  require(job.token === null || token === job.token || caller() === job.client, 'ClientOnly', caller())
  requireBudgetFits(amount)

  writeJob(job_id, { ...job, token, budget: String(amount) })
  emit('budget_set', { job_id, token, amount: String(amount) })
  tellHook(job_id, job, 'set_budget', caller(), { token, amount: String(amount) })
}

/** `received` is what `token` has brought along: nothing, when the client calls by itself. Returns what is over. */
export function fund(
  job_id: Hex,
  expectedBudget: bigint,
  { client, token, received }: { readonly client: string; readonly token: string | null; readonly received: bigint },
): bigint {
  const job = fundableJob(job_id, client, expectedBudget)
  const budget = BigInt(job.budget)
  const isForeign = token !== null && token !== job.token
  const brought = isForeign ? 0n : received
  // A foreign token has no say, not even over a job that pays nothing.
  require(!isForeign && brought >= budget, 'TokenShortfall', brought, budget)

  start(job_id, job)
  return received - budget
}

/** The same from the client's balance in the ledger. */
export function fundFromLedger(job_id: Hex, expectedBudget: bigint): void {
  const job = fundableJob(job_id, caller(), expectedBudget)

  takeFromLedger(job, caller())
  start(job_id, { ...job, is_in_ledger: true })
}

/** What a job from the ledger holds is a balance of this contract's there. Its parties get places, so that no payment can fail. */
export function takeFromLedger(job: Job, actor: string): void {
  const { client, provider, token, budget } = job
  if (token === null || provider === null || budget === '0') return
  ledger.openBalance(provider, token, client)
  ledger.move({ caller: actor, from: client, to: self(), token, amount: BigInt(budget) }, client)
}

function start(job_id: Hex, job: Job): void {
  const { client, token, budget } = job
  if (token !== null) openFees(token, job)
  writeJob(job_id, { ...job, status: JobStatus.Funded })
  emit('job_funded', { job_id, client, amount: budget })
  tellHook(job_id, job, 'fund', client, { amount: budget })
}

function fundableJob(job_id: Hex, client: string, expectedBudget: bigint): Job {
  const job = knownJob(job_id)

  require(client === job.client, 'ClientOnly', client)
  require(job.status === JobStatus.Open, 'JobNotOpen', job_id, job.status)
  require(job.provider !== null, 'ProviderNotSet', job_id)
  require(BigInt(job.budget) === expectedBudget, 'BudgetMismatch', job.budget, expectedBudget)
  require(now() < BigInt(job.expired_at), 'JobPastExpiry', job_id, job.expired_at)
  requireTimeToJudge(job_id, job)
  return job
}

export function submit(agents: string, job_id: Hex, deliverable: Hex): void {
  const job = knownJob(job_id)

  require(caller() === job.provider, 'ProviderOnly', caller())
  requireUnsubmitted(job_id, job)
  const submission = { job_id, provider: job.provider, agent_id: job.provider_agent_id, deliverable }

  askForAgent(agents, 'on_submit', submission, job.hook !== undefined)
}

export function onSubmit({ job_id, provider, agent_id, deliverable }: Submission): void {
  const job = knownJob(job_id)

  requireUnsubmitted(job_id, job)
  requireAgent({ provider, agent_id })

  writeJob(job_id, { ...job, status: JobStatus.Submitted, submitted_at: String(now()) })
  emit('job_submitted', { job_id, provider, deliverable })
  tellHook(job_id, job, 'submit', provider, { deliverable })
}

/** `result` is what who waits for the job hears beside the reason. */
export function complete(job_id: Hex, reason: Hex, evaluator = caller(), result: object = {}): void {
  const job = requireCompletable(job_id, evaluator)

  writeJob(job_id, { ...job, status: JobStatus.Completed })
  emit('job_completed', { job_id, evaluator, reason })

  payProvider(job_id, job, restOf(job), BigInt(job.released ?? 0))
  answerWait(job_id, job, { status: 'completed', reason, ...result })
  tellHook(job_id, job, 'complete', evaluator, { reason })
}

/** Pays the provider a part of the budget. */
export function release(job_id: Hex, amount: bigint, reason: Hex, evaluator = caller()): void {
  const job = knownJob(job_id)

  require(evaluator === job.evaluator, 'EvaluatorOnly', evaluator)
  requireUnended(job_id, job)
  require(job.status !== JobStatus.Open, 'JobNotFunded', job_id, job.status)
  const rest = restOf(job)
  require(amount <= rest, 'ReleaseTooLarge', amount, rest)

  const before = BigInt(job.released ?? 0)
  writeJob(job_id, { ...job, released: String(before + amount) })
  emit('job_part_released', { job_id, amount: String(amount), reason })

  payProvider(job_id, job, amount, before)
}

/** Asks the provider to submit again. */
export function redo(job_id: Hex, reason: Hex, evaluator = caller()): void {
  const job = knownJob(job_id)

  require(evaluator === job.evaluator, 'EvaluatorOnly', evaluator)
  require(job.status === JobStatus.Submitted, 'JobNotSubmitted', job_id, job.status)
  require(now() < BigInt(job.expired_at), 'JobPastExpiry', job_id, job.expired_at)

  writeJob(job_id, { ...job, status: JobStatus.Funded, submitted_at: '0' })
  emit('job_reopened', { job_id, reason })
}

export function requireCompletable(job_id: Hex, evaluator: string): Job {
  const job = knownJob(job_id)

  require(evaluator === job.evaluator, 'EvaluatorOnly', evaluator)
  require(job.status !== JobStatus.Completed, 'JobAlreadyCompleted', job_id)
  require(job.status === JobStatus.Submitted, 'JobNotSubmitted', job_id, job.status)
  return job
}

/** The client rejects an open job, the evaluator another. */
export function reject(job_id: Hex, reason: Hex, rejector = caller()): void {
  const job = knownJob(job_id)

  if (job.status === JobStatus.Open) require(rejector === job.client, 'ClientOnly', rejector)
  else require(rejector === job.evaluator, 'EvaluatorOnly', rejector)
  requireUnended(job_id, job)

  emit('job_rejected', { job_id, rejector, reason })

  end(job_id, job, JobStatus.Rejected)
  answerWait(job_id, job, { status: 'rejected', reason })
  tellHook(job_id, job, 'reject', rejector, { reason })
}

export function claimRefund(job_id: Hex): void {
  const job = knownJob(job_id)

  requireUnended(job_id, job)
  require(now() >= BigInt(job.expired_at), 'JobNotExpired', job_id, job.expired_at)
  if (job.status === JobStatus.Submitted) {
    const endsAt = BigInt(job.submitted_at) + (periodOf(job) || EVALUATION_GRACE_SECONDS)
    require(now() >= endsAt, 'EvaluationInGrace', job_id, endsAt)
  }

  expire(job_id, job)
  answerWait(job_id, job, { status: 'expired' })
}

/** Ends a job by time: that has been checked. */
export function expire(job_id: Hex, job: Job): void {
  emit('job_expired', { job_id })

  end(job_id, job, JobStatus.Expired)
}

export function requireExpiryInRange(expiredAt: bigint): void {
  const earliest = now() + MIN_DURATION_SECONDS
  const latest = now() + MAX_DURATION_SECONDS
  require(expiredAt > earliest && expiredAt <= latest, 'ExpiryOutOfRange', expiredAt, earliest, latest)
}

export function requireBudgetFits(amount: bigint): void {
  require(amount <= UINT96_MAX, 'BudgetTooLarge', amount)
}

export function requireAgentFits(agentId: bigint, provider: string): void {
  require(agentId <= UINT32_MAX, 'AgentNotOfProvider', agentId, provider)
}

function open({
  job_id,
  client,
  provider,
  evaluator,
  expired_at,
  description,
  agent_id,
  hook,
  fee_bp,
}: Omit<NewJob, 'provider'> & { readonly provider: string | null }): void {
  const job = newJob({
    client,
    provider,
    provider_agent_id: agent_id,
    evaluator,
    expired_at,
    ...(hook !== null && { hook }),
    ...(fee_bp > 0 && { platform_fee_bp: String(fee_bp) }),
  })
  writeJob(job_id, job)
  emit('job_created', { job_id, client, provider, evaluator, expired_at, hook })
  emit('job_described', { job_id, description })
  if (provider !== null) emit('provider_set', { job_id, provider, agent_id })
  tellHook(job_id, job, 'create_job', client, { provider, evaluator })
}

function requireWithoutProvider(job_id: Hex, { status, provider }: Job): void {
  require(status === JobStatus.Open, 'JobNotOpen', job_id, status)
  require(provider === null, 'ProviderAlreadySet', job_id)
}

function requireUnsubmitted(job_id: Hex, { status, expired_at }: Job): void {
  require(status === JobStatus.Funded, 'JobNotFunded', job_id, status)
  require(now() < BigInt(expired_at), 'JobPastExpiry', job_id, expired_at)
}

function requireUnended(job_id: Hex, { status }: Job): void {
  require(status !== JobStatus.Completed, 'JobAlreadyCompleted', job_id)
  require(status < JobStatus.Completed, 'JobAlreadyEnded', job_id, status)
}

/** Zero when the evaluator has asked for none. */
function periodOf({ evaluation_period }: Pick<Job, 'evaluation_period'>): bigint {
  return BigInt(evaluation_period ?? 0)
}

/** Review, dispute, ruling and one redo fit between now and the expiry. */
export function requireTimeToJudge(job_id: Hex, job: Pick<Job, 'expired_at' | 'evaluation_period'>): void {
  const period = periodOf(job)
  const earliest = now() + 2n * period + MIN_DURATION_SECONDS
  require(period === 0n || earliest < BigInt(job.expired_at), 'ExpiryTooSoon', job_id, earliest)
}

/** Ends a job without success: what it holds goes back to the client. */
function end(job_id: Hex, job: Job, status: number): void {
  writeJob(job_id, { ...job, status })
  if (job.status !== JobStatus.Open) refund(job_id, job, restOf(job))
}
