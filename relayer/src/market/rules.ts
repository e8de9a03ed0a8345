/** What a request, a bid and an award must be. Pure: what the chain knows comes in. */
import { type Bid, type ErrorName, jobModel, type MarketStatus, ParleyError, type WorkRequest } from '@parley/protocol'

const { MAX_DURATION_SECONDS, MIN_DURATION_SECONDS } = jobModel
/** What the escrow holds for a job at most, and the highest id that it takes for an agent. */
const MAX_UINT96 = 2n ** 96n - 1n

/** `now` is the chain's. Throws the first refusal. */
export function requireRequest({ budget, deadline }: WorkRequest, now: bigint): void {
  if (budget > MAX_UINT96) throw refused('BudgetTooLarge', 'request.budget', `is over ${MAX_UINT96}`)
  requireDeadline(deadline, now, now + MAX_DURATION_SECONDS, 'request.deadline')
}

export interface StoredRequest {
  readonly status: MarketStatus
  readonly budget: bigint
  readonly deadline: number
  readonly evaluator: string
}

/** Throws the first refusal of a bid on a request as it is now. */
export function requireBid(request: StoredRequest, bid: Bid, now: bigint): void {
  requireOpen(request)
  if (bid.price > request.budget) throw refused('BidTooHigh', 'bid.price', `is over ${request.budget}`)
  if (bid.agentId > MAX_UINT96) throw refused('AgentNotOfProvider', 'bid.agentId', `is over ${MAX_UINT96}`)
  if (bid.provider === request.evaluator)
    throw refused('ProviderIsEvaluator', 'bid.provider', `is who judges, ${bid.provider}`)
  requireDeadline(bid.deadline, now, BigInt(request.deadline), 'bid.deadline')
  if (bid.validUntil <= now) throw refused('BidExpired', 'bid.validUntil', `is ${bid.validUntil}; it is ${now} already`)
  if (bid.validUntil > bid.deadline)
    throw refused('InputInvalid', 'bid.validUntil', `is after the bid's deadline, ${bid.deadline}`)
}

export interface StoredBid {
  readonly status: MarketStatus
  readonly deadline: number
  readonly validUntil: number
}

/** Throws the first refusal of an award of this bid. */
export function requireAwardable(request: StoredRequest, bid: StoredBid, now: bigint): void {
  requireOpen(request)
  if (bid.status === 'withdrawn') throw refused('BidWithdrawn', 'award.bidId', 'was withdrawn')
  if (bid.validUntil <= now)
    throw refused('BidExpired', 'award.bidId', `was good until ${bid.validUntil}; it is ${now}`)
  requireDeadline(BigInt(bid.deadline), now, BigInt(request.deadline), 'award.bidId')
}

/** Throws unless nobody has withdrawn or awarded it. */
export function requireOpen({ status }: Pick<StoredRequest, 'status'>): void {
  if (status === 'withdrawn') throw new ParleyError('RequestWithdrawn', 'the client has withdrawn this request')
  if (status === 'awarded') throw new ParleyError('RequestAlreadyAwarded', 'the client has taken a bid already')
}

/** The escrow's own bounds, so that the job can be hired at once. */
function requireDeadline(deadline: bigint, now: bigint, latest: bigint, field: string): void {
  const earliest = now + MIN_DURATION_SECONDS
  if (deadline > earliest && deadline <= latest) return
  throw refused('ExpiryOutOfRange', field, `is ${deadline}; it must be after ${earliest} and not after ${latest}`)
}

function refused(code: ErrorName, field: string, problem: string): ParleyError {
  return new ParleyError(code, `${field}: ${problem}`, { field })
}
