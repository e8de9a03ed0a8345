import { type ErrorName, type Observability, ParleyError } from '@parley/protocol'
import type { WorkOrder } from '@parley/sdk'
import type { Log } from '@parley/service'
import type { WorkOutcome } from './work.ts'

export interface FinishedJob {
  readonly order: WorkOrder
  readonly outcome: WorkOutcome
  readonly milliseconds: number
}

/**
 * The only place where anything about a job is written. A job is logged as its client allows; one that could not be opened
 * allows nothing.
 */
export function logJob(log: Log, job: FinishedJob): void {
  const observability = job.outcome.task?.observability ?? 'none'
  log.info({ observability, ...visibleOf(job, observability) }, 'handled a job')
}

/** The class of an error: its name among ours, Internal for any other. */
export function classOf(error: unknown): ErrorName {
  return error instanceof ParleyError ? error.code : 'Internal'
}

function visibleOf(job: FinishedJob, observability: Observability): Record<string, unknown> {
  switch (observability) {
    case 'none':
      return {}
    case 'partial':
      return measuresOf(job)
    case 'full':
      return { ...measuresOf(job), ...contentOf(job) }
  }
}

function measuresOf({ order, outcome, milliseconds }: FinishedJob): Record<string, unknown> {
  const { jobId, request } = order
  const measures = { jobId, status: outcome.status, milliseconds, requestBytes: bytesOf(request) }
  if (outcome.status === 'failed') return { ...measures, code: classOf(outcome.error) }
  return { ...measures, responseBytes: bytesOf(outcome.work.response) }
}

function contentOf({ outcome }: FinishedJob): Record<string, unknown> {
  if (outcome.status === 'failed') return { task: outcome.task, reason: String(outcome.error) }
  return { task: outcome.task, answer: outcome.answer }
}

function bytesOf(hex: string): number {
  return (hex.length - 2) / 2
}
