import type { AccessKeyPermission } from '../../primitives/account.ts'
import { isValidAccountId } from '../../primitives/account-id.ts'
import type { Action, StateInit } from '../../primitives/action.ts'
import { formatKey } from '../../primitives/public-key.ts'
import type { RuntimeConfig } from '../config.ts'
import type { ActionsValidationError } from '../errors.ts'
import { totalPrepaidGas } from '../fees.ts'
import { deterministicAccountId } from './deterministic-account-id.ts'
import { isValidStakingKey } from './staking-key.ts'

const MAX_U64 = 2n ** 64n - 1n

/**
 * What is wrong with the actions of a transaction or of a new receipt, or `undefined`. Needs no state.
 * nearcore: runtime/runtime/src/action_validation.rs.
 */
export function validateActions(
  config: RuntimeConfig,
  actions: readonly Action[],
  receiverId: string,
): ActionsValidationError | undefined {
  const { limits } = config
  if (actions.length > limits.max_actions_per_receipt) {
    return {
      TotalNumberOfActionsExceeded: {
        total_number_of_actions: actions.length,
        limit: limits.max_actions_per_receipt,
      },
    }
  }
  const deploys = actions.filter(({ kind }) => kind === 'DeployContract' || kind === 'DeployGlobalContract').length
  if (deploys > limits.max_deploy_actions_per_receipt) {
    return {
      TotalNumberOfDeployActionsExceeded: {
        number_of_deploy_actions: deploys,
        limit: limits.max_deploy_actions_per_receipt,
      },
    }
  }

  let hasDelegate = false
  for (const [index, action] of actions.entries()) {
    if (action.kind === 'DeleteAccount' && index + 1 < actions.length) return 'DeleteActionMustBeFinal'
    if (action.kind === 'Delegate' || action.kind === 'DelegateV2') {
      if (hasDelegate) return 'DelegateActionMustBeOnlyOne'
      hasDelegate = true
    }
    const error = validateAction(config, action, receiverId)
    if (error) return error
  }

  const prepaidGas = totalPrepaidGas(actions)
  if (prepaidGas > MAX_U64) return 'IntegerOverflow'
  if (prepaidGas > BigInt(limits.max_total_prepaid_gas)) {
    return {
      TotalPrepaidGasExceeded: { total_prepaid_gas: Number(prepaidGas), limit: limits.max_total_prepaid_gas },
    }
  }
  return undefined
}

function validateAction(config: RuntimeConfig, action: Action, receiverId: string): ActionsValidationError | undefined {
  const { limits } = config
  switch (action.kind) {
    case 'DeployContract':
    case 'DeployGlobalContract': {
      const size = action.code.length
      if (size <= limits.max_contract_size) return undefined
      return { ContractSizeExceeded: { size, limit: limits.max_contract_size } }
    }
    case 'FunctionCall': {
      if (action.gas === 0n) return 'FunctionCallZeroAttachedGas'
      if (action.methodName === '' && config.protocolVersion >= 87) return 'FunctionCallEmptyMethodName'
      const length = Buffer.byteLength(action.methodName)
      if (length > limits.max_length_method_name) {
        return { FunctionCallMethodNameLengthExceeded: { length, limit: limits.max_length_method_name } }
      }
      if (action.args.length <= limits.max_arguments_length) return undefined
      return {
        FunctionCallArgumentsLengthExceeded: { length: action.args.length, limit: limits.max_arguments_length },
      }
    }
    case 'Stake':
      if (isValidStakingKey(action.publicKey)) return undefined
      return { UnsuitableStakingKey: { public_key: formatKey(action.publicKey) } }
    case 'AddKey':
      return validatePermission(config, action.accessKey.permission)
    case 'DeleteAccount':
      return isValidAccountId(action.beneficiaryId) ? undefined : invalidAccountId(action.beneficiaryId)
    case 'Delegate':
      return validateActions(config, action.delegateAction.actions, action.delegateAction.receiverId)
    case 'DelegateV2': {
      const { actions, receiverId: innerReceiverId, nonce } = action.delegateAction
      if (config.protocolVersion >= 87) return removedDelegateV2(config)
      if (nonce.kind === 'GasKeyNonce') return unsupportedGasKeys(config)
      return validateActions(config, actions, innerReceiverId)
    }
    case 'DeterministicStateInit':
      return validateStateInit(config, action.stateInit, receiverId)
    case 'TransferToGasKey':
    case 'WithdrawFromGasKey':
      return unsupportedGasKeys(config)
    case 'CreateAccount':
    case 'Transfer':
    case 'DeleteKey':
    case 'UseGlobalContract':
      return undefined
  }
}

function validatePermission(
  { limits, protocolVersion }: RuntimeConfig,
  permission: AccessKeyPermission,
): ActionsValidationError | undefined {
  if (permission.kind === 'GasKeyFullAccess' || permission.kind === 'GasKeyFunctionCall') {
    return unsupportedGasKeys({ protocolVersion })
  }
  if (permission.kind !== 'FunctionCall') return undefined
  if (!isValidAccountId(permission.receiverId)) return invalidAccountId(permission.receiverId)

  let totalBytes = 0
  for (const name of permission.methodNames) {
    const length = Buffer.byteLength(name)
    if (length > limits.max_length_method_name) {
      return { AddKeyMethodNameLengthExceeded: { length, limit: limits.max_length_method_name } }
    }
    totalBytes += length + 1
  }
  if (totalBytes <= limits.max_number_bytes_method_names) return undefined
  return {
    AddKeyMethodNamesNumberOfBytesExceeded: {
      total_number_of_bytes: totalBytes,
      limit: limits.max_number_bytes_method_names,
    },
  }
}

function validateStateInit(
  { limits }: RuntimeConfig,
  stateInit: StateInit,
  receiverId: string,
): ActionsValidationError | undefined {
  const derivedId = deterministicAccountId(stateInit)
  if (derivedId !== receiverId) {
    return { InvalidDeterministicStateInitReceiver: { receiver_id: receiverId, derived_id: derivedId } }
  }
  for (const { key, value } of stateInit.data) {
    if (key.length > limits.max_length_storage_key) {
      const figures = { length: key.length, limit: limits.max_length_storage_key }
      return { DeterministicStateInitKeyLengthExceeded: figures }
    }
    if (value.length > limits.max_length_storage_value) {
      const figures = { length: value.length, limit: limits.max_length_storage_value }
      return { DeterministicStateInitValueLengthExceeded: figures }
    }
  }
  return undefined
}

/** nearcore's words for a feature that the protocol lacks; here it is this node that lacks NEP-611. */
function unsupportedGasKeys({ protocolVersion }: Pick<RuntimeConfig, 'protocolVersion'>): ActionsValidationError {
  return { UnsupportedProtocolFeature: { protocol_feature: 'GasKeys', version: protocolVersion } }
}

function removedDelegateV2({ protocolVersion }: RuntimeConfig): ActionsValidationError {
  return { RemovedProtocolFeature: { protocol_feature: 'DelegateV2', version: protocolVersion } }
}

/** Longer names are cut to 128 characters, so that an error is not as long as the transaction. */
function invalidAccountId(accountId: string): ActionsValidationError {
  return { InvalidAccountId: { account_id: accountId.slice(0, 128) } }
}
