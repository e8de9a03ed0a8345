import { type CryptoHash, sha256 } from '../primitives/hash.ts'

/**
 * sha256(base ‖ u64(height) ‖ u64(salt)): how transactions name their receipts, receipts the receipts they make, and
 * actions the data they wait for. nearcore: `create_hash_index` in core/primitives/src/utils.rs.
 */
function hashIndex(base: CryptoHash, height: bigint, salt: bigint): CryptoHash {
  const bytes = Buffer.alloc(48)
  bytes.set(base)
  bytes.writeBigUInt64LE(height, 32)
  bytes.writeBigUInt64LE(salt, 40)
  return sha256(bytes)
}

export function receiptIdOfTransaction(transactionHash: CryptoHash, height: bigint): CryptoHash {
  return hashIndex(transactionHash, height, 0n)
}

/** Also for timeouts, whose base is the data id of the yield. */
export function receiptIdOfReceipt(receiptId: CryptoHash, height: bigint, index: number): CryptoHash {
  return hashIndex(receiptId, height, BigInt(index))
}

/** Counts down from the largest u64, so that it never meets a receipt's id. */
export function actionHash(receiptId: CryptoHash, height: bigint, actionIndex: number): CryptoHash {
  return hashIndex(receiptId, height, 2n ** 64n - 1n - BigInt(actionIndex))
}

export function dataIdOfAction(hash: CryptoHash, height: bigint, index: number): CryptoHash {
  return hashIndex(hash, height, BigInt(index))
}

/** What `random_seed` gives to a contract: different in every action. */
export function actionRandomSeed(hash: CryptoHash, blockRandomSeed: CryptoHash): CryptoHash {
  return sha256(Buffer.concat([hash, blockRandomSeed]))
}
