import { type CryptoHash, formatHash, formatKey, sha256, ZERO_HASH } from '../../primitives/index.ts'
import type { Block } from '../../runtime/types.ts'
import type { Json } from '../json.ts'
import { transactionView } from './outcome-view.ts'
import { receiptView } from './receipt-view.ts'

/** For the fields of headers that say who agreed on a block: this chain has one producer, whom nobody has to believe. */
const NO_HASH = formatHash(ZERO_HASH)
const NO_SIGNATURE = formatKey({ type: 'ed25519', bytes: new Uint8Array(64) })

/**
 * A block, who made it, and the one before it, null for the genesis: a header tells what the chunk before came to, its
 * outcomes and its gas, because those are known only when the next block is made.
 */
export type BlockInChain = { block: Block; previous: Block | null; author: string; protocolVersion: number }

/** nearcore: `BlockView`. */
export function blockView(inChain: BlockInChain): Json {
  return { author: inChain.author, header: headerView(inChain), chunks: [chunkHeaderView(inChain)] }
}

/** nearcore: `ChunkView`. */
export function chunkView(inChain: BlockInChain): Json {
  const { transactions, receipts } = inChain.block.chunk
  return {
    author: inChain.author,
    header: chunkHeaderView(inChain),
    transactions: transactions.map(transactionView),
    receipts: receipts.map(receiptView),
  }
}

function headerView({ block, previous, protocolVersion }: BlockInChain): Json {
  const { chunk } = block
  return {
    height: block.height,
    prev_height: block.prevHeight,
    epoch_id: formatHash(block.epochId),
    next_epoch_id: formatHash(block.nextEpochId),
    hash: formatHash(block.hash),
    prev_hash: formatHash(block.prevHash),
    prev_state_root: rootOfOne(chunk.prevStateRoot),
    block_body_hash: NO_HASH,
    chunk_receipts_root: NO_HASH,
    chunk_headers_root: NO_HASH,
    chunk_tx_root: rootOfOne(chunk.txRoot),
    outcome_root: rootOfOne(previous?.chunk.outcomeRoot ?? ZERO_HASH),
    chunks_included: 1,
    challenges_root: NO_HASH,
    timestamp: block.timestampNanoseconds,
    timestamp_nanosec: block.timestampNanoseconds.toString(),
    random_value: formatHash(block.randomSeed),
    validator_proposals: [],
    chunk_mask: [true],
    gas_price: block.gasPrice.toString(),
    block_ordinal: null,
    rent_paid: '0',
    validator_reward: '0',
    total_supply: block.totalSupply.toString(),
    challenges_result: [],
    last_final_block: formatHash(block.prevHash),
    last_ds_final_block: formatHash(block.prevHash),
    next_bp_hash: NO_HASH,
    block_merkle_root: NO_HASH,
    epoch_sync_data_hash: null,
    approvals: [],
    signature: NO_SIGNATURE,
    latest_protocol_version: protocolVersion,
    chunk_endorsements: [],
    shard_split: null,
  }
}

function chunkHeaderView({ block, previous }: BlockInChain): Json {
  const { height, prevHash, chunk } = block
  return {
    chunk_hash: formatHash(chunk.hash),
    prev_block_hash: formatHash(prevHash),
    outcome_root: formatHash(previous?.chunk.outcomeRoot ?? ZERO_HASH),
    prev_state_root: formatHash(chunk.prevStateRoot),
    encoded_merkle_root: NO_HASH,
    encoded_length: 0,
    height_created: chunk.height,
    height_included: height,
    shard_id: 0,
    gas_used: previous?.chunk.gasUsed ?? 0n,
    gas_limit: chunk.gasLimit,
    rent_paid: '0',
    validator_reward: '0',
    balance_burnt: (previous?.chunk.balanceBurnt ?? 0n).toString(),
    outgoing_receipts_root: NO_HASH,
    tx_root: formatHash(chunk.txRoot),
    validator_proposals: [],
    congestion_info: { delayed_receipts_gas: '0', buffered_receipts_gas: '0', receipt_bytes: 0, allowed_shard: 0 },
    bandwidth_requests: { V1: { requests: [] } },
    signature: NO_SIGNATURE,
  }
}

/** The root of a Merkle tree with one leaf (nearcore: `merklize`): a block's root over its chunks' roots. */
function rootOfOne(leaf: CryptoHash): string {
  return formatHash(sha256(leaf))
}
