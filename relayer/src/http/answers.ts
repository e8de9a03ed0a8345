import type { ErrorName, ParleyError } from '@parley/protocol'
import { errorOf, type RequestRow } from '../store.ts'

/** What is not here is a contract's refusal: 422. */
const statusOf: Partial<Record<ErrorName, 400 | 404 | 409 | 413 | 429 | 500 | 503>> = {
  InputInvalid: 400,
  NotFound: 404,
  IdempotencyKeyReused: 409,
  RequestReplayed: 409,
  BodyTooLarge: 413,
  RateLimited: 429,
  VerifiersUnavailable: 503,
  ChainUnavailable: 503,
  Unavailable: 503,
  Internal: 500,
}

export function httpStatusOf({ code }: ParleyError): 400 | 404 | 409 | 413 | 422 | 429 | 500 | 503 {
  return statusOf[code] ?? 422
}

export interface ErrorBody {
  readonly code: ErrorName
  readonly message: string
  readonly field?: string
  readonly isRetryable: boolean
}

export function errorBody({ code, message, field, isRetryable }: ParleyError): ErrorBody {
  return { code, message, ...(field === undefined ? {} : { field }), isRetryable }
}

/** What is told of a request: never what it contains. */
export function requestBody(row: RequestRow) {
  const error = errorOf(row)
  const { id, kind, status, isFinal, transaction, blockNumber, gasUsed, events } = row
  return {
    id,
    kind,
    status,
    isFinal,
    ...(error ? { error: errorBody(error) } : {}),
    ...(transaction === null ? {} : { transaction }),
    ...(blockNumber === null ? {} : { blockNumber }),
    ...(gasUsed === null ? {} : { gasUsed }),
    ...(events === null ? {} : { events: events as { name: string; args: Record<string, string> }[] }),
  }
}
