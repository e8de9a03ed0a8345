import { keccak } from '@parley/evm'
import {
  type ChainKind,
  fromHex,
  type nearMessages,
  quoteId,
  reportData,
  toHex,
  type ValueOf,
  workloadId,
} from '@parley/protocol'
import { hexBytes, hexOf, parseAccount } from '@parley/service'
import { z } from 'zod'
import { type AttestationPolicy, bindsKey, collateralSchema, verifyQuote } from '../attestation/index.ts'

/** What an enclave hands in to be registered: its keys, and the quote that vouches for them. */
export const enclaveRegistrationSchema = z.strictObject({
  /** CAIP-2; may be left out where one chain is served. */
  chain: z.string().optional(),
  enclave: hexOf(20),
  encryptionKey: hexOf(32),
  /** An account of the chain. */
  operator: z.string(),
  challenge: hexOf(32),
  quote: hexBytes,
  collateral: collateralSchema,
})

export type EnclaveRegistration = z.infer<typeof enclaveRegistrationSchema>

/** EnclaveReport of either chain: on EVM the operator is an address. */
export type CheckedReport = ValueOf<typeof nearMessages.EnclaveReport>

export interface CheckOptions {
  /** Of the chain whose registry is to believe the report. */
  readonly kind: ChainKind
  /** SHA-256 of the trusted root certificate's DER, lower-case hex. */
  readonly rootSha256: string
  readonly nowSeconds: number
  readonly policy?: AttestationPolicy
}

/**
 * What a quote shows about an enclave. The time decides only whether there is a report, never what is in it, so that
 * verifiers who look at different moments sign the same bytes. Throws why the quote is not believed.
 */
export async function checkEnclave(registration: EnclaveRegistration, options: CheckOptions): Promise<CheckedReport> {
  const { enclave, encryptionKey, challenge } = registration
  const { kind, ...trust } = options
  const operator = parseAccount(registration.operator, kind, 'operator')
  const bytes = fromHex(registration.quote)
  const { quote, collateralExpiresAt } = await verifyQuote({
    quote: bytes,
    collateral: registration.collateral,
    ...trust,
  })
  bindsKey(quote, reportData({ enclave, encryptionKey, operator, challenge }, keccak, kind))
  return {
    enclave,
    encryptionKey,
    operator,
    workload: toHex(workloadId(quote.body, keccak)),
    quoteId: toHex(quoteId(bytes, keccak)),
    challenge,
    expiresAt: BigInt(collateralExpiresAt),
  }
}
