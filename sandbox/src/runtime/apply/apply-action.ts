import type { Action } from '../../primitives/action.ts'
import { withLocalContract } from '../actions/contract-code.ts'
import { createAccount } from '../actions/create-account.ts'
import { delegate } from '../actions/delegate.ts'
import { deleteAccount } from '../actions/delete-account.ts'
import { existingAccount } from '../actions/existing-account.ts'
import { functionCall } from '../actions/function-call.ts'
import { deployGlobalContract, useGlobalContract } from '../actions/global-contract.ts'
import { addKey, deleteKey } from '../actions/keys.ts'
import { stake } from '../actions/stake.ts'
import { initDeterministicState } from '../actions/state-init.ts'
import { transfer } from '../actions/transfer.ts'
import { ActionFailure } from '../errors.ts'
import { execFee } from '../fees.ts'
import { type ActionResult, emptyResult } from './action-result.ts'
import type { ReceiptContext } from './context.ts'

/** Does one action of a receipt, or says why not. nearcore: `apply_action` in runtime/runtime/src/lib.rs. */
export function applyAction(context: ReceiptContext, action: Action, index: number): ActionResult {
  const { block, receipt } = context
  const result = emptyResult(execFee(block.config.fees, action, receipt.receiverId))
  try {
    checkActor(context, action)
    perform(context, action, index, result)
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error
    result.error = { index, kind: error.kind }
  }
  return result
}

/** What only the account itself may do. */
const FOR_THE_OWNER: ReadonlySet<Action['kind']> = new Set([
  'DeployContract',
  'Stake',
  'AddKey',
  'DeleteKey',
  'DeleteAccount',
  'DeployGlobalContract',
  'UseGlobalContract',
])

/** What finds, or makes, an account that is not there. */
const FOR_ANY_ACCOUNT: ReadonlySet<Action['kind']> = new Set(['CreateAccount', 'Transfer', 'DeterministicStateInit'])

/** nearcore: `check_account_existence` and `check_actor_permissions` in actions.rs, in this order. */
function checkActor(context: ReceiptContext, { kind }: Action): void {
  const { receiverId } = context.receipt
  if (!FOR_ANY_ACCOUNT.has(kind)) existingAccount(context)
  if (!FOR_THE_OWNER.has(kind) || context.actorId === receiverId) return
  throw new ActionFailure({ ActorNoPermission: { account_id: receiverId, actor_id: context.actorId } })
}

function perform(context: ReceiptContext, action: Action, index: number, result: ActionResult): void {
  switch (action.kind) {
    case 'CreateAccount':
      createAccount(context)
      return
    case 'DeployContract': {
      const account = existingAccount(context)
      context.account = withLocalContract(context.state, context.receipt.receiverId, account, action.code)
      return
    }
    case 'FunctionCall':
      functionCall(context, action, index, result)
      return
    case 'Transfer':
      transfer(context, action.deposit)
      return
    case 'Stake':
      stake(context, action, result)
      return
    case 'AddKey':
      addKey(context, action)
      return
    case 'DeleteKey':
      deleteKey(context, action)
      return
    case 'DeleteAccount':
      deleteAccount(context, action.beneficiaryId, result)
      return
    case 'Delegate':
    case 'DelegateV2':
      delegate(context, action, result)
      return
    case 'DeployGlobalContract':
      deployGlobalContract(context, action, result)
      return
    case 'UseGlobalContract':
      useGlobalContract(context, action.contractIdentifier)
      return
    case 'DeterministicStateInit':
      initDeterministicState(context, action, result)
      return
    case 'TransferToGasKey':
    case 'WithdrawFromGasKey':
      throw new Error(`${action.kind} cannot get here: validation refuses gas keys`)
  }
}
