import type { Hex } from '@parley/protocol'
import type { BlockId } from '../chain.ts'
import type { Rpc, RpcCall } from './rpc.ts'

export interface EvmBlock extends BlockId {
  readonly timestamp: bigint
}

/** Calls in a request: the answers of more could be refused for their size. */
const CHUNK_BLOCKS = 50

/** In the order of the numbers; undefined where the chain has no such block. */
export async function readEvmBlocks(
  rpc: Rpc,
  numbers: readonly (number | 'latest')[],
): Promise<(EvmBlock | undefined)[]> {
  const found: (EvmBlock | undefined)[] = []
  for (let at = 0; at < numbers.length; at += CHUNK_BLOCKS) {
    const part = numbers.slice(at, at + CHUNK_BLOCKS)
    found.push(...(await rpc.request(part.map(callForBlock))).map(toEvmBlock))
  }
  return found
}

/** The call that asks a node for a block, without its transactions. */
export function callForBlock(number: number | 'latest'): RpcCall {
  return { method: 'eth_getBlockByNumber', params: [number === 'latest' ? number : toQuantity(number), false] }
}

/** The block that a node answered with; undefined when it has none there. */
export function toEvmBlock(result: unknown): EvmBlock | undefined {
  const block = result as { readonly number: Hex; readonly hash: Hex; readonly timestamp: Hex } | null
  return block ? { number: Number(block.number), hash: block.hash, timestamp: BigInt(block.timestamp) } : undefined
}

/** A number as JSON-RPC takes it. */
export function toQuantity(number: number): Hex {
  return `0x${number.toString(16)}`
}
