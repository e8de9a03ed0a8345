import { formatHash } from '../../primitives/index.ts'
import type { Block } from '../../runtime/types.ts'
import { RpcError } from '../errors.ts'
import { readCount, readHash } from '../fields.ts'
import { namedParams, readBlockId, readBlockReference } from '../params.ts'
import { type BlockInChain, blockView, chunkView } from '../views/block-view.ts'
import { findBlock, type RpcContext, type RpcMethod } from './context.ts'

/** `block {block_id | finality | sync_checkpoint}`. */
export const block: RpcMethod = (params, context) => {
  const reference = readBlockReference(namedParams(params, ['block_id']))
  return blockView(inChain(findBlock(context, reference), context))
}

/** `chunk {chunk_id}` or `{block_id, shard_id}`. The one shard is 0. */
export const chunk: RpcMethod = (params, context) => {
  const named = namedParams(params, ['chunk_id'], ['block_id', 'shard_id'])
  if (named.chunk_id === undefined) {
    const found = findBlock(context, readBlockId(named))
    const shardId = readCount(named, 'shard_id')
    if (shardId === 0) return chunkView(inChain(found, context))
    const cause = { name: 'INVALID_SHARD_ID', info: { shard_id: shardId } }
    throw RpcError.handler(cause, `Shard id ${shardId} does not exist`)
  }

  const hash = readHash(named, 'chunk_id')
  const found = context.node.chunk(hash)
  if (found) return chunkView(inChain(found.block, context))
  const text = formatHash(hash)
  const details = `Chunk Missing (unavailable on the node): ChunkHash(\`${text}\`) \n Cause: Unknown`
  throw RpcError.handler({ name: 'UNKNOWN_CHUNK', info: { chunk_hash: text } }, details)
}

/** `gas_price [block_id | null]`: yoctoNEAR for one gas. */
export const gasPrice: RpcMethod = (params, context) => {
  const named = namedParams(params, [], ['block_id'])
  const isLatest = named.block_id === undefined || named.block_id === null
  const found = findBlock(context, isLatest ? { kind: 'latest' } : readBlockId(named))
  return { gas_price: found.gasPrice.toString() }
}

function inChain(block: Block, { node, validator }: RpcContext): BlockInChain {
  const previous = node.block({ kind: 'hash', hash: block.prevHash })
  return { block, previous, author: validator.accountId, protocolVersion: node.protocolVersion }
}
