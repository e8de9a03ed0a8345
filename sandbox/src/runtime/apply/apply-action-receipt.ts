import type { AccountContract } from '../../primitives/account.ts'
import type { CryptoHash } from '../../primitives/hash.ts'
import type { PromiseResult } from '../../vm/types.ts'
import type { RuntimeConfig } from '../config.ts'
import type { ActionError } from '../errors.ts'
import { totalDeposit } from '../fees.ts'
import { receiptIdOfReceipt } from '../receipt-id.ts'
import { getAccount, setAccount } from '../state/accounts.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { takeReceivedData } from '../state/waiting-receipts.ts'
import { missingStorageStake } from '../storage-stake.ts'
import { validateNewReceipt } from '../transaction/validate-receipt.ts'
import type { ActionReceipt, ExecutionStatus, Receipt } from '../types.ts'
import {
  type ActionResult,
  emptyResult,
  failResult,
  mergeResult,
  type NewReceipt,
  type StakeProposal,
} from './action-result.ts'
import { applyAction } from './apply-action.ts'
import { type BlockContext, isRefund, type ReceiptContext } from './context.ts'
import { gasProfile } from './gas-profile.ts'
import type { PartialOutcome } from './outcome.ts'
import { addOutputData } from './output-data.ts'
import { addRefunds } from './refunds.ts'

/** What an action receipt left behind beside the changed state. */
export interface AppliedReceipt {
  readonly outcome: PartialOutcome
  readonly newReceipts: readonly Receipt[]
  readonly stakes: readonly StakeProposal[]
  /** Tokens that left the supply. Less than the outcome's `tokensBurnt` when a contract was rewarded. */
  readonly burnt: bigint
}

/**
 * Does all actions of a receipt, or none of them. What it cost stays in either case.
 * nearcore: `apply_action_receipt` in runtime/runtime/src/lib.rs.
 */
export function applyActionReceipt(
  block: BlockContext,
  state: StateUpdate,
  receipt: Receipt,
  action: ActionReceipt,
): AppliedReceipt {
  const promiseResults = action.inputDataIds.map((dataId) => takePromiseResult(state, receipt.receiverId, dataId))
  state.commit()
  const account = getAccount(state, receipt.receiverId)
  const context = { block, state, receipt, action, promiseResults, account, actorId: receipt.predecessorId }

  const contracts: AccountContract[] = []
  const result = applyActions(context, contracts)
  storeReceiver(context, result)
  const burnt = settleTokens(context, result, account === undefined)
  addOutputData(receipt.receiverId, action.outputDataReceivers, result)

  const newReceipts = result.newReceipts.map((made, index) => ({
    ...made,
    receiptId: receiptIdOfReceipt(receipt.receiptId, block.height, index),
  }))
  const outcome: PartialOutcome = {
    id: receipt.receiptId,
    executorId: receipt.receiverId,
    status: statusOf(result, newReceipts),
    logs: result.logs,
    receiptIds: newReceipts.filter(isActionReceipt).map(({ receiptId }) => receiptId),
    gasBurnt: result.gasBurnt,
    tokensBurnt: burnt.inOutcome,
    metadata: { version: 4, gasProfile: gasProfile(result.profile), contracts },
  }
  return { outcome, newReceipts, stakes: result.stakes, burnt: burnt.inSupply }
}

function takePromiseResult(state: StateUpdate, accountId: string, dataId: CryptoHash): PromiseResult {
  const data = takeReceivedData(state, accountId, dataId)
  return data ? { status: 'successful', value: data } : { status: 'failed' }
}

/** Stops at the first action that fails. `contracts` gets the receiver's contract before each action. */
function applyActions(context: ReceiptContext, contracts: AccountContract[]): ActionResult {
  const { config } = context.block
  const result = emptyResult(config.fees.new_action_receipt.execution)
  for (const [index, action] of context.action.actions.entries()) {
    contracts.push(context.account?.contract ?? { kind: 'None' })
    const next = applyAction(context, action, index)
    next.error ??= invalidReceiptError(config, next.newReceipts, index)
    mergeResult(result, next)
    if (result.error) break
  }
  return result
}

function invalidReceiptError(
  config: RuntimeConfig,
  receipts: readonly NewReceipt[],
  index: number,
): ActionError | undefined {
  for (const made of receipts) {
    const error = validateNewReceipt(config, made)
    if (error) return { index, kind: { NewReceiptValidationError: error } }
  }
  return undefined
}

/** The receiver must afford its storage after the last action, not before. */
function storeReceiver({ block, state, receipt, account }: ReceiptContext, result: ActionResult): void {
  if (result.error || !account) return
  const missing = missingStorageStake(block.config, account)
  if (missing === 0n) {
    setAccount(state, receipt.receiverId, account)
    return
  }
  const figures = { account_id: receipt.receiverId, amount: String(missing) }
  failResult(result, { index: null, kind: { LackBalanceForState: figures } })
}

/** Keeps or forgets the changes, adds refunds, rewards the contract, and says how much was burnt. */
function settleTokens(
  context: ReceiptContext,
  result: ActionResult,
  wasMissing: boolean,
): { inOutcome: bigint; inSupply: bigint } {
  const { block, state, receipt, action } = context
  if (result.error) state.rollback()
  else state.commit()
  // A refund that nobody can take is burnt, though its outcome says nothing of it.
  if (isRefund(receipt)) return { inOutcome: 0n, inSupply: result.error ? totalDeposit(action.actions) : 0n }

  const burnPrice = action.gasPrice < block.gasPrice ? action.gasPrice : block.gasPrice
  const hasCreatedAccount = wasMissing && context.account !== undefined && !result.error
  const { creationCharge } = addRefunds(context, result, { burnPrice, hasCreatedAccount })
  const burnt = burnPrice * result.gasBurnt + creationCharge + result.tokensBurnt
  const reward = rewardReceiver(context, result, burnPrice)
  return { inOutcome: burnt, inSupply: burnt - reward - result.subsidizedAmount }
}

/** The receiver's share of the gas that its contract burnt, also when the call failed. Returns what was paid. */
function rewardReceiver({ block, state, receipt }: ReceiptContext, result: ActionResult, burnPrice: bigint): bigint {
  const { numerator, denominator } = block.config.burntGasReward
  const reward = ((result.gasBurntForFunctionCall * numerator) / denominator) * burnPrice
  const account = reward > 0n ? getAccount(state, receipt.receiverId) : undefined
  if (!account) return 0n
  setAccount(state, receipt.receiverId, { ...account, amount: account.amount + reward })
  state.commit()
  return reward
}

function isActionReceipt({ receipt }: Receipt): boolean {
  return receipt.kind === 'Action' || receipt.kind === 'PromiseYield'
}

function statusOf({ error, returnData }: ActionResult, newReceipts: readonly Receipt[]): ExecutionStatus {
  if (error) return { kind: 'Failure', error: { ActionError: error } }
  if (returnData.kind === 'value') return { kind: 'SuccessValue', value: returnData.value }
  const returned = returnData.kind === 'receiptIndex' ? newReceipts[returnData.receipt] : undefined
  if (returned) return { kind: 'SuccessReceiptId', receiptId: returned.receiptId }
  return { kind: 'SuccessValue', value: new Uint8Array(0) }
}
