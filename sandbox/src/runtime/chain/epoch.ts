import { type CryptoHash, ZERO_HASH } from '../../primitives/hash.ts'
import type { Block } from '../types.ts'

export interface Epoch {
  readonly epochId: CryptoHash
  readonly nextEpochId: CryptoHash
  readonly epochHeight: bigint
}

export const GENESIS_EPOCH: Epoch = { epochId: ZERO_HASH, nextEpochId: ZERO_HASH, epochHeight: 1n }

/** How epochs are laid over heights: the first begins with genesis, and all are equally long. */
export interface EpochLayout {
  readonly genesisHeight: bigint
  readonly length: bigint
}

/** The epoch of the block after `prev`. An epoch is named by the last block but one epoch before it, as in nearcore. */
export function epochOfNext({ genesisHeight, length }: EpochLayout, prev: Block, height: bigint): Epoch {
  const epochHeight = 1n + (height - genesisHeight) / length
  if (epochHeight === prev.epochHeight) return prev
  return { epochId: prev.nextEpochId, nextEpochId: prev.hash, epochHeight }
}

/** The last height of the epoch that holds this height. */
export function lastHeightOfEpoch({ genesisHeight, length }: EpochLayout, height: bigint): bigint {
  return height + length - 1n - ((height - genesisHeight) % length)
}
