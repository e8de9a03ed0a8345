import { keccak } from '@parley/evm'
import {
  type EmittedEvent,
  type NamedEvent,
  type NearEventData,
  NOBODY,
  ParleyError,
  readNearEvents,
} from '@parley/protocol'
import type { BlockId, Outcome } from '../chain.ts'
import { emitted } from '../emitted.ts'
import { readFailure } from './failure.ts'
import { findBlock, type NearNode } from './node.ts'
import { argumentsOf, callsOf, type ExecutedTransaction, type ExecutionOutcome } from './status.ts'

/**
 * What a transaction did, all its receipts together. It failed if any of them did, refunds aside: by the first that failed. What a token refused
 * and our contract has made up for is no failure of a payment, and a withdrawal's by its name, as on EVM.
 */
export async function readOutcome(node: NearNode, executed: ExecutedTransaction): Promise<Outcome> {
  const { transaction, transaction_outcome, receipts_outcome } = executed
  const { last, inOrder } = await orderByBlock(node, receipts_outcome)
  const gasUsed = [transaction_outcome, ...receipts_outcome].reduce((sum, { outcome }) => sum + outcome.gas_burnt, 0)
  const events = inOrder.flatMap((outcome) => readEvents(node, executed, outcome))
  return { transaction: transaction.hash, ...last, gasUsed, events, error: firstError(node, executed, inOrder, events) }
}

/** Whether its first receipt succeeded: for a delegate, that its nonce was used; for our own calls, that the contract did something. */
export function hasEffect({ transaction_outcome, receipts_outcome }: ExecutedTransaction): boolean {
  const [first] = transaction_outcome.outcome.receipt_ids
  const outcome = receipts_outcome.find(({ id }) => id === first)?.outcome
  return outcome !== undefined && outcome.status !== 'Unknown' && outcome.status.Failure === undefined
}

/** Nodes list receipts by what led to them; here they are as they happened, and the block in which the last one did. */
async function orderByBlock(
  node: NearNode,
  outcomes: readonly ExecutionOutcome[],
): Promise<{ readonly last: BlockId; readonly inOrder: readonly ExecutionOutcome[] }> {
  const heights = new Map<string, number>()
  for (const hash of new Set(outcomes.map(({ block_hash }) => block_hash))) {
    const block = await findBlock(node, hash)
    if (!block) throw new Error(`the node shows an outcome in block ${hash}, and does not know the block`)
    heights.set(hash, block.header.height)
  }
  const heightOf = ({ block_hash }: ExecutionOutcome) => heights.get(block_hash) ?? 0
  const inOrder = outcomes.toSorted((one, other) => heightOf(one) - heightOf(other))
  const last = inOrder.at(-1)
  if (!last) throw new Error('a transaction that was executed has no receipts')
  return { last: { blockNumber: heightOf(last), blockHash: last.block_hash }, inOrder }
}

function firstError(
  { deployment }: NearNode,
  { receipts }: ExecutedTransaction,
  inOrder: readonly ExecutionOutcome[],
  events: readonly EmittedEvent[],
): ParleyError | undefined {
  const refunds = new Set(receipts.filter((each) => each.predecessor_id === 'system').map((each) => each.receipt_id))
  for (const { id, outcome } of inOrder) {
    if (outcome.status === 'Unknown' || outcome.status.Failure === undefined || refunds.has(id)) continue
    const failure = readFailure(outcome.status.Failure)
    const isOurs = outcome.executor_id === deployment.agents || outcome.executor_id === deployment.parley
    const error = isOurs ? failure : afterwards(failure, events)
    if (error !== undefined) return error
  }
  return undefined
}

/** What is left of a failure: money that a token did not move is owed, or back in the ledger. Only our contract's callback says either. */
function afterwards(error: ParleyError, events: readonly EmittedEvent[]): ParleyError | undefined {
  if (events.some(({ name }) => name === 'PaymentOwed')) return undefined
  const burnt = events.findIndex(({ name, args }) => name === 'LedgerTransfer' && args.to === NOBODY)
  const isBack =
    burnt >= 0 && events.some(({ name, args }, at) => at > burnt && name === 'LedgerTransfer' && args.from === NOBODY)
  return isBack ? new ParleyError('WithdrawalFailed', `the token refused: ${error.message}`) : error
}

/** Parley's events among a receipt's logs. A receipt that failed has done nothing, whatever it logged. */
function readEvents(
  { deployment }: NearNode,
  executed: ExecutedTransaction,
  { id, outcome }: ExecutionOutcome,
): EmittedEvent[] {
  const { executor_id: executor, logs, status } = outcome
  const isOurs = executor === deployment.agents || executor === deployment.parley
  if (!isOurs || status === 'Unknown' || status.Failure) return []
  const findOf = (_: string, field: string, { job_id }: NearEventData) => findArgument(executed, id, field, job_id)
  return logs.flatMap((log) => readLine(log, findOf)).map(({ name, args }) => emitted(name, args))
}

/** A line that makes no sense tells nothing; it does not keep the others, and the outcome, from being told. */
function readLine(log: string, findOf: Parameters<typeof readNearEvents>[2]): NamedEvent[] {
  try {
    return readNearEvents(log, keccak, findOf)
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

/** What an event leaves out since it stands in the call: an accepted result's response. */
function findArgument(
  { transaction, receipts }: ExecutedTransaction,
  receiptId: string,
  field: string,
  jobId: unknown,
): unknown {
  const receipt = receipts.find((each) => each.receipt_id === receiptId)?.receipt
  const own = typeof receipt === 'object' && 'Action' in receipt ? receipt.Action : undefined
  const { actions } = (own as { readonly actions: typeof transaction.actions } | undefined) ?? transaction
  const calls = callsOf(actions, transaction.receiver_id).map(({ call }) => argumentsOf(call))
  // The contract takes hexadecimal in capitals, too, and writes it without.
  return lowerCase(calls.find((args) => lowerCase(args.job_id) === jobId)?.[field])
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
