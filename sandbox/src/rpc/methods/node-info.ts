import { formatHash } from '../../primitives/index.ts'
import type { Block } from '../../runtime/types.ts'
import { RpcError } from '../errors.ts'
import { readHash } from '../fields.ts'
import type { Json } from '../json.ts'
import { namedParams, readBlockId, readBlockReference } from '../params.ts'
import { VERSION } from '../version.ts'
import { findBlock, type RpcContext, type RpcMethod } from './context.ts'

/** `status`: also answered to GET /status. */
export const status: RpcMethod = (_, context) => {
  const { node, validator, nodePublicKey, rpcAddress, startedAt } = context
  const latest = node.latestBlock()
  const { genesis } = node
  return {
    version: { version: VERSION, build: 'parley', commit: '', rustc_version: '' },
    chain_id: node.chainId,
    protocol_version: node.protocolVersion,
    latest_protocol_version: node.protocolVersion,
    rpc_addr: rpcAddress,
    validators: [{ account_id: validator.accountId }],
    sync_info: {
      latest_block_hash: formatHash(latest.hash),
      latest_block_height: latest.height,
      latest_state_root: formatHash(latest.chunk.prevStateRoot),
      latest_block_time: isoTime(latest),
      syncing: false,
      earliest_block_hash: formatHash(genesis.hash),
      earliest_block_height: genesis.height,
      earliest_block_time: isoTime(genesis),
      epoch_id: formatHash(latest.epochId),
      epoch_start_height: epochStart(latest, context),
    },
    validator_account_id: validator.accountId,
    validator_public_key: validator.publicKey,
    node_public_key: nodePublicKey,
    node_key: null,
    uptime_sec: Math.floor((Date.now() - startedAt) / 1000),
    genesis_hash: formatHash(genesis.hash),
  }
}

/** `health`: null when all is well, which it is if this answers. */
export const health: RpcMethod = () => null

/** `network_info`: a node without peers. */
export const networkInfo: RpcMethod = () => ({
  active_peers: [],
  num_active_peers: 0,
  peer_max_count: 0,
  sent_bytes_per_sec: 0,
  received_bytes_per_sec: 0,
  known_producers: [],
})

/** `validators [block_id | null]` or `{epoch_id | block_id | latest}`: the one producer, in every epoch. */
export const validators: RpcMethod = (params, context) => {
  const found = epochBlock(params, context)
  const { accountId, publicKey } = context.validator
  const account = context.node.query({ kind: 'hash', hash: found.hash })?.viewAccount(accountId)
  const stake = (account?.locked ?? 0n).toString()
  const start = epochStart(found, context)
  const blocks = found.height - start + 1n
  const validator = { account_id: accountId, public_key: publicKey, stake }
  const current = {
    ...validator,
    is_slashed: false,
    shards: [0],
    num_produced_blocks: blocks,
    num_expected_blocks: blocks,
    num_produced_chunks: blocks,
    num_expected_chunks: blocks,
    num_produced_chunks_per_shard: [blocks],
    num_expected_chunks_per_shard: [blocks],
    num_produced_endorsements: blocks,
    num_expected_endorsements: blocks,
    num_produced_endorsements_per_shard: [blocks],
    num_expected_endorsements_per_shard: [blocks],
    shards_endorsed: [0],
  }
  return {
    current_validators: [current],
    next_validators: [{ ...validator, shards: [0] }],
    current_fishermen: [],
    next_fishermen: [],
    current_proposals: [],
    prev_epoch_kickout: [],
    epoch_start_height: start,
    epoch_height: found.epochHeight,
    validator_reward_paid_prev_epoch: {},
  }
}

/** `EXPERIMENTAL_protocol_config {block_id | finality}`: genesis.json and the protocol's parameters. */
export const protocolConfig: RpcMethod = (params, context) => {
  findBlock(context, readBlockReference(namedParams(params)))
  return context.protocolConfig
}

/** `EXPERIMENTAL_genesis_config`: genesis.json without its records. */
export const genesisConfig: RpcMethod = (_, context) => context.genesisConfig

function epochBlock(params: unknown, context: RpcContext): Block {
  const named = namedParams(params, [], ['block_id'])
  if (named.epoch_id !== undefined) {
    const latest = context.node.latestBlock()
    const epochId = formatHash(readHash(named, 'epoch_id'))
    if (formatHash(latest.epochId) === epochId) return latest
    throw RpcError.handler({ name: 'UNKNOWN_EPOCH' }, 'Unknown Epoch')
  }
  const isLatest = named.block_id === undefined || named.block_id === null
  return findBlock(context, isLatest ? { kind: 'latest' } : readBlockId(named))
}

/** The height at which the block's epoch began. */
function epochStart(block: Block, { node, epochLength }: RpcContext): bigint {
  const first = node.genesis.height
  const elapsed = block.height - first
  return first + elapsed - (elapsed % BigInt(epochLength))
}

function isoTime({ timestampNanoseconds }: Block): Json {
  const milliseconds = timestampNanoseconds / 1_000_000n
  const rest = (timestampNanoseconds % 1_000_000n).toString().padStart(6, '0')
  return new Date(Number(milliseconds)).toISOString().replace('Z', `${rest}Z`)
}
