import { decode, encodeBase58, formatKey, publicKeyCodec } from '../src/primitives/index.ts'
import type {
  FunctionCallError,
  GlobalContractIdentifier,
  PromisedAction,
  PromisedReceipt,
  ReturnData,
  VMOutcome,
} from '../src/vm/types.ts'
import type { Expectation } from './vector.ts'

/** More than this is not recorded. */
const MAX_STATE_DIGITS = 20_000

/** An outcome in the words of the vectors, so that the two can be compared field by field. */
export function asRecorded(outcome: VMOutcome, state: Map<string, Uint8Array>): Expectation {
  const { error } = outcome
  const recorded: Expectation = {
    gasBurnt: String(outcome.gasBurnt),
    gasUsed: String(outcome.gasUsed),
    logs: outcome.logs,
    profile: Object.fromEntries([...outcome.profile].map(([cost, gas]) => [cost, String(gas)])),
  }
  if (error !== undefined) {
    return { ...recorded, error: { kind: error.kind, message: error.message, debug: debugOf(error) } }
  }

  const receipts = [...outcome.receipts.map(receipt), ...outcome.resumes.map(resume)]
  return {
    ...recorded,
    return: returned(outcome.returnData),
    balance: String(outcome.balance),
    storageUsage: Number(outcome.storageUsage),
    ...(receipts.length > 0 && { receipts }),
    ...recordedState(state),
  }
}

function recordedState(state: Map<string, Uint8Array>): Pick<Expectation, 'state'> {
  const entries = [...state].map(([key, value]) => [key, Buffer.from(value).toString('hex')] as const)
  const digits = entries.reduce((sum, [, value]) => sum + value.length, 0)
  return entries.length === 0 || digits >= MAX_STATE_DIGITS ? {} : { state: Object.fromEntries(entries) }
}

function returned(data: ReturnData): NonNullable<Expectation['return']> | null {
  switch (data.kind) {
    case 'none':
      return null
    case 'value':
      return { value: base64(data.value) }
    case 'receiptIndex':
      return { receipt: data.receipt }
  }
}

function receipt({ receiverId, dependencies, yielded, refundTo, actions }: PromisedReceipt) {
  const recordedActions = actions.map(action)
  if (refundTo !== undefined) recordedActions.push({ SetRefundTo: { refund_to: refundTo } })
  return { receiver: receiverId, after: dependencies, yield: yielded !== undefined, actions: recordedActions }
}

function resume({ dataId, data }: { dataId: Uint8Array; data: Uint8Array }) {
  return { YieldResume: { data_id: encodeBase58(dataId), data: base64(data) } }
}

function action(it: PromisedAction): Record<string, unknown> {
  switch (it.kind) {
    case 'createAccount':
      return { CreateAccount: {} }
    case 'deployContract':
      return { DeployContract: { code: base64(it.code) } }
    case 'deployGlobalContract':
      return {
        DeployGlobalContract: { code: base64(it.code), mode: it.mode === 'codeHash' ? 'CodeHash' : 'AccountId' },
      }
    case 'useGlobalContract':
      return { UseGlobalContract: { contract_id: contractId(it.contractId) } }
    case 'deterministicStateInit': {
      const code =
        it.contractId.kind === 'codeHash'
          ? { hash: encodeBase58(it.contractId.codeHash) }
          : { account_id: it.contractId.accountId }
      const data = Object.fromEntries([...it.entries.values()].map(({ key, value }) => [base64(key), base64(value)]))
      return { DeterministicStateInit: { state_init: { V1: { code, data } }, amount: String(it.amount) } }
    }
    case 'functionCall':
      return {
        FunctionCallWeight: {
          method_name: base64(it.methodName),
          args: base64(it.args),
          attached_deposit: String(it.deposit),
          prepaid_gas: Number(it.gas),
          gas_weight: Number(it.gasWeight),
        },
      }
    case 'transfer':
      return { Transfer: { deposit: String(it.deposit) } }
    case 'transferToGasKey':
      return { TransferToGasKey: { public_key: keyText(it.publicKey), deposit: String(it.deposit) } }
    case 'stake':
      return { Stake: { stake: String(it.stake), public_key: keyText(it.publicKey) } }
    case 'addKey': {
      const key = { public_key: keyText(it.publicKey), nonce: Number(it.nonce) }
      if (it.permission.kind === 'fullAccess') return { AddKeyWithFullAccess: key }
      return { AddKeyWithFunctionCall: { ...key, ...functionCallPermission(it.permission) } }
    }
    case 'addGasKey': {
      const key = { public_key: keyText(it.publicKey), num_nonces: it.numNonces }
      if (it.permission.kind === 'fullAccess') return { AddGasKeyWithFullAccess: key }
      return { AddGasKeyWithFunctionCall: { ...key, ...functionCallPermission(it.permission) } }
    }
    case 'deleteKey':
      return { DeleteKey: { public_key: keyText(it.publicKey) } }
    case 'deleteAccount':
      return { DeleteAccount: { beneficiary_id: it.beneficiaryId } }
  }
}

function contractId(id: GlobalContractIdentifier) {
  return id.kind === 'codeHash' ? { CodeHash: encodeBase58(id.codeHash) } : { AccountId: id.accountId }
}

function functionCallPermission(permission: { allowance?: bigint; receiverId: string; methodNames: string[] }) {
  const names = permission.methodNames.map((name) => base64(Buffer.from(name)))
  return {
    allowance: permission.allowance === undefined ? null : String(permission.allowance),
    receiver_id: permission.receiverId,
    // An empty list is recorded like empty bytes.
    method_names: names.length === 0 ? '' : names,
  }
}

/** Rust's `{:?}` of the error. */
function debugOf(error: FunctionCallError): string {
  switch (error.kind) {
    case 'LinkError':
      return `LinkError { msg: ${quoted(error.msg)} }`
    case 'MethodResolveError':
    case 'WasmTrap':
      return `${error.kind}(${error.error})`
    case 'CompilationError':
      return error.error.kind === 'PrepareError'
        ? `CompilationError(PrepareError(${error.error.error}))`
        : `CompilationError(${error.error.kind})`
    case 'HostError': {
      const fields = Object.entries(error.fields).map(([name, value]) => `${name}: ${quoted(value)}`)
      return `HostError(${error.error}${fields.length > 0 ? ` { ${fields.join(', ')} }` : ''})`
    }
  }
}

/** A string as Rust prints it with `{:?}`, for the characters that JSON escapes in another way. */
function quoted(value: string | bigint): string {
  if (typeof value === 'bigint') return String(value)
  const json = JSON.stringify(value)
    .replaceAll('\\b', '\\u0008')
    .replaceAll('\\f', '\\u000c')
    .replaceAll('\x7f', '\\u007f')
  return json
    .replaceAll('\\u0000', '\\0')
    .replaceAll(/\\u00([\da-f]{2})/g, (_, hex: string) => `\\u{${hex.replace(/^0/, '')}}`)
}

function keyText(key: Uint8Array): string {
  return formatKey(decode(publicKeyCodec, key))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
