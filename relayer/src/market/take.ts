import { marketAwards, marketBids, marketRequests } from '@parley/database'
import { type AwardedTerms, awardLine, type Hex, ParleyError, termsOfAward } from '@parley/protocol'
import { pickChain } from '@parley/service'
import { eq } from 'drizzle-orm'
import type { Chain } from '../chain.ts'
import { readMessage } from './message.ts'
import { requireAwardable, requireBid, requireOpen, requireRequest } from './rules.ts'
import { findStated, type Market, type Posting, state } from './state.ts'
import { type BidRow, bidOf, findAward, hasStandingBid, lockRequest, type RequestRow, requestOf } from './store.ts'

/** Publishes what a client asks for. Gives the request's id. */
export async function postRequest(
  market: Market,
  posting: Posting<{ readonly chain?: string | undefined; readonly request: unknown }>,
): Promise<Hex> {
  const before = await findStated(market, 'WorkRequest', posting)
  if (before) return before
  const chain = servedChain(market, posting.body.chain)
  const value = readMessage(chain, 'WorkRequest', posting.body.request, 'request')
  return state(market, posting, {
    chain,
    name: 'WorkRequest',
    value,
    account: value.client,
    settle: async (tx, id, now) => {
      requireRequest(value, now)
      const deadline = Number(value.deadline)
      await tx.insert(marketRequests).values({ ...value, id, chain: chain.id, deadline })
    },
  })
}

/** Publishes a provider's offer for a request. Gives the bid's id. */
export async function postBid(
  market: Market,
  posting: Posting<{ readonly bid: unknown }> & { readonly subject: Hex },
): Promise<Hex> {
  const before = await findStated(market, 'Bid', posting)
  if (before) return before
  const request = await requestOf(market.db, posting.subject)
  const chain = servedChain(market, request.chain)
  const value = readMessage(chain, 'Bid', posting.body.bid, 'bid')
  requireSubject(value.requestId, posting.subject, 'bid.requestId')
  return state(market, posting, {
    chain,
    name: 'Bid',
    value,
    account: value.provider,
    check: () => requireAgent(chain, value.agentId, value.provider),
    settle: async (tx, id, now) => {
      requireBid(await lockRequest(tx, request.id), value, now)
      if (await hasStandingBid(tx, request.id, value.agentId, now)) {
        const problem = `bid.agentId: agent ${value.agentId} has a bid that stands: withdraw it first`
        throw new ParleyError('BidAlreadyStands', problem, { field: 'bid.agentId' })
      }
      const { requestId, provider, agentId, text, price } = value
      const until = { deadline: Number(value.deadline), validUntil: Number(value.validUntil) }
      await tx.insert(marketBids).values({ id, requestId, chain: chain.id, provider, agentId, text, price, ...until })
    },
  })
}

/** An award, and the job that the client may now hire: with these terms, and with the description's first line as it is here. */
export interface Awarded {
  readonly id: Hex
  readonly job: AwardedTerms & { readonly description: string }
}

/** Takes a bid for the client of a request: one, and for good. */
export async function award(
  market: Market,
  posting: Posting<{ readonly award: unknown }> & { readonly subject: Hex },
): Promise<Awarded> {
  const { db } = market
  const request = await requestOf(db, posting.subject)
  const before = await findStated(market, 'Award', posting)
  if (before) return findAwarded(market, request)
  const chain = servedChain(market, request.chain)
  const value = readMessage(chain, 'Award', posting.body.award, 'award')
  requireSubject(value.requestId, posting.subject, 'award.requestId')
  const { requestId } = await bidOf(db, value.bidId, 'award.bidId')
  requireSubject(requestId, posting.subject, 'award.bidId')
  await state(market, posting, {
    chain,
    name: 'Award',
    value,
    account: request.client,
    settle: async (tx, id, now) => {
      const locked = await lockRequest(tx, request.id)
      requireAwardable(locked, await bidOf(tx, value.bidId, 'award.bidId'), now)
      await tx.insert(marketAwards).values({ id, ...value })
      await tx.update(marketRequests).set({ status: 'awarded' }).where(eq(marketRequests.id, request.id))
      await tx.update(marketBids).set({ status: 'awarded' }).where(eq(marketBids.id, value.bidId))
    },
  })
  return findAwarded(market, request)
}

/** Takes a request back, for its client: nothing can be bid or awarded any more. Gives the withdrawal's id. */
export async function withdrawRequest(
  market: Market,
  posting: Posting<object> & { readonly subject: Hex },
): Promise<Hex> {
  const request = await requestOf(market.db, posting.subject)
  return withdraw(market, posting, { chain: request.chain, account: request.client }, async (tx) => {
    requireOpen(await lockRequest(tx, request.id))
    await tx.update(marketRequests).set({ status: 'withdrawn' }).where(eq(marketRequests.id, request.id))
  })
}

/** Takes a bid back, for its provider, unless the client has taken it. Gives the withdrawal's id. */
export async function withdrawBid(market: Market, posting: Posting<object> & { readonly subject: Hex }): Promise<Hex> {
  const { id, requestId, chain, provider } = await bidOf(market.db, posting.subject, 'id')
  return withdraw(market, posting, { chain, account: provider }, async (tx) => {
    await lockRequest(tx, requestId)
    const { status } = await bidOf(tx, id, 'id')
    if (status === 'awarded') throw new ParleyError('RequestAlreadyAwarded', 'the client has taken this bid')
    await tx.update(marketBids).set({ status: 'withdrawn' }).where(eq(marketBids.id, id))
  })
}

/** The award of a request and its job's terms. Throws NotFound. */
async function findAwarded({ db }: Market, request: RequestRow): Promise<Awarded> {
  const awarded = await findAward(db, request.id)
  if (awarded) return awardedOf(awarded.id as Hex, request, await bidOf(db, awarded.bidId, 'award.bidId'))
  throw new ParleyError('NotFound', `request ${request.id} has no award`)
}

/** What was awarded, from the rows that say it. */
export function awardedOf(id: Hex, request: RequestRow, bid: BidRow): Awarded {
  const terms = termsOfAward(request, { ...bid, deadline: BigInt(bid.deadline) })
  return { id, job: { ...terms, description: awardLine(id) } }
}

async function withdraw(
  market: Market,
  posting: Posting<object> & { readonly subject: Hex },
  { chain, account }: { readonly chain: string; readonly account: string },
  settle: Parameters<typeof state<'Withdrawal'>>[2]['settle'],
): Promise<Hex> {
  const value = { id: posting.subject }
  const before = await findStated(market, 'Withdrawal', posting)
  if (before) return before
  return state(market, posting, { chain: servedChain(market, chain), name: 'Withdrawal', value, account, settle })
}

function servedChain({ chains }: Market, named: string | undefined): Chain {
  return pickChain(
    named,
    chains.map((served) => ({ chain: served.id, served })),
  ).served
}

async function requireAgent({ market }: Chain, agentId: bigint, provider: string): Promise<void> {
  if (await market.isAgentOf(agentId, provider)) return
  const problem = `bid.agentId: agent ${agentId} is not ${provider}'s to act for`
  throw new ParleyError('AgentNotOfProvider', problem, { field: 'bid.agentId' })
}

function requireSubject(named: string, subject: Hex, field: string): void {
  if (named === subject) return
  throw new ParleyError('InputInvalid', `${field}: is not of the request in the path`, { field })
}
