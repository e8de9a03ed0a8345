/** What evaluators have in common: terms that a job’s client sets. Mirrors contracts/evm/contracts/JobEvaluator.sol. */
import type { Hex } from '@parley/protocol'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { type Job, JobStatus, knownJob } from './job.ts'

/** The job, when its client may set terms for it now. A provider is known then, so that it finds the terms that it read. */
export function openJobOfClient(job_id: Hex): Job & { readonly provider: string } {
  const job = knownJob(job_id)
  const { provider } = job

  require(caller() === job.client, 'ClientOnly', caller())
  require(job.status === JobStatus.Open, 'JobNotOpen', job_id, job.status)
  require(job.evaluator === self(), 'EvaluatorMismatch', job_id, job.evaluator)
  require(provider !== null, 'ProviderNotSet', job_id)
  return { ...job, provider }
}
