/** What a node tells of transactions and receipts (nearcore: core/primitives/src/views.rs), as far as we look at it. */
import type { ExecutionFailure, Tagged } from './failure.ts'
import type { NearNode } from './node.ts'
import { unless } from './rpc.ts'

export interface TransactionView {
  readonly hash: string
  readonly signer_id: string
  readonly receiver_id: string
  readonly actions: readonly ActionView[]
}

/** An action without fields is its name. */
export type ActionView =
  | string
  | {
      readonly FunctionCall?: FunctionCallView
      readonly Delegate?: {
        readonly delegate_action: { readonly receiver_id: string; readonly actions: readonly ActionView[] }
        readonly signature: string
      }
    }

export interface FunctionCallView {
  readonly method_name: string
  /** Base64. */
  readonly args: string
}

export interface ExecutionOutcome {
  readonly id: string
  readonly block_hash: string
  readonly outcome: {
    readonly logs: readonly string[]
    readonly receipt_ids: readonly string[]
    readonly gas_burnt: number
    readonly executor_id: string
    /** `Unknown` as long as it has not happened. */
    readonly status: 'Unknown' | { readonly Failure?: ExecutionFailure }
  }
}

interface ReceiptView {
  readonly receipt_id: string
  /** `system` for refunds. */
  readonly predecessor_id: string
  readonly receipt: Tagged | { readonly Action?: { readonly actions: readonly ActionView[] } }
}

/** A transaction whose receipts, refunds aside, are all done. */
export interface ExecutedTransaction {
  readonly transaction: TransactionView
  readonly transaction_outcome: ExecutionOutcome
  readonly receipts_outcome: readonly ExecutionOutcome[]
  readonly receipts: readonly ReceiptView[]
}

export type TransactionStatus =
  | { readonly status: 'unknown' | 'running' }
  | { readonly status: 'executed'; readonly executed: ExecutedTransaction }

const EXECUTED: ReadonlySet<string> = new Set(['EXECUTED_OPTIMISTIC', 'EXECUTED', 'FINAL'])

/** How far the node knows a transaction to be. One that a block holds and that was not valid there is unknown: it did nothing. */
export async function findStatus({ rpc }: NearNode, hash: string, account: string): Promise<TransactionStatus> {
  const asked = { tx_hash: hash, sender_account_id: account, wait_until: 'NONE' }
  type Answer = Partial<ExecutedTransaction> & { readonly final_execution_status: string }
  const answer = await unless(['UNKNOWN_TRANSACTION'], rpc<Answer>('EXPERIMENTAL_tx_status', asked))
  const { transaction, transaction_outcome, receipts_outcome, receipts = [] } = answer ?? {}
  if (!answer || !transaction || !transaction_outcome || !receipts_outcome) return { status: 'unknown' }
  const { status } = transaction_outcome.outcome
  if (status === 'Unknown' || status.Failure) return { status: 'unknown' }
  if (!EXECUTED.has(answer.final_execution_status)) return { status: 'running' }
  return { status: 'executed', executed: { transaction, transaction_outcome, receipts_outcome, receipts } }
}

/** The function calls among actions, those inside a delegate included, with the contract that each is of. */
export function callsOf(
  actions: readonly ActionView[],
  receiver: string,
): { readonly contract: string; readonly call: FunctionCallView }[] {
  return actions.flatMap((action) => {
    if (typeof action === 'string') return []
    if (action.FunctionCall) return [{ contract: receiver, call: action.FunctionCall }]
    const delegate = action.Delegate?.delegate_action
    return delegate ? callsOf(delegate.actions, delegate.receiver_id) : []
  })
}

/** The arguments of a call; none for what is no JSON object. */
export function argumentsOf({ args }: FunctionCallView): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(args, 'base64').toString())
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
