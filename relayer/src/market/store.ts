import { type Database, marketAwards, marketBids, marketRequests, marketSignatures } from '@parley/database'
import { type Hex, type MarketMessageName, ParleyError } from '@parley/protocol'
import { and, count, eq, gt, sql } from 'drizzle-orm'
import type { DatabaseTransaction } from '../chain.ts'

export type RequestRow = typeof marketRequests.$inferSelect
export type BidRow = typeof marketBids.$inferSelect
export type SignatureRow = typeof marketSignatures.$inferSelect

type Reader = Pick<Database, 'select'>

/** The request with this id. Throws NotFound. */
export async function requestOf(db: Reader, id: string): Promise<RequestRow> {
  const [row] = await db.select().from(marketRequests).where(eq(marketRequests.id, id))
  if (row) return row
  throw new ParleyError('NotFound', `there is no request ${id}`, { field: 'id' })
}

/** The bid with this id. Throws NotFound with the field that names it. */
export async function bidOf(db: Reader, id: string, field: string): Promise<BidRow> {
  const [row] = await db.select().from(marketBids).where(eq(marketBids.id, id))
  if (row) return row
  throw new ParleyError('NotFound', `${field}: there is no bid ${id}`, { field })
}

/** Same as `requestOf`; nobody else changes it, or its bids, until the transaction ends. */
export async function lockRequest(tx: DatabaseTransaction, id: string): Promise<RequestRow> {
  await tx.execute(sql`select 1 from ${marketRequests} where id = ${id} for update`)
  return requestOf(tx, id)
}

/** Whether an agent has a bid on a request that can still be taken. */
export async function hasStandingBid(tx: Reader, requestId: string, agentId: bigint, now: bigint): Promise<boolean> {
  const ofAgent = and(eq(marketBids.requestId, requestId), eq(marketBids.agentId, agentId))
  const stands = and(eq(marketBids.status, 'open'), gt(marketBids.validUntil, Number(now)))
  const found = await tx.select({ id: marketBids.id }).from(marketBids).where(and(ofAgent, stands)).limit(1)
  return found.length > 0
}

/** Whether a message was taken before. */
export async function isKnown(db: Reader, id: Hex): Promise<boolean> {
  const found = await db.select({ id: marketSignatures.id }).from(marketSignatures).where(eq(marketSignatures.id, id))
  return found.length > 0
}

/** The message that came with this idempotency key, if one was taken. Throws IdempotencyKeyReused for another body. */
export async function findByKey(
  db: Reader,
  message: MarketMessageName,
  idempotencyKey: string | undefined,
  bodyHash: string,
): Promise<SignatureRow | undefined> {
  if (idempotencyKey === undefined) return undefined
  const isSame = and(eq(marketSignatures.message, message), eq(marketSignatures.idempotencyKey, idempotencyKey))
  const [row] = await db.select().from(marketSignatures).where(isSame)
  if (row === undefined || row.bodyHash === bodyHash) return row
  const problem = `the idempotency key "${idempotencyKey}" was used for another body: take a new key`
  throw new ParleyError('IdempotencyKeyReused', problem, { field: 'idempotency-key' })
}

/** Messages taken in the last minute: of one account, or of all. */
export async function countRecent(db: Reader, chain: string, account?: string): Promise<number> {
  const owner = account === undefined ? undefined : eq(marketSignatures.account, account)
  const recent = gt(marketSignatures.createdAt, sql`now() - interval '1 minute'`)
  const [row] = await db
    .select({ number: count() })
    .from(marketSignatures)
    .where(and(eq(marketSignatures.chain, chain), owner, recent))
  return row?.number ?? 0
}

/** The award of a request, if there is one. */
export async function findAward(db: Reader, requestId: string): Promise<typeof marketAwards.$inferSelect | undefined> {
  const [award] = await db.select().from(marketAwards).where(eq(marketAwards.requestId, requestId))
  return award
}
