import type { Transaction } from '../../primitives/transaction.ts'
import { InvalidTransaction } from '../errors.ts'

/** Nonces of a key stay below its creation's and the current block's height, times this, so hashes never collide. */
const ACCESS_KEY_NONCE_RANGE_MULTIPLIER = 1_000_000n

/** Where the nonce of a key that is added at this height starts. */
export function initialNonce(height: bigint): bigint {
  return (height - 1n) * ACCESS_KEY_NONCE_RANGE_MULTIPLIER
}

/** The nonce that is already too large at this height. */
export function nonceUpperBound(height: bigint): bigint {
  return height * ACCESS_KEY_NONCE_RANGE_MULTIPLIER
}

/** Throws an InvalidTransaction unless the nonce is the next, or (not in strict mode) a later one. */
export function checkNonce({ nonce, nonceMode }: Transaction, current: bigint, height: bigint): void {
  if (nonce.kind === 'GasKeyNonce') {
    throw new InvalidTransaction({ InvalidNonceIndex: { tx_nonce_index: nonce.nonceIndex, num_nonces: 0 } })
  }
  const isNext = nonceMode === 'Strict' ? nonce.nonce === current + 1n : nonce.nonce > current
  if (!isNext) {
    throw new InvalidTransaction({ InvalidNonce: { tx_nonce: Number(nonce.nonce), ak_nonce: Number(current) } })
  }
  const upperBound = nonceUpperBound(height)
  if (nonce.nonce >= upperBound) {
    throw new InvalidTransaction({
      NonceTooLarge: { tx_nonce: Number(nonce.nonce), upper_bound: Number(upperBound) },
    })
  }
}
