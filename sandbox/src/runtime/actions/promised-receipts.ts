import type { AccessKeyPermission } from '../../primitives/account.ts'
import type { Action, GlobalContractIdentifier } from '../../primitives/action.ts'
import { decode } from '../../primitives/borsh.ts'
import { type PublicKey, publicKeyCodec } from '../../primitives/public-key.ts'
import type {
  KeyPermission,
  PromisedAction,
  GlobalContractIdentifier as PromisedContractId,
  PromisedReceipt,
  VMOutcome,
} from '../../vm/types.ts'
import type { NewReceipt } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import type { ActionReceipt, DataReceiver } from '../types.ts'

/**
 * The receipts that a contract asked for, and after them the data for its resumed yields.
 * nearcore: `action_function_call` in function_call.rs.
 */
export function promisedReceipts(context: ReceiptContext, { receipts, resumes }: VMOutcome): NewReceipt[] {
  const { receiverId: accountId } = context.receipt
  const outputs = outputReceivers(receipts)
  const actionReceipts = receipts.map((promised, index): NewReceipt => {
    const kind = promised.yielded ? 'PromiseYield' : 'Action'
    const action = actionReceipt(context.action, promised, outputs[index] ?? [])
    return { predecessorId: accountId, receiverId: promised.receiverId, receipt: { kind, action } }
  })
  const resumeReceipts = resumes.map(
    (data): NewReceipt => ({
      predecessorId: accountId,
      receiverId: accountId,
      receipt: { kind: 'PromiseResume', data },
    }),
  )
  return [...actionReceipts, ...resumeReceipts]
}

/** For each receipt, who waits for its result: a later receipt knows what it depends on, an earlier one what it owes. */
function outputReceivers(receipts: readonly PromisedReceipt[]): DataReceiver[][] {
  const outputs: DataReceiver[][] = receipts.map(() => [])
  for (const { receiverId, dependencies, inputDataIds } of receipts) {
    dependencies.forEach((dependency, index) => {
      const dataId = inputDataIds[index]
      if (dataId) outputs[dependency]?.push({ dataId, receiverId })
    })
  }
  return outputs
}

function actionReceipt(
  { signerId, signerPublicKey, gasPrice }: ActionReceipt,
  promised: PromisedReceipt,
  outputDataReceivers: DataReceiver[],
): ActionReceipt {
  return {
    version: 2,
    signerId,
    signerPublicKey,
    refundTo: promised.refundTo ?? null,
    gasPrice,
    outputDataReceivers,
    inputDataIds: promised.inputDataIds,
    actions: promised.actions.map(toAction),
  }
}

function toAction(promised: PromisedAction): Action {
  switch (promised.kind) {
    case 'createAccount':
      return { kind: 'CreateAccount' }
    case 'deployContract':
      return { kind: 'DeployContract', code: promised.code }
    case 'deployGlobalContract':
      return {
        kind: 'DeployGlobalContract',
        code: promised.code,
        deployMode: promised.mode === 'codeHash' ? 'CodeHash' : 'AccountId',
      }
    case 'useGlobalContract':
      return { kind: 'UseGlobalContract', contractIdentifier: toContractIdentifier(promised.contractId) }
    case 'deterministicStateInit': {
      const data = [...promised.entries.values()]
      const stateInit = { kind: 'V1' as const, code: toContractIdentifier(promised.contractId), data }
      return { kind: 'DeterministicStateInit', stateInit, deposit: promised.amount }
    }
    case 'functionCall': {
      const { methodName, args, gas, deposit } = promised
      return { kind: 'FunctionCall', methodName: new TextDecoder().decode(methodName), args, gas, deposit }
    }
    case 'transfer':
      return { kind: 'Transfer', deposit: promised.deposit }
    case 'transferToGasKey':
      return { kind: 'TransferToGasKey', publicKey: toPublicKey(promised.publicKey), deposit: promised.deposit }
    case 'stake':
      return { kind: 'Stake', stake: promised.stake, publicKey: toPublicKey(promised.publicKey) }
    case 'addKey': {
      const accessKey = { nonce: promised.nonce, permission: toPermission(promised.permission) }
      return { kind: 'AddKey', publicKey: toPublicKey(promised.publicKey), accessKey }
    }
    case 'addGasKey': {
      const permission = toGasKeyPermission(promised.permission, promised.numNonces)
      return { kind: 'AddKey', publicKey: toPublicKey(promised.publicKey), accessKey: { nonce: 0n, permission } }
    }
    case 'deleteKey':
      return { kind: 'DeleteKey', publicKey: toPublicKey(promised.publicKey) }
    case 'deleteAccount':
      return { kind: 'DeleteAccount', beneficiaryId: promised.beneficiaryId }
  }
}

function toPublicKey(encoded: Uint8Array): PublicKey {
  return decode(publicKeyCodec, encoded)
}

function toContractIdentifier(contractId: PromisedContractId): GlobalContractIdentifier {
  if (contractId.kind === 'codeHash') return { kind: 'CodeHash', hash: contractId.codeHash }
  return { kind: 'AccountId', accountId: contractId.accountId }
}

function toPermission(permission: KeyPermission): AccessKeyPermission {
  if (permission.kind === 'fullAccess') return { kind: 'FullAccess' }
  const { allowance, receiverId, methodNames } = permission
  return { kind: 'FunctionCall', allowance: allowance ?? null, receiverId, methodNames }
}

function toGasKeyPermission(permission: KeyPermission, numNonces: number): AccessKeyPermission {
  if (permission.kind === 'fullAccess') return { kind: 'GasKeyFullAccess', balance: 0n, numNonces }
  const { allowance, receiverId, methodNames } = permission
  return { kind: 'GasKeyFunctionCall', balance: 0n, numNonces, allowance: allowance ?? null, receiverId, methodNames }
}
