import { type CryptoHash, formatHash, type SignedTransaction } from '../../primitives/index.ts'
import type { TransactionStatus } from '../../runtime/types.ts'
import { RpcError } from '../errors.ts'
import { type Fields, oneOf, readAccountId, readHash } from '../fields.ts'
import type { Json } from '../json.ts'
import { namedParams, readSignedTransaction } from '../params.ts'
import { outcomeView, statusView, transactionView } from '../views/outcome-view.ts'
import { receiptView } from '../views/receipt-view.ts'
import type { RpcContext, RpcMethod } from './context.ts'
import { hasReached, reachedStatus, WAIT_UNTIL, type WaitUntil, waitForStatus } from './wait-until.ts'

/** `send_tx {signed_tx_base64, wait_until}`: nearcore's way to send. Sent twice, a transaction is executed once. */
export const sendTx: RpcMethod = async (params, context) => {
  const named = namedParams(params, ['signed_tx_base64'])
  const transaction = readSignedTransaction(named)
  const waitUntil = readWaitUntil(named)
  if (waitUntil === 'NONE') {
    context.node.sendTransaction(transaction)
    return { final_execution_status: 'NONE' }
  }
  submit(transaction, context)
  return statusAnswer({ hash: transaction.hash, waitUntil, withReceipts: false }, context)
}

/** `broadcast_tx_commit [signed_tx_base64]`. */
export const broadcastTxCommit: RpcMethod = (params, context) => {
  const named = namedParams(params, ['signed_tx_base64'])
  return sendTx({ signed_tx_base64: named.signed_tx_base64 }, context)
}

/** `broadcast_tx_async [signed_tx_base64]`: answers with the hash, whether the transaction is valid or not. */
export const broadcastTxAsync: RpcMethod = (params, context) => {
  const transaction = readSignedTransaction(namedParams(params, ['signed_tx_base64']))
  context.node.sendTransaction(transaction)
  return formatHash(transaction.hash)
}

/** `tx {tx_hash, sender_account_id, wait_until}` or `{signed_tx_base64}`. */
export const tx: RpcMethod = (params, context) => transactionStatus(params, context, false)

/** The same with the receipts. */
export const experimentalTxStatus: RpcMethod = (params, context) => transactionStatus(params, context, true)

/** `EXPERIMENTAL_receipt {receipt_id}`. */
export const experimentalReceipt: RpcMethod = (params, { node }) => {
  const receiptId = readHash(namedParams(params, ['receipt_id']), 'receipt_id')
  const receipt = node.receipt(receiptId)
  if (receipt) return receiptView(receipt)
  const text = formatHash(receiptId)
  const cause = { name: 'UNKNOWN_RECEIPT', info: { receipt_id: text } }
  throw RpcError.handler(cause, `Receipt with id ${text} has never been observed on this node`)
}

function transactionStatus(params: unknown, context: RpcContext, withReceipts: boolean): Promise<Json> {
  const named = namedParams(params, ['signed_tx_base64'], ['tx_hash', 'sender_account_id'])
  const waitUntil = readWaitUntil(named)
  if (named.signed_tx_base64 !== undefined) {
    return statusAnswer({ hash: readSignedTransaction(named).hash, waitUntil, withReceipts }, context)
  }
  readAccountId(named, 'sender_account_id')
  return statusAnswer({ hash: readHash(named, 'tx_hash'), waitUntil, withReceipts }, context)
}

function readWaitUntil(named: Fields): WaitUntil {
  return named.wait_until === undefined ? 'EXECUTED_OPTIMISTIC' : oneOf(named, 'wait_until', WAIT_UNTIL)
}

function submit(transaction: SignedTransaction, { node }: RpcContext): void {
  if (node.transactionStatus(transaction.hash)) return
  const sent = node.sendTransaction(transaction)
  if (sent.status === 'accepted') return
  const details = { TxExecutionError: { InvalidTxError: sent.error } }
  throw RpcError.handler({ name: 'INVALID_TRANSACTION', info: {} }, details)
}

type Wanted = { hash: CryptoHash; waitUntil: WaitUntil; withReceipts: boolean }

async function statusAnswer({ hash, waitUntil, withReceipts }: Wanted, context: RpcContext): Promise<Json> {
  const status = await waitForStatus(hash, waitUntil, context)
  if (!status) {
    const text = formatHash(hash)
    const cause = { name: 'UNKNOWN_TRANSACTION', info: { requested_transaction_hash: text } }
    throw RpcError.handler(cause, `Transaction ${text} doesn't exist`)
  }
  const answer = responseView(status, withReceipts)
  if (hasReached(status, waitUntil)) return answer
  const info = { cause: 'PENDING', status: answer }
  throw RpcError.handler({ name: 'TIMEOUT_ERROR', info }, 'Timeout')
}

/** nearcore: `RpcTransactionResponse`. */
function responseView(status: TransactionStatus, withReceipts: boolean): Json {
  const final_execution_status = reachedStatus(status)
  if (!status.transactionOutcome) return { final_execution_status }
  return {
    final_execution_status,
    status: statusView(status.finalStatus),
    transaction: transactionView(status.transaction),
    transaction_outcome: outcomeView(status.transactionOutcome),
    receipts_outcome: status.receiptOutcomes.map(outcomeView),
    ...(withReceipts && { receipts: status.receipts.map(receiptView) }),
  }
}
