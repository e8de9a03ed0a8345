import type { Account } from '../../primitives/account.ts'
import { accountKind, isSubAccountOf, isTopLevelAccount } from '../../primitives/account-id.ts'
import type { ReceiptContext } from '../apply/context.ts'
import type { RuntimeConfig } from '../config.ts'
import { ActionFailure } from '../errors.ts'

/**
 * Makes the receiver, without keys: who makes it adds them in the same receipt. Implicit accounts are made by transfers
 * only. nearcore: `action_create_account` and `check_account_existence` in actions.rs.
 */
export function createAccount(context: ReceiptContext): void {
  const { config } = context.block
  const { receiverId: accountId, predecessorId } = context.receipt
  if (context.account) throw new ActionFailure({ AccountAlreadyExists: { account_id: accountId } })
  if (accountKind(accountId) !== 'named') {
    throw new ActionFailure({ OnlyImplicitAccountCreationAllowed: { account_id: accountId } })
  }

  if (isTopLevelAccount(accountId)) requireRegistrar(config, accountId, predecessorId)
  else if (!isSubAccountOf(accountId, predecessorId)) {
    throw new ActionFailure({ CreateAccountNotAllowed: { account_id: accountId, predecessor_id: predecessorId } })
  }

  context.actorId = accountId
  context.account = newAccount(config)
}

export function newAccount(config: RuntimeConfig, amount: bigint = 0n): Account {
  return { version: 1, amount, locked: 0n, storageUsage: config.accountBytes, contract: { kind: 'None' } }
}

function requireRegistrar(config: RuntimeConfig, accountId: string, predecessorId: string): void {
  const { minTopLevelAccountLength, registrarAccountId } = config
  if (accountId.length >= minTopLevelAccountLength || predecessorId === registrarAccountId) return
  throw new ActionFailure({
    CreateAccountOnlyByRegistrar: {
      account_id: accountId,
      registrar_account_id: registrarAccountId,
      predecessor_id: predecessorId,
    },
  })
}
