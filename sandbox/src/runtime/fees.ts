import type { ActionCost, ActionFees } from '../parameters/action-fees.ts'
import type { AccessKeyPermission } from '../primitives/account.ts'
import { accountKind } from '../primitives/account-id.ts'
import type { Action, GlobalContractIdentifier, StateInit } from '../primitives/action.ts'

/**
 * Gas of actions, apart from the gas that function calls bring along. To send is paid where a receipt is made, to
 * execute where it arrives. nearcore: runtime/runtime/src/config.rs and core/parameters/src/cost.rs.
 */
type FeeKind = 'sendSir' | 'sendNotSir' | 'execution'

/** What it costs to send these actions. "sir": the sender is the receiver. */
export function totalSendFees(
  fees: ActionFees,
  actions: readonly Action[],
  { isSir, receiverId }: { isSir: boolean; receiverId: string },
): bigint {
  const kind = isSir ? 'sendSir' : 'sendNotSir'
  return sum(actions.map((action) => sendFee(fees, action, kind, receiverId)))
}

/** What it costs to execute one action, the actions inside a delegate action excluded. */
export function execFee(fees: ActionFees, action: Action, receiverId: string): bigint {
  return isDelegate(action) ? fees.delegate.execution : baseFee(fees, action, 'execution', receiverId)
}

/** What a receipt brings along to execute its actions, those inside delegate actions and their receipt included. */
export function totalPrepaidExecFees(fees: ActionFees, actions: readonly Action[], receiverId: string): bigint {
  return sum(
    actions.map((action) => {
      if (!isDelegate(action)) return execFee(fees, action, receiverId)
      const { delegateAction } = action
      const inner = totalPrepaidExecFees(fees, delegateAction.actions, delegateAction.receiverId)
      return inner + fees.delegate.execution + fees.new_action_receipt.execution
    }),
  )
}

/** What a receipt brings along to send what is inside its delegate actions. */
export function totalPrepaidSendFees(fees: ActionFees, actions: readonly Action[]): bigint {
  return sum(
    actions.map((action) => {
      if (!isDelegate(action)) return 0n
      const { actions: inner, senderId, receiverId } = action.delegateAction
      return totalSendFees(fees, inner, { isSir: senderId === receiverId, receiverId })
    }),
  )
}

/** The gas that the function calls of these actions bring along, also inside delegate actions. */
export function totalPrepaidGas(actions: readonly Action[]): bigint {
  return sum(
    actions.map((action) => {
      if (isDelegate(action)) return totalPrepaidGas(action.delegateAction.actions)
      return action.kind === 'FunctionCall' ? action.gas : 0n
    }),
  )
}

/** The tokens that these actions bring along, also inside delegate actions. */
export function totalDeposit(actions: readonly Action[]): bigint {
  return sum(actions.map(depositOf))
}

function depositOf(action: Action): bigint {
  switch (action.kind) {
    case 'FunctionCall':
    case 'Transfer':
    case 'DeterministicStateInit':
    case 'TransferToGasKey':
      return action.deposit
    case 'Delegate':
    case 'DelegateV2':
      return totalDeposit(action.delegateAction.actions)
    default:
      return 0n
  }
}

function isDelegate(action: Action): action is Extract<Action, { kind: 'Delegate' | 'DelegateV2' }> {
  return action.kind === 'Delegate' || action.kind === 'DelegateV2'
}

function sendFee(fees: ActionFees, action: Action, kind: 'sendSir' | 'sendNotSir', receiverId: string): bigint {
  if (!isDelegate(action)) return baseFee(fees, action, kind, receiverId)
  // The relayer's send fee covers the envelope; the inner actions are sent from the same shard with the same "sir".
  const { actions, receiverId: innerReceiverId } = action.delegateAction
  return sum([
    fees.delegate[kind],
    totalSendFees(fees, actions, { isSir: kind === 'sendSir', receiverId: innerReceiverId }),
  ])
}

function baseFee(
  fees: ActionFees,
  action: Exclude<Action, { kind: 'Delegate' | 'DelegateV2' }>,
  kind: FeeKind,
  receiverId: string,
): bigint {
  const fee = (cost: ActionCost) => fees[cost][kind]
  const perByte = (base: ActionCost, byte: ActionCost, bytes: number) => fee(base) + fee(byte) * BigInt(bytes)

  switch (action.kind) {
    case 'CreateAccount':
      return fee('create_account')
    case 'DeployContract':
      return perByte('deploy_contract_base', 'deploy_contract_byte', action.code.length)
    case 'FunctionCall':
      return perByte('function_call_base', 'function_call_byte', utf8Length(action.methodName) + action.args.length)
    case 'Transfer':
      return transferFee(fees, kind, receiverId)
    case 'Stake':
      return fee('stake')
    case 'AddKey':
      return keyFee(fees, action.accessKey.permission, kind)
    case 'DeleteKey':
      return fee('delete_key')
    case 'DeleteAccount':
      return fee('delete_account')
    case 'DeployGlobalContract':
      return perByte('deploy_global_contract_base', 'deploy_global_contract_byte', action.code.length)
    case 'UseGlobalContract': {
      const length = identifierLength(action.contractIdentifier)
      return perByte('use_global_contract_base', 'use_global_contract_byte', length)
    }
    case 'DeterministicStateInit': {
      const { data } = action.stateInit
      const entries = fee('deterministic_state_init_entry') * BigInt(data.length)
      const bytes = stateInitLength(action.stateInit)
      return entries + perByte('deterministic_state_init_base', 'deterministic_state_init_byte', bytes)
    }
    case 'TransferToGasKey':
    case 'WithdrawFromGasKey':
      throw new Error(`${action.kind} has no fee here: validation refuses gas keys`)
  }
}

/** A transfer to an implicit account pays for its creation, whether it is there already or not. */
function transferFee(fees: ActionFees, kind: FeeKind, receiverId: string): bigint {
  const transfer = fees.transfer[kind]
  const receiver = accountKind(receiverId)
  if (receiver === 'named') return transfer
  const created = transfer + fees.create_account[kind]
  return receiver === 'nearImplicit' ? created + fees.add_full_access_key[kind] : created
}

function keyFee(fees: ActionFees, permission: AccessKeyPermission, kind: FeeKind): bigint {
  if (!('methodNames' in permission)) return fees.add_full_access_key[kind]
  // One more byte for each name, as if a zero ended it.
  const bytes = permission.methodNames.reduce((total, name) => total + utf8Length(name) + 1, 0)
  return fees.add_function_call_key_base[kind] + fees.add_function_call_key_byte[kind] * BigInt(bytes)
}

/** Bytes of a global contract's identifier: of the hash, or of the account's name. */
function identifierLength(identifier: GlobalContractIdentifier): number {
  return identifier.kind === 'CodeHash' ? identifier.hash.length : identifier.accountId.length
}

/** Bytes of a state init that are paid for: keys and values. */
function stateInitLength({ data }: StateInit): number {
  return data.reduce((total, { key, value }) => total + key.length + value.length, 0)
}

function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}
