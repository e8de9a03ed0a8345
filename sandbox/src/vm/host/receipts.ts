import type { ActionCost } from '../../parameters/index.ts'
import { type CallState, decodeUtf8, type Promised } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { sendFee } from '../gas-counter.ts'
import type { PromisedAction, PromisedReceipt } from '../types.ts'

/** Starts a promise function: its base cost, and no views. */
export function beginPromise(call: CallState, functionName: string): void {
  call.gas.pay('base')
  call.prohibitInView(functionName)
}

/** Adds a promise and returns its index, as the contract sees it. */
export function pushPromise(call: CallState, promise: Promised): bigint {
  call.promises.push(promise)
  const count = call.promises.length
  const limit = call.parameters.limits.max_promises_per_function_call_action
  if (count > limit) {
    throw new HostAbort('NumberPromisesExceeded', { number_of_promises: BigInt(count), limit: BigInt(limit) })
  }
  return BigInt(count - 1)
}

export function promiseAt(call: CallState, index: bigint): Promised {
  const promise = call.promises[Number(index)]
  if (promise === undefined) throw new HostAbort('InvalidPromiseIndex', { promise_idx: index })
  return promise
}

/** The receipt that an action is for, and whether it goes to the contract itself: that is cheaper. */
export function receiptForAction(call: CallState, promiseIndex: bigint) {
  const promise = promiseAt(call, promiseIndex)
  if (promise.kind === 'joint') throw new HostAbort('CannotAppendActionToJointPromise')
  const receipt = receiptAt(call, promise.receipt)
  return { receipt, isToSelf: receipt.receiverId === call.context.currentAccountId }
}

/** `index` is one that this file gave out. */
export function receiptAt(call: CallState, index: number): PromisedReceipt {
  const receipt = call.receipts[index]
  if (receipt === undefined) throw new Error(`no receipt ${index} was created`)
  return receipt
}

/** A new receipt that waits for `dependencies`, paid for; returns its promise's index. */
export function createReceipt(call: CallState, receiverId: string, dependencies: number[]): bigint {
  const areToReceiver = dependencies.map((index) => receiptAt(call, index).receiverId === receiverId)
  payForReceipt(call, receiverId === call.context.currentAccountId, areToReceiver)
  const inputDataIds = dependencies.map(() => call.external.generateDataId('dependency'))
  return addReceipt(call, { receiverId, dependencies, inputDataIds, actions: [] })
}

export function addReceipt(call: CallState, receipt: PromisedReceipt): bigint {
  call.receipts.push(receipt)
  return pushPromise(call, { kind: 'receipt', receipt: call.receipts.length - 1 })
}

/** nearcore charges the data receipts together with the action receipt. */
export function payForReceipt(call: CallState, isToSelf: boolean, dataReceiptsToSelf: boolean[]): void {
  const { new_action_receipt, new_data_receipt_base } = call.parameters.actionFees
  const data = dataReceiptsToSelf.map(
    (toSelf) => sendFee(new_data_receipt_base, toSelf) + new_data_receipt_base.execution,
  )
  const burn = data.reduce((sum, gas) => sum + gas, sendFee(new_action_receipt, isToSelf))
  call.gas.payAction('new_action_receipt', { burn, use: burn + new_action_receipt.execution })
}

export function payFee(call: CallState, action: ActionCost, isToSelf: boolean, count: bigint | number = 1n): void {
  call.gas.payFee(action, call.parameters.actionFees[action], isToSelf, count)
}

interface FunctionCallRequest {
  methodName: Uint8Array
  args: Uint8Array
  deposit: bigint
  gas: bigint
  gasWeight: bigint
}

export function payForFunctionCall(call: CallState, isToSelf: boolean, request: FunctionCallRequest): void {
  payFee(call, 'function_call_base', isToSelf)
  payFee(call, 'function_call_byte', isToSelf, request.methodName.length + request.args.length)
}

/** Takes the deposit of a function call. One yocto is given to an account with nothing, so that it can sign with it. */
export function deductDeposit(call: CallState, deposit: bigint): void {
  const isGift = deposit === 1n && call.balance === 0n && call.parameters.features.oneYoctoOnPromise
  if (isGift) call.subsidizedAmount += deposit
  else call.deductBalance(deposit)
}

/** The action, once it is paid for: only then does nearcore look at the name's encoding. */
export function functionCall(request: FunctionCallRequest): PromisedAction {
  decodeUtf8(request.methodName, 'InvalidMethodName')
  return { kind: 'functionCall', ...request }
}

/** A method's name, which cannot be empty. */
export function methodNameBytes(call: CallState, length: bigint, address: bigint): Uint8Array {
  const name = call.bytes(length, address)
  if (name.length === 0) throw new HostAbort('EmptyMethodName')
  return name
}
