import { type ErrorBody, type ErrorName, ParleyError } from '@parley/protocol'
import type { z } from 'zod'

const statuses = {
  InputInvalid: 400,
  NotFound: 404,
  IdempotencyKeyReused: 409,
  RequestReplayed: 409,
  BodyTooLarge: 413,
  RateLimited: 429,
  Internal: 500,
  VerifiersUnavailable: 503,
  ChainUnavailable: 503,
  Unavailable: 503,
} as const satisfies Partial<Record<ErrorName, number>>

/** What is not in the table was understood and refused all the same, by a contract or by a check of a quote or a task. */
const OTHER_STATUS = 422

export type RefusalStatus = (typeof statuses)[keyof typeof statuses] | typeof OTHER_STATUS

/** How every service says no over HTTP. */
export interface Refusal {
  readonly status: RefusalStatus
  readonly body: { readonly error: ErrorBody }
}

/** An error as an HTTP answer. */
export function toRefusal(error: unknown): Refusal {
  const refused = toParleyError(error)
  const known: Partial<Record<ErrorName, RefusalStatus>> = statuses
  return { status: known[refused.code] ?? OTHER_STATUS, body: { error: errorBody(refused) } }
}

/** An error without a name of ours becomes Internal and keeps its message to itself: nobody chose those words for a caller. */
export function toParleyError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error
  return new ParleyError('Internal', 'something went wrong inside; try again later', { cause: error })
}

/** An error as callers read it. */
export function errorBody({ code, message, field, isRetryable }: ParleyError): ErrorBody {
  return { code, message, ...(field === undefined ? {} : { field }), isRetryable }
}

/** What fits the schema. Throws InputInvalid with the path of the first field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw inputInvalid(parsed.error)
}

/** InputInvalid for what a schema refused, with the path of the first field at fault. */
export function inputInvalid({ issues: [issue] }: Pick<z.core.$ZodError, 'issues'>): ParleyError {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [...(issue?.path ?? []), ...unknown].map(String).join('.') || 'body'
  const problem = unknown.length > 0 ? 'is not expected here' : problemOf(issue)
  return new ParleyError('InputInvalid', `${field}: ${problem}`, { field })
}

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  // Only the message tells: issues leave out the input.
  const isMissing = issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')
  return isMissing ? 'is missing' : (issue?.message ?? 'is not valid')
}

/** BodyTooLarge for a body over `maxBytes`. */
export function bodyTooLarge(maxBytes: number): ParleyError {
  return new ParleyError('BodyTooLarge', `the body has more than ${maxBytes} bytes`)
}

/** InputInvalid for a body that cannot be read as JSON. */
export function bodyNotJson(): ParleyError {
  return new ParleyError('InputInvalid', 'body: is not JSON', { field: 'body' })
}
