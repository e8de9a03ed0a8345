/** Agents and what is said of them (ERC-8004): more of the schema `chain`. */
import { sql } from 'drizzle-orm'
import { boolean, index, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { chain, chainSchema, created, log, origin, uint256 } from './chain-columns.ts'

export const agents = chainSchema.table(
  'agents',
  {
    chain: chain(),
    agentId: uint256('agent_id').notNull(),
    owner: text('owner').notNull(),
    uri: text('uri').notNull(),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.agentId] }),
    index('agents_position').on(t.position),
    index('agents_owner').on(t.owner, t.position),
  ],
)

/**
 * `value` is hex. The key `agentWallet` holds where the agent is paid. `keyHash` is the key's keccak256: a key can be longer than an index takes,
 * and hold a NUL, which no text takes.
 */
export const agentMetadata = chainSchema.table(
  'agent_metadata',
  {
    chain: chain(),
    agentId: uint256('agent_id').notNull(),
    keyHash: text('key_hash').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.agentId, t.keyHash] })],
)

/** The `feedbackIndex`th that a client said of an agent: `value` divided by 10 to the power of `valueDecimals`. */
export const feedback = chainSchema.table(
  'feedback',
  {
    chain: chain(),
    agentId: uint256('agent_id').notNull(),
    client: text('client').notNull(),
    feedbackIndex: uint256('feedback_index').notNull(),
    value: uint256('value').notNull(),
    valueDecimals: smallint('value_decimals').notNull(),
    // No index has the tags: they can be longer than it takes.
    tag1: text('tag1').notNull(),
    tag2: text('tag2').notNull(),
    endpoint: text('endpoint').notNull(),
    uri: text('uri').notNull(),
    hash: text('hash').notNull(),
    isRevoked: boolean('is_revoked').notNull(),
    /** The job that it stands on, and what that gives it; null where it stands on none. */
    jobId: text('job_id'),
    weight: uint256('weight'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.agentId, t.client, t.feedbackIndex] }),
    index('feedback_position').on(t.position),
    index('feedback_agent').on(t.chain, t.agentId, t.position),
    index('feedback_client').on(t.client, t.position),
    index('feedback_backed').on(t.position).where(sql`job_id is not null`),
  ],
)

/** What anybody said to a feedback. */
export const feedbackResponses = chainSchema.table(
  'feedback_responses',
  {
    chain: chain(),
    ...log(),
    agentId: uint256('agent_id').notNull(),
    client: text('client').notNull(),
    feedbackIndex: uint256('feedback_index').notNull(),
    responder: text('responder').notNull(),
    uri: text('uri').notNull(),
    hash: text('hash').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('feedback_responses_feedback').on(t.chain, t.agentId, t.client, t.feedbackIndex, t.position),
  ],
)

/**
 * A validator's last word on an agent's work, null before it said any. The hash alone is no key: who chooses it can choose one that the registry
 * has made, or will make, for another request.
 */
export const validations = chainSchema.table(
  'validations',
  {
    chain: chain(),
    requestHash: text('request_hash').notNull(),
    validator: text('validator').notNull(),
    agentId: uint256('agent_id').notNull(),
    requestURI: text('request_uri').notNull(),
    response: smallint('response'),
    responseURI: text('response_uri'),
    responseHash: text('response_hash'),
    tag: text('tag'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.requestHash, t.validator, t.agentId] }),
    index('validations_position').on(t.position),
    index('validations_agent').on(t.chain, t.agentId, t.position),
    index('validations_validator').on(t.validator, t.position),
  ],
)
