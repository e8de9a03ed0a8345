/**
 * Feedback that stands on a job, as a pure function over the models of jobs and of feedback: a party of a job that has paid a fee gives it
 * once, and it weighs what the fee is worth, within a cap by agent, account and period.
 */
import type { ContractErrorName } from '../errors.ts'
import { accepted, type DecisionOn, refused } from './decision.ts'
import {
  decide as decideOnFeedback,
  type Feedback,
  findFeedback,
  type Query,
  type ReputationAction,
} from './feedback.ts'
import { decide as decideOnJob, type EscrowAction, type EscrowState, feeOn, grossOf } from './job.ts'

type Account = string

export const CAP_PERIOD_SECONDS = 30n * 86_400n
/** A price is for so many of the token's smallest units. */
export const PRICE_UNIT = 10n ** 18n

export interface BackingState {
  /** It knows whose agents are. */
  readonly escrow: EscrowState
  readonly feedback: ReadonlyMap<bigint, readonly Feedback[]>
  readonly prices: ReadonlyMap<Account, bigint>
  readonly weightCap: bigint
  /** `job account` of each right that was used. */
  readonly used: ReadonlySet<string>
  /** By `agent account period`, what was given so far. */
  readonly bought: ReadonlyMap<string, bigint>
  /** By `agent account index`, what a feedback weighs. */
  readonly weights: ReadonlyMap<string, bigint>
}

export type BackingAction =
  | EscrowAction
  | Exclude<ReputationAction, { readonly name: 'transferAgent' }>
  | (Omit<GiveFeedback, 'name'> & { readonly name: 'giveBackedFeedback'; readonly jobId: string })
  | { readonly name: 'setTokenPrice'; readonly token: Account; readonly price: bigint }
  | { readonly name: 'setWeightCap'; readonly cap: bigint }

type GiveFeedback = Extract<ReputationAction, { readonly name: 'giveFeedback' }>
type GiveBacked = Extract<BackingAction, { readonly name: 'giveBackedFeedback' }>

/** What tokens and the registry of agents say by their own names included. */
type Refusal = ContractErrorName | 'ERC721NonexistentToken' | 'AgentUnknown' | 'TransferRefused'

export type BackingDecision = DecisionOn<BackingState, Refusal>

export function decide(state: BackingState, action: BackingAction): BackingDecision {
  switch (action.name) {
    case 'setTokenPrice':
      return accepted({ ...state, prices: new Map(state.prices).set(action.token, action.price) })
    case 'setWeightCap':
      return accepted({ ...state, weightCap: action.cap })
    case 'giveBackedFeedback':
      return giveBacked(state, action)
    case 'giveFeedback':
    case 'revokeFeedback':
    case 'appendResponse': {
      const decided = decideOnFeedback(reputationIn(state), action)
      return decided.status === 'refused' ? decided : accepted({ ...state, feedback: decided.state.feedback })
    }
    default: {
      const decided = decideOnJob(state.escrow, action)
      return decided.status === 'refused' ? decided : accepted({ ...state, escrow: decided.state })
    }
  }
}

/** Feedback that weighs anything, with its weight. */
export function findBacked(state: BackingState, query: Query): (Feedback & { readonly weight: bigint })[] {
  return findFeedback(reputationIn(state), query).flatMap((feedback) => {
    const weight = state.weights.get(`${query.agentId} ${feedback.client} ${feedback.index}`)
    return weight === undefined ? [] : [{ ...feedback, weight }]
  })
}

/** Whether a party of a job that has paid a fee has not given feedback on it yet. */
export function hasRight(state: BackingState, jobId: string, party: Account): boolean {
  const job = state.escrow.jobs.get(jobId)
  const isParty = job !== undefined && (party === job.client || party === job.provider)
  return isParty && !state.used.has(`${jobId} ${party}`) && worthOf(state, jobId) > 0n
}

function giveBacked(state: BackingState, { name: _, jobId, ...feedback }: GiveBacked): BackingDecision {
  const { caller: party, agentId } = feedback
  const job = state.escrow.jobs.get(jobId)
  const worth = worthOf(state, jobId)
  const account = `${agentId} ${party} ${state.escrow.time / CAP_PERIOD_SECONDS}`
  const before = state.bought.get(account) ?? 0n
  const room = state.weightCap - before
  if (state.used.has(`${jobId} ${party}`)) return refused('FeedbackRightUsed')
  if (job === undefined || worth === 0n) return refused('FeedbackRightMissing')
  const isOfProvider = party === job.client && agentId === job.agentId
  if (!isOfProvider && party !== job.provider) return refused('FeedbackRightMissing')
  if (room <= 0n) return refused('WeightCapReached')
  const owner = state.escrow.agentOwners.get(agentId)
  if (!isOfProvider && owner === undefined) return refused('ERC721NonexistentToken')
  if (!isOfProvider && owner !== job.client) return refused('FeedbackRightMissing')
  const given = decideOnFeedback(reputationIn(state), { name: 'giveFeedback', ...feedback })
  if (given.status === 'refused') return given

  const weight = worth < room ? worth : room
  const index = given.state.feedback.get(agentId)?.at(-1)?.index
  return accepted({
    ...state,
    feedback: given.state.feedback,
    used: new Set(state.used).add(`${jobId} ${party}`),
    bought: new Map(state.bought).set(account, before + weight),
    weights: new Map(state.weights).set(`${agentId} ${party} ${index}`, weight),
  })
}

function worthOf({ escrow, prices }: BackingState, jobId: string): bigint {
  const job = escrow.jobs.get(jobId)
  const price = prices.get(job?.token ?? '') ?? 0n
  return job === undefined ? 0n : (feeOn(grossOf(job), job) * price) / PRICE_UNIT
}

function reputationIn({ escrow, feedback }: BackingState) {
  return { agentOwners: escrow.agentOwners, feedback }
}
