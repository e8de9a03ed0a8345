import type { Action } from '../../primitives/action.ts'
import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { ActionFailure } from '../errors.ts'
import { existingAccount } from './existing-account.ts'

/** Locks tokens for validation, or announces that fewer shall be locked. nearcore: `action_stake` in actions.rs. */
export function stake(
  context: ReceiptContext,
  { stake: wanted }: Extract<Action, { kind: 'Stake' }>,
  result: ActionResult,
): void {
  const { minimumStake } = context.block
  const { receiverId: accountId } = context.receipt
  const account = existingAccount(context)
  const { amount, locked } = account
  const increment = wanted > locked ? wanted - locked : 0n
  if (amount < increment) {
    const figures = { stake: String(wanted), locked: String(locked), balance: String(amount) }
    throw new ActionFailure({ TriesToStake: { account_id: accountId, ...figures } })
  }
  if (locked === 0n && wanted === 0n) throw new ActionFailure({ TriesToUnstake: { account_id: accountId } })
  if (wanted > 0n && wanted < minimumStake) {
    const figures = { stake: String(wanted), minimum_stake: String(minimumStake) }
    throw new ActionFailure({ InsufficientStake: { account_id: accountId, ...figures } })
  }

  result.stakes.push({ accountId, stake: wanted })
  context.account = { ...account, amount: amount - increment, locked: locked + increment }
}
