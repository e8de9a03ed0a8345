import { accountIdCodec } from '../../primitives/account-id.ts'
import { decode, encode } from '../../primitives/borsh.ts'
import { struct, u64 } from '../../primitives/codecs.ts'
import { type CryptoHash, cryptoHashCodec } from '../../primitives/hash.ts'
import { receiptCodec } from '../receipt-codec.ts'
import type { Receipt } from '../types.ts'
import { dropItem, peekItem, pushItem, type StateQueue } from './queue.ts'
import type { StateUpdate } from './state-update.ts'
import { trieKey } from './trie-key.ts'

/** nearcore's `PromiseYieldStatus`: a resume that is on its way forbids the timeout. */
const YIELDED = Uint8Array.of(0)
const RESUME_INITIATED = Uint8Array.of(1)

const timeoutCodec = struct({ accountId: accountIdCodec, dataId: cryptoHashCodec, expiresAt: u64 })

const timeouts: StateQueue<{ accountId: string; dataId: CryptoHash; expiresAt: bigint }> = {
  indicesKey: trieKey.yieldIndices(),
  itemKey: trieKey.yieldTimeout,
  itemCodec: timeoutCodec,
}

/** Whether a yield with this data id still waits, or is about to. nearcore: `submit_promise_resume_data` in ext.rs. */
export function hasYield(state: StateUpdate, accountId: string, dataId: CryptoHash): boolean {
  return state.has(trieKey.yieldReceipt(accountId, dataId)) || state.has(trieKey.yieldStatus(accountId, dataId))
}

/** The data id of the yield that a contract gave this name. */
export function dataIdOfYield(state: StateUpdate, accountId: string, yieldId: CryptoHash): CryptoHash | undefined {
  return state.get(trieKey.yieldIdToDataId(accountId, yieldId))
}

/** Notes a new yield, before its receipt is there. */
export function announceYield(
  state: StateUpdate,
  accountId: string,
  created: { dataId: CryptoHash; yieldId: CryptoHash | undefined; expiresAt: bigint },
): void {
  const { dataId, yieldId, expiresAt } = created
  state.set(trieKey.yieldStatus(accountId, dataId), YIELDED)
  if (yieldId) {
    state.set(trieKey.yieldIdToDataId(accountId, yieldId), dataId)
    state.set(trieKey.dataIdToYieldId(accountId, dataId), yieldId)
  }
  pushItem(state, timeouts, { accountId, dataId, expiresAt })
}

export function announceResume(state: StateUpdate, accountId: string, dataId: CryptoHash): void {
  state.set(trieKey.yieldStatus(accountId, dataId), RESUME_INITIATED)
}

export function isResumeAnnounced(state: StateUpdate, accountId: string, dataId: CryptoHash): boolean {
  return state.get(trieKey.yieldStatus(accountId, dataId))?.[0] === RESUME_INITIATED[0]
}

export function setYieldReceipt(state: StateUpdate, receipt: Receipt, dataId: CryptoHash): void {
  state.set(trieKey.yieldReceipt(receipt.receiverId, dataId), encode(receiptCodec, receipt))
}

/** The receipt that waited for this data, which then leaves the state with all that was noted about it. */
export function takeYieldReceipt(state: StateUpdate, accountId: string, dataId: CryptoHash): Receipt | undefined {
  const key = trieKey.yieldReceipt(accountId, dataId)
  const record = state.get(key)
  if (!record) return undefined
  state.remove(key)
  state.remove(trieKey.yieldStatus(accountId, dataId))

  const nameKey = trieKey.dataIdToYieldId(accountId, dataId)
  const yieldId = state.get(nameKey)
  if (yieldId) {
    state.remove(nameKey)
    state.remove(trieKey.yieldIdToDataId(accountId, yieldId))
  }
  return decode(receiptCodec, record)
}

/** The yields whose time is over at this height and whose receipts still wait. All that are over leave the queue. */
export function takeExpiredYields(state: StateUpdate, height: bigint): { accountId: string; dataId: CryptoHash }[] {
  const expired: { accountId: string; dataId: CryptoHash }[] = []
  for (;;) {
    const timeout = peekItem(state, timeouts)
    if (!timeout || timeout.expiresAt > height) return expired
    if (state.has(trieKey.yieldReceipt(timeout.accountId, timeout.dataId))) expired.push(timeout)
    dropItem(state, timeouts)
  }
}
