import { accountKind } from '../../primitives/index.ts'
import { type CallState, decodeUtf8 } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import type { KeyPermission } from '../types.ts'
import { type HostFunctions, returnsNothing } from './host-function.ts'
import { decodePublicKey } from './public-keys.ts'
import { beginPromise, payFee, receiptForAction } from './receipts.ts'

/** Actions on accounts, money and keys. */
export const promiseActionFunctions: HostFunctions = {
  promise_batch_action_create_account: returnsNothing((call, promise) => {
    beginPromise(call, 'promise_batch_action_create_account')
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'create_account', isToSelf)
    receipt.actions.push({ kind: 'createAccount' })
  }),

  promise_batch_action_deploy_contract: returnsNothing((call, promise, codeLength, codeAddress) => {
    beginPromise(call, 'promise_batch_action_deploy_contract')
    const code = readContract(call, codeLength, codeAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'deploy_contract_base', isToSelf)
    payFee(call, 'deploy_contract_byte', isToSelf, code.length)
    receipt.actions.push({ kind: 'deployContract', code })
  }),

  promise_batch_action_transfer: returnsNothing((call, promise, amountAddress) => {
    beginPromise(call, 'promise_batch_action_transfer')
    const deposit = call.memory.readU128(amountAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payForTransfer(call, receipt.receiverId, isToSelf)
    call.deductBalance(deposit)
    receipt.actions.push({ kind: 'transfer', deposit })
  }),

  promise_batch_action_stake: returnsNothing((call, promise, amountAddress, keyLength, keyAddress) => {
    beginPromise(call, 'promise_batch_action_stake')
    const stake = call.memory.readU128(amountAddress)
    const key = call.bytes(keyLength, keyAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'stake', isToSelf)
    receipt.actions.push({ kind: 'stake', stake, publicKey: decodePublicKey(key) })
  }),

  promise_batch_action_add_key_with_full_access: returnsNothing((call, promise, keyLength, keyAddress, nonce) => {
    beginPromise(call, 'promise_batch_action_add_key_with_full_access')
    const key = call.bytes(keyLength, keyAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'add_full_access_key', isToSelf)
    const permission: KeyPermission = { kind: 'fullAccess' }
    receipt.actions.push({ kind: 'addKey', publicKey: decodePublicKey(key), nonce, permission })
  }),

  promise_batch_action_add_key_with_function_call: returnsNothing(
    (call, promise, keyLength, keyAddress, nonce, allowance, receiverLength, receiver, methodsLength, methods) => {
      beginPromise(call, 'promise_batch_action_add_key_with_function_call')
      const key = call.bytes(keyLength, keyAddress)
      const request = readPermission(call, {
        allowance,
        receiverLength,
        receiver,
        methodsLength,
        methods,
      })
      const { receipt, isToSelf } = receiptForAction(call, promise)
      payForFunctionCallKey(call, request, isToSelf)
      const publicKey = decodePublicKey(key)
      receipt.actions.push({ kind: 'addKey', publicKey, nonce, permission: functionCallPermission(request) })
    },
  ),

  promise_batch_action_delete_key: returnsNothing((call, promise, keyLength, keyAddress) => {
    beginPromise(call, 'promise_batch_action_delete_key')
    const key = call.bytes(keyLength, keyAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'delete_key', isToSelf)
    receipt.actions.push({ kind: 'deleteKey', publicKey: decodePublicKey(key) })
  }),

  promise_batch_action_delete_account: returnsNothing((call, promise, beneficiaryLength, beneficiary) => {
    beginPromise(call, 'promise_batch_action_delete_account')
    const beneficiaryId = call.accountId(beneficiaryLength, beneficiary)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'delete_account', isToSelf)
    receipt.actions.push({ kind: 'deleteAccount', beneficiaryId })
  }),
}

export function readContract(call: CallState, length: bigint, address: bigint): Uint8Array {
  const code = call.bytes(length, address)
  const limit = call.parameters.limits.max_contract_size
  if (code.length > limit) {
    throw new HostAbort('ContractSizeExceeded', { size: BigInt(code.length), limit: BigInt(limit) })
  }
  return code
}

/** A transfer to an implicit account may create it, and pays for that. nearcore: `transfer_send_fee` and its twin. */
function payForTransfer(call: CallState, receiverId: string, isToSelf: boolean): void {
  const { transfer, create_account, add_full_access_key } = call.parameters.actionFees
  const kind = accountKind(receiverId)
  const fees = [transfer]
  if (kind !== 'named') fees.push(create_account)
  if (kind === 'nearImplicit') fees.push(add_full_access_key)

  const burn = fees.reduce((sum, fee) => sum + (isToSelf ? fee.sendSir : fee.sendNotSir), 0n)
  const use = fees.reduce((sum, fee) => sum + fee.execution, burn)
  call.gas.payAction('transfer', { burn, use })
}

interface PermissionRequest {
  allowance: bigint
  receiverId: string
  methodNames: Uint8Array[]
}

interface PermissionArguments {
  allowance: bigint
  receiverLength: bigint
  receiver: bigint
  methodsLength: bigint
  methods: bigint
}

export function readPermission(call: CallState, given: PermissionArguments): PermissionRequest {
  const allowance = call.memory.readU128(given.allowance)
  const receiverId = call.accountId(given.receiverLength, given.receiver)
  const methodNames = splitMethodNames(call.bytes(given.methodsLength, given.methods))
  return { allowance, receiverId, methodNames }
}

export function payForFunctionCallKey(call: CallState, permission: PermissionRequest, isToSelf: boolean): void {
  const bytes = permission.methodNames.reduce((sum, name) => sum + name.length + 1, 0)
  payFee(call, 'add_function_call_key_base', isToSelf)
  payFee(call, 'add_function_call_key_byte', isToSelf, bytes)
}

/** The permission, once it is paid for: only then does nearcore look at the names' encoding. */
export function functionCallPermission({ allowance, receiverId, methodNames }: PermissionRequest): KeyPermission {
  const names = methodNames.map((name) => decodeUtf8(name, 'InvalidMethodName'))
  return { kind: 'functionCall', receiverId, methodNames: names, ...(allowance > 0n && { allowance }) }
}

/** Separated by commas; none when there are no bytes at all. */
function splitMethodNames(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return []
  const names = Buffer.from(bytes).toString('latin1').split(',')
  if (names.includes('')) throw new HostAbort('EmptyMethodName')
  return names.map((name) => new Uint8Array(Buffer.from(name, 'latin1')))
}
