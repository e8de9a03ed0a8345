import type { Account } from '../../primitives/account.ts'
import { sha256 } from '../../primitives/hash.ts'
import { accessKeyBytes } from '../actions/keys.ts'
import type { RuntimeConfig } from '../config.ts'
import { getAccount, setAccessKey, setAccount } from '../state/accounts.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'
import type { StateRecord } from '../types.ts'

/**
 * Writes records over what is there. Returns how many yoctoNEAR that brought into being.
 * nearcore: `apply_state_patch` in runtime/runtime/src/lib.rs.
 */
export function writeRecords(state: StateUpdate, records: readonly StateRecord[]): bigint {
  let supplyDelta = 0n
  for (const record of records) {
    if (record.kind === 'Account') {
      supplyDelta += tokensOf(record.account) - tokensOf(getAccount(state, record.accountId))
    }
    writeRecord(state, record)
  }
  state.commit()
  return supplyDelta
}

/** Makes the accounts of these records count the bytes that the records hold. nearcore: `StorageComputer`. */
export function computeStorageUsage(config: RuntimeConfig, state: StateUpdate, records: readonly StateRecord[]): void {
  const usage = new Map<string, bigint>()
  for (const record of records) {
    usage.set(record.accountId, (usage.get(record.accountId) ?? 0n) + recordBytes(config, record))
  }
  for (const [accountId, storageUsage] of usage) {
    const account = getAccount(state, accountId)
    if (account) setAccount(state, accountId, { ...account, storageUsage })
  }
  state.commit()
}

function tokensOf(account: Account | undefined): bigint {
  return account ? account.amount + account.locked : 0n
}

function writeRecord(state: StateUpdate, record: StateRecord): void {
  const { accountId } = record
  switch (record.kind) {
    case 'Account':
      setAccount(state, accountId, record.account)
      return
    case 'AccessKey':
      setAccessKey(state, accountId, record.publicKey, record.accessKey)
      return
    case 'Data':
      state.set(trieKey.contractData(accountId, record.key), record.value)
      return
    case 'Contract': {
      const account = getAccount(state, accountId)
      // nearcore lets code without an account be.
      if (!account) return
      state.set(trieKey.contractCode(accountId), record.code)
      setAccount(state, accountId, { ...account, contract: { kind: 'Local', hash: sha256(record.code) } })
    }
  }
}

function recordBytes(config: RuntimeConfig, record: StateRecord): bigint {
  switch (record.kind) {
    case 'Account':
      return config.accountBytes
    case 'AccessKey':
      return accessKeyBytes(config, record.publicKey, record.accessKey)
    case 'Data':
      return BigInt(record.key.length + record.value.length) + config.extraRecordBytes
    case 'Contract':
      return BigInt(record.code.length)
  }
}
