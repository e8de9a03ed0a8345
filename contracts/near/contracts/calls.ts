import { near } from 'near-sdk-js'
import { host } from '../builder/runtime/host.ts'
import { toJson } from '../builder/runtime/native.ts'
import { self } from './context.ts'

export interface Call {
  readonly contract: string
  readonly method: string
  readonly args: object
  /** yoctoNEAR. */
  readonly deposit?: bigint
  readonly gas: bigint
  /** Its share of the gas that the call under way leaves; none without. */
  readonly weight?: bigint
}

/** Calls another contract and then, whatever came of it, a method of this one. What that answers is what the call under way answers. */
export function callThen(call: Call, callback: Omit<Call, 'contract' | 'deposit'>): void {
  const promise = near.promiseBatchCreate(call.contract)
  addCall(promise, call)
  const answer = near.promiseBatchThen(promise, self())
  addCall(answer, callback)
  near.promiseReturn(answer)
}

/** In a callback: whether the call before it did not fail, whatever it answered. */
export function hasSucceeded(): boolean {
  try {
    near.promiseResultRaw(0)
    return true
  } catch {
    return false
  }
}

/** Calls another contract and waits for nothing: whatever comes of it changes nothing here. */
export function callAside(call: Call): void {
  addCall(near.promiseBatchCreate(call.contract), call)
}

/** Calls another contract. What that answers is what the call under way answers. */
export function callLast(call: Call): void {
  const promise = near.promiseBatchCreate(call.contract)
  addCall(promise, call)
  near.promiseReturn(promise)
}

/** Sends yoctoNEAR. */
export function sendNear(accountId: string, amount: bigint): void {
  near.promiseBatchActionTransfer(near.promiseBatchCreate(accountId), amount)
}

function addCall(
  promise: number | bigint,
  { method, args, deposit = 0n, gas, weight = 0n }: Omit<Call, 'contract'>,
): void {
  host.promise_batch_action_function_call_weight(promise, method, toJson(args), deposit, gas, weight)
}
