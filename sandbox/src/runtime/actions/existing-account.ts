import type { Account } from '../../primitives/account.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { ActionFailure } from '../errors.ts'

/** The receiver of the receipt. Throws `AccountDoesNotExist`. */
export function existingAccount({ account, receipt }: ReceiptContext): Account {
  if (!account) throw new ActionFailure({ AccountDoesNotExist: { account_id: receipt.receiverId } })
  return account
}
