/**
 * What the relayer was asked and what became of it, as tables in the schema `relay`. Only the relayer writes them. They are the relayer's
 * memory: whatever it promised is here before the promise was made.
 */
import { type EmittedEvent, type ErrorName, requestKinds, requestStatuses } from '@parley/protocol'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

export const relaySchema = pgSchema('relay')

export const requests = relaySchema.table(
  'requests',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind', { enum: requestKinds }).notNull(),
    chain: text('chain').notNull(),
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 of the body: the same key with another body is refused. */
    bodyHash: text('body_hash').notNull(),
    /**
     * What can happen once only, for example a signer's nonce; null for what may be repeated. A failure keeps it until nothing can undo the
     * failure: two requests for one effect could not both be followed.
     */
    effect: text('effect'),
    account: text('account'),
    status: text('status', { enum: requestStatuses }).notNull(),
    error: text('error').$type<ErrorName>(),
    message: text('message'),
    field: text('field'),
    /** What it does there, in the chain's own form; null for refused ones. */
    callTo: text('call_to'),
    callData: text('call_data'),
    /** The transaction that does it; its hash is as the chain's explorers show it. */
    transaction: text('transaction'),
    blockNumber: bigint('block_number', { mode: 'number' }),
    blockHash: text('block_hash'),
    gasUsed: bigint('gas_used', { mode: 'number' }),
    /** Names and arguments of what the transaction emitted. */
    events: jsonb('events').$type<EmittedEvent[]>(),
    /** Nothing can change it any more. */
    isFinal: boolean('is_final').notNull().default(false),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('requests_idempotency_key').on(t.chain, t.kind, t.idempotencyKey),
    uniqueIndex('requests_effect')
      .on(t.chain, t.effect)
      .where(sql`status <> 'refused' and (status <> 'failed' or not is_final)`),
    index('requests_created').on(t.createdAt, t.id),
    index('requests_account').on(t.account, t.createdAt),
    index('requests_status').on(t.chain, t.status),
    index('requests_open').on(t.createdAt).where(sql`not is_final`),
  ],
)

/** A nonce: counted from 0 on EVM, a number like 10^14 on NEAR. */
const nonce = (name: string) => bigint(name, { mode: 'bigint' })

/** The next nonce of each key that pays gas. Its row is the lock under which nonces are given. */
export const signers = relaySchema.table(
  'signers',
  { chain: text('chain').notNull(), address: text('address').notNull(), nextNonce: nonce('next_nonce').notNull() },
  (t) => [primaryKey({ columns: [t.chain, t.address] })],
)

/** Signed transactions, stored before they are sent: after a crash the same bytes are sent again. */
export const transactions = relaySchema.table(
  'transactions',
  {
    chain: text('chain').notNull(),
    hash: text('hash').notNull(),
    signer: text('signer').notNull(),
    nonce: nonce('nonce').notNull(),
    requestId: uuid('request_id').notNull(),
    /** As it is sent: in hexadecimal to an EVM node, in base64 to NEAR's. */
    raw: text('raw').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.hash] }), index('transactions_request').on(t.requestId)],
)
