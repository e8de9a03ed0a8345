import { marketBids, marketRequests, marketSignatures } from '@parley/database'
import { type Hex, type MarketStatus, ParleyError } from '@parley/protocol'
import { and, asc, count, desc, eq, gt, gte, lt, or, type SQL } from 'drizzle-orm'
import { findJobOf } from './job.ts'
import type { Market } from './state.ts'
import { bidOf, findAward, requestOf } from './store.ts'
import { awardedOf } from './take.ts'

export interface Page {
  /** How many. */
  readonly first: number
  /** `next` of the page before. */
  readonly after?: string | undefined
}

export interface RequestFilter {
  readonly chain?: string | undefined
  readonly client?: string | undefined
  readonly token?: string | undefined
  readonly status?: MarketStatus | undefined
  /** Seconds: requests that are open may be past their deadline. */
  readonly deadlineFrom?: number | undefined
}

const proof = { signature: marketSignatures.signature, publicKey: marketSignatures.publicKey }

/** Requests, the newest first. */
export async function listRequests({ db }: Market, filter: RequestFilter, { first, after }: Page) {
  const { chain, client, token, status, deadlineFrom } = filter
  const where = and(
    given(chain, (id) => eq(marketRequests.chain, id)),
    given(client, (account) => eq(marketRequests.client, account)),
    given(token, (account) => eq(marketRequests.token, account)),
    given(status, (wanted) => eq(marketRequests.status, wanted)),
    given(deadlineFrom, (seconds) => gte(marketRequests.deadline, seconds)),
    given(after, (place) => lt(marketRequests.place, placeOf(place))),
  )
  const rows = await db
    .select({ request: marketRequests, proof })
    .from(marketRequests)
    .innerJoin(marketSignatures, eq(marketSignatures.id, marketRequests.id))
    .where(where)
    .orderBy(desc(marketRequests.place))
    .limit(first + 1)
  return pageOf(rows, first, ({ request }) => String(request.place))
}

/** Bids on a request, the cheapest first. Throws NotFound. */
export async function listBids({ db }: Market, requestId: Hex, { first, after }: Page) {
  await requestOf(db, requestId)
  const where = and(eq(marketBids.requestId, requestId), given(after, beyondBid))
  const rows = await db
    .select({ bid: marketBids, proof })
    .from(marketBids)
    .innerJoin(marketSignatures, eq(marketSignatures.id, marketBids.id))
    .where(where)
    .orderBy(asc(marketBids.price), asc(marketBids.id))
    .limit(first + 1)
  return pageOf(rows, first, ({ bid }) => `${bid.price}-${bid.id}`)
}

/** A request with what became of it. Throws NotFound; ChainUnavailable when its job is not known without the chain. */
export async function viewRequest(market: Market, id: Hex) {
  const { db } = market
  const request = await requestOf(db, id)
  const [bids] = await db.select({ number: count() }).from(marketBids).where(eq(marketBids.requestId, id))
  const signed = { request, proof: await proofOf(market, id), bidCount: bids?.number ?? 0 }
  const award = await findAward(db, id)
  if (!award) return { ...signed, award: undefined }
  const bid = await bidOf(db, award.bidId, 'bidId')
  const awarded = awardedOf(award.id as Hex, request, bid)
  const job = await findJobOf(market, request.chain, awarded, award.createdAt)
  return { ...signed, award: { awarded, bidId: bid.id, proof: await proofOf(market, award.id), job } }
}

async function proofOf({ db }: Market, id: string) {
  const [row] = await db.select(proof).from(marketSignatures).where(eq(marketSignatures.id, id))
  if (!row) throw new Error(`what is stored of ${id} has no signature`)
  return row
}

/** One more than asked for was read, which tells whether there is more. */
function pageOf<Row>(rows: readonly Row[], first: number, cursorOf: (row: Row) => string) {
  const shown = rows.slice(0, first)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > first && last !== undefined ? cursorOf(last) : undefined }
}

function placeOf(cursor: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(cursor)) return Number(cursor)
  throw noCursor()
}

function beyondBid(cursor: string): SQL | undefined {
  const [, price, id] = /^([0-9]{1,39})-(0x[0-9a-f]{64})$/.exec(cursor) ?? []
  if (price === undefined || id === undefined) throw noCursor()
  const at = BigInt(price)
  return or(gt(marketBids.price, at), and(eq(marketBids.price, at), gt(marketBids.id, id)))
}

function noCursor(): ParleyError {
  return new ParleyError('InputInvalid', 'after: is not a cursor of this list: pass `next` of the page before', {
    field: 'after',
  })
}

function given<Value>(value: Value | undefined, condition: (value: Value) => SQL | undefined): SQL | undefined {
  return value === undefined ? undefined : condition(value)
}
