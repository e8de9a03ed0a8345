import { derTag } from '../attestation/der.ts'
import { sgxOidPrefix } from '../attestation/sgx-extension.ts'
import { SIMULATED_FMSPC, SIMULATED_PCE_ID, SIMULATED_PCE_SVN, SIMULATED_SGX_SVNS } from './platform-svns.ts'

export interface SgxExtensionFields {
  readonly fmspc: string
  readonly pceId: string
  readonly pceSvn: number
  readonly sgxSvns: readonly number[]
}

const simulated: SgxExtensionFields = {
  fmspc: SIMULATED_FMSPC,
  pceId: SIMULATED_PCE_ID,
  pceSvn: SIMULATED_PCE_SVN,
  sgxSvns: SIMULATED_SGX_SVNS,
}

/** DER of a PCK certificate's SGX extension (Intel, "SGX PCK Certificate and CRL Profile Specification", section 1.3.5). */
export function encodeSgxExtension(changes: Partial<SgxExtensionFields> = {}): Uint8Array {
  const { fmspc, pceId, pceSvn, sgxSvns } = { ...simulated, ...changes }
  const svns = sgxSvns.map((svn, index) => entry([2, index + 1], integer(svn)))
  return sequence(
    entry([1], octets(Buffer.alloc(16, 0xaa))),
    entry([2], sequence(...svns, entry([2, 17], integer(pceSvn)), entry([2, 18], octets(Buffer.from(sgxSvns))))),
    entry([3], octets(Buffer.from(pceId, 'hex'))),
    entry([4], octets(Buffer.from(fmspc, 'hex'))),
    entry([5], element(derTag.enumerated, Uint8Array.of(1))),
  )
}

function entry(id: readonly number[], value: Uint8Array): Uint8Array {
  return sequence(element(derTag.oid, Uint8Array.from([...sgxOidPrefix, ...id])), value)
}

function sequence(...parts: Uint8Array[]): Uint8Array {
  return element(derTag.sequence, Buffer.concat(parts))
}

function octets(bytes: Uint8Array): Uint8Array {
  return element(derTag.octets, bytes)
}

function integer(value: number): Uint8Array {
  const bytes = value > 0xff ? [value >> 8, value & 0xff] : [value]
  // DER integers carry a sign: without the zero this one would be negative.
  return element(derTag.integer, Uint8Array.from((bytes[0] ?? 0) > 0x7f ? [0, ...bytes] : bytes))
}

function element(tag: number, value: Uint8Array): Uint8Array {
  const { length } = value
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.from(head), value])
}
