/**
 * What the chains say, as tables in the schema `chain`. Only the indexer writes them, only from events; whoever reads may rely on it that
 * the rows are what indexing the canonical chains from scratch would give.
 */
import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import { blockNumber, chain, chainSchema, log, origin, seconds, uint256 } from './chain-columns.ts'

export { chainSchema }

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
    ...log(),
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

/**
 * What the owners and guardians of contracts decided, as it is now: `name` is the event's field, `subject` whom or what it is about (a workload, a
 * token, a hook) or empty, `value` the field's text.
 */
export const settings = chainSchema.table(
  'settings',
  {
    chain: chain(),
    contract: text('contract').notNull(),
    name: text('name').notNull(),
    subject: text('subject').notNull(),
    value: text('value').notNull(),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.contract, t.name, t.subject] }), index('settings_position').on(t.position)],
)
