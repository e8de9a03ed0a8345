import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { encodeBase58 } from './base58.ts'
import { type PublicKey, type Signature, splitKeyText } from './public-key.ts'

/** An ed25519 key that can sign. */
export type SecretKey = { seed: Uint8Array; publicKey: PublicKey }

// DER in front of the raw bytes, so that OpenSSL takes them (RFC 8410, RFC 9881).
const ED25519_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')
const ML_DSA_65_PUBLIC = Buffer.from('308207b2300b0609608648016503040312038207a100', 'hex')

/** The secret key of a 32-byte seed; without one, a random key. */
export function secretKeyFromSeed(seed: Uint8Array = randomBytes(32)): SecretKey {
  const spki = createPublicKey(privateKeyObject(seed)).export({ type: 'spki', format: 'der' })
  return { seed, publicKey: { type: 'ed25519', bytes: new Uint8Array(spki.subarray(ED25519_PUBLIC.length)) } }
}

/** `ed25519:` and the base58 of seed and public key, as near-cli and validator_key.json write it. */
export function formatSecretKey({ seed, publicKey }: SecretKey): string {
  return `ed25519:${encodeBase58(Buffer.concat([seed, publicKey.bytes]))}`
}

/** Reads what `formatSecretKey` writes. Throws an error for other key types and lengths. */
export function parseSecretKey(text: string): SecretKey {
  const { type, bytes } = splitKeyText(text)
  if (type !== 'ed25519' || bytes.length !== 64) throw new Error('a secret key is "ed25519:" and 64 bytes in base58')
  return secretKeyFromSeed(bytes.subarray(0, 32))
}

/** Signs the message itself; callers pass the SHA-256 that NEAR signs. */
export function signMessage({ seed }: SecretKey, message: Uint8Array): Signature {
  return { type: 'ed25519', bytes: new Uint8Array(sign(null, message, privateKeyObject(seed))) }
}

/**
 * Whether the signature is the key's over the message, by nearcore's rules (`Signature::verify`): a key of another type
 * or off the curve is just false; secp256k1 takes a 32-byte digest and refuses a high s.
 */
export function verifySignature(signature: Signature, message: Uint8Array, publicKey: PublicKey): boolean {
  if (signature.type !== publicKey.type) return false
  try {
    switch (publicKey.type) {
      case 'ed25519':
        return verify(null, message, publicKeyObject(ED25519_PUBLIC, publicKey.bytes), signature.bytes)
      case 'ml-dsa-65':
        return verify(null, message, publicKeyObject(ML_DSA_65_PUBLIC, publicKey.bytes), signature.bytes)
      case 'secp256k1':
        return verifySecp256k1(signature.bytes, message, publicKey.bytes)
    }
  } catch {
    // OpenSSL and noble throw for a key or an r that is no point; nearcore answers false.
    return false
  }
}

function verifySecp256k1(signature: Uint8Array, digest: Uint8Array, point: Uint8Array): boolean {
  const recoveryId = signature[64] ?? 255
  if (digest.length !== 32 || recoveryId > 3) return false
  const publicKey = Buffer.concat([Buffer.from([4]), point])
  return secp256k1.verify(signature.subarray(0, 64), digest, publicKey, { prehash: false, lowS: true })
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([ED25519_PRIVATE, seed]), format: 'der', type: 'pkcs8' })
}

function publicKeyObject(prefix: Uint8Array, bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([prefix, bytes]), format: 'der', type: 'spki' })
}
