/**
 * What clients say of agents (ERC-8004, Reputation) as a pure function, in the order of checks that each chain's contract has. Fuzzing runs
 * it beside the contracts. Accounts are any strings.
 */
import type { ContractErrorName } from '../errors.ts'
import { accepted, type DecisionOn, refused } from './decision.ts'

type Account = string

/** More digits than a value may have behind its point are refused. */
export const MAX_DECIMALS = 18
export const MAX_ABS_VALUE = 10n ** 38n

/** What an int128 holds. */
export const MAX_INT128 = 2n ** 127n - 1n

export interface Feedback {
  readonly client: Account
  /** Counts from 1, by agent and client. */
  readonly index: bigint
  readonly value: bigint
  readonly decimals: number
  readonly tag1: string
  readonly tag2: string
  readonly isRevoked: boolean
  /** In order, who responded. */
  readonly responders: readonly Account[]
}

export interface ReputationState {
  readonly agentOwners: ReadonlyMap<bigint, Account>
  /** In the order in which they were given. */
  readonly feedback: ReadonlyMap<bigint, readonly Feedback[]>
}

export type ReputationAction =
  | { readonly name: 'transferAgent'; readonly agentId: bigint; readonly to: Account }
  | {
      readonly name: 'giveFeedback'
      readonly caller: Account
      readonly agentId: bigint
      readonly value: bigint
      readonly decimals: number
      readonly tag1: string
      readonly tag2: string
    }
  | { readonly name: 'revokeFeedback'; readonly caller: Account; readonly agentId: bigint; readonly index: bigint }
  | {
      readonly name: 'appendResponse'
      readonly caller: Account
      readonly agentId: bigint
      readonly client: Account
      readonly index: bigint
      readonly responseURI: string
    }

/** The last is said by ERC-721. */
export type ReputationRefusal = ContractErrorName | 'ERC721NonexistentToken'

export type ReputationDecision = DecisionOn<ReputationState, ReputationRefusal>

/** What the registry does with an action: its next state, or its refusal. */
export function decide(state: ReputationState, action: ReputationAction): ReputationDecision {
  switch (action.name) {
    case 'transferAgent':
      return accepted({ ...state, agentOwners: new Map(state.agentOwners).set(action.agentId, action.to) })
    case 'giveFeedback':
      return giveFeedback(state, action)
    case 'revokeFeedback':
      return revokeFeedback(state, action)
    case 'appendResponse':
      return appendResponse(state, action)
  }
}

/** Which feedback is meant. No client stands for all, an empty tag for any. A client that is named twice counts twice. */
export interface Query {
  readonly agentId: bigint
  readonly clients: readonly Account[]
  readonly tag1: string
  readonly tag2: string
  readonly includeRevoked?: boolean
}

export interface Mean {
  readonly value: bigint
  readonly decimals: number
}

/** Left out, one counts as much as another. */
type Weighed = Mean & { readonly weight?: bigint }

/** By client in the query's order, or in that of their first feedback. */
export function findFeedback(
  state: ReputationState,
  { agentId, clients, tag1, tag2, includeRevoked = false }: Query,
): Feedback[] {
  const all = feedbackOf(state, agentId)
  const asked = clients.length > 0 ? clients : clientsOf(state, agentId)
  return asked
    .flatMap((client) => all.filter((feedback) => feedback.client === client))
    .filter((feedback) => (includeRevoked || !feedback.isRevoked) && hasTags(feedback, tag1, tag2))
}

export function clientsOf(state: ReputationState, agentId: bigint): Account[] {
  return [...new Set(feedbackOf(state, agentId).map(({ client }) => client))]
}

/**
 * The mean, each by its weight, with the most frequent number of decimals, the least of several; or fewer when it is too large for them. Rounded towards zero.
 * Nothing's is 0.
 */
export function meanOf(found: readonly Weighed[]): Mean {
  if (found.length === 0) return { value: 0n, decimals: 0 }
  const frequency = Array.from({ length: MAX_DECIMALS + 1 }, () => 0)
  let sum = 0n
  let total = 0n
  for (const { value, decimals, weight = 1n } of found) {
    sum += value * 10n ** BigInt(MAX_DECIMALS - decimals) * weight
    total += weight
    frequency[decimals] = (frequency[decimals] ?? 0) + 1
  }

  let decimals = frequency.indexOf(Math.max(...frequency))
  let value = sum / total / 10n ** BigInt(MAX_DECIMALS - decimals)
  for (; value > MAX_INT128 || value < -MAX_INT128 - 1n; decimals--) value /= 10n
  return { value, decimals }
}

function giveFeedback(state: ReputationState, action: Action<'giveFeedback'>): ReputationDecision {
  const { caller: client, agentId, value, decimals, tag1, tag2 } = action
  if (decimals > MAX_DECIMALS) return refused('DecimalsTooMany')
  if (value > MAX_ABS_VALUE || value < -MAX_ABS_VALUE) return refused('ValueTooLarge')
  const owner = state.agentOwners.get(agentId)
  if (owner === undefined) return refused('ERC721NonexistentToken')
  if (owner === client) return refused('SelfFeedback')

  const index = lastIndexOf(state, agentId, client) + 1n
  const given = { client, index, value, decimals, tag1, tag2, isRevoked: false, responders: [] }
  return accepted(withFeedback(state, agentId, [...feedbackOf(state, agentId), given]))
}

function revokeFeedback(state: ReputationState, { caller, agentId, index }: Action<'revokeFeedback'>) {
  if (index === 0n) return refused('FeedbackIndexZero')
  const feedback = feedbackAt(state, agentId, caller, index)
  if (feedback === undefined) return refused('FeedbackUnknown')
  if (feedback.isRevoked) return refused('FeedbackAlreadyRevoked')

  return changed(state, agentId, feedback, { isRevoked: true })
}

function appendResponse(state: ReputationState, action: Action<'appendResponse'>): ReputationDecision {
  const { caller, agentId, client, index, responseURI } = action
  if (index === 0n) return refused('FeedbackIndexZero')
  if (responseURI === '') return refused('ResponseEmpty')
  const feedback = feedbackAt(state, agentId, client, index)
  if (feedback === undefined) return refused('FeedbackUnknown')

  return changed(state, agentId, feedback, { responders: [...feedback.responders, caller] })
}

type Action<Name extends ReputationAction['name']> = Extract<ReputationAction, { readonly name: Name }>

function hasTags(feedback: Feedback, tag1: string, tag2: string): boolean {
  return (tag1 === '' || feedback.tag1 === tag1) && (tag2 === '' || feedback.tag2 === tag2)
}

function feedbackOf(state: ReputationState, agentId: bigint): readonly Feedback[] {
  return state.feedback.get(agentId) ?? []
}

function feedbackAt(state: ReputationState, agentId: bigint, client: Account, index: bigint): Feedback | undefined {
  return feedbackOf(state, agentId).find((feedback) => feedback.client === client && feedback.index === index)
}

export function lastIndexOf(state: ReputationState, agentId: bigint, client: Account): bigint {
  return BigInt(feedbackOf(state, agentId).filter((feedback) => feedback.client === client).length)
}

function changed(
  state: ReputationState,
  agentId: bigint,
  feedback: Feedback,
  change: Partial<Feedback>,
): ReputationDecision {
  const all = feedbackOf(state, agentId).map((other) => (other === feedback ? { ...other, ...change } : other))
  return accepted(withFeedback(state, agentId, all))
}

function withFeedback(state: ReputationState, agentId: bigint, all: readonly Feedback[]): ReputationState {
  return { ...state, feedback: new Map(state.feedback).set(agentId, all) }
}
