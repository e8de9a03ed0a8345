import type { blocks } from '@parley/database'
import type { ChainEvent } from '@parley/protocol'

export interface BlockId {
  readonly number: number
  /** As the chain's explorers show it. */
  readonly hash: string
}

/** A transaction that had not ended at some block: what it starts happens over many blocks. */
export type PendingTransaction = (typeof blocks.$inferSelect)['pending'][number]

/** A block that the tables agreed with. */
export interface StoredBlock extends BlockId {
  /** In the chain's order. None on chains whose transactions end in the block that they are in. */
  readonly pending: readonly PendingTransaction[]
}

/** Everything that happened after `after` (undefined: ever) up to and with `upTo`. Events are in the chain's order. */
export interface Batch {
  readonly kind: 'batch'
  readonly after: BlockId | undefined
  readonly upTo: StoredBlock
  readonly events: readonly ChainEvent[]
}

/** `newest` is no longer on the chain; `common`, the newest stored block that is, may be none at all. */
export interface Fork {
  readonly kind: 'fork'
  readonly newest: BlockId
  readonly common: BlockId | undefined
}

export type Step = Batch | Fork

/** One chain as the indexer sees it, whatever its kind. */
export interface Chain {
  /** CAIP-2. */
  readonly id: string
  /**
   * Yields what follows the stored blocks, which it reads (newest first) after each step, so each step must be stored before the next is asked
   * for. Waits where there is nothing new, tries again where the node fails, and ends by `signal` only.
   */
  follow(readBlocks: () => Promise<readonly StoredBlock[]>, signal: AbortSignal): AsyncGenerator<Step, void>
}
