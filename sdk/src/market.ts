/** What parties say on the agent market: a request in plain words, bids, an award, and the job that this becomes. The same on every chain. */
import {
  type AwardedTerms,
  awardLine,
  chainKind,
  evaluatorTerms,
  type Hex,
  type MarketMessageName,
  type MarketValue,
  type Message,
  marketMessages,
  type Observability,
  observabilityLevels,
  ParleyError,
  termsOfAward,
  toJson,
  type WorkRequest,
} from '@parley/protocol'
import { type Assignment, type HiredJob, hire } from './hire.ts'
import { readTerms, type Terms } from './hiring.ts'
import { type MarketBid, type MarketRequest, REQUESTS } from './market-reading.ts'
import type { Party } from './party.ts'
import type { Relayer } from './relayer.ts'

export interface Ask {
  readonly text: string
  readonly token: string
  /** The most that is paid. */
  readonly budgetAtoms: bigint
  /** Until when the work must be there. */
  readonly durationSeconds: bigint
  /** Who judges the work: unless said, who judges what enclaves sign. */
  readonly evaluator?: string
  /** How: `enclaveTerms` and, for other evaluators, `evaluatorTermsOf`; '' for one that is none of Parley's. Nobody can change it later. */
  readonly evaluatorTerms: string
}

/** Asks for work in plain words. Throws the refusal, a ParleyError. */
export async function postRequest(relayer: Relayer, client: Party, ask: Ask): Promise<MarketRequest> {
  const { text, token, budgetAtoms, durationSeconds, evaluator = client.evaluator, evaluatorTerms } = ask
  const deadline = (await client.now()) + durationSeconds
  const nonce = BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)
  const judged = { evaluator, evaluatorTerms }
  const value = { client: client.address, text, token, budget: budgetAtoms, deadline, ...judged, nonce }
  const id = await say(relayer, client, 'WorkRequest', value, REQUESTS, { chain: client.chain })
  return { ...value, id, chain: client.chain, status: 'open' }
}

export interface Offer {
  readonly agentId: bigint
  readonly text: string
  readonly priceAtoms: bigint
  /** By when the work is done; by the request's deadline unless said. */
  readonly durationSeconds?: bigint
  /** For how long the bid stands. */
  readonly validSeconds: bigint
}

/** Bids on a request, for an agent of the provider's. Throws the refusal, a ParleyError. */
export async function bid(
  relayer: Relayer,
  provider: Party,
  request: Pick<MarketRequest, 'id' | 'deadline'>,
  offer: Offer,
): Promise<MarketBid> {
  const { agentId, text, priceAtoms: price, durationSeconds, validSeconds } = offer
  const now = await provider.now()
  const deadline = durationSeconds === undefined ? request.deadline : now + durationSeconds
  const validUntil = now + validSeconds
  const value = { requestId: request.id, provider: provider.address, agentId, text, price, deadline, validUntil }
  const id = await say(relayer, provider, 'Bid', value, `${REQUESTS}/${request.id}/bids`)
  return { ...value, id, status: 'open' }
}

/** What a client has taken: the job to hire. */
export interface AwardedBid {
  readonly awardId: Hex
  readonly terms: AwardedTerms
}

/**
 * Takes a bid. The terms are those of the request and the bid that are given here, not what the relayer says of them. Throws the refusal, a
 * ParleyError; InputInvalid for a bid that is not what its id says.
 */
export async function award(
  relayer: Relayer,
  client: Party,
  request: MarketRequest,
  { id: bidId, status: _, ...taken }: MarketBid,
): Promise<AwardedBid> {
  requireId(client, 'WorkRequest', requestOf(request), request.id)
  requireId(client, 'Bid', taken, bidId)
  const value = { requestId: request.id, bidId }
  const awardId = await say(relayer, client, 'Award', value, `${REQUESTS}/${request.id}/award`)
  return { awardId, terms: termsOfAward(request, taken) }
}

/** A job that no enclave does: who judges it by these terms, or without any an account. */
export interface JudgedWork {
  readonly terms?: Terms
  readonly description?: string
}

/**
 * Hires who was awarded, with all terms of the award; the job says in its first line whose it is. Throws as `hire` does; EvaluatorMismatch for
 * work that is to be judged otherwise than the provider has read.
 */
