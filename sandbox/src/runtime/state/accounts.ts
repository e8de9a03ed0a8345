import { type AccessKey, type Account, accessKeyCodec, accountCodec } from '../../primitives/account.ts'
import { decode, encode } from '../../primitives/borsh.ts'
import { type PublicKey, publicKeyCodec } from '../../primitives/public-key.ts'
import type { StateUpdate } from './state-update.ts'
import { trieKey } from './trie-key.ts'

export function getAccount(state: StateUpdate, accountId: string): Account | undefined {
  const record = state.get(trieKey.account(accountId))
  return record && decode(accountCodec, record)
}

export function setAccount(state: StateUpdate, accountId: string, account: Account): void {
  state.set(trieKey.account(accountId), encode(accountCodec, account))
}

export function getAccessKey(state: StateUpdate, accountId: string, publicKey: PublicKey): AccessKey | undefined {
  const record = state.get(trieKey.accessKey(accountId, publicKey))
  return record && decode(accessKeyCodec, record)
}

export function setAccessKey(state: StateUpdate, accountId: string, publicKey: PublicKey, key: AccessKey): void {
  state.set(trieKey.accessKey(accountId, publicKey), encode(accessKeyCodec, key))
}

export function removeAccessKey(state: StateUpdate, accountId: string, publicKey: PublicKey): void {
  state.remove(trieKey.accessKey(accountId, publicKey))
}

/** All keys of an account, in the order of their bytes. */
export function listAccessKeys(
  state: StateUpdate,
  accountId: string,
): { publicKey: PublicKey; accessKey: AccessKey }[] {
  const prefix = trieKey.accessKeyPrefix(accountId)
  return state.keys(prefix).map((key) => ({
    publicKey: decode(publicKeyCodec, key.subarray(prefix.length)),
    accessKey: decode(accessKeyCodec, state.get(key) ?? new Uint8Array(0)),
  }))
}

/**
 * Removes account, code, keys and data. Yields that wait stay, as in nearcore (`remove_account` in
 * core/store/src/utils/mod.rs).
 */
export function removeAccount(state: StateUpdate, accountId: string): void {
  state.remove(trieKey.account(accountId))
  state.remove(trieKey.contractCode(accountId))
  for (const key of state.keys(trieKey.accessKeyPrefix(accountId))) state.remove(key)
  for (const key of state.keys(trieKey.contractData(accountId, new Uint8Array(0)))) state.remove(key)
}
