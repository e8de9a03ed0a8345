import { BorshError, decode, publicKeyCodec } from '../../primitives/index.ts'
import { HostAbort } from '../errors.ts'

/** The key as given, once it is known to be one: a type and so many bytes. */
export function decodePublicKey(bytes: Uint8Array): Uint8Array {
  if (!isPublicKey(bytes)) throw new HostAbort('InvalidPublicKey')
  return bytes
}

export function isPublicKey(bytes: Uint8Array): boolean {
  try {
    decode(publicKeyCodec, bytes)
    return true
  } catch (error) {
    if (error instanceof BorshError) return false
    throw error
  }
}
