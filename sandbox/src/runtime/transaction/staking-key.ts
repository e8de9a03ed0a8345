import { ed25519 } from '@noble/curves/ed25519.js'
import type { PublicKey } from '../../primitives/public-key.ts'

/** Whether a validator may sign with it: an ed25519 key whose point has no small-order part (near_crypto's rule). */
export function isValidStakingKey(publicKey: PublicKey): boolean {
  if (publicKey.type !== 'ed25519') return false
  try {
    return ed25519.Point.fromBytes(publicKey.bytes).isTorsionFree()
  } catch {
    // The bytes are no point of the curve.
    return false
  }
}
