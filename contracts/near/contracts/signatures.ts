import { fromHex, type Hex, NOBODY, toHex } from '@parley/protocol'
import { near } from 'near-sdk-js'

/** r (32 bytes), s (32), v (1). */
const SIGNATURE_BYTES = 65

/** Of OpenZeppelin's ECDSA: the second s of a signature does not count. */
const LOW_S_ONLY = 1

/** The address of who signed a digest (secp256k1, v 27 or 28), `NOBODY` when that cannot be said: ECDSA.tryRecover. */
export function recoverSigner(digest: Uint8Array, signature: Hex): Hex {
  const bytes = fromHex(signature)
  const recoveryId = (bytes[SIGNATURE_BYTES - 1] ?? 0) - 27
  if (bytes.length !== SIGNATURE_BYTES || recoveryId < 0 || recoveryId > 1) return NOBODY

  const publicKey = near.ecrecover(digest, bytes.subarray(0, 64), recoveryId, LOW_S_ONLY)
  return publicKey === null ? NOBODY : toHex(near.keccak256(publicKey).subarray(12))
}
