/** What clients say of agents (ERC-8004's Reputation Registry). Mirrors contracts/evm/contracts/ReputationRegistry.sol. */
import { type Hex, reputationModel } from '@parley/protocol'
import { existingAgent } from './agent.ts'
import { isAuthorized } from './approvals.ts'
import { caller } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

interface Feedback {
  /** An int128, with its sign. */
  readonly value: string
  readonly value_decimals: number
  readonly tag1: string
  readonly tag2: string
  readonly is_revoked: boolean
  /** How many responses it has. */
  readonly responses: number
  /** Of one that stands on a job. */
  readonly weight?: number
}

/** An agent's clients are a chain, the latest first: a new one costs no more than others did. */
interface Client {
  readonly previous: string | null
  /** How often it gave feedback. */
  readonly last_index: number
}

/** Texts, as they were read; endpoint, URI and hash are in the event only. */
export interface Given {
  readonly agentId: string
  readonly value: bigint
  readonly valueDecimals: bigint
  readonly tag1: string
  readonly tag2: string
  readonly endpoint: string
  readonly feedbackUri: string
  readonly feedbackHash: Hex
}

/** What it stands on; nothing for most. */
export interface Backing {
  readonly jobId: Hex
  readonly weight: number
}

/** The client has agreed: it is the caller, or `parley` says so. */
export function giveFeedback(
  { agentId, value, valueDecimals, tag1, tag2, ...rest }: Given,
  client: string,
  backing?: Backing,
): void {
  require(valueDecimals <= reputationModel.MAX_DECIMALS, 'DecimalsTooMany')
  require(value >= -reputationModel.MAX_ABS_VALUE && value <= reputationModel.MAX_ABS_VALUE, 'ValueTooLarge')
  require(!isAuthorized(agentId, existingAgent(agentId), client), 'SelfFeedback')

  const value_decimals = Number(valueDecimals)
  const feedback: Feedback = {
    value: String(value),
    value_decimals,
    tag1,
    tag2,
    is_revoked: false,
    responses: 0,
    ...(backing && { weight: backing.weight }),
  }
  let index = 0
  chargeStorage(client, () => {
    index = nextIndex(agentId, client)
    writeRecord(feedbackRecord(agentId, client, index), feedback)
  })
  emit('new_feedback', {
    agent_id: agentId,
    client_address: client,
    feedback_index: String(index),
    value: feedback.value,
    value_decimals: String(value_decimals),
    tag1,
    tag2,
    endpoint: rest.endpoint,
    feedback_uri: rest.feedbackUri,
    feedback_hash: rest.feedbackHash,
  })
  if (backing === undefined) return
  emit('feedback_backed', {
    agent_id: agentId,
    client_address: client,
    feedback_index: String(index),
    job_id: backing.jobId,
    weight: String(backing.weight),
  })
}

export function revokeFeedback(agentId: string, index: bigint): void {
  const client = caller()
  const feedback = existingFeedback(agentId, client, index)
  require(!feedback.is_revoked, 'FeedbackAlreadyRevoked')

  chargeStorage(client, () => writeRecord(feedbackRecord(agentId, client, index), { ...feedback, is_revoked: true }))
  emit('feedback_revoked', { agent_id: agentId, client_address: client, feedback_index: String(index) })
}

export function appendResponse(
  agentId: string,
  client: string,
  index: bigint,
  { uri, hash }: { readonly uri: string; readonly hash: Hex },
): void {
  require(index > 0n, 'FeedbackIndexZero')
  require(uri !== '', 'ResponseEmpty')
  const feedback = existingFeedback(agentId, client, index)
  const responder = caller()
  const record = responsesRecord(agentId, client, index, responder)

  chargeStorage(responder, () => {
    writeRecord(feedbackRecord(agentId, client, index), { ...feedback, responses: feedback.responses + 1 })
    writeRecord(record, (readRecord<number>(record) ?? 0) + 1)
  })
  emit('response_appended', {
    agent_id: agentId,
    client_address: client,
    feedback_index: String(index),
    responder,
    response_uri: uri,
    response_hash: hash,
  })
}

export interface Query {
  readonly agentId: string
  readonly clients: readonly string[]
  readonly tag1: string
  readonly tag2: string
  readonly includeRevoked: boolean
}

export function summaryOf(query: Query) {
  require(query.clients.length > 0, 'ClientsMissing')

  const found = findFeedback(query)
  const mean = reputationModel.meanOf(
    found.map(({ feedback }) => ({ value: BigInt(feedback.value), decimals: feedback.value_decimals })),
  )
  return {
    count: String(found.length),
    summary_value: String(mean.value),
    summary_value_decimals: String(mean.decimals),
  }
}

