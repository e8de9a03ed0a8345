import { ParleyError } from '@parley/protocol'
import { z } from 'zod'
import { tcbStatuses } from './tcb-status.ts'

/** Far above what Intel serves (a revocation list of 20 000 entries is 1.4 MB as hex), far below what would hurt. */
const MAX_CHARACTERS = 2_000_000

const text = z.string().min(1).max(MAX_CHARACTERS)
// Both cases spelled out: JSON Schema's patterns have no flags, and these reach OpenAPI documents.
const der = text.regex(/^([0-9a-fA-F]{2})+$/, 'must be DER in hexadecimal')
const signature = z.string().regex(/^[0-9a-fA-F]{128}$/, 'must be r ‖ s, 64 bytes in hexadecimal')

/**
 * Intel's collateral as DCAP services hand it out. Unknown fields are refused: the library takes the PCK chain from
 * `pck_certificate_chain`, if it is there, instead of from the quote.
 */
export const collateralSchema = z.strictObject({
  pck_crl_issuer_chain: text,
  root_ca_crl: der,
  pck_crl: der,
  tcb_info_issuer_chain: text,
  tcb_info: text,
  tcb_info_signature: signature,
  qe_identity_issuer_chain: text,
  qe_identity: text,
  qe_identity_signature: signature,
})

export type Collateral = z.infer<typeof collateralSchema>

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`), `must be ${bytes} bytes of hex`)
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'must be a date like 2026-01-31T00:00:00Z')
  .refine((text) => Number.isFinite(Date.parse(text)), 'must be a date that exists')
const svn = z.int().min(0).max(0xffff)
const components = z.array(z.object({ svn: z.int().min(0).max(0xff) })).length(16)
const window = { issueDate: date, nextUpdate: date, tcbEvaluationDataNumber: z.int().min(0) }
const levelOf = <T extends z.ZodType>(tcb: T) =>
  z.object({ tcb, tcbDate: date, tcbStatus: z.enum(tcbStatuses), advisoryIDs: z.array(z.string()).optional() })
const moduleLimits = { mrsigner: hex(48), attributes: hex(8), attributesMask: hex(8) }

/** TCB info version 3, of which only what is checked is demanded; Intel signs the rest too. */
export const tcbInfoSchema = z.object({
  id: z.literal('TDX'),
  version: z.literal(3),
  ...window,
  fmspc: hex(6),
  pceId: hex(2),
  tcbType: z.literal(0),
  tdxModule: z.object(moduleLimits),
  tdxModuleIdentities: z
    .array(z.object({ id: z.string(), ...moduleLimits, tcbLevels: z.array(levelOf(z.object({ isvsvn: svn }))) }))
    .optional(),
  tcbLevels: z.array(levelOf(z.object({ sgxtcbcomponents: components, tdxtcbcomponents: components, pcesvn: svn }))),
})

export const qeIdentitySchema = z.object({
  id: z.literal('TD_QE'),
  version: z.union([z.literal(2), z.literal(3)]),
  ...window,
  miscselect: hex(4),
  miscselectMask: hex(4),
  attributes: hex(16),
  attributesMask: hex(16),
  mrsigner: hex(32),
  isvprodid: svn,
  tcbLevels: z.array(levelOf(z.object({ isvsvn: svn }))),
})

export type TcbInfo = z.infer<typeof tcbInfoSchema>
export type QeIdentity = z.infer<typeof qeIdentitySchema>

/** Throws CollateralInvalid with the path of the first field at fault. */
export function parseCollateral(input: unknown): Collateral {
  return parseWith(collateralSchema, input, 'collateral')
}

export function parseJsonWith<T>(schema: z.ZodType<T>, json: string, what: string): T {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new ParleyError('CollateralInvalid', `${what} is not JSON`, { cause })
  }
  return parseWith(schema, value, what)
}

function parseWith<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = [what, ...(issue?.path ?? [])].join('.')
  throw new ParleyError('CollateralInvalid', `${field}: ${issue?.message}`, { field, cause: parsed.error })
}
