import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { type HostFunctions, returnsI64, returnsNothing } from './host-function.ts'
import {
  beginPromise,
  createReceipt,
  deductDeposit,
  functionCall,
  methodNameBytes,
  payForFunctionCall,
  promiseAt,
  pushPromise,
  receiptAt,
  receiptForAction,
} from './receipts.ts'

/** Receipts to other contracts, and how they wait for each other. */
export const promiseFunctions: HostFunctions = {
  promise_create: returnsI64(
    (call, accountLength, account, methodLength, method, argsLength, args, depositAddress, gas) => {
      const promise = batchCreate(call, accountLength, account)
      addFunctionCall(call, { promise, methodLength, method, argsLength, args, depositAddress, gas, gasWeight: 0n })
      return promise
    },
  ),

  promise_then: returnsI64(
    (call, after, accountLength, account, methodLength, method, argsLength, args, depositAddress, gas) => {
      const promise = batchThen(call, after, accountLength, account)
      addFunctionCall(call, { promise, methodLength, method, argsLength, args, depositAddress, gas, gasWeight: 0n })
      return promise
    },
  ),

  promise_and: returnsI64((call, address, count) => {
    beginPromise(call, 'promise_and')
    call.gas.pay('promise_and_base')
    const length = count * 8n
    if (length >= 2n ** 64n) throw new HostAbort('IntegerOverflow')
    call.gas.pay('promise_and_per_promise', length)
    const indices = call.memory.read(address, length)
    return pushPromise(call, { kind: 'joint', receipts: joinReceipts(call, new DataView(indices.buffer)) })
  }),

  promise_batch_create: returnsI64(batchCreate),
  promise_batch_then: returnsI64(batchThen),

  promise_set_refund_to: returnsNothing((call, promiseIndex, accountLength, account) => {
    beginPromise(call, 'promise_set_refund_to')
    const refundTo = call.accountId(accountLength, account)
    const promise = promiseAt(call, promiseIndex)
    if (promise.kind === 'joint') throw new HostAbort('CannotSetRefundToOnJointPromise')
    receiptAt(call, promise.receipt).refundTo = refundTo
  }),

  promise_batch_action_function_call: returnsNothing(
    (call, promise, methodLength, method, argsLength, args, depositAddress, gas) =>
      addFunctionCall(call, { promise, methodLength, method, argsLength, args, depositAddress, gas, gasWeight: 0n }),
  ),

  promise_batch_action_function_call_weight: returnsNothing(
    (call, promise, methodLength, method, argsLength, args, depositAddress, gas, gasWeight) =>
      addFunctionCall(call, { promise, methodLength, method, argsLength, args, depositAddress, gas, gasWeight }),
  ),

  promise_results_count: returnsI64((call) => {
    beginPromise(call, 'promise_results_count')
    return BigInt(call.context.promiseResults.length)
  }),

  /** 1 when the promise succeeded, 2 when it failed. */
  promise_result: returnsI64((call, index, registerId) => {
    beginPromise(call, 'promise_result')
    const result = call.context.promiseResults[Number(index)]
    if (result === undefined) throw new HostAbort('InvalidPromiseResultIndex', { result_idx: index })
    if (result.status === 'failed') return 2n
    call.registers.writeShared(registerId, result.value)
    return 1n
  }),

  promise_return: returnsNothing((call, promiseIndex) => {
    call.gas.pay('base')
    call.gas.pay('promise_return')
    call.prohibitInView('promise_return')
    const promise = promiseAt(call, promiseIndex)
    if (promise.kind === 'joint') throw new HostAbort('CannotReturnJointPromise')
    call.returnData = { kind: 'receiptIndex', receipt: promise.receipt }
  }),
}

function batchCreate(call: CallState, accountLength: bigint, account: bigint): bigint {
  beginPromise(call, 'promise_batch_create')
  const accountId = call.accountId(accountLength, account)
  return createReceipt(call, accountId, [])
}

function batchThen(call: CallState, after: bigint, accountLength: bigint, account: bigint): bigint {
  beginPromise(call, 'promise_batch_then')
  const accountId = call.accountId(accountLength, account)
  return createReceipt(call, accountId, receiptsOf(call, after))
}

function receiptsOf(call: CallState, promiseIndex: bigint): number[] {
  const promise = promiseAt(call, promiseIndex)
  return promise.kind === 'joint' ? promise.receipts : [promise.receipt]
}

function joinReceipts(call: CallState, indices: DataView): number[] {
  const limit = call.parameters.limits.max_number_input_data_dependencies
  const joined: number[] = []
  for (let offset = 0; offset < indices.byteLength; offset += 8) {
    joined.push(...receiptsOf(call, indices.getBigUint64(offset, true)))
    if (joined.length > limit) {
      throw new HostAbort('NumberInputDataDependenciesExceeded', {
        number_of_input_data_dependencies: BigInt(joined.length),
        limit: BigInt(limit),
      })
    }
  }
  return joined
}

interface FunctionCallArguments {
  promise: bigint
  methodLength: bigint
  method: bigint
  argsLength: bigint
  args: bigint
  depositAddress: bigint
  gas: bigint
  gasWeight: bigint
}

function addFunctionCall(call: CallState, given: FunctionCallArguments): void {
  beginPromise(call, 'promise_batch_action_function_call')
  const deposit = call.memory.readU128(given.depositAddress)
  const methodName = methodNameBytes(call, given.methodLength, given.method)
  const args = call.bytes(given.argsLength, given.args)
  const { receipt, isToSelf } = receiptForAction(call, given.promise)

  const request = { methodName, args, deposit, gas: given.gas, gasWeight: given.gasWeight }
  payForFunctionCall(call, isToSelf, request)
  call.gas.prepay(given.gas)
  deductDeposit(call, deposit)
  receipt.actions.push(functionCall(request))
}