/** Of feedback that stands on a job, each by its weight. */
export function backedSummaryOf(query: Query) {
  require(query.clients.length > 0, 'ClientsMissing')

  const found = findFeedback(query).flatMap(({ feedback: { value, value_decimals: decimals, weight } }) =>
    weight === undefined ? [] : [{ value: BigInt(value), decimals, weight: BigInt(weight) }],
  )
  const mean = reputationModel.meanOf(found)
  return {
    count: String(found.length),
    summary_value: String(mean.value),
    summary_value_decimals: String(mean.decimals),
    weight: String(found.reduce((sum, { weight }) => sum + weight, 0n)),
  }
}

/** A list for each field, as Solidity has it. */
export function allFeedbackOf(query: Query) {
  const found = findFeedback({
    ...query,
    clients: query.clients.length > 0 ? query.clients : clientsOf(query.agentId),
  })
  return {
    clients: found.map(({ client }) => client),
    feedback_indexes: found.map(({ index }) => String(index)),
    values: found.map(({ feedback }) => feedback.value),
    value_decimals: found.map(({ feedback }) => String(feedback.value_decimals)),
    tag1s: found.map(({ feedback }) => feedback.tag1),
    tag2s: found.map(({ feedback }) => feedback.tag2),
    revoked_statuses: found.map(({ feedback }) => feedback.is_revoked),
  }
}

export function existingFeedback(agentId: string, client: string, index: bigint): Feedback {
  require(index > 0n, 'FeedbackIndexZero')
  const feedback = readRecord<Feedback>(feedbackRecord(agentId, client, index))
  require(feedback !== null, 'FeedbackUnknown')
  return feedback
}

/** To one feedback, to all of a client (index 0), or to all of the agent (no client); of these responders, or of all when there are none. */
export function responseCount(
  agentId: string,
  client: string | null,
  index: bigint,
  responders: readonly string[],
): number {
  const clients = client === null ? clientsOf(agentId) : [client]
  let count = 0
  for (const one of clients) {
    const indexes = client !== null && index > 0n ? [index] : indexesOf(agentId, one)
    for (const at of indexes) count += countOne(agentId, one, at, responders)
  }
  return count
}

export function clientsOf(agentId: string): string[] {
  const clients: string[] = []
  let client = readRecord<string>(latestRecord(agentId))
  while (client !== null) {
    clients.push(client)
    client = clientOf(agentId, client).previous
  }
  return clients.reverse()
}

export function lastIndexOf(agentId: string, client: string): number {
  return clientOf(agentId, client).last_index
}

function nextIndex(agentId: string, client: string): number {
  const known = clientOf(agentId, client)
  const last_index = known.last_index + 1
  const isNew = last_index === 1
  const previous = isNew ? readRecord<string>(latestRecord(agentId)) : known.previous
  writeRecord(clientRecord(agentId, client), { previous, last_index })
  if (isNew) writeRecord(latestRecord(agentId), client)
  return last_index
}

function findFeedback({ agentId, clients, tag1, tag2, includeRevoked }: Query) {
  const found: { readonly client: string; readonly index: number; readonly feedback: Feedback }[] = []
  for (const client of clients)
    for (const index of indexesOf(agentId, client)) {
      const feedback = existingFeedback(agentId, client, BigInt(index))
      const hasTags = (tag1 === '' || feedback.tag1 === tag1) && (tag2 === '' || feedback.tag2 === tag2)
      if (hasTags && (includeRevoked || !feedback.is_revoked)) found.push({ client, index, feedback })
    }
  return found
}

function countOne(agentId: string, client: string, index: number | bigint, responders: readonly string[]): number {
  if (responders.length === 0) return readRecord<Feedback>(feedbackRecord(agentId, client, index))?.responses ?? 0
  return responders.reduce(
    (sum, responder) => sum + (readRecord<number>(responsesRecord(agentId, client, index, responder)) ?? 0),
    0,
  )
}

function indexesOf(agentId: string, client: string): number[] {
  return Array.from({ length: lastIndexOf(agentId, client) }, (_, at) => at + 1)
}

function clientOf(agentId: string, client: string): Client {
  return readRecord<Client>(clientRecord(agentId, client)) ?? { previous: null, last_index: 0 }
}

function latestRecord(agentId: string): string {
  return `clients:${agentId}`
}

function clientRecord(agentId: string, client: string): string {
  return `client:${agentId}:${client}`
}

function feedbackRecord(agentId: string, client: string, index: number | bigint): string {
  return `feedback:${agentId}:${client}:${index}`
}

function responsesRecord(agentId: string, client: string, index: number | bigint, responder: string): string {
  return `responses:${agentId}:${client}:${index}:${responder}`
}
