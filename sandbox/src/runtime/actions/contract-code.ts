import type { Account, AccountContract } from '../../primitives/account.ts'
import type { GlobalContractIdentifier } from '../../primitives/action.ts'
import { type CryptoHash, sha256 } from '../../primitives/hash.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'

/** The code that an account runs, its own or a global one; `undefined` if there is none. */
export function contractCode(state: StateUpdate, accountId: string, contract: AccountContract): Uint8Array | undefined {
  switch (contract.kind) {
    case 'None':
      return undefined
    case 'Local':
      return state.get(trieKey.contractCode(accountId))
    case 'Global':
      return state.get(trieKey.globalContractCode({ kind: 'CodeHash', hash: contract.hash }))
    case 'GlobalByAccount':
      return state.get(trieKey.globalContractCode({ kind: 'AccountId', accountId: contract.accountId }))
  }
}

/** Puts code on an account in place of what was there. nearcore: `action_deploy_contract` in actions.rs. */
export function withLocalContract(state: StateUpdate, accountId: string, account: Account, code: Uint8Array): Account {
  const freed = withoutContractBytes(state, accountId, account)
  state.set(trieKey.contractCode(accountId), code)
  const contract: AccountContract = { kind: 'Local', hash: sha256(code) }
  return { ...account, contract, storageUsage: freed + BigInt(code.length) }
}

/** Lets an account run a global contract. nearcore: `use_global_contract` in global_contracts.rs. */
export function withGlobalContract(
  state: StateUpdate,
  accountId: string,
  account: Account,
  identifier: GlobalContractIdentifier,
): Account {
  const freed = withoutContractBytes(state, accountId, account)
  if (account.contract.kind === 'Local') state.remove(trieKey.contractCode(accountId))
  const contract: AccountContract =
    identifier.kind === 'CodeHash'
      ? { kind: 'Global', hash: identifier.hash }
      : { kind: 'GlobalByAccount', accountId: identifier.accountId }
  return { ...account, version: 2, contract, storageUsage: freed + identifierBytes(contract) }
}

/** What an account's storage usage would be without its contract. */
export function withoutContractBytes(
  state: StateUpdate,
  accountId: string,
  { contract, storageUsage }: Account,
): bigint {
  const bytes =
    contract.kind === 'Local'
      ? BigInt(state.get(trieKey.contractCode(accountId))?.length ?? 0)
      : identifierBytes(contract)
  return storageUsage > bytes ? storageUsage - bytes : 0n
}

/** The hash of the code that an account runs, for RPC; of a global contract by account, the hash of what it is now. */
export function codeHashOf(state: StateUpdate, contract: AccountContract): CryptoHash | undefined {
  if (contract.kind === 'Local' || contract.kind === 'Global') return contract.hash
  const code = contract.kind === 'None' ? undefined : contractCode(state, contract.accountId, contract)
  return code && sha256(code)
}

function identifierBytes(contract: AccountContract): bigint {
  if (contract.kind === 'Global') return BigInt(contract.hash.length)
  return contract.kind === 'GlobalByAccount' ? BigInt(contract.accountId.length) : 0n
}
