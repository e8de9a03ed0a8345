import { hash } from 'node:crypto'
import { decodeBase58, encodeBase58 } from './base58.ts'
import { fixedBytes } from './codecs.ts'

/** A SHA-256 digest, 32 bytes: NEAR's hash of blocks, transactions, receipts and contracts. */
export type CryptoHash = Uint8Array

export const cryptoHashCodec = fixedBytes(32)

/** `CryptoHash::default()`: what stands for "no hash". */
export const ZERO_HASH: CryptoHash = new Uint8Array(32)

export function sha256(bytes: Uint8Array): CryptoHash {
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}

export const formatHash = encodeBase58

/** The hash that a base58 string writes. Throws an error when it is not base58 or not 32 bytes. */
export function parseHash(text: string): CryptoHash {
  const bytes = decodeBase58(text)
  if (bytes.length !== 32) throw new Error(`a hash has 32 bytes, "${text.slice(0, 100)}" has ${bytes.length}`)
  return bytes
}
