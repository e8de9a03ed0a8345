import type { CryptoHash } from '../../primitives/hash.ts'
import type { SignedTransaction } from '../../primitives/transaction.ts'
import { applyChunk, type ChunkResult } from '../apply/apply-chunk.ts'
import type { BlockContext } from '../apply/context.ts'
import { outcomeLeaf } from '../apply/outcome.ts'
import type { RuntimeConfig } from '../config.ts'
import { StateUpdate } from '../state/state-update.ts'
import { hashOf } from '../trie/node.ts'
import type { Trie } from '../trie/trie.ts'
import type { Block, Chunk, ExecutionOutcome, Receipt, StateRecord } from '../types.ts'
import { blockHash, chunkHash } from './block-hash.ts'
import { type EpochLayout, epochOfNext } from './epoch.ts'
import { blockRandomSeed } from './genesis.ts'
import type { BlockEntry } from './ledger.ts'
import { merklize } from './merkle.ts'
import { beginEpoch, minimumStake, type StakingState, withProposals } from './stakes.ts'
import { writeRecords } from './state-records.ts'

/** What stays the same from block to block. */
export interface ChainConstants {
  readonly config: RuntimeConfig
  readonly chainId: string
  readonly seed: string
  readonly epochs: EpochLayout
}

/** What goes into the next block. */
export interface NextBlockInput {
  readonly height: bigint
  readonly timestampNanoseconds: bigint
  readonly transactions: readonly SignedTransaction[]
  /** Records that are written over the state first. */
  readonly patch: readonly StateRecord[]
}

/** The block after `prev`. Pure: the same input gives the same block. */
export function nextBlock(constants: ChainConstants, prev: BlockEntry, input: NextBlockInput): BlockEntry {
  const { height, timestampNanoseconds } = input
  const epoch = epochOfNext(constants.epochs, prev.block, height)
  const before = prepareState(prev, input.patch, epoch.epochHeight !== prev.block.epochHeight)
  const randomSeed = blockRandomSeed(constants.seed, height)
  const { gasPrice } = prev.block
  const header = { height, timestampNanoseconds, epochHeight: epoch.epochHeight, gasPrice, randomSeed }
  const context = blockContext(constants, header, before.staking)
  const { gasLimit } = prev.block.chunk
  const result = applyChunk(context, {
    trie: before.trie,
    transactions: input.transactions,
    incoming: prev.outgoing,
    gasLimit,
  })

  const outcomes = merklize(result.outcomes.map(outcomeLeaf))
  const frame = { height, gasLimit, before: before.trie, outcomeRoot: outcomes.root, receipts: prev.outgoing }
  const chunk = chunkOf(result, frame)
  const unhashed = {
    ...header,
    epochId: epoch.epochId,
    nextEpochId: epoch.nextEpochId,
    prevHash: prev.block.hash,
    prevHeight: prev.block.height,
    totalSupply: prev.block.totalSupply + before.supplyDelta - result.burnt,
    chunk,
  }
  const block: Block = { ...unhashed, hash: blockHash(unhashed) }
  return {
    block,
    trie: result.trie,
    outcomes: result.outcomes.map((outcome, index): ExecutionOutcome => {
      return { ...outcome, blockHash: block.hash, blockHeight: height, proof: outcomes.paths[index] ?? [] }
    }),
    created: result.created,
    outgoing: result.outgoing,
    hasDelayedReceipts: result.hasDelayedReceipts,
    staking: withProposals(before.staking, result.stakes),
  }
}

/** What contracts and actions see of a block. */
export function blockContext(
  { config, chainId }: ChainConstants,
  block: Pick<Block, 'height' | 'timestampNanoseconds' | 'epochHeight' | 'gasPrice' | 'randomSeed'>,
  staking: StakingState,
): BlockContext {
  const { height, timestampNanoseconds, epochHeight, gasPrice, randomSeed } = block
  return {
    config,
    chainId,
    height,
    timestampNanoseconds,
    epochHeight,
    gasPrice,
    randomSeed,
    validators: staking.current,
    minimumStake: minimumStake(staking),
  }
}

interface PreparedState {
  readonly trie: Trie
  readonly staking: StakingState
  /** Tokens that the patch brought into being, or took away. */
  readonly supplyDelta: bigint
}

function prepareState(prev: BlockEntry, patch: readonly StateRecord[], startsEpoch: boolean): PreparedState {
  if (!startsEpoch && patch.length === 0) return { trie: prev.trie, staking: prev.staking, supplyDelta: 0n }
  const state = new StateUpdate(prev.trie)
  const staking = startsEpoch ? beginEpoch(prev.staking, state) : prev.staking
  const supplyDelta = writeRecords(state, patch)
  return { trie: state.finish(), staking, supplyDelta }
}

/** What a chunk says of itself beside what came out of it. */
interface ChunkFrame {
  readonly height: bigint
  readonly gasLimit: bigint
  /** State before the chunk. */
  readonly before: Trie
  readonly outcomeRoot: CryptoHash
  readonly receipts: readonly Receipt[]
}

function chunkOf({ trie, included, gasUsed, burnt }: ChunkResult, frame: ChunkFrame): Chunk {
  const { height, gasLimit, before, outcomeRoot, receipts } = frame
  const chunk = {
    height,
    prevStateRoot: hashOf(before),
    stateRoot: hashOf(trie),
    outcomeRoot,
    txRoot: merklize(included.map(({ hash }) => hash)).root,
    gasUsed,
    gasLimit,
    balanceBurnt: burnt,
    transactions: included,
    receipts,
  }
  return { ...chunk, hash: chunkHash(chunk) }
}
