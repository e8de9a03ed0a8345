/**
 * What the chains say, as tables in the schema `chain`. Only the indexer writes them, only from events; whoever reads may rely on it that
 * the rows are what indexing the canonical chains from scratch would give.
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  smallint,
  text,
} from 'drizzle-orm/pg-core'

export const chainSchema = pgSchema('chain')

/** CAIP-2 id of a chain: `eip155:31337`, `near:localnet`. Hashes and accounts are as that chain's explorers show them. */
const chain = () => text('chain').notNull()
const blockNumber = (name: string) => bigint(name, { mode: 'number' })
const uint256 = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' })
/** Seconds since 1970. */
const seconds = (name: string) => bigint(name, { mode: 'number' })

/**
 * Where a row came from and where it last changed. `position` orders rows of all chains and never changes: seconds, chain, block and log, each of
 * fixed width, so that text order is time order. Cursors are made of it.
 */
const origin = () => ({
  position: text('position').notNull(),
  createdBlock: blockNumber('created_block').notNull(),
  createdTransaction: text('created_transaction').notNull(),
  createdAt: seconds('created_at').notNull(),
  updatedBlock: blockNumber('updated_block').notNull(),
  updatedTransaction: text('updated_transaction').notNull(),
  updatedAt: seconds('updated_at').notNull(),
})

/**
 * Blocks that the tables agree with; the highest of a chain is its cursor. `pending` are transactions up to that block of which parts were still
 * to come: an indexer that starts again goes on with them.
 */
export const blocks = chainSchema.table(
  'blocks',
  {
    chain: chain(),
    number: blockNumber('number').notNull(),
    hash: text('hash').notNull(),
    pending: jsonb('pending').$type<readonly { readonly hash: string; readonly signer: string }[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.number] })],
)

/** Every event, kept so that a reorg can fold the rows it touched anew. `subjects` are the rows (`table:key`) that an event changes. */
export const events = chainSchema.table(
  'events',
  {
    chain: chain(),
    blockNumber: blockNumber('block_number').notNull(),
    logIndex: integer('log_index').notNull(),
    blockHash: text('block_hash').notNull(),
    transaction: text('transaction').notNull(),
    timestamp: seconds('timestamp').notNull(),
    contract: text('contract').notNull(),
    name: text('name').notNull(),
    args: jsonb('args').notNull(),
    subjects: text('subjects').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('events_subjects').using('gin', t.subjects),
  ],
)

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

export const enclaves = chainSchema.table(
  'enclaves',
  {
    chain: chain(),
    enclave: text('enclave').notNull(),
    operator: text('operator').notNull(),
    workload: text('workload').notNull(),
    encryptionKey: text('encryption_key').notNull(),
    quoteId: text('quote_id').notNull(),
    expiresAt: seconds('expires_at').notNull(),
    isRevoked: boolean('is_revoked').notNull(),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.enclave] }),
    index('enclaves_position').on(t.position),
    index('enclaves_workload').on(t.workload, t.position),
  ],
)

/** `status` is one of ERC-8183's; amounts are in the token's atoms; null is "not yet". */
export const jobs = chainSchema.table(
  'jobs',
  {
    chain: chain(),
    jobId: text('job_id').notNull(),
    status: text('status').notNull(),
    client: text('client').notNull(),
    evaluator: text('evaluator').notNull(),
    expiredAt: seconds('expired_at').notNull(),
    description: text('description'),
    provider: text('provider'),
    agentId: uint256('agent_id'),
    token: text('token'),
    budget: uint256('budget'),
    funded: uint256('funded'),
    paid: uint256('paid'),
    refunded: uint256('refunded'),
    requestHash: text('request_hash'),
    workload: text('workload'),
    observability: smallint('observability'),
    deliverable: text('deliverable'),
    enclave: text('enclave'),
    resultId: text('result_id'),
    responseHash: text('response_hash'),
    response: text('response'),
    producedAt: seconds('produced_at'),
    reason: text('reason'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.jobId] }),
    index('jobs_position').on(t.position),
    index('jobs_status').on(t.status, t.position),
    index('jobs_client').on(t.client, t.position),
    index('jobs_provider').on(t.provider, t.position),
    index('jobs_enclave').on(t.enclave, t.position),
    index('jobs_agent').on(t.chain, t.agentId, t.position),
    // What a job that names an award begins with; a description as a whole can be longer than an index takes.
    index('jobs_award').on(t.chain, sql`left(description, 79)`).where(sql`description like 'parley:award:0x%'`),
  ],
)

/** Money that moved for a job: into escrow (`Funded`), to the provider (`Released`), back to the client (`Refunded`). */
export const payments = chainSchema.table(
  'payments',
  {
    chain: chain(),
    blockNumber: blockNumber('block_number').notNull(),
    logIndex: integer('log_index').notNull(),
    kind: text('kind').notNull(),
    jobId: text('job_id').notNull(),
    /** Who paid (`Funded`) or was paid. */
    account: text('account').notNull(),
    amount: uint256('amount').notNull(),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('payments_position').on(t.position),
    index('payments_job').on(t.chain, t.jobId, t.position),
    index('payments_account').on(t.account, t.position),
  ],
)

/** Sponsored requests that reached the chain. `error` is the error's name when the calls failed; `reason` all that is known of it. */
export const forwardedRequests = chainSchema.table(
  'forwarded_requests',
  {
    chain: chain(),
    requestId: text('request_id').notNull(),
    account: text('account').notNull(),
    nonce: uint256('nonce').notNull(),
    hasSucceeded: boolean('has_succeeded').notNull(),
    error: text('error'),
    reason: text('reason'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.requestId] }),
    index('forwarded_requests_position').on(t.position),
    index('forwarded_requests_account').on(t.account, t.position),
    index('forwarded_requests_failed').on(t.error, t.position).where(sql`error is not null`),
  ],
)
