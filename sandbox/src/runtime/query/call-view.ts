import { encode } from '../../primitives/borsh.ts'
import { ZERO_HASH } from '../../primitives/hash.ts'
import { publicKeyCodec } from '../../primitives/public-key.ts'
import { runContract } from '../../vm/run-contract.ts'
import type { FunctionCallError, VMContext } from '../../vm/types.ts'
import { contractCode } from '../actions/contract-code.ts'
import { RuntimeExternal } from '../actions/external.ts'
import { vmAccountContract } from '../actions/function-call.ts'
import type { BlockContext } from '../apply/context.ts'
import { actionRandomSeed } from '../receipt-id.ts'
import { getAccount } from '../state/accounts.ts'
import { StateUpdate } from '../state/state-update.ts'
import { hashOf } from '../trie/node.ts'
import type { Trie } from '../trie/trie.ts'
import type { CallFunctionResult } from '../types.ts'
import { debugText } from './debug-text.ts'

interface ViewCall {
  readonly accountId: string
  readonly methodName: string
  readonly args: Uint8Array
}

/** Runs a method that may change nothing. nearcore: `call_function` in state_viewer/mod.rs. */
export function callView(block: BlockContext, trie: Trie, call: ViewCall): CallFunctionResult {
  const state = new StateUpdate(trie)
  const account = getAccount(state, call.accountId)
  if (!account) {
    return { status: 'failed', message: `Account ID #${call.accountId} does not exist`, logs: [] }
  }
  const code = contractCode(state, call.accountId, account.contract)
  if (!code) {
    const accountId = call.accountId
    return failed({ kind: 'CompilationError', error: { kind: 'CodeDoesNotExist', accountId }, message: '' }, [])
  }

  const maxGasBurnt = BigInt(block.config.limits.max_gas_burnt)
  const context: VMContext = {
    currentAccountId: call.accountId,
    signerAccountId: call.accountId,
    signerAccountPk: encode(publicKeyCodec, { type: 'ed25519', bytes: ZERO_HASH }),
    predecessorAccountId: call.accountId,
    refundToAccountId: call.accountId,
    input: call.args,
    promiseResults: [],
    blockHeight: block.height,
    blockTimestamp: block.timestampNanoseconds,
    epochHeight: block.epochHeight,
    accountBalance: account.amount,
    accountLockedBalance: account.locked,
    storageUsage: account.storageUsage,
    accountContract: vmAccountContract(account.contract),
    attachedDeposit: 0n,
    prepaidGas: maxGasBurnt,
    randomSeed: actionRandomSeed(ZERO_HASH, hashOf(trie)),
    viewConfig: { maxGasBurnt },
    outputDataReceivers: [],
  }
  const external = new RuntimeExternal(block, state, { accountId: call.accountId, actionHash: ZERO_HASH })
  const outcome = runContract({ code, method: call.methodName, context, external, cache: block.config.contracts })
  if (outcome.error) return failed(outcome.error, outcome.logs)
  const { returnData, logs } = outcome
  return { status: 'success', value: returnData.kind === 'value' ? returnData.value : new Uint8Array(0), logs }
}

function failed(error: FunctionCallError, logs: readonly string[]): CallFunctionResult {
  return { status: 'failed', message: `wasm execution failed with error: ${debugText(error)}`, logs }
}
