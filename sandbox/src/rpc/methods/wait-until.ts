import { type CryptoHash, formatHash } from '../../primitives/index.ts'
import type { TransactionStatus } from '../../runtime/types.ts'
import type { RpcContext } from './context.ts'

/** nearcore's `TxExecutionStatus`. */
export const WAIT_UNTIL = {
  NONE: 'NONE',
  INCLUDED: 'INCLUDED',
  EXECUTED_OPTIMISTIC: 'EXECUTED_OPTIMISTIC',
  INCLUDED_FINAL: 'INCLUDED_FINAL',
  EXECUTED: 'EXECUTED',
  FINAL: 'FINAL',
} as const

export type WaitUntil = keyof typeof WAIT_UNTIL

/**
 * The transaction's status once it has got as far as `waitUntil`, or as far as it was when the time was up; null for a
 * transaction that was never accepted. It looks after each block, since nothing changes in between.
 */
export function waitForStatus(
  hash: CryptoHash,
  waitUntil: WaitUntil,
  { node, pollingTimeoutMilliseconds }: RpcContext,
): Promise<TransactionStatus | null> {
  const now = node.transactionStatus(hash)
  if (!now || hasReached(now, waitUntil)) return Promise.resolve(now)

  return new Promise((resolve) => {
    const finish = (status: TransactionStatus | null) => {
      clearTimeout(timer)
      unsubscribe()
      resolve(status)
    }
    const timer = setTimeout(() => finish(node.transactionStatus(hash)), pollingTimeoutMilliseconds)
    const unsubscribe = node.onBlock(() => {
      const status = node.transactionStatus(hash)
      if (!status || hasReached(status, waitUntil)) finish(status)
    })
  })
}

export function hasReached(status: TransactionStatus, waitUntil: WaitUntil): boolean {
  switch (waitUntil) {
    case 'NONE':
      return true
    case 'INCLUDED':
    case 'INCLUDED_FINAL':
      return status.transactionOutcome !== null
    case 'EXECUTED_OPTIMISTIC':
    case 'EXECUTED':
      return isExecuted(status)
    case 'FINAL':
      return status.isComplete
  }
}

/** How far it is. The head is final here, so that the weaker of two statuses never comes alone. */
export function reachedStatus(status: TransactionStatus): WaitUntil {
  if (status.transactionOutcome === null) return 'NONE'
  if (status.isComplete) return 'FINAL'
  return isExecuted(status) ? 'EXECUTED' : 'INCLUDED_FINAL'
}

/** Whether every receipt but refunds, which the system sends, is done. Data receipts have no outcome. */
function isExecuted({ transactionOutcome, receipts, receiptOutcomes, isComplete }: TransactionStatus): boolean {
  if (isComplete) return true
  if (transactionOutcome === null) return false
  const done = new Set(receiptOutcomes.map(({ id }) => formatHash(id)))
  return receipts.every(({ predecessorId, receipt, receiptId }) => {
    const hasOutcome = receipt.kind === 'Action' || receipt.kind === 'PromiseYield'
    return predecessorId === 'system' || !hasOutcome || done.has(formatHash(receiptId))
  })
}
