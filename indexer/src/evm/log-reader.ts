import { RpcRefused } from '../ask-node.ts'
import type { BlockId } from '../chain.ts'
import { callForBlock, toEvmBlock, toQuantity } from './evm-blocks.ts'
import type { LogDecoder, RpcLog } from './evm-log.ts'
import type { Rpc } from './rpc.ts'

/** Reads logs in requests as large as the node allows, several at once. */
export interface LogReader {
  /** How many blocks one `read` should be asked for. */
  span(): number
  /** Logs of the blocks after `after` up to `upTo`, in the chain's order. Throws when the node's chain does not have `upTo`. */
  read(after: number, upTo: BlockId): Promise<RpcLog[]>
}

interface Range {
  readonly from: number
  readonly to: number
}

/** Few nodes allow more; most allow this when the answer is not too large. */
const FIRST_RANGE_BLOCKS = 2_000
const LARGEST_RANGE_BLOCKS = 100_000
const GROWTH = 1.5
const RANGES_IN_FLIGHT = 4

/** Reads logs in ranges as large as the node allows, which it finds out by itself. */
export function createLogReader(rpc: Rpc, filter: LogDecoder['filter']): LogReader {
  let rangeBlocks = FIRST_RANGE_BLOCKS

  const ask = async ({ from, to }: Range, upTo: BlockId): Promise<RpcLog[]> => {
    const params = [{ ...filter, fromBlock: toQuantity(from), toBlock: toQuantity(to) }]
    // Asked together: a node that is behind answers with fewer logs, but it cannot have the block.
    const calls = [{ method: 'eth_getLogs', params }, callForBlock(upTo.number)]
    // A single block cannot be halved.
    const [logs, block] = await rpc.request(calls, from === to ? { maxBytes: Number.POSITIVE_INFINITY } : {})
    if (toEvmBlock(block)?.hash !== upTo.hash) throw new Error(`block ${upTo.number} changed while its logs were read`)
    return logs as RpcLog[]
  }

  const readRange = async (range: Range, upTo: BlockId): Promise<RpcLog[]> => {
    try {
      return await ask(range, upTo)
    } catch (error) {
      const half = Math.floor((range.to - range.from + 1) / 2)
      rangeBlocks = Math.max(1, Math.min(rangeBlocks, half))
      if (!(error instanceof RpcRefused) || half === 0) throw error
      const lower = await readRange({ from: range.from, to: range.from + half - 1 }, upTo)
      return [...lower, ...(await readRange({ from: range.from + half, to: range.to }, upTo))]
    }
  }

  return {
    span: () => rangeBlocks * RANGES_IN_FLIGHT,
    async read(after, upTo) {
      const askedBlocks = rangeBlocks
      const ranges: Range[] = []
      for (let from = after + 1; from <= upTo.number; from += askedBlocks) {
        ranges.push({ from, to: Math.min(from + askedBlocks - 1, upTo.number) })
      }
      const logs = (await Promise.all(ranges.map((range) => readRange(range, upTo)))).flat()
      if (rangeBlocks === askedBlocks) rangeBlocks = Math.min(Math.ceil(askedBlocks * GROWTH), LARGEST_RANGE_BLOCKS)
      return logs.sort(
        (a, b) => Number(a.blockNumber) - Number(b.blockNumber) || Number(a.logIndex) - Number(b.logIndex),
      )
    },
  }
}
