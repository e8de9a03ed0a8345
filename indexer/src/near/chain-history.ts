import type { ChainEvent, NamedEvent } from '@parley/protocol'
import type { PendingTransaction } from '../chain.ts'
import { eventsOf } from './contract-events.ts'
import type { NearBlock } from './near-blocks.ts'
import { type Contracts, requestEventOf } from './request-events.ts'
import { hasEnded, type Outcome, type TransactionTree } from './transaction-tree.ts'

/** What is known of a stretch of the chain. */
export interface History {
  /** Without a gap, the oldest first. */
  readonly blocks: readonly NearBlock[]
  /** Every transaction that can have outcomes in these blocks, in the chain's order. */
  readonly trees: readonly TransactionTree[]
  /** Of the blocks and of older ones, by hash: an outcome in another block is still to come. */
  readonly heights: ReadonlyMap<string, number>
}

export interface Told {
  readonly events: readonly ChainEvent[]
  /** Lines of our contracts that are no events of Parley. */
  readonly mistakes: readonly { readonly transaction: string; readonly error: RangeError }[]
}

/** An event, and the outcome that brings it. */
interface PlacedEvent {
  readonly outcome: Outcome
  readonly transaction: string
  readonly contract: string
  readonly event: NamedEvent
}

/**
 * What happened to Parley in the blocks. Pure: the same block gives the same events at the same positions, whatever comes before and after it in
 * `history`. `chain` is the CAIP-2 id.
 */
export function eventsIn(history: History, chain: string, contracts: Contracts): Told {
  const { blocks, trees, heights } = history
  const blockOf = new Map(blocks.map((block) => [block.hash, block]))
  const compare = compareBy(heights)
  const placed: PlacedEvent[] = []
  const mistakes: Told['mistakes'][number][] = []

  for (const tree of trees) {
    const transaction = tree.hash
    for (const outcome of tree.outcomes) {
      const { executor: contract, blockHash } = outcome
      const isOurs = contract === contracts.agents || contract === contracts.parley
      if (!isOurs || !blockOf.has(blockHash)) continue
      const logged = eventsOf(outcome, tree)
      placed.push(...logged.events.map((event) => ({ outcome, transaction, contract, event })))
      mistakes.push(...logged.mistakes.map((error) => ({ transaction, error })))
    }
    const end = endOf(tree, history)
    if (!end || !blockOf.has(end.blockHash)) continue
    const request = requestEventOf(tree, contracts, compare)
    if (request) placed.push({ ...request, outcome: end, transaction })
  }

  // The sort is stable: what one outcome tells keeps its order, and what became of a request comes after it.
  placed.sort((a, b) => compare(a.outcome, b.outcome))
  return { events: toChainEvents(placed, chain, blockOf), mistakes }
}

/** The transactions of which parts are still to come. */
export function pendingAfter(history: History): PendingTransaction[] {
  const pending = history.trees.filter((tree) => !endOf(tree, history))
  return pending.map(({ hash, signer }) => ({ hash, signer }))
}

/** The transaction's last outcome; undefined while some are still to come. */
function endOf(tree: TransactionTree, { heights }: History): Outcome | undefined {
  if (!hasEnded(tree, ({ blockHash }) => heights.has(blockHash))) return undefined
  return tree.outcomes.toSorted(compareBy(heights)).at(-1)
}

/**
 * The chain's order. Shards work at the same time, so among the chunks of a block there is none: places come first, and where two are the same, names,
 * so that it is the same each time.
 */
function compareBy(heights: ReadonlyMap<string, number>) {
  const height = ({ blockHash }: Outcome) => heights.get(blockHash) ?? Number.POSITIVE_INFINITY
  return (a: Outcome, b: Outcome): number =>
    height(a) - height(b) || order(a.place, b.place) || order(a.executor, b.executor) || order(a.id, b.id)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function toChainEvents(
  placed: readonly PlacedEvent[],
  chain: string,
  blockOf: ReadonlyMap<string, NearBlock>,
): ChainEvent[] {
  const counts = new Map<string, number>()
  return placed.flatMap(({ outcome: { blockHash }, transaction, contract, event }) => {
    const block = blockOf.get(blockHash)
    if (!block) return []
    const logIndex = counts.get(blockHash) ?? 0
    counts.set(blockHash, logIndex + 1)
    const position = { chain, blockNumber: BigInt(block.number), blockHash, timestamp: block.timestamp }
    return [{ ...position, transaction, logIndex, contract, ...event }]
  })
}
