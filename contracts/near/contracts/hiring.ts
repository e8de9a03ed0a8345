/** A job that is created, described and funded by the money that pays for it: one signature of its client, and all or nothing. */
import type { Hex } from '@parley/protocol'
import { askForAgent, requireAgent } from './agent-check.ts'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { JobStatus, nextJobId, takeJobId, writeNewJob } from './job.ts'
import { requireAgentFits, requireBudgetFits, requireExpiryInRange } from './jobs.ts'
import { requireObservability, termsFor } from './results.ts'

export interface Hiring {
  readonly job_id: Hex
  readonly client: string
  readonly provider: string
  readonly agent_id: string
  readonly expired_at: string
  readonly description: string
  readonly token: string
  readonly amount: string
  readonly body_hash: Hex
  readonly workload: Hex
  readonly observability: string
}

/** Takes the id of a job of `client` and asks for the agent; `onHire` opens the job. The caller is the token. */
export function hire(
  agents: string,
  domainSeparator: Uint8Array,
  client: string,
  amount: bigint,
  {
    jobId,
    provider,
    agentId,
    expiredAt,
    description,
    bodyHash,
    workload,
    observability,
  }: {
    readonly jobId: Hex
    readonly provider: string
    readonly agentId: bigint
    readonly expiredAt: bigint
    readonly description: string
    readonly bodyHash: Hex
    readonly workload: Hex
    readonly observability: bigint
  },
): void {
  // What is signed names the id: sealed requests and results are for it.
  require(nextJobId(domainSeparator, client) === jobId, 'JobUnknown', jobId)
  require(provider !== self(), 'ProviderIsEvaluator', provider)
  requireExpiryInRange(expiredAt)
  requireAgentFits(agentId, provider)
  requireBudgetFits(amount)
  requireObservability(observability)

  takeJobId(domainSeparator, client)
  const hiring: Hiring = {
    job_id: jobId,
    client,
    provider,
    agent_id: String(agentId),
    expired_at: String(expiredAt),
    description,
    token: caller(),
    amount: String(amount),
    body_hash: bodyHash,
    workload,
    observability: String(observability),
  }

  askForAgent(agents, 'on_hire', hiring)
}

/** Answers what the token shall give back: nothing. When it throws, all. */
export function onHire(hiring: Hiring): string {
  const { job_id, client, provider, agent_id, expired_at, description, token, amount, body_hash, workload } = hiring
  requireAgent(hiring)

  const evaluator = self()
  const observability = BigInt(hiring.observability)
  const terms = termsFor(job_id, provider, { bodyHash: body_hash, workload, observability })
  writeNewJob(job_id, {
    client,
    provider,
    provider_agent_id: agent_id,
    evaluator,
    expired_at,
    token,
    budget: amount,
    terms: terms.hash,
    status: JobStatus.Funded,
  })
  emit('job_created', { job_id, client, provider, evaluator, expired_at, hook: null })
  emit('job_described', { job_id, description })
  emit('provider_set', { job_id, provider, agent_id })
  emit('budget_set', { job_id, token, amount })
  terms.emit()
  emit('job_funded', { job_id, client, amount })
  return '0'
}
