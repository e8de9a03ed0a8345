import {
  type Action,
  type DelegateAction,
  formatHash,
  formatKey,
  type GlobalContractIdentifier,
  type NonDelegateAction,
  sha256,
  type TransactionNonce,
} from '../../primitives/index.ts'
import { type Json, toBase64 } from '../json.ts'
import { accessKeyView, permissionJson } from './account-view.ts'

/** nearcore: `ActionView`. Of code it shows the hash. */
export function actionView(action: Action): Json {
  switch (action.kind) {
    case 'CreateAccount':
      return 'CreateAccount'
    case 'DeployContract':
      return { DeployContract: { code: toBase64(sha256(action.code)) } }
    case 'AddKey':
      return {
        AddKey: { public_key: formatKey(action.publicKey), access_key: accessKeyView(action.accessKey) },
      }
    case 'Delegate': {
      const { delegateAction, signature } = action
      const delegate_action = { ...delegateJson(delegateAction), nonce: delegateAction.nonce }
      return { Delegate: { delegate_action, signature: formatKey(signature) } }
    }
    case 'DelegateV2': {
      const { delegateAction, signature } = action
      const V2 = { ...delegateJson(delegateAction), nonce: nonceJson(delegateAction.nonce) }
      return { DelegateV2: { delegate_action: { V2 }, signature: formatKey(signature) } }
    }
    case 'DeployGlobalContract': {
      const deployed = { code: toBase64(sha256(action.code)) }
      return action.deployMode === 'CodeHash'
        ? { DeployGlobalContract: deployed }
        : { DeployGlobalContractByAccountId: deployed }
    }
    case 'UseGlobalContract': {
      const id = action.contractIdentifier
      return id.kind === 'CodeHash'
        ? { UseGlobalContract: { code_hash: formatHash(id.hash) } }
        : { UseGlobalContractByAccountId: { account_id: id.accountId } }
    }
    case 'DeterministicStateInit': {
      const { code, data } = action.stateInit
      const state = { code: identifierView(code), data: entriesJson(data) }
      return { DeterministicStateInit: { ...state, deposit: action.deposit.toString() } }
    }
    default:
      return actionJson(action)
  }
}

/** The action as serde writes `Action` itself, as inside delegate actions. */
function actionJson(action: NonDelegateAction): Json {
  switch (action.kind) {
    case 'CreateAccount':
      return { CreateAccount: {} }
    case 'DeployContract':
      return { DeployContract: { code: toBase64(action.code) } }
    case 'FunctionCall': {
      const { methodName, args, gas, deposit } = action
      return { FunctionCall: { method_name: methodName, args: toBase64(args), gas, deposit: deposit.toString() } }
    }
    case 'Transfer':
      return { Transfer: { deposit: action.deposit.toString() } }
    case 'Stake':
      return { Stake: { stake: action.stake.toString(), public_key: formatKey(action.publicKey) } }
    case 'AddKey': {
      const { nonce, permission } = action.accessKey
      const access_key = { nonce, permission: permissionJson(permission) }
      return { AddKey: { public_key: formatKey(action.publicKey), access_key } }
    }
    case 'DeleteKey':
      return { DeleteKey: { public_key: formatKey(action.publicKey) } }
    case 'DeleteAccount':
      return { DeleteAccount: { beneficiary_id: action.beneficiaryId } }
    case 'DeployGlobalContract':
      return { DeployGlobalContract: { code: toBase64(action.code), deploy_mode: action.deployMode } }
    case 'UseGlobalContract':
      return { UseGlobalContract: { contract_identifier: identifierView(action.contractIdentifier) } }
    case 'DeterministicStateInit': {
      const { code, data } = action.stateInit
      const state_init = { V1: { code: identifierView(code), data: entriesJson(data) } }
      return { DeterministicStateInit: { state_init, deposit: action.deposit.toString() } }
    }
    case 'TransferToGasKey':
      return { TransferToGasKey: { public_key: formatKey(action.publicKey), deposit: action.deposit.toString() } }
    case 'WithdrawFromGasKey':
      return { WithdrawFromGasKey: { public_key: formatKey(action.publicKey), amount: action.amount.toString() } }
  }
}

type DelegateFields = Pick<DelegateAction, 'senderId' | 'receiverId' | 'actions' | 'maxBlockHeight' | 'publicKey'>

function delegateJson({ senderId, receiverId, actions, maxBlockHeight, publicKey }: DelegateFields) {
  return {
    sender_id: senderId,
    receiver_id: receiverId,
    actions: actions.map(actionJson),
    max_block_height: maxBlockHeight,
    public_key: formatKey(publicKey),
  }
}

function nonceJson(nonce: TransactionNonce): Json {
  if (nonce.kind === 'Nonce') return { Nonce: { nonce: nonce.nonce } }
  return { GasKeyNonce: { nonce: nonce.nonce, nonce_index: nonce.nonceIndex } }
}

/** nearcore: `GlobalContractIdentifierView`. */
export function identifierView(id: GlobalContractIdentifier): Json {
  return id.kind === 'CodeHash' ? { hash: formatHash(id.hash) } : { account_id: id.accountId }
}

function entriesJson(entries: { key: Uint8Array; value: Uint8Array }[]): Json {
  return Object.fromEntries(entries.map(({ key, value }) => [toBase64(key), toBase64(value)]))
}
