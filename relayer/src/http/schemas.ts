import { z } from '@hono/zod-openapi'
import {
  EnclaveResult,
  errors,
  type FieldType,
  ForwardRequest,
  type Message,
  requestKinds,
  requestStatuses,
} from '@parley/protocol'
import { hexBytes, hexOf, hexUpTo } from '@parley/service'

/** A message's JSON form as a schema, for validation and for the OpenAPI document; the codec then checks ranges. `own` are fields of which more is said. */
export function messageSchema({ name, fields }: Message, own: Readonly<Record<string, z.ZodType>> = {}): z.ZodObject {
  const shape = Object.fromEntries(fields.map(([field, type]) => [field, own[field] ?? fieldSchema(type)]))
  return z.strictObject(shape).openapi(name)
}

function fieldSchema(type: FieldType): z.ZodType {
  if (typeof type !== 'string') return z.array(messageSchema(type[0])).max(32)
  if (type === 'string') return z.string()
  if (type === 'address') return hexOf(20)
  if (type === 'bytes32') return hexOf(32)
  if (type === 'bytes') return hexBytes
  return z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/, `must be a ${type} as a decimal string`)
    .openapi({ format: type })
}

/** What an ERC-1271 wallet's signature may measure at most. */
const signatureSchema = hexUpTo(4096)

export const chainSchema = z
  .string()
  .optional()
  .openapi({ description: 'CAIP-2; needed only where several chains could be meant.', example: 'near:mainnet' })

const forwardSchema = z
  .strictObject({ chain: chainSchema, request: messageSchema(ForwardRequest), signature: signatureSchema })
  .openapi('SignedForwardRequest')

const delegateSchema = z
  .strictObject({
    chain: chainSchema,
    delegate: z.base64().openapi({ description: "NEP-366's SignedDelegateAction: Borsh, in base64.", format: 'byte' }),
  })
  .openapi('SignedDelegate')

export const bodySchemas = {
  transactions: z.union([forwardSchema, delegateSchema]),
  results: z
    .strictObject({
      chain: chainSchema,
      jobId: hexOf(32),
      enclave: hexOf(20),
      result: messageSchema(EnclaveResult),
      signature: signatureSchema,
      response: hexBytes,
    })
    .openapi('SignedResult'),
  challenges: z.strictObject({ chain: chainSchema }).openapi('ChallengeRequest'),
} as const

export const headerSchema = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,128}$/, 'must be 16 to 128 letters, digits, - or _')
    .optional()
    .openapi({ description: 'The same key gets the first answer again; with another body it is refused.' }),
})

export const errorSchema = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(errors) as [string, ...string[]]),
      message: z.string(),
      field: z.string().optional(),
      isRetryable: z.boolean(),
    }),
  })
  .openapi('Refusal')

export const requestSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(requestKinds),
    status: z.enum(requestStatuses),
    error: errorSchema.shape.error.optional(),
    transaction: z.string().optional(),
    blockNumber: z.number().int().optional(),
    gasUsed: z.number().int().optional(),
    isFinal: z.boolean(),
    events: z.array(z.object({ name: z.string(), args: z.record(z.string(), z.string()) })).optional(),
  })
  .openapi('Request')
