import type { Deployment } from '@parley/near/deployment-file'
import type { PendingTransaction, StoredBlock } from '../chain.ts'
import { createBlockReader } from './block-reader.ts'
import type { History } from './chain-history.ts'
import { inParallel } from './in-parallel.ts'
import { type NearBlock, readHead, readNearBlock, readTransactions } from './near-blocks.ts'
import type { NearRpc } from './near-rpc.ts'
import { hasEnded, readTree, type TransactionTree } from './transaction-tree.ts'

/** Reads stretches of a chain, as long as is good for the node and for the memory. */
export interface HistoryReader {
  /** What follows `newest` (undefined: everything from the first block on), up to the final `head` or an earlier block. */
  read(newest: StoredBlock | undefined, head: NearBlock): Promise<History>
  /** Some blocks after `last`, in which each shard should have a chunk. Undefined when it is the chain's newest, final as it is. */
  readSuccessors(last: NearBlock, head: NearBlock): Promise<NearBlock[] | undefined>
}

const MOST_BLOCKS = 100

/** A single block can have more: it cannot be read in parts. */
const MOST_TRANSACTIONS = 1_000

/** What was sent so shortly before the first block may still be under way in it. */
const BLOCKS_BEFORE_FIRST = 20

/** A shard misses a block now and then, hardly ever some in a row. */
const MOST_SUCCESSORS = 10

/** So that not each outcome of a transaction that takes long costs a question. */
const REMEMBERED_HEIGHTS = 10_000

export function createHistoryReader(
  rpc: NearRpc,
  { fromBlock: firstBlock, agents, parley }: Deployment,
): HistoryReader {
  const blockReader = createBlockReader(rpc)
  /** Of final blocks, by hash. */
  const finalHeights = new Map<string, number>()
  /** Transactions after `endedAfter` of which nothing is to come: read once, however often the stretch has to be. */
  const ended = new Map<string, TransactionTree>()
  let endedAfter: string | undefined
  let mostBlocks = MOST_BLOCKS

  return {
    async read(newest, head) {
      // Less at once from a node that fails often: all of it must come through.
      const most = mostBlocks
      mostBlocks = Math.ceil(most / 2)
      const history = await readStretch(newest, head, most)
      mostBlocks = Math.min(2 * most, MOST_BLOCKS)
      return history
    },
    async readSuccessors(last, head) {
      const latest = last.number === head.number ? await readHead(rpc, 'optimistic') : head
      if (latest.number === last.number) return undefined
      return latest.number > last.number ? blockReader.readAfter(last, MOST_SUCCESSORS, latest) : []
    },
  }

  async function readStretch(newest: StoredBlock | undefined, head: NearBlock, most: number): Promise<History> {
    const after = { number: newest?.number ?? firstBlock - 1, hash: newest?.hash }
    const found = await blockReader.readAfter(after, most, head)
    const sent = await inParallel(found, transactionsIn)
    const blocks = found.slice(0, lengthWithin(sent, MOST_TRANSACTIONS))

    if (newest?.hash !== endedAfter) ended.clear()
    endedAfter = newest?.hash
    const earlier = await inParallel(newest?.pending ?? (await readSentBefore()), readOnce)
    const later = await inParallel(sent.slice(0, blocks.length).flat(), readOnce)
    const trees = [...earlier, ...later]
    const heights = await readHeights(blocks, earlier)
    for (const tree of trees) if (hasEnded(tree, ({ blockHash }) => heights.has(blockHash))) ended.set(tree.hash, tree)
    return { blocks, trees, heights }
  }

  async function readOnce(transaction: PendingTransaction): Promise<TransactionTree> {
    return ended.get(transaction.hash) ?? readTree(rpc, transaction, [agents, parley])
  }

  async function transactionsIn({ chunks }: NearBlock): Promise<PendingTransaction[]> {
    const perChunk: PendingTransaction[][] = []
    for (const chunk of chunks) perChunk.push(chunk.hasTransactions ? await readTransactions(rpc, chunk) : [])
    return perChunk.flat()
  }

  async function readSentBefore(): Promise<PendingTransaction[]> {
    const numbers = Array.from({ length: BLOCKS_BEFORE_FIRST }, (_, at) => firstBlock - BLOCKS_BEFORE_FIRST + at)
    const blocks = await blockReader.readExisting(numbers.filter((number) => number >= 0))
    return (await inParallel(blocks, transactionsIn)).flat()
  }

  /** Of all blocks that are over and that a tree can mention. What was sent in `blocks` mentions no older ones. */
  async function readHeights(blocks: readonly NearBlock[], earlier: readonly TransactionTree[]) {
    const last = blocks.at(-1)?.number ?? 0
    for (const { hash, number } of blocks) finalHeights.set(hash, number)
    const mentioned = new Set(earlier.flatMap(({ outcomes }) => outcomes.map(({ blockHash }) => blockHash)))
    const unknown = [...mentioned].filter((hash) => !finalHeights.has(hash))
    await inParallel(unknown, (hash) => rememberIfOver(hash, last))

    const heights = new Map([...finalHeights].filter(([, height]) => height <= last))
    for (const hash of [...finalHeights.keys()].slice(0, -REMEMBERED_HEIGHTS)) finalHeights.delete(hash)
    return heights
  }

  /** A block after `last` may not be final, and a block before it may never have become so: a node tells of both. */
  async function rememberIfOver(hash: string, last: number): Promise<void> {
    const block = await readNearBlock(rpc, hash)
    if (!block) throw new Error('the node does not know a block in which it executed something')
    const isOver = block.number <= last && (await readNearBlock(rpc, block.number))?.hash === hash
    if (isOver) finalHeights.set(hash, block.number)
  }
}

/** How many of the lists, from the first one, have so many items together; at least one. */
function lengthWithin(lists: readonly (readonly unknown[])[], most: number): number {
  let count = 0
  const length = lists.findIndex((list) => {
    count += list.length
    return count > most
  })
  return length < 0 ? lists.length : Math.max(1, length)
}
