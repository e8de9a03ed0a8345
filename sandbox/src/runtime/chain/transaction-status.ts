import type { CryptoHash } from '../../primitives/hash.ts'
import type { SignedTransaction } from '../../primitives/transaction.ts'
import { bytesKey } from '../bytes-key.ts'
import type { ExecutionOutcome, FinalExecutionStatus, Receipt, TransactionStatus } from '../types.ts'
import type { Ledger } from './ledger.ts'

/** How far a transaction is that a block holds. nearcore: `get_final_transaction_result` in chain/chain/src/chain.rs. */
export function transactionStatusOf(ledger: Ledger, transaction: SignedTransaction): TransactionStatus {
  const transactionOutcome = ledger.outcome(transaction.hash) ?? null
  const receiptIds = transactionOutcome ? descendants(ledger, transactionOutcome) : []
  const receiptOutcomes = receiptIds.flatMap((id) => ledger.outcome(id) ?? [])
  const receipts = receiptIds.flatMap((id): Receipt[] => {
    const receipt = ledger.receipt(id)
    return receipt ? [receipt] : []
  })
  return {
    transaction,
    transactionHash: transaction.hash,
    transactionOutcome,
    receiptOutcomes,
    receipts,
    finalStatus: finalStatus(transaction.hash, transactionOutcome, receiptOutcomes),
    isComplete: transactionOutcome !== null && receiptOutcomes.length === receiptIds.length,
  }
}

/** A transaction that waits for a block. */
export function pendingStatus(transaction: SignedTransaction): TransactionStatus {
  return {
    transaction,
    transactionHash: transaction.hash,
    transactionOutcome: null,
    receiptOutcomes: [],
    receipts: [],
    finalStatus: { kind: 'NotStarted' },
    isComplete: false,
  }
}

/** Each receipt, followed by those that it made. */
function descendants(ledger: Ledger, { receiptIds }: ExecutionOutcome): CryptoHash[] {
  const found: CryptoHash[] = []
  // A stack, since a chain of promises may be longer than calls nest.
  const open = receiptIds.toReversed()
  for (let id = open.pop(); id; id = open.pop()) {
    found.push(id)
    open.push(...(ledger.outcome(id)?.receiptIds.toReversed() ?? []))
  }
  return found
}

/** What the first receipt returned, and if that was a promise what that returned, and so on. */
function finalStatus(
  transactionHash: CryptoHash,
  transactionOutcome: ExecutionOutcome | null,
  receiptOutcomes: readonly ExecutionOutcome[],
): FinalExecutionStatus {
  if (!transactionOutcome) return { kind: 'NotStarted' }
  const byId = new Map([transactionOutcome, ...receiptOutcomes].map((outcome) => [bytesKey(outcome.id), outcome]))
  let status = byId.get(bytesKey(transactionHash))?.status
  while (status?.kind === 'SuccessReceiptId') status = byId.get(bytesKey(status.receiptId))?.status
  if (!status || status.kind === 'Unknown') return { kind: 'Started' }
  return status
}
