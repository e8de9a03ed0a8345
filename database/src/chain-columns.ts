/** What the tables of the schema `chain` are made of. */
import { bigint, integer, numeric, pgSchema, text } from 'drizzle-orm/pg-core'

export const chainSchema = pgSchema('chain')

/** CAIP-2 id of a chain: `eip155:31337`, `near:localnet`. Hashes and accounts are as that chain's explorers show them. */
export const chain = () => text('chain').notNull()
export const blockNumber = (name: string) => bigint(name, { mode: 'number' })
export const uint256 = (name: string) => numeric(name, { precision: 78, scale: 0, mode: 'bigint' })
/** Of as many numbers as there can ever be: each fits into 78 digits. */
export const sum = (name: string) => numeric(name, { precision: 100, scale: 0, mode: 'bigint' })
/** Seconds since 1970. */
export const seconds = (name: string) => bigint(name, { mode: 'number' })
/** Job ids are hashes: 0x and 64 digits. */
export const jobId = () => text('job_id').notNull()

/** The log that a row is: its key, with the chain. */
export const log = () => ({
  blockNumber: blockNumber('block_number').notNull(),
  logIndex: integer('log_index').notNull(),
})

/**
 * Where a row came from. `position` orders rows of all chains and never changes: seconds, chain, block and log, each of fixed width, so that
 * text order is time order. Cursors are made of it.
 */
export const created = () => ({
  position: text('position').notNull(),
  createdBlock: blockNumber('created_block').notNull(),
  createdTransaction: text('created_transaction').notNull(),
  createdAt: seconds('created_at').notNull(),
})

/** The same, and where the row last changed. */
export const origin = () => ({
  ...created(),
  updatedBlock: blockNumber('updated_block').notNull(),
  updatedTransaction: text('updated_transaction').notNull(),
  updatedAt: seconds('updated_at').notNull(),
})
