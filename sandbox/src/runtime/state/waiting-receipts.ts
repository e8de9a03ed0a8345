import { decode, encode } from '../../primitives/borsh.ts'
import { bytes, option, u32 } from '../../primitives/codecs.ts'
import { type CryptoHash, cryptoHashCodec } from '../../primitives/hash.ts'
import { receiptCodec } from '../receipt-codec.ts'
import type { Receipt } from '../types.ts'
import type { StateUpdate } from './state-update.ts'
import { trieKey } from './trie-key.ts'

const receivedDataCodec = option(bytes)

export function setReceivedData(
  state: StateUpdate,
  accountId: string,
  dataId: CryptoHash,
  data: Uint8Array | null,
): void {
  state.set(trieKey.receivedData(accountId, dataId), encode(receivedDataCodec, data))
}

export function hasReceivedData(state: StateUpdate, accountId: string, dataId: CryptoHash): boolean {
  return state.has(trieKey.receivedData(accountId, dataId))
}

/** The data that a receipt waited for, which then leaves the state. `null` is a failed promise. */
export function takeReceivedData(state: StateUpdate, accountId: string, dataId: CryptoHash): Uint8Array | null {
  return decode(receivedDataCodec, take(state, trieKey.receivedData(accountId, dataId)))
}

/** Lets a receipt wait until the last of `missing` is there. */
export function postponeReceipt(state: StateUpdate, receipt: Receipt, missing: readonly CryptoHash[]): void {
  const { receiverId, receiptId } = receipt
  for (const dataId of missing) state.set(trieKey.postponedReceiptId(receiverId, dataId), receiptId)
  state.set(trieKey.pendingDataCount(receiverId, receiptId), encode(u32, missing.length))
  state.set(trieKey.postponedReceipt(receiverId, receiptId), encode(receiptCodec, receipt))
}

/** Tells the receipt that waits for this data, if one does. Returns it when nothing more is missing. */
export function countArrivedData(state: StateUpdate, accountId: string, dataId: CryptoHash): Receipt | undefined {
  const idKey = trieKey.postponedReceiptId(accountId, dataId)
  const id = state.get(idKey)
  if (!id) return undefined
  state.remove(idKey)

  const receiptId = decode(cryptoHashCodec, id)
  const countKey = trieKey.pendingDataCount(accountId, receiptId)
  const count = decode(u32, take(state, countKey))
  if (count > 1) {
    state.set(countKey, encode(u32, count - 1))
    return undefined
  }
  return decode(receiptCodec, take(state, trieKey.postponedReceipt(accountId, receiptId)))
}

function take(state: StateUpdate, key: Uint8Array): Uint8Array {
  const value = state.get(key)
  if (!value) throw new Error(`state has no value at ${Buffer.from(key).toString('hex')}, though a receipt needs it`)
  state.remove(key)
  return value
}
