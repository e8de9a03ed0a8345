import { ParleyError } from '@parley/protocol'
import { type Certificate, SGX_EXTENSION } from './certificate.ts'
import { type DerElement, derTag, readDer } from './der.ts'

/** What a PCK certificate says about its platform, in its extension 1.2.840.113741.1.13.1. */
export interface PckPlatform {
  /** The platform's family, 6 bytes as upper-case hex: collateral is issued per family. */
  readonly fmspc: string
  /** 2 bytes as upper-case hex. */
  readonly pceId: string
  readonly pceSvn: number
  /** The 16 SGX component SVNs. */
  readonly sgxSvns: readonly number[]
}

/** DER of 1.2.840.113741.1.13.1, which the ids of all parts of the extension start with. */
export const sgxOidPrefix: readonly number[] = [0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01]

export function readPckPlatform(pck: Certificate): PckPlatform {
  try {
    if (pck.sgxExtension === undefined) throw new RangeError(`it has no extension ${SGX_EXTENSION}`)
    const parts = partsOf(inside(readDer(pck.sgxExtension), derTag.sequence, 'the extension'))
    const tcb = partsOf(part(parts, '2', derTag.sequence))
    return {
      fmspc: octets(part(parts, '4', derTag.octets), 6, 'FMSPC'),
      pceId: octets(part(parts, '3', derTag.octets), 2, 'PCEID'),
      pceSvn: integer(part(tcb, '2.17', derTag.integer)),
      sgxSvns: Array.from({ length: 16 }, (_, index) => integer(part(tcb, `2.${index + 1}`, derTag.integer))),
    }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new ParleyError(
      'CertificateChainInvalid',
      `The PCK certificate's SGX extension is not readable: ${problem}`,
      {
        cause,
      },
    )
  }
}

/** SEQUENCE OF SEQUENCE { OBJECT IDENTIFIER, ANY }, keyed by what the identifier has behind the prefix: "2.17". */
function partsOf(sequence: Uint8Array): Map<string, DerElement> {
  const parts = new Map<string, DerElement>()
  for (const entry of readDer(sequence)) {
    const [id, value] = readDer(entry.value)
    if (entry.tag !== derTag.sequence || id?.tag !== derTag.oid || value === undefined) {
      throw new RangeError('a part is not an identifier with its value')
    }
    if (!sgxOidPrefix.every((byte, index) => id.value[index] === byte))
      throw new RangeError('a part has a foreign identifier')
    const name = id.value.subarray(sgxOidPrefix.length).join('.')
    if (parts.has(name)) throw new RangeError(`part ${name} occurs twice`)
    parts.set(name, value)
  }
  return parts
}

function part(parts: Map<string, DerElement>, name: string, tag: number): Uint8Array {
  const found = parts.get(name)
  if (found === undefined) throw new RangeError(`part ${name} is missing`)
  return inside([found], tag, `part ${name}`)
}

function inside(elements: DerElement[], tag: number, what: string): Uint8Array {
  const [element] = elements
  if (elements.length !== 1 || element?.tag !== tag)
    throw new RangeError(`${what} is not of type 0x${tag.toString(16)}`)
  return element.value
}

function octets(bytes: Uint8Array, length: number, what: string): string {
  if (bytes.length !== length) throw new RangeError(`${what} has ${bytes.length} bytes, not ${length}`)
  return Buffer.from(bytes).toString('hex').toUpperCase()
}

/** SVNs are at most 16 bits: up to 3 bytes in DER, with the sign's zero. */
function integer(bytes: Uint8Array): number {
  const [first] = bytes
  if (first === undefined || first > 0x7f || bytes.length > 3) throw new RangeError('an SVN is not a number of 16 bits')
  return bytes.reduce((number, byte) => number * 256 + byte, 0)
}
