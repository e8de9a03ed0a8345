import { type ErrorName, ParleyError } from '@parley/protocol'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'

/** How every service says no over HTTP. */
export interface Refusal {
  readonly status: ContentfulStatusCode
  readonly body: {
    readonly error: {
      readonly code: ErrorName
      readonly message: string
      readonly field?: string
      readonly isRetryable: boolean
    }
  }
}

const statuses: Partial<Record<ErrorName, ContentfulStatusCode>> = {
  InputInvalid: 400,
  NotFound: 404,
  BodyTooLarge: 413,
  Internal: 500,
}

/** An error without a name of ours becomes Internal and keeps its message to itself: nobody chose those words for a caller. */
export function toRefusal(error: unknown): Refusal {
  const { code, message, field, isRetryable } =
    error instanceof ParleyError ? error : new ParleyError('Internal', 'something went wrong inside; try again')
  const status = statuses[code] ?? (isRetryable ? 503 : 422)
  return { status, body: { error: { code, message, ...(field === undefined ? {} : { field }), isRetryable } } }
}

/** Throws InputInvalid with the path of the first field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknownField = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const field = [...(issue?.path ?? []), ...unknownField].join('.') || 'body'
  const problem = issue?.code === 'unrecognized_keys' ? 'is not a field of it' : issue?.message
  throw new ParleyError('InputInvalid', `${field}: ${problem}`, { field })
}
