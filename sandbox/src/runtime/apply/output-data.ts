import type { DataReceiver } from '../types.ts'
import type { ActionResult } from './action-result.ts'
import { dataReceipt } from './new-receipts.ts'

/**
 * Sends what a receipt returned to those who wait for it. When it returned a promise, that promise's receipt has to send
 * it. nearcore: "Generating outgoing data" in `apply_action_receipt`.
 */
export function addOutputData(senderId: string, receivers: readonly DataReceiver[], result: ActionResult): void {
  if (receivers.length === 0) return
  if (result.returnData.kind === 'receiptIndex') {
    handOver(receivers, result, result.returnData.receipt)
    return
  }
  const value = result.returnData.kind === 'value' ? result.returnData.value : new Uint8Array(0)
  const data = result.error ? null : value
  for (const { dataId, receiverId } of receivers) {
    result.newReceipts.push(dataReceipt(senderId, receiverId, { dataId, data }))
  }
}

function handOver(receivers: readonly DataReceiver[], { newReceipts }: ActionResult, index: number): void {
  const returned = newReceipts[index]
  if (returned?.receipt.kind !== 'Action' && returned?.receipt.kind !== 'PromiseYield') {
    throw new Error(`the contract returned receipt ${index}, which is no action receipt`)
  }
  const { action } = returned.receipt
  const outputDataReceivers = [...action.outputDataReceivers, ...receivers]
  newReceipts[index] = { ...returned, receipt: { ...returned.receipt, action: { ...action, outputDataReceivers } } }
}
