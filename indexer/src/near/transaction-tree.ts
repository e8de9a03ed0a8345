import type { PendingTransaction } from '../chain.ts'
import { type PathItem, placeOf } from './execution-order.ts'
import type { NearRpc } from './near-rpc.ts'

/** A transaction with everything that it has caused so far: receipts, their receipts, and so on. */
export interface TransactionTree extends PendingTransaction {
  readonly receiver: string
  /** The delegate actions only. */
  readonly actions: readonly ActionView[]
  /** The transaction's own first; others in no order that means something. */
  readonly outcomes: readonly Outcome[]
  readonly receipts: ReadonlyMap<string, Receipt>
}

/** What became of a transaction or of one of its receipts. */
export interface Outcome {
  readonly id: string
  readonly blockHash: string
  /** See `placeOf`. */
  readonly place: string
  /** The account that it happened on. */
  readonly executor: string
  readonly receiptIds: readonly string[]
  /** Of our contracts only. Those of a failure stay in the outcome, but nothing of what they tell is true. */
  readonly logs: readonly string[]
  /** nearcore's words, as JSON; undefined for a success. */
  readonly failure: unknown
}

interface Receipt {
  readonly predecessor: string
  readonly receiver: string
  /** Those for our contracts only. */
  readonly actions: readonly ActionView[]
}

/** nearcore's ActionView: a name, or an object with one field that has the action's name. */
export type ActionView = string | Readonly<Record<string, unknown>>

interface OutcomeView {
  readonly id: string
  readonly block_hash: string
  readonly proof: readonly PathItem[]
  readonly outcome: {
    readonly executor_id: string
    readonly receipt_ids: readonly string[]
    readonly logs: readonly string[]
    readonly status: string | Readonly<Record<string, unknown>>
  }
}

interface StatusView {
  readonly transaction?: {
    readonly hash: string
    readonly signer_id: string
    readonly receiver_id: string
    readonly actions: readonly ActionView[]
  }
  readonly transaction_outcome: OutcomeView
  readonly receipts_outcome: readonly OutcomeView[]
  readonly receipts: readonly {
    readonly receipt_id: string
    readonly predecessor_id: string
    readonly receiver_id: string
    readonly receipt: { readonly Action?: { readonly actions: readonly ActionView[] } }
  }[]
}

/**
 * As far as the node knows it now. Throws when it does not know the transaction, or has not executed it yet. Of what happened on accounts other than `ours`
 * it leaves out what was logged and the actions: all of a chain's transactions are read, and many are large.
 */
export async function readTree(
  rpc: NearRpc,
  { hash, signer }: PendingTransaction,
  ours: readonly string[],
): Promise<TransactionTree> {
  const params = { tx_hash: hash, sender_account_id: signer, wait_until: 'NONE' }
  const view = (await rpc.call('EXPERIMENTAL_tx_status', params)) as StatusView
  if (!view.transaction) throw new Error(`the node has not executed transaction ${hash} yet`)
  const { transaction, transaction_outcome, receipts_outcome, receipts } = view
  const own = toOutcome(transaction_outcome, ours)
  const receiptsById = receipts.map(({ receipt_id, predecessor_id, receiver_id, receipt }) => {
    const actions = (ours.includes(receiver_id) && receipt.Action?.actions) || []
    return [receipt_id, { predecessor: predecessor_id, receiver: receiver_id, actions }] as const
  })
  // nearcore leaves it out where the signer is the receiver.
  const receiver = transaction.receiver_id
  const first = { predecessor: signer, receiver, actions: ours.includes(receiver) ? transaction.actions : [] }
  const firstById = own.receiptIds.map((id) => [id, first] as const)
  return {
    hash,
    signer,
    receiver,
    actions: transaction.actions.filter(isDelegate),
    outcomes: [own, ...receipts_outcome.map((outcome) => toOutcome(outcome, ours))],
    receipts: new Map([...firstById, ...receiptsById]),
  }
}

/** The outcomes of some receipts and of everything that came from them, as far as there are any. */
export function outcomesFrom({ outcomes }: TransactionTree, receiptIds: readonly string[]): Outcome[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
  const found: Outcome[] = []
  const waiting = [...receiptIds]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const outcome = byId.get(id)
    if (!outcome) continue
    found.push(outcome)
    waiting.push(...outcome.receiptIds)
  }
  return found
}

/** Whether every receipt of it is among the outcomes that are over. */
export function hasEnded({ outcomes }: TransactionTree, isOver: (outcome: Outcome) => boolean): boolean {
  const known = new Set(outcomes.map(({ id }) => id))
  return outcomes.every((outcome) => isOver(outcome) && outcome.receiptIds.every((id) => known.has(id)))
}

function isDelegate(action: ActionView): boolean {
  return typeof action === 'object' && ('Delegate' in action || 'DelegateV2' in action)
}

function toOutcome({ id, block_hash, proof, outcome }: OutcomeView, ours: readonly string[]): Outcome {
  const { executor_id: executor, receipt_ids: receiptIds, status } = outcome
  const logs = ours.includes(executor) ? outcome.logs : []
  const failure = typeof status === 'object' && 'Failure' in status ? status.Failure : undefined
  return { id, blockHash: block_hash, place: placeOf(proof), executor, receiptIds, logs, failure }
}