export function hireAwarded(
  client: Party,
  awarded: AwardedBid,
  work: Assignment & { readonly description?: string },
): Promise<HiredJob>
export function hireAwarded(
  client: Party,
  awarded: AwardedBid,
  work: JudgedWork,
): Promise<Pick<HiredJob, 'jobId' | 'request'>>
export async function hireAwarded(
  client: Party,
  { awardId, terms: agreed }: AwardedBid,
  work: (Assignment & { readonly description?: string }) | JudgedWork,
): Promise<Pick<HiredJob, 'jobId' | 'request'>> {
  const { provider, agentId, token, budget, expiredAt, evaluator } = agreed
  const description = [awardLine(awardId), work.description ?? []].flat().join('\n')
  const job = { provider, agentId, token, amountAtoms: budget, expiredAt, description }
  if ('enclave' in work) {
    requireAgreed(agreed, client.evaluator, enclaveTerms({ ...work, ...work.enclave }))
    return hire(client, { ...work, ...job })
  }

  const { terms } = work
  const judge = terms === undefined ? evaluator : client.evaluators[readTerms(terms).kind]
  requireAgreed(agreed, judge, terms === undefined ? '' : evaluatorTermsOf(terms))
  const jobId = await client.nextJobId()
  const request = await client.hire({ ...job, jobId, ...(terms === undefined ? { evaluator } : { terms }) })
  return { jobId, request }
}

function requireAgreed({ evaluator, evaluatorTerms: line }: AwardedTerms, own: string, ownLine: string): void {
  if (evaluator !== own) throw new ParleyError('EvaluatorMismatch', `${evaluator} is to judge this job, not ${own}`)
  if (line !== ownLine)
    throw new ParleyError('EvaluatorMismatch', `this job is to be judged on "${line}", not on "${ownLine}"`)
}

/** The terms of a request as a hiring has them. */
export function evaluatorTermsOf(terms: Terms): string {
  if ('enclave' in terms) return enclaveTerms(terms.enclave)
  if ('quorum' in terms) return evaluatorTerms('QuorumTermsSet', terms.quorum)
  if ('milestones' in terms) return evaluatorTerms('MilestoneTermsSet', terms.milestones)
  return evaluatorTerms('ArbitrationTermsSet', terms.arbitration)
}

interface EnclaveTerms {
  readonly workload: Hex
  readonly observability: Observability
}

/** The terms of a request whose work shall be done in an enclave of this workload. */
export function enclaveTerms({ workload, observability }: EnclaveTerms): string {
  return evaluatorTerms('TermsSet', { workload, observability: BigInt(observabilityLevels.indexOf(observability)) })
}

/** Takes a request back: nothing can be bid or awarded any more. */
export async function withdrawRequest(relayer: Relayer, client: Party, id: Hex): Promise<void> {
  await say(relayer, client, 'Withdrawal', { id }, `${REQUESTS}/${id}/withdraw`)
}

/** Takes a bid back, unless the client has taken it. */
export async function withdrawBid(relayer: Relayer, provider: Party, id: Hex): Promise<void> {
  await say(relayer, provider, 'Withdrawal', { id }, `/v1/market/bids/${id}/withdraw`)
}

const bodyFields = { WorkRequest: 'request', Bid: 'bid', Award: 'award', Withdrawal: undefined } as const

/** Signs a message and hands it in. Gives its id: from what was signed, not from what is answered. */
async function say<Name extends MarketMessageName>(
  relayer: Relayer,
  { market, chain }: Party,
  name: Name,
  value: MarketValue<Name>,
  path: string,
  more: object = {},
): Promise<Hex> {
  const message: Message = marketMessages[chainKind(chain)][name]
  const field = bodyFields[name]
  const said = field === undefined ? {} : { [field]: toJson(message, value as never) }
  await relayer.post(path, { ...more, ...said, ...(await market.sign(name, value)) })
  return market.idOf(name, value)
}

function requireId<Name extends MarketMessageName>(
  { market }: Party,
  name: Name,
  value: MarketValue<Name>,
  id: Hex,
): void {
  if (market.idOf(name, value) === id) return
  throw new ParleyError('InputInvalid', `this is not the ${name} ${id}: ask for it again`, { field: 'id' })
}

function requestOf({ id: _, chain: __, status: ___, ...request }: MarketRequest): WorkRequest {
  return request
}
