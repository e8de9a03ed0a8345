import { generateKeyPairSync, sign } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import { sha256 } from './hash.ts'
import { formatSecretKey, parseSecretKey, secretKeyFromSeed, signMessage, verifySignature } from './signing.ts'

const digest = sha256(Buffer.from('message'))

describe('verifySignature of secp256k1', () => {
  const secret = sha256(Buffer.from('secret'))
  const publicKey = { type: 'secp256k1', bytes: secp256k1.getPublicKey(secret, false).slice(1) } as const
  const recovered = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
  // noble puts the recovery id first, NEAR last.
  const bytes = Buffer.concat([recovered.subarray(1), recovered.subarray(0, 1)])

  test('accepts the key’s own', () => {
    expect(verifySignature({ type: 'secp256k1', bytes }, digest, publicKey)).toBe(true)
  })

  test('refuses another digest, a recovery id above 3, a high s and a key of another type', () => {
    const highS = Buffer.from(bytes)
    const s = BigInt(`0x${bytes.subarray(32, 64).toString('hex')}`)
    const flipped = (secp256k1.Point.Fn.ORDER - s).toString(16).padStart(64, '0')
    highS.set(Buffer.from(flipped, 'hex'), 32)
    const badRecoveryId = Buffer.from(bytes).fill(4, 64)
    const { publicKey: ed25519Key } = secretKeyFromSeed(secret)

    expect(verifySignature({ type: 'secp256k1', bytes }, sha256(digest), publicKey)).toBe(false)
    expect(verifySignature({ type: 'secp256k1', bytes: badRecoveryId }, digest, publicKey)).toBe(false)
    expect(verifySignature({ type: 'secp256k1', bytes: highS }, digest, publicKey)).toBe(false)
    expect(verifySignature({ type: 'secp256k1', bytes }, digest, ed25519Key)).toBe(false)
  })

  test('answers false for a point off the curve', () => {
    const offCurve = { type: 'secp256k1', bytes: new Uint8Array(64).fill(1) } as const

    expect(verifySignature({ type: 'secp256k1', bytes }, digest, offCurve)).toBe(false)
  })
})

test('verifySignature takes ML-DSA-65', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ml-dsa-65')
  const key = { type: 'ml-dsa-65', bytes: publicKey.export({ type: 'spki', format: 'der' }).subarray(-1952) } as const
  const signature = { type: 'ml-dsa-65', bytes: sign(null, digest, privateKey) } as const

  expect(verifySignature(signature, digest, key)).toBe(true)
  expect(verifySignature(signature, sha256(digest), key)).toBe(false)
})

test('a secret key comes back from its text', () => {
  const secretKey = secretKeyFromSeed(digest)

  const parsed = parseSecretKey(formatSecretKey(secretKey))

  expect(parsed.publicKey).toEqual(secretKey.publicKey)
  expect(verifySignature(signMessage(parsed, digest), digest, secretKey.publicKey)).toBe(true)
  expect(verifySignature(signMessage(parsed, digest), sha256(digest), secretKey.publicKey)).toBe(false)
  expect(() => parseSecretKey('secp256k1:abc')).toThrow('a secret key is')
})
