import { concat } from './hex.ts'
import { utf8 } from './message.ts'

/** What a wallet of NEAR is asked to sign off chain (NEP-413). */
export interface Nep413Message {
  /** What the wallet shows. */
  readonly message: string
  /** 32 bytes. */
  readonly nonce: Uint8Array
  /** Whom it is for. */
  readonly recipient: string
}

/** 2^31 + 413: no transaction begins so (NEP-461). */
const TAG = 2 ** 31 + 413

/** What SHA-256 is taken of and then signed: Borsh(tag ‖ message ‖ nonce ‖ recipient ‖ no callback URL) (NEP-413). */
export function encodeNep413({ message, nonce, recipient }: Nep413Message): Uint8Array {
  if (nonce.length !== 32) throw new RangeError(`the nonce has ${nonce.length} bytes, not 32`)
  return concat([u32(TAG), text(message), nonce, text(recipient), Uint8Array.of(0)])
}

/** Borsh: length, then bytes. */
function text(value: string): Uint8Array {
  const bytes = utf8(value)
  return concat([u32(bytes.length), bytes])
}

/** Little-endian. */
function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}
