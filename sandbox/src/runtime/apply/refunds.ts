import { totalDeposit, totalPrepaidExecFees, totalPrepaidGas, totalPrepaidSendFees } from '../fees.ts'
import type { ActionResult } from './action-result.ts'
import type { ReceiptContext } from './context.ts'
import { balanceRefund, gasRefund } from './new-receipts.ts'

/**
 * Adds the receipts that give back what a receipt brought and did not use: deposits if it failed, the price of unused
 * gas, and what burnt gas was bought for too dearly (NEP-642), from which the price of a new account is taken.
 * Returns that price. nearcore: `refund_unspent_gas_and_deposits` in runtime/runtime/src/lib.rs; protocol 86 takes no
 * penalty for unused gas.
 */
export function addRefunds(
  context: ReceiptContext,
  result: ActionResult,
  { burnPrice, hasCreatedAccount }: { burnPrice: bigint; hasCreatedAccount: boolean },
): { creationCharge: bigint } {
  const { block, receipt, action } = context
  const { fees } = block.config
  const prepaidGas =
    totalPrepaidGas(action.actions) +
    totalPrepaidSendFees(fees, action.actions) +
    totalPrepaidExecFees(fees, action.actions, receipt.receiverId) +
    fees.new_action_receipt.execution

  const unusedGas = prepaidGas - (result.error ? result.gasBurnt : result.gasUsed)
  const surplus = (action.gasPrice - burnPrice) * result.gasBurnt
  const creationCharge = hasCreatedAccount ? smaller(openCreationCharge(context, burnPrice), surplus) : 0n
  const gasAmount = unusedGas * action.gasPrice + surplus - creationCharge
  const deposit = result.error ? totalDeposit(action.actions) : 0n

  if (deposit > 0n) result.newReceipts.push(balanceRefund(action.refundTo ?? receipt.predecessorId, deposit))
  if (gasAmount > 0n) result.newReceipts.push(gasRefund(action.signerId, action.signerPublicKey, gasAmount))
  return { creationCharge }
}

/** What making an account costs beyond the gas that it burnt. */
function openCreationCharge({ block }: ReceiptContext, burnPrice: bigint): bigint {
  const { accountCreationCharge, fees } = block.config
  const paid = fees.create_account.execution * burnPrice
  return accountCreationCharge > paid ? accountCreationCharge - paid : 0n
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}
