import { type KeyObject, verify } from 'node:crypto'
import { derTag, readDer } from './der.ts'

/** What certificates and revocation lists have in common. */
export interface SignedDer {
  readonly signed: Uint8Array
  /** DER of SEQUENCE { r, s }. */
  readonly signature: Uint8Array
}

/** AlgorithmIdentifier of ecdsa-with-SHA256 (RFC 5758), without parameters: all that Intel signs with. */
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302'

/**
 * Demands SEQUENCE { signed, ecdsa-with-SHA256, BIT STRING } to the last byte: no signature covers this frame, and
 * parsers overlook changes in it. What is in the BIT STRING, SEQUENCE { r, s }, OpenSSL takes strictly. Throws a RangeError.
 */
export function readSignedDer(bytes: Uint8Array): SignedDer {
  const [frame, ...behind] = readDer(bytes)
  if (frame?.tag !== derTag.sequence || behind.length > 0) throw new RangeError('it is not exactly one sequence')
  const [signed, algorithm, bits, ...others] = readDer(frame.value)
  if (signed?.tag !== derTag.sequence || others.length > 0) throw new RangeError('it is not a signed sequence')
  if (algorithm?.tag !== derTag.sequence || Buffer.from(algorithm.value).toString('hex') !== ECDSA_WITH_SHA256) {
    throw new RangeError('it is not signed with ECDSA and SHA-256')
  }
  // The first byte of a BIT STRING counts the bits that its last byte does not use.
  if (bits?.tag !== derTag.bits || bits.value[0] !== 0) throw new RangeError('its signature is not a bit string')
  return { signed: signed.bytes, signature: bits.value.subarray(1) }
}

export function isSignedBy({ signed, signature }: SignedDer, publicKey: KeyObject): boolean {
  return verify('sha256', signed, publicKey, signature)
}
