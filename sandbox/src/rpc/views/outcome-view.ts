import { type AccountContract, formatHash, formatKey, type SignedTransaction } from '../../primitives/index.ts'
import type { ExecutionMetadata, ExecutionOutcome, ExecutionStatus, FinalExecutionStatus } from '../../runtime/types.ts'
import { type Json, toBase64 } from '../json.ts'
import { actionView } from './action-view.ts'

/** nearcore: `SignedTransactionView`. */
export function transactionView({ transaction, signature, hash }: SignedTransaction): Json {
  const { signerId, publicKey, nonce, receiverId, actions, nonceMode } = transaction
  return {
    signer_id: signerId,
    public_key: formatKey(publicKey),
    nonce: nonce.nonce,
    receiver_id: receiverId,
    actions: actions.map(actionView),
    priority_fee: 0,
    signature: formatKey(signature),
    hash: formatHash(hash),
    ...(nonce.kind === 'GasKeyNonce' && { nonce_index: nonce.nonceIndex }),
    ...(nonceMode === 'Strict' && { nonce_mode: 'strict' }),
  }
}

/** nearcore: `ExecutionOutcomeWithIdView`. */
export function outcomeView(outcome: ExecutionOutcome): Json {
  return {
    id: formatHash(outcome.id),
    block_hash: formatHash(outcome.blockHash),
    proof: outcome.proof.map(({ hash, direction }) => ({ hash: formatHash(hash), direction })),
    outcome: {
      logs: outcome.logs,
      receipt_ids: outcome.receiptIds.map(formatHash),
      gas_burnt: outcome.gasBurnt,
      tokens_burnt: outcome.tokensBurnt.toString(),
      executor_id: outcome.executorId,
      status: statusView(outcome.status),
      metadata: metadataView(outcome.metadata),
    },
  }
}

/** nearcore: `ExecutionStatusView` and `FinalExecutionStatus`. */
export function statusView(status: ExecutionStatus | FinalExecutionStatus): Json {
  switch (status.kind) {
    case 'Failure':
      return { Failure: status.error }
    case 'SuccessValue':
      return { SuccessValue: toBase64(status.value) }
    case 'SuccessReceiptId':
      return { SuccessReceiptId: formatHash(status.receiptId) }
    default:
      return status.kind
  }
}

/** nearcore: `ExecutionMetadataView`. */
function metadataView(metadata: ExecutionMetadata): Json {
  if (metadata.version === 1) return { version: 1, gas_profile: null }
  const gas_profile = metadata.gasProfile.map(({ costCategory, cost, gasUsed }) => ({
    cost_category: costCategory,
    cost,
    gas_used: gasUsed.toString(),
  }))
  return { version: 4, gas_profile, contracts: metadata.contracts.map(contractView) }
}

/** nearcore: `AccountContractView`. */
function contractView(contract: AccountContract): Json {
  switch (contract.kind) {
    case 'None':
      return null
    case 'Local':
      return { local: formatHash(contract.hash) }
    case 'Global':
      return { global_hash: formatHash(contract.hash) }
    case 'GlobalByAccount':
      return { global_account_id: contract.accountId }
  }
}
