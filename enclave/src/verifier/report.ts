import { keccak } from '@parley/evm'
import { type EnclaveReport, fromHex, quoteId, reportData, toHex, workloadId } from '@parley/protocol'
import { hexBytes, hexOf } from '@parley/service'
import { z } from 'zod'
import { type AttestationPolicy, bindsKey, collateralSchema, verifyQuote } from '../attestation/index.ts'

/** What an enclave hands in to be registered: its keys, and the quote that vouches for them. */
export const enclaveRegistrationSchema = z.strictObject({
  enclave: hexOf(20),
  encryptionKey: hexOf(32),
  operator: hexOf(20),
  challenge: hexOf(32),
  quote: hexBytes,
  collateral: collateralSchema,
})

export type EnclaveRegistration = z.infer<typeof enclaveRegistrationSchema>

export interface CheckOptions {
  /** SHA-256 of the trusted root certificate's DER, lower-case hex. */
  readonly rootSha256: string
  readonly nowSeconds: number
  readonly policy?: AttestationPolicy
}

/**
 * What a quote shows about an enclave. The time decides only whether there is a report, never what is in it, so that
 * verifiers who look at different moments sign the same bytes. Throws why the quote is not believed.
 */
export async function checkEnclave(registration: EnclaveRegistration, options: CheckOptions): Promise<EnclaveReport> {
  const { enclave, encryptionKey, operator, challenge } = registration
  const bytes = fromHex(registration.quote)
  const { quote, collateralExpiresAt } = await verifyQuote({
    quote: bytes,
    collateral: registration.collateral,
    ...options,
  })
  bindsKey(quote, reportData({ enclave, encryptionKey, operator, challenge }, keccak))
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
