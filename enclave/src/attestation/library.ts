import { type ErrorName, ParleyError } from '@parley/protocol'
import { QuoteVerifier, type VerifiedReport } from '@phala/dcap-qvl'
import type { Certificate } from './certificate.ts'
import type { Collateral } from './collateral.ts'
import type { Quote } from './quote.ts'

/** How the library's refusals start, and our names for them. */
const refusals: readonly (readonly [string, ErrorName])[] = [
  ['Signature is invalid for qe_report', 'QeReportInvalid'],
  ['QE report hash mismatch', 'QeReportInvalid'],
  ['QE MRSIGNER', 'QeIdentityInvalid'],
  ['QE ISVPRODID', 'QeIdentityInvalid'],
  ['QE MISCSELECT', 'QeIdentityInvalid'],
  ['QE ATTRIBUTES', 'QeIdentityInvalid'],
  ['ISV enclave report signature', 'QuoteSignatureInvalid'],
  ['No matching TCB level', 'TcbStatusRefused'],
  ['TCB status is invalid', 'TcbStatusRefused'],
  ['QE ISVSVN', 'TcbStatusRefused'],
  ['No TCB levels', 'TcbStatusRefused'],
  ['Debug mode is enabled', 'DebugEnabled'],
  ['Reserved bits in TD attributes', 'TdAttributesInvalid'],
  ['SEPT_VE_DISABLE', 'TdAttributesInvalid'],
]

/**
 * Everything that @phala/dcap-qvl checks: signatures of quote, QE report and collateral, QE identity, TD attributes. Quote
 * and collateral must be parsed already; `root` is a Buffer on purpose, for without one the library trusts Intel's root.
 */
export function verifyWithLibrary(
  { bytes }: Quote,
  collateral: Collateral,
  root: Certificate,
  nowSeconds: number,
): VerifiedReport {
  try {
    return QuoteVerifier.newWithRootCa(Buffer.from(root.der)).verify(bytes, collateral, nowSeconds)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    const [, code = 'QuoteRefused'] = refusals.find(([start]) => problem.startsWith(start)) ?? []
    throw new ParleyError(code, `The quote is refused: ${problem}`, { cause })
  }
}
