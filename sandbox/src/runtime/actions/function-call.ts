import type { AccountContract } from '../../primitives/account.ts'
import type { Action } from '../../primitives/action.ts'
import { encode } from '../../primitives/borsh.ts'
import { publicKeyCodec } from '../../primitives/public-key.ts'
import { runContract } from '../../vm/run-contract.ts'
import type { AccountContract as VMAccountContract, VMContext, VMOutcome } from '../../vm/types.ts'
import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { actionHash, actionRandomSeed } from '../receipt-id.ts'
import { announceResume, announceYield } from '../state/yields.ts'
import { contractCode } from './contract-code.ts'
import { distributeGas } from './distribute-gas.ts'
import { existingAccount } from './existing-account.ts'
import { RuntimeExternal } from './external.ts'
import { functionCallErrorView } from './function-call-error.ts'
import { promisedReceipts } from './promised-receipts.ts'

type FunctionCall = Extract<Action, { kind: 'FunctionCall' }>

/** Runs the receiver's contract. nearcore: `action_function_call` in runtime/runtime/src/function_call.rs. */
export function functionCall(context: ReceiptContext, call: FunctionCall, index: number, result: ActionResult): void {
  const { block, state, receipt } = context
  const { receiverId: accountId } = receipt
  const account = existingAccount(context)
  const code = contractCode(state, accountId, account.contract)
  if (!code) {
    const missing = { CodeDoesNotExist: { account_id: accountId } }
    result.error = { index, kind: { FunctionCallError: { CompilationError: missing } } }
    return
  }

  const hash = actionHash(receipt.receiptId, block.height, index)
  const external = new RuntimeExternal(block, state, { accountId, actionHash: hash })
  const vmContext = contextOfCall(context, call, index, actionRandomSeed(hash, block.randomSeed))
  const outcome = runContract({
    code,
    method: call.methodName,
    context: vmContext,
    external,
    cache: block.config.contracts,
  })
  const distributed = distributeGas(outcome.receipts, call.gas - outcome.gasUsed)

  result.gasBurnt += outcome.gasBurnt
  result.gasBurntForFunctionCall += outcome.gasBurnt
  result.gasUsed += outcome.gasUsed + distributed
  result.logs.push(...outcome.logs)
  for (const [cost, gas] of outcome.profile) result.profile.set(cost, gas)
  if (outcome.error) {
    result.error = { index, kind: { FunctionCallError: functionCallErrorView(outcome.error) } }
    return
  }

  announceYields(context, outcome)
  context.account = { ...account, amount: outcome.balance, storageUsage: outcome.storageUsage }
  result.newReceipts.push(...promisedReceipts(context, outcome))
  result.returnData = outcome.returnData
  result.subsidizedAmount += outcome.subsidizedAmount
}

function contextOfCall(context: ReceiptContext, call: FunctionCall, index: number, randomSeed: Uint8Array): VMContext {
  const { block, receipt, action, promiseResults } = context
  const account = existingAccount(context)
  const isLastAction = index === action.actions.length - 1
  return {
    currentAccountId: receipt.receiverId,
    signerAccountId: action.signerId,
    signerAccountPk: encode(publicKeyCodec, action.signerPublicKey),
    predecessorAccountId: receipt.predecessorId,
    refundToAccountId: action.refundTo ?? receipt.predecessorId,
    input: call.args,
    promiseResults: [...promiseResults],
    blockHeight: block.height,
    blockTimestamp: block.timestampNanoseconds,
    epochHeight: block.epochHeight,
    accountBalance: account.amount,
    accountLockedBalance: account.locked,
    storageUsage: account.storageUsage,
    accountContract: vmAccountContract(account.contract),
    attachedDeposit: call.deposit,
    prepaidGas: call.gas,
    randomSeed,
    outputDataReceivers: isLastAction ? action.outputDataReceivers.map(({ receiverId }) => receiverId) : [],
  }
}

/** The contract of an account in the VM's words. */
export function vmAccountContract(contract: AccountContract): VMAccountContract {
  switch (contract.kind) {
    case 'None':
      return { kind: 'none' }
    case 'Local':
      return { kind: 'local', codeHash: contract.hash }
    case 'Global':
      return { kind: 'global', codeHash: contract.hash }
    case 'GlobalByAccount':
      return { kind: 'globalByAccount', accountId: contract.accountId }
  }
}

/** Notes the yields that the call made and those that it resumed, which may be the same. */
function announceYields({ block, state, receipt }: ReceiptContext, { receipts, resumes }: VMOutcome): void {
  const expiresAt = block.height + BigInt(block.config.limits.yield_timeout_length_in_blocks)
  for (const { yielded } of receipts) {
    if (!yielded) continue
    announceYield(state, receipt.receiverId, { dataId: yielded.dataId, yieldId: yielded.yieldId, expiresAt })
  }
  for (const { dataId } of resumes) announceResume(state, receipt.receiverId, dataId)
}
