import type { ChainEvent, Hex } from '@parley/protocol'

export interface BlockId {
  readonly number: number
  readonly hash: Hex
}

/** Everything that happened after `after` (undefined: ever) up to and with `upTo`. Events are in the chain's order. */
export interface Batch {
  readonly kind: 'batch'
  readonly after: BlockId | undefined
  readonly upTo: BlockId
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
  follow(readBlocks: () => Promise<readonly BlockId[]>, signal: AbortSignal): AsyncGenerator<Step, void>
}
