import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { type HostFunctions, returnsI32, returnsI64 } from './host-function.ts'
import {
  addReceipt,
  beginPromise,
  deductDeposit,
  functionCall,
  methodNameBytes,
  payForFunctionCall,
  payForReceipt,
  receiptForAction,
} from './receipts.ts'

/** What `promise_yield_create_with_id` returns when a yield with this id is waiting already. */
const ALREADY_WAITING = 2n ** 64n - 1n

const ID_BYTES = 32

/** Callbacks that wait until the contract itself resumes them, or for 200 blocks (NEP-519). */
export const yieldFunctions: HostFunctions = {
  promise_yield_create: returnsI64(
    (call, methodLength, method, argsLength, argsAddress, gas, gasWeight, registerId) => {
      beginPromise(call, 'promise_yield_create')
      call.gas.pay('yield_create_base')
      const methodName = methodNameBytes(call, methodLength, method)
      const args = call.bytes(argsLength, argsAddress)
      call.gas.pay('yield_create_byte', methodName.length + args.length)
      call.gas.prepay(gas)

      payForReceipt(call, true, [true])
      const dataId = call.external.generateDataId('yield')
      const promise = addYield(call, { dataId })
      const request = { methodName, args, deposit: 0n, gas, gasWeight }
      payForFunctionCall(call, true, request)
      receiptForAction(call, promise).receipt.actions.push(functionCall(request))
      call.registers.write(registerId, dataId)
      return promise
    },
  ),

  promise_yield_create_with_id: returnsI64(
    (call, methodLength, method, argsLength, argsAddress, depositAddress, gas, gasWeight, idLength, idAddress) => {
      beginPromise(call, 'promise_yield_create_with_id')
      call.gas.pay('yield_create_with_id_base')
      const deposit = call.memory.readU128(depositAddress)
      const methodName = methodNameBytes(call, methodLength, method)
      const args = call.bytes(argsLength, argsAddress)
      const yieldId = call.bytes(idLength, idAddress)
      if (yieldId.length !== ID_BYTES) throw new HostAbort('YieldIdMalformed')
      call.gas.pay('yield_create_byte', methodName.length + args.length)
      if (dataIdOf(call, yieldId) !== undefined) return ALREADY_WAITING

      const dataId = call.external.generateDataId('yield')
      call.gas.prepay(gas)
      payForReceipt(call, true, [true])
      const promise = addYield(call, { dataId, yieldId })
      const request = { methodName, args, deposit, gas, gasWeight }
      payForFunctionCall(call, true, request)
      deductDeposit(call, deposit)
      receiptForAction(call, promise).receipt.actions.push(functionCall(request))
      return promise
    },
  ),

  /** 1 when a yield was waiting. */
  promise_yield_resume: returnsI32((call, idLength, idAddress, payloadLength, payloadAddress) => {
    beginPromise(call, 'promise_yield_resume')
    payForResume(call, payloadLength)
    const dataId = call.bytes(idLength, idAddress)
    const payload = readPayload(call, payloadLength, payloadAddress)
    if (dataId.length !== ID_BYTES) throw new HostAbort('DataIdMalformed')
    return resume(call, dataId, payload)
  }),

  promise_yield_resume_with_yield_id: returnsI32((call, idLength, idAddress, payloadLength, payloadAddress) => {
    beginPromise(call, 'promise_yield_resume_with_yield_id')
    payForResume(call, payloadLength)
    const yieldId = call.bytes(idLength, idAddress)
    const payload = readPayload(call, payloadLength, payloadAddress)
    if (yieldId.length !== ID_BYTES) throw new HostAbort('YieldIdMalformed')
    const dataId = dataIdOf(call, yieldId)
    return dataId === undefined ? 0n : resume(call, dataId, payload)
  }),
}

function addYield(call: CallState, yielded: { dataId: Uint8Array; yieldId?: Uint8Array }): bigint {
  return addReceipt(call, {
    receiverId: call.context.currentAccountId,
    dependencies: [],
    inputDataIds: [yielded.dataId],
    yielded,
    actions: [],
  })
}

/** Of the yield that the contract named so, in this call or before. */
function dataIdOf(call: CallState, yieldId: Uint8Array): Uint8Array | undefined {
  const ofThisCall = call.receipts.find(({ yielded }) => yielded?.yieldId && areEqual(yielded.yieldId, yieldId))
  return ofThisCall?.yielded?.dataId ?? call.external.dataIdOfYield(yieldId)
}

function payForResume(call: CallState, payloadLength: bigint): void {
  call.gas.pay('yield_resume_base')
  call.gas.pay('yield_resume_byte', payloadLength)
}

function readPayload(call: CallState, length: bigint, address: bigint): Uint8Array {
  const payload = call.bytes(length, address)
  const limit = call.parameters.limits.max_yield_payload_size
  if (payload.length > limit) {
    throw new HostAbort('YieldPayloadLength', { length: BigInt(payload.length), limit: BigInt(limit) })
  }
  return payload
}

function resume(call: CallState, dataId: Uint8Array, data: Uint8Array): bigint {
  const isOfThisCall = call.receipts.some(({ yielded }) => yielded && areEqual(yielded.dataId, dataId))
  if (!isOfThisCall && !call.external.hasPromiseYield(dataId)) return 0n
  call.resumes.push({ dataId, data })
  return 1n
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
