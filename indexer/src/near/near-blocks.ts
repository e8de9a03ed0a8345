import type { BlockId, PendingTransaction } from '../chain.ts'
import { type NearRpc, NearRpcError } from './near-rpc.ts'

export interface NearBlock extends BlockId {
  readonly previousHash: string
  /** Heights in between were skipped: nobody made a block there. Unknown for very old blocks. */
  readonly previousNumber: number | undefined
  /** Seconds, rounded down, as contracts read the time. */
  readonly timestamp: bigint
  /** One for each shard that has a new one in this block. */
  readonly chunks: readonly NearChunk[]
}

export interface NearChunk {
  readonly hash: string
  readonly shard: number
  readonly hasTransactions: boolean
  /** Whether the shard's chunk before this one had outcomes: a chunk tells what came of its predecessor. */
  readonly hasEarlierOutcomes: boolean
}

/** What nearcore writes for the root of nothing: 32 zeros in base58. */
const NOTHING = '1'.repeat(32)

interface BlockView {
  readonly header: {
    readonly height: number
    readonly hash: string
    readonly prev_hash: string
    readonly prev_height?: number | null
    readonly timestamp_nanosec: string
  }
  readonly chunks: readonly {
    readonly chunk_hash: string
    readonly shard_id: number
    readonly height_included: number
    readonly tx_root: string
    readonly outcome_root: string
  }[]
}

/** The newest block that nothing can replace, or (`optimistic`) the newest that there is. */
export async function readHead(rpc: NearRpc, finality: 'final' | 'optimistic'): Promise<NearBlock> {
  return toNearBlock((await rpc.call('block', { finality })) as BlockView)
}

/** By height or hash; undefined when the node has none there: the height was skipped, or the node has not got that far. */
export async function readNearBlock(rpc: NearRpc, id: number | string): Promise<NearBlock | undefined> {
  try {
    return toNearBlock((await rpc.call('block', { block_id: id })) as BlockView)
  } catch (error) {
    if (error instanceof NearRpcError && error.reason === 'UNKNOWN_BLOCK') return undefined
    throw error
  }
}

/** In the order in which the chunk has them. */
export async function readTransactions(rpc: NearRpc, { hash }: NearChunk): Promise<PendingTransaction[]> {
  const chunk = (await rpc.call('chunk', { chunk_id: hash })) as {
    readonly transactions: readonly { readonly hash: string; readonly signer_id: string }[]
  }
  return chunk.transactions.map((transaction) => ({ hash: transaction.hash, signer: transaction.signer_id }))
}

function toNearBlock({ header, chunks }: BlockView): NearBlock {
  return {
    number: header.height,
    hash: header.hash,
    previousHash: header.prev_hash,
    previousNumber: header.prev_height ?? undefined,
    timestamp: BigInt(header.timestamp_nanosec) / 1_000_000_000n,
    chunks: chunks
      // A shard that has no new chunk shows its last one again.
      .filter((chunk) => chunk.height_included === header.height)
      .map((chunk) => ({
        hash: chunk.chunk_hash,
        shard: chunk.shard_id,
        hasTransactions: chunk.tx_root !== NOTHING,
        hasEarlierOutcomes: chunk.outcome_root !== NOTHING,
      })),
  }
}
