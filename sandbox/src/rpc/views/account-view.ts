import { type AccessKey, type Account, formatHash, ZERO_HASH } from '../../primitives/index.ts'
import type { Json } from '../json.ts'

/** nearcore: `AccountView`. */
export function accountView({ amount, locked, storageUsage, contract }: Account) {
  return {
    amount: amount.toString(),
    locked: locked.toString(),
    code_hash: formatHash(contract.kind === 'Local' ? contract.hash : ZERO_HASH),
    storage_usage: storageUsage,
    storage_paid_at: 0,
    ...(contract.kind === 'Global' && { global_contract_hash: formatHash(contract.hash) }),
    ...(contract.kind === 'GlobalByAccount' && { global_contract_account_id: contract.accountId }),
  }
}

/** nearcore: `AccessKeyView`. */
export function accessKeyView({ nonce, permission }: AccessKey) {
  return { nonce, permission: permissionView(permission) }
}

function permissionView(permission: AccessKey['permission']): Json {
  switch (permission.kind) {
    case 'FullAccess':
      return 'FullAccess'
    case 'FunctionCall':
      return { FunctionCall: functionCallView(permission) }
    case 'GasKeyFunctionCall':
      return { GasKeyFunctionCall: { ...gasKeyView(permission), ...functionCallView(permission) } }
    case 'GasKeyFullAccess':
      return { GasKeyFullAccess: gasKeyView(permission) }
  }
}

type FunctionCall = { allowance: bigint | null; receiverId: string; methodNames: string[] }

function functionCallView({ allowance, receiverId, methodNames }: FunctionCall) {
  return { allowance: allowance?.toString() ?? null, receiver_id: receiverId, method_names: methodNames }
}

function gasKeyView({ balance, numNonces }: { balance: bigint; numNonces: number }) {
  return { balance: balance.toString(), num_nonces: numNonces }
}

/** The permission as serde writes `AccessKeyPermission` itself, as inside delegate actions. */
export function permissionJson(permission: AccessKey['permission']): Json {
  if (permission.kind !== 'GasKeyFunctionCall') return permissionView(permission)
  return { GasKeyFunctionCall: [gasKeyView(permission), functionCallView(permission)] }
}
