import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import type { GlobalContractIdentifier } from '../types.ts'
import { type HostFunction, type HostFunctions, returnsI64, returnsNothing } from './host-function.ts'
import { readContract } from './promise-actions.ts'
import { beginPromise, payFee, receiptForAction } from './receipts.ts'

type ReadIdentifier = (call: CallState, length: bigint, address: bigint) => GlobalContractIdentifier

/** Contracts that many accounts share (NEP-591), and accounts that are made of one (NEP-616). */
export const globalContractFunctions: HostFunctions = {
  promise_batch_action_deploy_global_contract: deploy('promise_batch_action_deploy_global_contract', 'codeHash'),
  promise_batch_action_deploy_global_contract_by_account_id: deploy(
    'promise_batch_action_deploy_global_contract_by_account_id',
    'accountId',
  ),
  promise_batch_action_use_global_contract: use('promise_batch_action_use_global_contract', byCodeHash),
  promise_batch_action_use_global_contract_by_account_id: use(
    'promise_batch_action_use_global_contract_by_account_id',
    byAccountId,
  ),
  promise_batch_action_state_init: stateInit('promise_batch_action_state_init', byCodeHash),
  promise_batch_action_state_init_by_account_id: stateInit(
    'promise_batch_action_state_init_by_account_id',
    byAccountId,
  ),

  set_state_init_data_entry: returnsNothing(
    (call, promise, actionIndex, keyLength, keyAddress, valueLength, valueAddress) => {
      beginPromise(call, 'set_state_init_data_entry')
      const { receipt, isToSelf } = receiptForAction(call, promise)
      const key = call.bytes(keyLength, keyAddress)
      const value = call.bytes(valueLength, valueAddress)
      payFee(call, 'deterministic_state_init_entry', isToSelf)
      payFee(call, 'deterministic_state_init_byte', isToSelf, key.length + value.length)

      const action = receipt.actions[Number(actionIndex)]
      if (action?.kind !== 'deterministicStateInit') {
        const receiptIndex = BigInt(call.receipts.indexOf(receipt))
        throw new HostAbort('InvalidActionIndex', { receipt_index: receiptIndex, action_index: actionIndex })
      }
      const keyHex = Buffer.from(key).toString('hex')
      if (action.entries.has(keyHex)) throw new HostAbort('DataEntryAlreadyExists')
      action.entries.set(keyHex, { key, value })
    },
  ),
}

function deploy(functionName: string, mode: 'codeHash' | 'accountId'): HostFunction {
  return returnsNothing((call, promise, codeLength, codeAddress) => {
    beginPromise(call, functionName)
    const code = readContract(call, codeLength, codeAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'deploy_global_contract_base', isToSelf)
    payFee(call, 'deploy_global_contract_byte', isToSelf, code.length)
    receipt.actions.push({ kind: 'deployGlobalContract', code, mode })
  })
}

function use(functionName: string, readIdentifier: ReadIdentifier): HostFunction {
  return returnsNothing((call, promise, length, address) => {
    beginPromise(call, functionName)
    const contractId = readIdentifier(call, length, address)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'use_global_contract_base', isToSelf)
    const bytes = contractId.kind === 'codeHash' ? contractId.codeHash.length : contractId.accountId.length
    payFee(call, 'use_global_contract_byte', isToSelf, bytes)
    receipt.actions.push({ kind: 'useGlobalContract', contractId })
  })
}

/** Returns the action's place in its receipt, for `set_state_init_data_entry`. */
function stateInit(functionName: string, readIdentifier: ReadIdentifier): HostFunction {
  return returnsI64((call, promise, length, address, amountAddress) => {
    beginPromise(call, functionName)
    const contractId = readIdentifier(call, length, address)
    const amount = call.memory.readU128(amountAddress)
    const { receipt, isToSelf } = receiptForAction(call, promise)
    payFee(call, 'deterministic_state_init_base', isToSelf)
    call.deductBalance(amount)
    const count = receipt.actions.push({ kind: 'deterministicStateInit', contractId, entries: new Map(), amount })
    return BigInt(count - 1)
  })
}

function byCodeHash(call: CallState, length: bigint, address: bigint): GlobalContractIdentifier {
  const codeHash = call.bytes(length, address)
  if (codeHash.length !== 32) throw new HostAbort('ContractCodeHashMalformed')
  return { kind: 'codeHash', codeHash }
}

function byAccountId(call: CallState, length: bigint, address: bigint): GlobalContractIdentifier {
  return { kind: 'accountId', accountId: call.accountId(length, address) }
}
