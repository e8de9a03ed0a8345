import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { sendFee } from '../gas-counter.ts'
import type { KeyPermission } from '../types.ts'
import { type HostFunctions, returnsNothing } from './host-function.ts'
import { functionCallPermission, payForFunctionCallKey, readPermission } from './promise-actions.ts'
import { decodePublicKey, isPublicKey } from './public-keys.ts'
import { beginPromise, payFee, receiptForAction } from './receipts.ts'

/** Borsh of a gas key's balance (u128) and its count of nonces (u16). */
const GAS_KEY_BYTES = 18

/** Borsh of an access key with a gas key's full access: nonce, permission's tag, gas key. */
const ACCESS_KEY_BYTES = 8 + 1 + GAS_KEY_BYTES

const NONCE_INDEX_BYTES = 2

const NONCE_BYTES = 8

const MAX_NONCES = 2n ** 16n - 1n

/** Keys with money of their own for gas, and many nonces (NEP-611). */
export const gasKeyFunctions: HostFunctions = {
  promise_batch_action_transfer_to_gas_key: returnsNothing((call, promise, keyLength, keyAddress, amountAddress) => {
    beginPromise(call, 'promise_batch_action_transfer_to_gas_key')
    const key = call.bytes(keyLength, keyAddress)
    const deposit = call.memory.readU128(amountAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)

    const { gas_key_byte } = call.parameters.actionFees
    const burn = sendFee(gas_key_byte, isToSelf) * BigInt(chargedLength(key))
    const storedBytes = accessKeyKeyLength(receipt.receiverId, key) + ACCESS_KEY_BYTES
    payFee(call, 'gas_key_transfer_base', isToSelf)
    call.gas.payAction('gas_key_byte', { burn, use: burn + gas_key_byte.execution * BigInt(storedBytes) })
    call.deductBalance(deposit)
    receipt.actions.push({ kind: 'transferToGasKey', publicKey: decodePublicKey(key), deposit })
  }),

  promise_batch_action_add_gas_key_with_full_access: returnsNothing(
    (call, promise, keyLength, keyAddress, nonceCount) => {
      beginPromise(call, 'promise_batch_action_add_gas_key_with_full_access')
      const key = call.bytes(keyLength, keyAddress)
      const numNonces = checkNonceCount(nonceCount)
      const { receipt, isToSelf } = receiptForAction(call, promise)
      payFee(call, 'add_full_access_key', isToSelf)
      payForNonces(call, { receiverId: receipt.receiverId, key, numNonces, isToSelf })
      const permission: KeyPermission = { kind: 'fullAccess' }
      receipt.actions.push({ kind: 'addGasKey', publicKey: decodePublicKey(key), numNonces, permission })
    },
  ),

  promise_batch_action_add_gas_key_with_function_call: returnsNothing(
    (call, promise, keyLength, keyAddress, nonces, allowance, receiverLength, receiver, methodsLength, methods) => {
      beginPromise(call, 'promise_batch_action_add_gas_key_with_function_call')
      const key = call.bytes(keyLength, keyAddress)
      const numNonces = checkNonceCount(nonces)
      const request = readPermission(call, {
        allowance,
        receiverLength,
        receiver,
        methodsLength,
        methods,
      })
      const { receipt, isToSelf } = receiptForAction(call, promise)
      payForFunctionCallKey(call, request, isToSelf)
      payForNonces(call, { receiverId: receipt.receiverId, key, numNonces, isToSelf })
      const publicKey = decodePublicKey(key)
      receipt.actions.push({ kind: 'addGasKey', publicKey, numNonces, permission: functionCallPermission(request) })
    },
  ),
}

interface NoncesToStore {
  receiverId: string
  key: Uint8Array
  numNonces: number
  isToSelf: boolean
}

/** nearcore: `gas_key_add_key_send_fee` and `gas_key_add_key_exec_fee`. */
function payForNonces(call: CallState, { receiverId, key, numNonces, isToSelf }: NoncesToStore): void {
  const { gas_key_nonce_write_base, gas_key_byte } = call.parameters.actionFees
  const writes = gas_key_nonce_write_base.execution * BigInt(numNonces)
  call.gas.payAction('gas_key_nonce_write_base', { burn: 0n, use: writes })

  const burn = sendFee(gas_key_byte, isToSelf) * BigInt(GAS_KEY_BYTES)
  const bytesPerNonce = accessKeyKeyLength(receiverId, key) + NONCE_INDEX_BYTES + NONCE_BYTES
  const stored = gas_key_byte.execution * BigInt(bytesPerNonce * numNonces)
  call.gas.payAction('gas_key_byte', { burn, use: burn + stored })
}

function checkNonceCount(count: bigint): number {
  if (count > MAX_NONCES) throw new HostAbort('IntegerOverflow')
  return Number(count)
}

/** Of the trie's key: a column, the account, a separator, the public key. */
function accessKeyKeyLength(accountId: string, key: Uint8Array): number {
  return 1 + accountId.length + 1 + chargedLength(key)
}

/** What is no key counts nothing: it is refused only after the charge. */
function chargedLength(key: Uint8Array): number {
  return isPublicKey(key) ? key.length : 0
}
