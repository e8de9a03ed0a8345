import { type ErrorName, ParleyError } from '@parley/protocol'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseInput, toRefusal } from './refusal.ts'

test.each([
  ['InputInvalid', 400],
  ['NotFound', 404],
  ['IdempotencyKeyReused', 409],
  ['RequestReplayed', 409],
  ['BodyTooLarge', 413],
  ['RateLimited', 429],
  ['Internal', 500],
  ['VerifiersUnavailable', 503],
  ['ChainUnavailable', 503],
  ['Unavailable', 503],
  ['GasTooLow', 422],
  ['QuoteRefused', 422],
  ['TaskFailed', 422],
] satisfies [ErrorName, number][])('%s is answered with %d', (code, status) => {
  const error = new ParleyError(code, 'because', { field: 'a.b' })

  const refusal = toRefusal(error)

  const { isRetryable } = error
  expect(refusal).toEqual({ status, body: { error: { code, message: 'because', field: 'a.b', isRetryable } } })
})

test('an error without a name of ours is Internal and tells nothing of itself', () => {
  const { status, body } = toRefusal(new Error('the password is hunter2'))

  expect(status).toBe(500)
  expect(body.error).toMatchObject({ code: 'Internal', isRetryable: true })
  expect(JSON.stringify(body)).not.toContain('hunter2')
})

test.each([
  ['a field of another type', { list: [{ size: 'x' }] }, 'list.0.size', /expected number/],
  ['a missing field', { list: [{}] }, 'list.0.size', /^list\.0\.size: is missing$/],
  ['no input at all', undefined, 'body', /^body: is missing$/],
  ['a field too many', { list: [], more: 1 }, 'more', /is not expected here/],
  ['a field too many, deeper', { list: [{ size: 1, more: 1 }] }, 'list.0.more', /is not expected here/],
  ['no object', 'text', 'body', /expected object/],
])('%s is InputInvalid with its path', (_, input, field, problem) => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ size: z.number() })) })

  const refused = expect(() => parseInput(schema, input))

  refused.toThrow(expect.objectContaining({ code: 'InputInvalid', field }))
  refused.toThrow(problem)
})
