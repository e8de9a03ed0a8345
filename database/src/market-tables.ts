/**
 * What clients and providers have signed for each other, in the relayer's schema; only the relayer writes it. An id is the digest of what was
 * signed, so that nothing can be there twice. Times are in seconds, amounts in atoms. Texts are strangers'.
 */
import { marketMessageNames, marketStatuses } from '@parley/protocol'
import { sql } from 'drizzle-orm'
import { bigint, index, numeric, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import { relaySchema } from './relay-tables.ts'

const uint = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' })
const seconds = (name: string) => bigint(name, { mode: 'number' })
const status = () => text('status', { enum: marketStatuses }).notNull().default('open')
const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow()

/** Every message that was taken, with what proves who signed it. */
export const marketSignatures = relaySchema.table(
  'market_signatures',
  {
    id: text('id').primaryKey(),
    chain: text('chain').notNull(),
    message: text('message', { enum: marketMessageNames }).notNull(),
    account: text('account').notNull(),
    /** In hexadecimal on EVM; in base64 on NEAR, by the access key beside it. */
    signature: text('signature').notNull(),
    publicKey: text('public_key'),
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 of the body: the same key with another body is refused. */
    bodyHash: text('body_hash').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('market_signatures_idempotency_key').on(t.message, t.idempotencyKey),
    index('market_signatures_created').on(t.chain, t.createdAt),
    index('market_signatures_account').on(t.chain, t.account, t.createdAt),
  ],
)

/** Orders a list: it only rises and never changes. */
const place = () => bigint('place', { mode: 'number' }).notNull().generatedAlwaysAsIdentity()

export const marketRequests = relaySchema.table(
  'market_requests',
  {
    id: text('id').primaryKey(),
    place: place(),
    chain: text('chain').notNull(),
    client: text('client').notNull(),
    text: text('text').notNull(),
    token: text('token').notNull(),
    budget: uint('budget').notNull(),
    deadline: seconds('deadline').notNull(),
    evaluator: text('evaluator').notNull(),
    evaluatorTerms: text('evaluator_terms').notNull(),
    nonce: uint('nonce').notNull(),
    status: status(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('market_requests_place').on(t.place),
    index('market_requests_status').on(t.status, t.place),
    index('market_requests_client').on(t.client, t.place),
    // Those that may be forgotten one day.
    index('market_requests_deadline').on(t.chain, t.deadline).where(sql`status <> 'awarded'`),
  ],
)

export const marketBids = relaySchema.table(
  'market_bids',
  {
    id: text('id').primaryKey(),
    place: place(),
    requestId: text('request_id')
      .notNull()
      .references(() => marketRequests.id),
    chain: text('chain').notNull(),
    provider: text('provider').notNull(),
    agentId: uint('agent_id').notNull(),
    text: text('text').notNull(),
    price: uint('price').notNull(),
    deadline: seconds('deadline').notNull(),
    validUntil: seconds('valid_until').notNull(),
    status: status(),
    createdAt: createdAt(),
  },
  (t) => [
    index('market_bids_price').on(t.requestId, t.price, t.id),
    index('market_bids_agent').on(t.requestId, t.agentId),
    uniqueIndex('market_bids_place').on(t.place),
    index('market_bids_request').on(t.requestId, t.place),
    index('market_bids_provider').on(t.provider, t.place),
  ],
)

/** One for a request, at most. */
export const marketAwards = relaySchema.table('market_awards', {
  id: text('id').primaryKey(),
  requestId: text('request_id')
    .notNull()
    .unique()
    .references(() => marketRequests.id),
  bidId: text('bid_id')
    .notNull()
    .unique()
    .references(() => marketBids.id),
  createdAt: createdAt(),
})
