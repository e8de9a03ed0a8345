import type { Action, GlobalContractIdentifier } from '../../primitives/action.ts'
import { decode, encode } from '../../primitives/borsh.ts'
import { u64 } from '../../primitives/codecs.ts'
import { formatHash, sha256 } from '../../primitives/hash.ts'
import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { ActionFailure } from '../errors.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'
import type { GlobalContractDistribution } from '../types.ts'
import { withGlobalContract } from './contract-code.ts'
import { existingAccount } from './existing-account.ts'

/**
 * Makes code available to all accounts (NEP-591). Its price is burnt, and a receipt brings it to the shards.
 * nearcore: `action_deploy_global_contract` in global_contracts.rs.
 */
export function deployGlobalContract(
  context: ReceiptContext,
  { code, deployMode }: Extract<Action, { kind: 'DeployGlobalContract' }>,
  result: ActionResult,
): void {
  const { receiverId } = context.receipt
  const account = existingAccount(context)
  const price = context.block.config.globalContractAmountPerByte * BigInt(code.length)
  if (account.amount < price) {
    throw new ActionFailure({ LackBalanceForState: { account_id: receiverId, amount: String(price) } })
  }

  context.account = { ...account, amount: account.amount - price }
  result.tokensBurnt += price
  const identifier: GlobalContractIdentifier =
    deployMode === 'CodeHash' ? { kind: 'CodeHash', hash: sha256(code) } : { kind: 'AccountId', accountId: receiverId }
  const nonce = lastNonce(context.state, identifier)
  result.newReceipts.push({
    predecessorId: receiverId,
    receiverId: 'system',
    receipt: { kind: 'GlobalContractDistribution', distribution: { identifier, code, nonce: nonce + 1n } },
  })
}

/** Stores the code where the accounts of this shard find it. nearcore: `apply_global_contract_distribution_receipt`. */
export function storeGlobalContract(state: StateUpdate, { identifier, code, nonce }: GlobalContractDistribution): void {
  if (nonce <= lastNonce(state, identifier)) return
  state.set(trieKey.globalContractNonce(identifier), encode(u64, nonce))
  state.set(trieKey.globalContractCode(identifier), code)
}

function lastNonce(state: StateUpdate, identifier: GlobalContractIdentifier): bigint {
  const record = state.get(trieKey.globalContractNonce(identifier))
  return record ? decode(u64, record) : 0n
}

/** nearcore: `action_use_global_contract` in global_contracts.rs. */
export function useGlobalContract(context: ReceiptContext, identifier: GlobalContractIdentifier): void {
  const { state, receipt } = context
  const account = existingAccount(context)
  if (!state.has(trieKey.globalContractCode(identifier))) {
    throw new ActionFailure({ GlobalContractDoesNotExist: { identifier: identifierView(identifier) } })
  }
  context.account = withGlobalContract(state, receipt.receiverId, account, identifier)
}

function identifierView(identifier: GlobalContractIdentifier): { CodeHash: string } | { AccountId: string } {
  if (identifier.kind === 'CodeHash') return { CodeHash: formatHash(identifier.hash) }
  return { AccountId: identifier.accountId }
}
