/** What a wait for a job comes to. */
import type { Hex } from '@parley/protocol'
import { host } from '../builder/runtime/host.ts'
import { JobStatus, knownJob, writeJob } from './job.ts'
import { expire } from './jobs.ts'
import { canWaitAgain, wait } from './waits.ts'

/** What the callback is called with. */
export interface Wait {
  readonly job_id: Hex
}

export interface WaitAnswer extends Wait {
  readonly status: 'timeout'
  /** Whether the job has ended with the wait, and its money is the client's again. */
  readonly is_closed: boolean
}

/** A job that was submitted stays with its evaluator: its provider has done its part. */
export function onAwaited({ job_id }: Wait): WaitAnswer | undefined {
  if (host.promise_result(0n, 0n) === 1n) {
    host.value_return(host.read_register(0n))
    return undefined
  }
  if (canWaitAgain()) return wait(job_id)

  const { is_awaited: _, ...job } = knownJob(job_id)
  const is_closed = job.status < JobStatus.Submitted
  if (is_closed) expire(job_id, job)
  else writeJob(job_id, job)
  return { job_id, status: 'timeout', is_closed }
}
