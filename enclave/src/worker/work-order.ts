import { chainKind, observabilityLevels, ParleyError } from '@parley/protocol'
import { open, type SealingKey, type TaskRequest, type WorkOrder } from '@parley/sdk'
import { hexBytes, hexOf, parseAccount, pickChain } from '@parley/service'
import { z } from 'zod'
import type { ServedChain } from './enclave.ts'

/** The body of `POST /v1/jobs`. */
export const workOrderSchema = z.strictObject({
  chain: z.string().optional(),
  jobId: hexOf(32),
  /** Its kind is the chain's: see `placeOrder`. */
  provider: z.string(),
  request: hexBytes,
}) satisfies z.ZodType<WorkOrder>

/** An order of which it is known which chain it is for. */
export interface PlacedOrder extends Omit<WorkOrder, 'chain'> {
  readonly on: ServedChain
}

/** Finds out which chain an order is for. Throws InputInvalid for one that is not served, and for a provider that is no account of it. */
export function placeOrder({ chain, ...order }: WorkOrder, served: readonly ServedChain[]): PlacedOrder {
  const on = pickChain(chain, served)
  return { ...order, on, provider: parseAccount(order.provider, chainKind(on.chain), 'provider') }
}

// Not strict: the name of an unknown field is the client's text too, and would be refused by name.
const taskRequestSchema = z.object({
  task: z.enum(['invoice-totals']),
  input: z.string(),
  replyTo: hexOf(32),
  observability: z.enum(observabilityLevels),
}) satisfies z.ZodType<TaskRequest>

/**
 * Opens what was sealed for this enclave and this job. Throws RequestUndecryptable, or InputInvalid with the field's name
 * and nothing else of what was inside: parsers like to quote what they did not understand.
 */
export async function openRequest({ jobId, request }: PlacedOrder, key: SealingKey): Promise<TaskRequest> {
  const text = await open('parley/request/v1', key, jobId, request)
  const parsed = taskRequestSchema.safeParse(fromJsonText(text))
  if (parsed.success) return parsed.data
  throw invalidInside(String(parsed.error.issues[0]?.path[0] ?? ''))
}

/** Throws InputInvalid: no answer can be sealed for this key. */
export function replyToInvalid(): ParleyError {
  const field = 'request.replyTo'
  return new ParleyError('InputInvalid', `${field}: is not a public key of X25519 that an answer can be sealed for`, {
    field,
  })
}

function fromJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalidInside(name: string): ParleyError {
  const field = name === '' ? 'request' : `request.${name}`
  const expected = 'a TaskRequest as JSON: task, input, replyTo (X25519, 32 bytes) and observability'
  const message = `${field}: is missing or wrong in what was sealed, which must be ${expected}`
  return new ParleyError('InputInvalid', message, { field })
}
