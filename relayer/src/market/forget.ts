import { type Database, marketBids, marketRequests, marketSignatures } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Chain, DatabaseTransaction } from '../chain.ts'
import { idOf } from './message.ts'

/**
 * How long a request that came to nothing can be read after its deadline. None is forgotten before that, though withdrawn: anybody could bring again
 * what its client has signed.
 */
const KEPT_SECONDS = 30 * 86_400

/** What one transaction forgets: few requests, which can have many bids. */
const REQUESTS = 50
const BIDS = 1_000

type MarketOfChain = Pick<Chain, 'id' | 'kind' | 'market'>

/** Forgets the requests of a chain that ended long ago without an award, their bids, and all that was signed for both. */
export async function forgetRequests(db: Pick<Database, 'transaction'>, chain: MarketOfChain): Promise<void> {
  const endedBefore = Number(await chain.market.now()) - KEPT_SECONDS
  let hasMore = true
  while (hasMore) hasMore = await db.transaction((tx) => forgetSome(tx, chain, endedBefore))
}

async function forgetSome(tx: DatabaseTransaction, chain: MarketOfChain, endedBefore: number): Promise<boolean> {
  const { id, deadline } = marketRequests
  const isOver = and(eq(marketRequests.chain, chain.id), sql`status <> 'awarded'`, lt(deadline, endedBefore))
  const over = await tx
    .select({ id })
    .from(marketRequests)
    .where(isOver)
    .limit(REQUESTS)
    .for('update', { skipLocked: true })
  const requests = over.map((row) => row.id)
  const isTheirs = inArray(marketBids.requestId, requests)
  const bids = (await tx.select({ id: marketBids.id }).from(marketBids).where(isTheirs).limit(BIDS)).map(
    (row) => row.id,
  )

  await tx.delete(marketBids).where(inArray(marketBids.id, bids))
  const areLast = bids.length < BIDS
  if (areLast) await tx.delete(marketRequests).where(inArray(id, requests))
  const said = areLast ? [...requests, ...bids] : bids
  const withdrawals = said.map((subject) => idOf(chain, 'Withdrawal', { id: subject as Hex }))
  await tx.delete(marketSignatures).where(inArray(marketSignatures.id, [...said, ...withdrawals]))
  return requests.length > 0
}
