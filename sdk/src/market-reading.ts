/** What is on the agent market, as the relayer tells it: `award` holds what matters against its signed id. */
import {
  type Bid,
  chainKind,
  fromJson,
  type Hex,
  type JobStatus,
  type MarketMessageName,
  type MarketStatus,
  type MarketValue,
  type Message,
  marketMessages,
  type WorkRequest,
} from '@parley/protocol'
import type { Relayer } from './relayer.ts'

export const REQUESTS = '/v1/market/requests'

/** A request on the market. `text` is a stranger's: show it as text. */
export interface MarketRequest extends WorkRequest {
  readonly id: Hex
  /** CAIP-2. */
  readonly chain: string
  readonly status: MarketStatus
}

/** A bid on a request. */
export interface MarketBid extends Bid {
  readonly id: Hex
  readonly status: MarketStatus
}

export interface RequestQuery {
  /** CAIP-2. */
  readonly chain?: string
  readonly client?: string
  readonly token?: string
  readonly status?: MarketStatus
  /** Seconds. */
  readonly deadlineFrom?: bigint
  /** At most 100. */
  readonly first?: number
  /** `next` of the page before. */
  readonly after?: string
}

/** Requests, the newest first. */
export async function findRequests(relayer: Relayer, query: RequestQuery = {}) {
  const { requests, next } = await relayer.get<{ requests: readonly Stored[]; next?: string }>(pathOf(REQUESTS, query))
  return { requests: requests.map(readRequest), next }
}

/** Bids on a request, the cheapest first. */
export async function findBids(
  relayer: Relayer,
  request: Pick<MarketRequest, 'id' | 'chain'>,
  page: Pick<RequestQuery, 'first' | 'after'> = {},
) {
  const path = pathOf(`${REQUESTS}/${request.id}/bids`, page)
  const { bids, next } = await relayer.get<{ bids: readonly Stored[]; next?: string }>(path)
  return { bids: bids.map((json) => readBid(json, request.chain)), next }
}

/** A request, how many bid on it, what was awarded, and the job on chain that this became. Throws NotFound, a ParleyError. */
export async function findRequest(relayer: Relayer, id: Hex) {
  const json = await relayer.get<Stored & { bidCount: number; award?: StoredAward }>(`${REQUESTS}/${id}`)
  return { ...readRequest(json), bidCount: json.bidCount, award: json.award }
}

interface Stored {
  readonly id: Hex
  readonly chain: string
  readonly status: MarketStatus
  readonly [field: string]: unknown
}

interface StoredAward {
  readonly id: Hex
  readonly bidId: Hex
  readonly job?: { readonly jobId: Hex; readonly status: JobStatus; readonly transaction: string }
}

function readRequest(json: Stored): MarketRequest {
  const { id, chain, status } = json
  return { ...read('WorkRequest', json, chain), id, chain, status }
}

function readBid(json: Stored, chain: string): MarketBid {
  const { id, status } = json
  return { ...read('Bid', json, chain), id, status }
}

function read<Name extends MarketMessageName>(name: Name, json: Stored, chain: string): MarketValue<Name> {
  const message: Message = marketMessages[chainKind(chain)][name]
  const fields = message.fields.map(([field]) => [field, json[field]])
  return fromJson(message, Object.fromEntries(fields)) as MarketValue<Name>
}

function pathOf(path: string, query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}
