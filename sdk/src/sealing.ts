import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { concat, fromHex, type Hex, ParleyError, toHex } from '@parley/protocol'

/** HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** Length of the sender's ephemeral key, which precedes the ciphertext. */
const ENCAPSULATION_BYTES = 32

/** What is sealed: a request can never be opened as a response, nor either of them for another purpose. */
export type Purpose = 'parley/request/v1' | 'parley/response/v1'

export interface SealingKey {
  /** X25519, 32 bytes. */
  readonly publicKey: Hex
  readonly privateKey: CryptoKey
}

/** A new key pair that texts can be sealed for. */
export async function createSealingKey(): Promise<SealingKey> {
  const { publicKey, privateKey } = await suite.kem.generateKeyPair()
  return { publicKey: toHex(new Uint8Array(await suite.kem.serializePublicKey(publicKey))), privateKey }
}

/** Encrypts for whoever holds the key of `recipient`. `context` must be the same at both ends: it names what the text belongs to. */
export async function seal(purpose: Purpose, recipient: Hex, context: Hex, text: string): Promise<Hex> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(fromHex(recipient)))
  const info = buffer(new TextEncoder().encode(purpose))
  const plaintext = buffer(new TextEncoder().encode(text))
  const { ct, enc } = await suite.seal({ recipientPublicKey, info }, plaintext, buffer(fromHex(context)))
  return toHex(concat([new Uint8Array(enc), new Uint8Array(ct)]))
}

/** Throws RequestUndecryptable when it was sealed for another key, purpose or context, or was changed on the way. */
export async function open(purpose: Purpose, key: SealingKey, context: Hex, sealed: Hex): Promise<string> {
  const bytes = fromHex(sealed)
  const info = buffer(new TextEncoder().encode(purpose))
  const enc = buffer(bytes.subarray(0, ENCAPSULATION_BYTES))
  try {
    const recipient = { recipientKey: key.privateKey, enc, info }
    const text = await suite.open(recipient, buffer(bytes.subarray(ENCAPSULATION_BYTES)), buffer(fromHex(context)))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text)
  } catch (cause) {
    throw new ParleyError('RequestUndecryptable', `this key cannot open the ${purpose} for ${context}`, { cause })
  }
}

/** WebCrypto takes whole buffers; a view of a part of one is copied. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
