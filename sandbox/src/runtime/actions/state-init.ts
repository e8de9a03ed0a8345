import type { Action } from '../../primitives/action.ts'
import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { balanceRefund } from '../apply/new-receipts.ts'
import { trieKey } from '../state/trie-key.ts'
import { missingStorageStake } from '../storage-stake.ts'
import { newAccount } from './create-account.ts'
import { existingAccount } from './existing-account.ts'
import { useGlobalContract } from './global-contract.ts'

/**
 * Starts a deterministic account (NEP-616): its name is the hash of this state. One that runs already stays as it is. The
 * deposit covers its storage; the rest goes back. nearcore: deterministic_account_id.rs.
 */
export function initDeterministicState(
  context: ReceiptContext,
  { stateInit, deposit }: Extract<Action, { kind: 'DeterministicStateInit' }>,
  result: ActionResult,
): void {
  const { block, state, receipt } = context
  const isRunning = context.account !== undefined && context.account.contract.kind !== 'None'
  if (!isRunning) {
    // The actor stays who it was: nobody may add keys to such an account.
    context.account ??= newAccount(block.config)
    useGlobalContract(context, stateInit.code)
    for (const { key, value } of stateInit.data) {
      state.set(trieKey.contractData(receipt.receiverId, key), value)
      const account = existingAccount(context)
      const bytes = BigInt(key.length + value.length) + block.config.extraRecordBytes
      context.account = { ...account, storageUsage: account.storageUsage + bytes }
    }
  }

  const account = existingAccount(context)
  const missing = missingStorageStake(block.config, account)
  const taken = missing < deposit ? missing : deposit
  context.account = { ...account, amount: account.amount + taken }
  const refundReceiver = context.action.refundTo ?? receipt.predecessorId
  if (deposit > taken) result.newReceipts.push(balanceRefund(refundReceiver, deposit - taken))
}
