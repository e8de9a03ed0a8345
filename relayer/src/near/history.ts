import type { Block } from './node.ts'
import { type NearRpc, unless } from './rpc.ts'
import { callsOf, type TransactionView } from './status.ts'

/** A block, without what has nothing to do with contracts. */
interface PastBlock {
  readonly height: number
  readonly parent: string
  /** Those that call contracts, themselves or by a delegate. */
  readonly transactions: readonly TransactionView[]
}

/** The block with this hash; undefined when the node does not have it. */
export type History = (hash: string) => Promise<PastBlock | undefined>

/** A few times as many as are looked through for one request. */
const MAX_REMEMBERED = 256

/** What a hash names never changes, so the newest blocks are remembered: those of one request are, mostly, those of the next. */
export function createHistory(rpc: NearRpc): History {
  const remembered = new Map<string, PastBlock>()
  return async (hash) => {
    const known = remembered.get(hash)
    if (known) return known
    const block = await unless(['UNKNOWN_BLOCK'], rpc<Block>('block', { block_id: hash }))
    if (!block) return undefined
    const past = await readPast(rpc, block)
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size >= MAX_REMEMBERED) remembered.delete(oldest)
    remembered.set(hash, past)
    return past
  }
}

async function readPast(rpc: NearRpc, { header, chunks }: Block): Promise<PastBlock> {
  // A chunk that is missing stands for the one before it.
  const own = chunks.filter(({ height_included }) => height_included === header.height)
  const read = own.map(({ chunk_hash }) =>
    rpc<{ readonly transactions: readonly TransactionView[] }>('chunk', { chunk_id: chunk_hash }),
  )
  const all = (await Promise.all(read)).flatMap(({ transactions }) => transactions)
  const transactions = all.filter(({ actions, receiver_id }) => callsOf(actions, receiver_id).length > 0)
  return { height: header.height, parent: header.prev_hash, transactions }
}
