import { createHash, createPublicKey, verify } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { bigEndian, littleEndian } from '../guest-memory.ts'
import { type HostFunctions, returnsI64 } from './host-function.ts'

/** DER that stands before an ed25519 key in a SubjectPublicKeyInfo (RFC 8410). */
const ED25519_KEY_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** SEC 1's tag of a point of which only x is known, and y is the smaller one. */
const COMPACT_POINT = 5

/** Verification of signatures: 1 when the signature is good. Keys and signatures of a wrong length end the call. */
export const signatureFunctions: HostFunctions = {
  ed25519_verify: returnsI64(
    (call, signatureLength, signatureAddress, messageLength, messageAddress, keyLength, keyAddress) => {
      call.gas.pay('ed25519_verify_base')
      const signature = call.bytes(signatureLength, signatureAddress)
      if (signature.length !== 64) throw invalidEd25519('invalid signature length')
      // An old library's check, kept so that costs stay: the three highest bits of s are never set.
      if (((signature[63] ?? 0) & 0b1110_0000) !== 0) return 0n

      const message = call.bytes(messageLength, messageAddress)
      call.gas.pay('ed25519_verify_byte', message.length)
      const key = call.bytes(keyLength, keyAddress)
      if (key.length !== 32) throw invalidEd25519('invalid public key length')
      return toFlag(verifyEd25519(signature, message, key))
    },
  ),

  /** `message` is a digest: nothing is hashed. */
  p256_verify: returnsI64(
    (call, signatureLength, signatureAddress, messageLength, messageAddress, keyLength, keyAddress) => {
      call.gas.pay('p256_verify_base')
      const signature = call.bytes(signatureLength, signatureAddress)
      if (signature.length !== 64) throw invalidP256('invalid signature length')
      if (!isSignatureInRange(signature, p256.Point.Fn.ORDER)) return 0n

      const message = call.bytes(messageLength, messageAddress)
      call.gas.pay('p256_verify_byte', message.length)
      const key = call.bytes(keyLength, keyAddress)
      if (key.length !== 33) throw invalidP256('invalid public key length')
      return toFlag(verifyP256(signature, message, key))
    },
  ),

  /** Writes the key's 64 bytes to a register. */
  ecrecover: returnsI64(
    (call, hashLength, hashAddress, signatureLength, signatureAddress, v, malleabilityFlag, registerId) => {
      call.gas.pay('ecrecover_base')
      const signature = readRecoverable(call, signatureLength, signatureAddress, v)
      const hash = call.bytes(hashLength, hashAddress)
      if (hash.length !== 32) {
        throw new HostAbort('ECRecoverError', {
          msg: `The length of the hash: ${hash.length}, exceeds the limit of 32 bytes`,
        })
      }
      if (malleabilityFlag > 1n) {
        throw new HostAbort('ECRecoverError', {
          msg: `Malleability flag needs to be 0 or 1, but is instead ${malleabilityFlag}`,
        })
      }
      const key = recoverSecp256k1(signature, hash, { rejectsHighS: malleabilityFlag === 1n, recovery: Number(v) })
      if (key === undefined) return 0n
      call.registers.write(registerId, key)
      return 1n
    },
  ),
}

/** ed25519-dalek's `verify`: no cofactor, s below the order, any encoding of the key's point. */
function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([ED25519_KEY_PREFIX, key]), format: 'der', type: 'spki' })
  // OpenSSL is fast, but refuses keys of small order, which dalek lets pass.
  return verify(null, message, publicKey, signature) || verifyAnyEd25519(signature, message, key)
}

function verifyAnyEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const { Point } = ed25519
  const r = signature.subarray(0, 32)
  const s = littleEndian(signature.subarray(32))
  const point = decodeEd25519Key(key)
  if (point === undefined || s >= Point.Fn.ORDER) return false

  const digest = createHash('sha512').update(r).update(key).update(message).digest()
  const k = littleEndian(digest) % Point.Fn.ORDER
  const expectedR = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k))
  return Buffer.compare(expectedR.toBytes(), r) === 0
}

function decodeEd25519Key(key: Uint8Array) {
  try {
    return ed25519.Point.fromBytes(key, true)
  } catch {
    return undefined
  }
}

function isSignatureInRange(signature: Uint8Array, order: bigint): boolean {
  const r = bigEndian(signature.subarray(0, 32))
  const s = bigEndian(signature.subarray(32))
  return r > 0n && r < order && s > 0n && s < order
}

function verifyP256(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean {
  // The p256 crate's own rule: half a field element at least.
  if (digest.length < 16) return false
  const publicKey = decompressP256(key)
  const padded = new Uint8Array(32)
  padded.set(digest.subarray(0, 32), Math.max(0, 32 - digest.length))
  return publicKey !== undefined && p256.verify(signature, padded, publicKey, { prehash: false, lowS: false })
}

function decompressP256(key: Uint8Array): Uint8Array | undefined {
  const isCompact = key[0] === COMPACT_POINT
  const sec1 = isCompact ? Uint8Array.from([2, ...key.subarray(1)]) : key
  try {
    const point = p256.Point.fromBytes(sec1)
    const other = point.negate()
    return (isCompact && other.y < point.y ? other : point).toBytes()
  } catch {
    return undefined
  }
}

function readRecoverable(call: CallState, length: bigint, address: bigint, v: bigint): Uint8Array {
  const signature = call.bytes(length, address)
  if (signature.length !== 64) {
    throw new HostAbort('ECRecoverError', {
      msg: `The length of the signature: ${signature.length}, exceeds the limit of 64 bytes`,
    })
  }
  if (v > 3n) {
    throw new HostAbort('ECRecoverError', { msg: `V recovery byte 0 through 3 are valid but was provided ${v}` })
  }
  return signature
}

function recoverSecp256k1(
  signature: Uint8Array,
  hash: Uint8Array,
  { rejectsHighS, recovery }: { rejectsHighS: boolean; recovery: number },
): Uint8Array | undefined {
  const order = secp256k1.Point.Fn.ORDER
  if (!isSignatureInRange(signature, order)) return undefined
  const r = bigEndian(signature.subarray(0, 32))
  const s = bigEndian(signature.subarray(32))
  if (rejectsHighS && s > order / 2n) return undefined
  try {
    const point = new secp256k1.Signature(r, s).addRecoveryBit(recovery).recoverPublicKey(hash)
    return point.toBytes(false).slice(1)
  } catch {
    return undefined
  }
}

function toFlag(isGood: boolean): bigint {
  return isGood ? 1n : 0n
}

function invalidEd25519(msg: string): HostAbort {
  return new HostAbort('Ed25519VerifyInvalidInput', { msg })
}

function invalidP256(msg: string): HostAbort {
  return new HostAbort('P256VerifyInvalidInput', { msg })
}
