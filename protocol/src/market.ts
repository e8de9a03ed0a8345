/** The market's own words: ids, what is signed on NEAR, what an award says about the job that it becomes. */
import type { ChainKind } from './account.ts'
import { toJson } from './codec.ts'
import { domainSeparator, type SigningDomain } from './domain.ts'
import type { JobStatus } from './events.ts'
import { fromHex, type Hex, toHex } from './hex.ts'
import {
  type Bid,
  type MarketMessageName,
  type MarketValue,
  marketMessages,
  type WorkRequest,
} from './market-messages.ts'
import { hashTypedData, type Keccak256, type Message } from './message.ts'
import type { Nep413Message } from './nep413.ts'

/** A request's text: a page. */
export const MAX_REQUEST_CHARACTERS = 4_000
export const MAX_BID_CHARACTERS = 2_000

/** `open` until it is awarded or withdrawn; whether its deadline has passed, the chain's clock says. */
export const marketStatuses = ['open', 'awarded', 'withdrawn'] as const
export type MarketStatus = (typeof marketStatuses)[number]

/** The digest of a market message (EIP-712, on both kinds of chain): what is signed, and its id. */
export function marketId<Name extends MarketMessageName>(
  kind: ChainKind,
  domain: SigningDomain,
  name: Name,
  value: MarketValue<Name>,
  keccak256: Keccak256,
): Hex {
  const message: Message = marketMessages[kind][name]
  return toHex(hashTypedData(domainSeparator(domain, keccak256), message, value as never, keccak256))
}

/**
 * A market message for a wallet of NEAR: the words show every field, the nonce is the message's id, which binds them to the chain and the
 * contract. Whoever verifies builds it anew and parses nothing.
 */
export function nep413Market<Name extends MarketMessageName>(
  name: Name,
  value: MarketValue<Name>,
  id: Hex,
  contract: string,
): Nep413Message {
  const message: Message = marketMessages.near[name]
  const words = `Parley ${name}\n${JSON.stringify(toJson(message, value as never), undefined, 2)}`
  return { message: words, nonce: fromHex(id), recipient: contract }
}

/** What an award says about its job: all of it is on chain once the client has hired. */
export interface AwardedTerms {
  readonly client: string
  readonly provider: string
  readonly agentId: bigint
  readonly evaluator: string
  /** As `evaluatorTerms` says them. */
  readonly evaluatorTerms: string
  readonly token: string
  /** Atoms. */
  readonly budget: bigint
  /** Seconds. */
  readonly expiredAt: bigint
}

/** The job that a bid becomes once it is taken. */
export function termsOfAward(
  { client, evaluator, evaluatorTerms, token }: Pick<WorkRequest, 'client' | 'evaluator' | 'evaluatorTerms' | 'token'>,
  { provider, agentId, price, deadline }: Pick<Bid, 'provider' | 'agentId' | 'price' | 'deadline'>,
): AwardedTerms {
  return { client, provider, agentId, evaluator, evaluatorTerms, token, budget: price, expiredAt: deadline }
}

/** What the description of an award's job begins with, before the award's id. */
export const AWARD_PREFIX = 'parley:award:'

/** The first line of the description of an award's job. */
export function awardLine(awardId: Hex): string {
  return AWARD_PREFIX + awardId
}

/** Whether a job says that it is this award's. Anybody can say so: `isJobOf` tells whether it is true. */
export function namesAward(description: string, awardId: Hex): boolean {
  return description.split('\n', 1)[0] === awardLine(awardId)
}

/** What a chain knows of a job. What is not set yet is null; so are the terms of an evaluator that is none of Parley's. */
export interface JobOnChain {
  readonly status: JobStatus
  readonly client: string
  readonly provider: string | null
  readonly agentId: bigint | null
  readonly evaluator: string
  readonly evaluatorTerms: string | null
  readonly token: string | null
  readonly budget: bigint | null
  /** Seconds. */
  readonly expiredAt: bigint
}

/** Whether a job is what was awarded. A job that is still open may yet become another, or a paid one. */
export function isJobOf(job: JobOnChain, terms: AwardedTerms): boolean {
  return (
    job.status !== 'Open' &&
    job.client === terms.client &&
    job.provider === terms.provider &&
    job.agentId === terms.agentId &&
    job.evaluator === terms.evaluator &&
    (job.evaluatorTerms ?? '') === terms.evaluatorTerms &&
    job.token === terms.token &&
    job.budget === terms.budget &&
    job.expiredAt === terms.expiredAt
  )
}

/** Plain words: no control characters but line ends and tabs, no halves of characters. The same text everywhere, byte for byte. */
export function isPlainText(text: string): boolean {
  return text.trim() !== '' && !/[^\P{Cc}\n\t]|\p{Cs}/u.test(text)
}
