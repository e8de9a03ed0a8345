import { decodeBase58, encodeBase58 } from './base58.ts'
import { BorshError, type Codec } from './borsh.ts'

/** NEAR's key types, as their text form names them; the borsh tag is the index. */
export const KEY_TYPES = ['ed25519', 'secp256k1', 'ml-dsa-65'] as const

export type KeyType = (typeof KEY_TYPES)[number]

/** A public key: ed25519 32 bytes, secp256k1 64 (the point without its prefix 4), ML-DSA-65 1,952. */
export type PublicKey = { type: KeyType; bytes: Uint8Array }

/** A signature: ed25519 64 bytes, secp256k1 65 (r, s, recovery id), ML-DSA-65 3,309. */
export type Signature = { type: KeyType; bytes: Uint8Array }

const PUBLIC_KEY_LENGTHS = { ed25519: 32, secp256k1: 64, 'ml-dsa-65': 1952 }

const SIGNATURE_LENGTHS = { ed25519: 64, secp256k1: 65, 'ml-dsa-65': 3309 }

export const publicKeyCodec: Codec<PublicKey> = typedBytesCodec(PUBLIC_KEY_LENGTHS)

const anySignatureCodec = typedBytesCodec(SIGNATURE_LENGTHS)

export const signatureCodec: Codec<Signature> = {
  write: anySignatureCodec.write,
  read(reader) {
    const signature = anySignatureCodec.read(reader)
    // nearcore keeps this check of an old ed25519 library: the three highest bits of s are never set.
    const isOutOfRange = signature.type === 'ed25519' && ((signature.bytes[63] ?? 0) & 0b1110_0000) !== 0
    if (isOutOfRange) throw new BorshError('signature error')
    return signature
  },
}

/** `ed25519:<base58>` and the like. */
export function formatKey({ type, bytes }: PublicKey | Signature): string {
  return `${type}:${encodeBase58(bytes)}`
}

/** The key that a text writes; without a prefix it is ed25519. Throws an error as nearcore words it. */
export function parsePublicKey(text: string): PublicKey {
  return parseTypedBytes(text, PUBLIC_KEY_LENGTHS)
}

/** The signature that a text writes. Throws an error as nearcore words it. */
export function parseSignature(text: string): Signature {
  return parseTypedBytes(text, SIGNATURE_LENGTHS)
}

/** `type:base58` → its two parts. Throws for an unknown type. */
export function splitKeyText(text: string): { type: KeyType; bytes: Uint8Array } {
  const separator = text.indexOf(':')
  const name = separator < 0 ? 'ed25519' : text.slice(0, separator).toLowerCase()
  const type = KEY_TYPES.find((known) => known === name)
  if (!type) throw new Error(`unknown key type '${name}'`)
  return { type, bytes: decodeBase58(text.slice(separator + 1)) }
}

function parseTypedBytes(text: string, lengths: Record<KeyType, number>) {
  const parsed = splitKeyText(text)
  const expected = lengths[parsed.type]
  if (parsed.bytes.length === expected) return parsed
  throw new Error(`invalid key length: expected the input of ${expected} bytes, but ${parsed.bytes.length} was given`)
}

function typedBytesCodec(lengths: Record<KeyType, number>): Codec<{ type: KeyType; bytes: Uint8Array }> {
  return {
    write(writer, { type, bytes }) {
      if (bytes.length !== lengths[type]) throw new BorshError(`${bytes.length} bytes are no ${type} value`)
      writer.u8(KEY_TYPES.indexOf(type))
      writer.raw(bytes)
    },
    read(reader) {
      const tag = reader.u8()
      const type = KEY_TYPES[tag]
      if (!type) throw new BorshError(`unknown key type '${tag}'`)
      return { type, bytes: reader.raw(lengths[type]) }
    },
  }
}
