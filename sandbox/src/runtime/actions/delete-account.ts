import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { balanceRefund } from '../apply/new-receipts.ts'
import { ActionFailure } from '../errors.ts'
import { removeAccount } from '../state/accounts.ts'
import { withoutContractBytes } from './contract-code.ts'
import { existingAccount } from './existing-account.ts'

/** An account with more bytes than this, its code aside, cannot be deleted. nearcore: core/primitives-core/src/account.rs. */
const MAX_ACCOUNT_DELETION_STORAGE_USAGE = 10_000n

/** Removes the receiver and sends what it has to the beneficiary. nearcore: `action_delete_account` in actions.rs. */
export function deleteAccount(context: ReceiptContext, beneficiaryId: string, result: ActionResult): void {
  const { state, receipt } = context
  const account = existingAccount(context)
  if (account.locked > 0n) throw new ActionFailure({ DeleteAccountStaking: { account_id: receipt.receiverId } })
  if (withoutContractBytes(state, receipt.receiverId, account) > MAX_ACCOUNT_DELETION_STORAGE_USAGE) {
    throw new ActionFailure({ DeleteAccountWithLargeState: { account_id: receipt.receiverId } })
  }

  if (account.amount > 0n) result.newReceipts.push(balanceRefund(beneficiaryId, account.amount))
  removeAccount(state, receipt.receiverId)
  context.actorId = receipt.predecessorId
  context.account = undefined
}
