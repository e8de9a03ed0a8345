import { receiptCodec } from '../receipt-codec.ts'
import type { Receipt } from '../types.ts'
import type { StateQueue } from './queue.ts'
import { trieKey } from './trie-key.ts'

/** Receipts for which a chunk had no gas left. nearcore stores the gas and size of each with it, for other shards. */
export const delayedReceipts: StateQueue<Receipt> = {
  indicesKey: trieKey.delayedReceiptIndices(),
  itemKey: trieKey.delayedReceipt,
  itemCodec: receiptCodec,
}
