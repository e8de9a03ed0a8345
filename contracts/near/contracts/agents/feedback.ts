/** ReputationRegistry.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { agentIdOf, existingAgent } from '../agent.ts'
import { isAuthorized } from '../approvals.ts'
import { caller } from '../context.ts'
import { require } from '../contract-error.ts'
import {
  allFeedbackOf,
  appendResponse,
  backedSummaryOf,
  clientsOf,
  existingFeedback,
  giveFeedback,
  lastIndexOf,
  responseCount,
  revokeFeedback,
  summaryOf,
} from '../feedback.ts'
import * as input from '../input.ts'
import { uriOf } from '../registration.ts'
import { accountsOf, tagOf } from './arguments.ts'
import { Agents } from './state.ts'

/** All texts of a feedback are logged together: a tag, in `arguments.ts`, too. */
const MAX_ENDPOINT_LENGTH = 1024
const MAX_FEEDBACK_URI_LENGTH = 2048

interface Feedback {
  readonly agent_id: string
  readonly value: string
  readonly value_decimals: string
  readonly tag1: string
  readonly tag2: string
  readonly endpoint: string
  readonly feedback_uri: string
  readonly feedback_hash: Hex
}

interface BackedFeedback {
  readonly feedback: Feedback
  readonly client: string
  readonly owner: string | null
  readonly job_id: Hex
  readonly weight: string
}

interface FeedbackKey {
  readonly agent_id: string
  readonly client_address: string
  readonly feedback_index: string
}

interface Response {
  readonly agent_id: string
  readonly client_address: string
  readonly feedback_index: string
  readonly response_uri: string
  readonly response_hash: Hex
}

interface SummaryQuery {
  readonly agent_id: string
  readonly client_addresses: string[]
  readonly tag1: string
  readonly tag2: string
}

interface FeedbackQuery {
  readonly agent_id: string
  readonly client_addresses: string[]
  readonly tag1: string
  readonly tag2: string
  readonly include_revoked: boolean
}

interface ResponseQuery {
  readonly agent_id: string
  readonly client_address: string | null
  readonly feedback_index: string
  readonly responders: string[]
}

@NearPart()
export class Reputation extends Agents {
  /** Says what the caller thinks of an agent: `value` with `value_decimals` (at most 18) digits behind the point, at most 1e38 either way. */
  @call({})
  give_feedback(feedback: Feedback): void {
    giveFeedback(givenOf(feedback), caller())
  }

  /** For `parley` only, which has taken the client's right: feedback that stands on a job, about an agent of `owner` where one is named. */
  @call({})
  keep_backed_feedback({ feedback, client, owner, job_id, weight }: BackedFeedback): void {
    require(caller() === this.parley_id, 'NotAuthorized')
    const given = givenOf(feedback)
    const isTheirs = owner === null || isAuthorized(given.agentId, existingAgent(given.agentId), owner)
    require(isTheirs, 'FeedbackRightMissing', job_id, client, given.agentId)

    giveFeedback(given, client, { jobId: job_id, weight: Number(weight) })
  }

  /** Takes back what the caller said. `feedback_index` counts from 1, by agent and client. */
  @call({})
  revoke_feedback({ agent_id, feedback_index }: { agent_id: string; feedback_index: string }): void {
    revokeFeedback(agentIdOf(agent_id), indexOf(feedback_index))
  }

  /** Answers to somebody's feedback, as often as one likes. Anybody. */
  @call({})
  append_response(response: Response): void {
    const client = input.account(response.client_address, 'client_address')
    const uri = uriOf(response.response_uri, 'response_uri')
    const hash = input.bytes32(response.response_hash, 'response_hash')
    appendResponse(agentIdOf(response.agent_id), client, indexOf(response.feedback_index), { uri, hash })
  }

  /** The mean of what these clients said and did not take back. An empty tag stands for any; see `meanOf` of protocol's model. */
  @view({})
  get_summary(query: SummaryQuery) {
    return summaryOf(queryOf(query))
  }

  /** As `get_summary` of feedback that stands on a job, each by its weight. */
  @view({})
  get_backed_summary(query: SummaryQuery) {
    return backedSummaryOf(queryOf(query))
  }

  @view({})
  read_feedback({ agent_id, client_address, feedback_index }: FeedbackKey) {
    const client = input.account(client_address, 'client_address')
    const feedback = existingFeedback(agentIdOf(agent_id), client, indexOf(feedback_index))
    const { value, value_decimals, tag1, tag2, is_revoked } = feedback
    return { value, value_decimals: String(value_decimals), tag1, tag2, is_revoked }
  }

  /** Of these clients, or of all when there are none: a list for each field, as Solidity has it. */
  @view({})
  read_all_feedback(query: FeedbackQuery) {
    return allFeedbackOf({ ...queryOf(query), includeRevoked: input.bool(query.include_revoked, 'include_revoked') })
  }

  /** To one feedback, to all of a client (index 0), or to all of the agent (no client); of all responders when there are none. */
  @view({})
  get_response_count({ agent_id, client_address, feedback_index, responders }: ResponseQuery): string {
    const client = input.optionalAccount(client_address, 'client_address')
    const these = accountsOf(responders, 'responders')
    return String(responseCount(agentIdOf(agent_id), client, indexOf(feedback_index), these))
  }

  /** In the order of their first feedback. */
  @view({})
  get_clients({ agent_id }: { agent_id: string }): string[] {
    return clientsOf(agentIdOf(agent_id))
  }

  /** How often the client gave feedback. */
  @view({})
  get_last_index({ agent_id, client_address }: { agent_id: string; client_address: string }): string {
    return String(lastIndexOf(agentIdOf(agent_id), input.account(client_address, 'client_address')))
  }
}

function givenOf(feedback: Feedback) {
  return {
    agentId: agentIdOf(feedback.agent_id),
    value: input.int(feedback.value, 'value'),
    valueDecimals: input.uint(feedback.value_decimals, 'value_decimals', 8n),
    tag1: tagOf(feedback.tag1, 'tag1'),
    tag2: tagOf(feedback.tag2, 'tag2'),
    endpoint: input.loggedText(feedback.endpoint, 'endpoint', MAX_ENDPOINT_LENGTH),
    feedbackUri: input.loggedText(feedback.feedback_uri, 'feedback_uri', MAX_FEEDBACK_URI_LENGTH),
    feedbackHash: input.bytes32(feedback.feedback_hash, 'feedback_hash'),
  }
}

function queryOf(query: SummaryQuery) {
  return {
    agentId: agentIdOf(query.agent_id),
    clients: accountsOf(query.client_addresses, 'client_addresses'),
    tag1: tagOf(query.tag1, 'tag1'),
    tag2: tagOf(query.tag2, 'tag2'),
    includeRevoked: false,
  }
}

function indexOf(value: unknown): bigint {
  return input.uint(value, 'feedback_index', 64n)
}
