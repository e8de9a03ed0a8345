import type { Deployment } from '@parley/near/deployment-file'
import { ConfigurationError, type Log } from '@parley/service'
import type { Batch, Chain, Fork, Step, StoredBlock } from '../chain.ts'
import { followBy } from '../follow.ts'
import { createOutage } from '../outage.ts'
import { eventsIn, pendingAfter } from './chain-history.ts'
import { areFollowed, findGap } from './completeness.ts'
import { createHistoryReader } from './history-reader.ts'
import { inParallel } from './in-parallel.ts'
import { type NearBlock, readHead, readNearBlock } from './near-blocks.ts'
import type { NearRpc } from './near-rpc.ts'

export interface NearChainOptions {
  readonly rpc: NearRpc
  readonly deployment: Deployment
  readonly pollMilliseconds: number
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** A node that is behind catches up sooner. What is missing for longer, soon after the deployment, is of transactions that are older. */
const PATIENCE_MILLISECONDS = 60_000

/** A yield waits for 200 blocks; transactions from before the deployment have ended by then, and whatever is missing later is waited for. */
const OLD_TRANSACTION_BLOCKS = 1_000

/**
 * NEAR as the indexer follows it, through a node's JSON-RPC. A block's batch must be complete before it is stored, for nothing is added to it later.
 *
 * What happens in a block is not in the block: a transaction's receipts are executed in later blocks, each of which may cause more, and a node tells
 * outcomes by transaction only. Any transaction, of whomever, can end in a call of our contracts, after any time (a receipt waits for data, for room in a
 * crowded shard, or, with `promise_yield`, for a call that may never come). So:
 *
 * - Every transaction of every chunk is asked about, together with those that were pending at the stored block. By induction these are all that can have
 *   outcomes in the blocks that follow: an outcome is reached from its transaction by receipts, and a transaction without receipts to come is over.
 * - What is pending is stored with the block, so an indexer that starts again, or goes back to an older block, goes on with the same transactions.
 * - Only final blocks are read, and only outcomes in them count, however much more the node knows already.
 * - An answer can come from a node that is behind, and lack what others know. Each outcome carries its path in the Merkle tree of its chunk's outcomes,
 *   which shows whether all leaves are there (`areComplete`); whether there is such a tree is told by the shard's next chunk. Two things cannot be shown: what
 *   is in a block that is the newest and final at once, which only a chain of one node has; and what is left of transactions that were sent long before
 *   the deployment, for which nothing is held up longer than a minute, in the first thousand blocks.
 * - The same paths give the order in which a chunk executed: events are numbered by it.
 */
export function createNearChain(options: NearChainOptions): Chain {
  const { rpc, deployment, pollMilliseconds, log, clock = Date.now } = options
  const id = `near:${deployment.chainId}`
  const reader = createHistoryReader(rpc, deployment)
  /** Since when there is a doubt about what follows a block. */
  let doubt: { readonly after: number; readonly since: number } | undefined

  return { id, follow: followBy({ findStep, pollMilliseconds, outage: createOutage('reading the chain', log) }) }

  async function findStep(stored: readonly StoredBlock[]): Promise<Step | undefined> {
    const [newest] = stored
    const head = await readHead(rpc, 'final')
    if (newest) {
      const known = head.number < newest.number ? undefined : await readNearBlock(rpc, newest.number)
      if (known?.hash !== newest.hash) return findFork(newest, stored, head)
    }
    const after = newest?.number ?? deployment.fromBlock - 1
    return head.number > after ? readBatch(newest, head) : undefined
  }

  async function readBatch(newest: StoredBlock | undefined, head: NearBlock): Promise<Batch | undefined> {
    const history = await reader.read(newest, head)
    const last = history.blocks.at(-1)
    if (!last) return undefined
    const successors = await reader.readSuccessors(last, head)
    const gap = findGap(history, successors ?? [])
    // A node whose newest block is final makes the blocks itself: it is not behind.
    const isFollowed = !successors || areFollowed(history.blocks, successors)
    if (!gap && isFollowed) doubt = undefined
    else if (!isPatienceOver(newest?.number ?? 0, last)) {
      if (!gap) return undefined
      throw new Error(`the node does not tell everything that happened in block ${gap.number}`)
    }

    const { events, mistakes } = eventsIn(history, id, deployment)
    // One odd line must not keep back all that come after it.
    for (const mistake of mistakes) log.warn(mistake, 'a log is skipped')
    const upTo = { number: last.number, hash: last.hash, pending: pendingAfter(history) }
    return { kind: 'batch', after: newest, upTo, events }
  }

  function isPatienceOver(after: number, last: NearBlock): boolean {
    if (doubt?.after !== after) doubt = { after, since: clock() }
    if (after > deployment.fromBlock + OLD_TRANSACTION_BLOCKS) return false
    if (clock() - doubt.since < PATIENCE_MILLISECONDS) return false
    log.warn({ block: last.number }, 'the node does not tell everything that happened: going on without')
    return true
  }

  /** Final blocks are not replaced: either this is another chain, for example a sandbox that started anew, or the node is behind. */
  async function findFork(
    newest: StoredBlock,
    stored: readonly StoredBlock[],
    head: NearBlock,
  ): Promise<Fork | undefined> {
    const reached = stored.filter(({ number }) => number <= head.number)
    const blocks = await inParallel(reached, ({ number }) => readNearBlock(rpc, number))
    const isReplaced = reached.some(({ hash }, at) => blocks[at] && blocks[at].hash !== hash)
    const common = reached.find(({ hash }, at) => hash === blocks[at]?.hash)
    if (common && !isReplaced) return undefined
    if (!common) await requireSynced()
    return { kind: 'fork', newest, common }
  }

  async function requireSynced(): Promise<void> {
    const { sync_info } = await readStatus(rpc)
    if (sync_info.syncing) throw new Error('the node is not synced yet')
  }
}

interface Patience {
  readonly log: Log
  readonly signal: AbortSignal
}

/** Throws when the node is on another chain than the deployment. Asks until it answers. */
export async function requireNearChainId(rpc: NearRpc, { chainId }: Deployment, { log, signal }: Patience) {
  const outage = createOutage('reading the chain', log)
  while (!signal.aborted) {
    try {
      const { chain_id: found } = await readStatus(rpc)
      outage.ended()
      if (found === chainId) return
      throw new ConfigurationError(
        `NEAR_RPC_URL leads to chain ${found}, but the contracts of NEAR_DEPLOYMENT are on chain ${chainId}.`,
      )
    } catch (error) {
      if (error instanceof ConfigurationError) throw error
      await outage.failed(error, signal)
    }
  }
}

interface StatusView {
  readonly chain_id: string
  readonly sync_info: { readonly syncing: boolean }
}

async function readStatus(rpc: NearRpc): Promise<StatusView> {
  return (await rpc.call('status', [])) as StatusView
}
