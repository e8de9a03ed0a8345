import type * as database from '@parley/database'

/** The tables that are folded from events, by their SQL names. */
export interface Rows {
  agents: typeof database.agents.$inferInsert
  agent_metadata: typeof database.agentMetadata.$inferInsert
  feedback: typeof database.feedback.$inferInsert
  feedback_responses: typeof database.feedbackResponses.$inferInsert
  validations: typeof database.validations.$inferInsert
  enclaves: typeof database.enclaves.$inferInsert
  jobs: typeof database.jobs.$inferInsert
  payments: typeof database.payments.$inferInsert
  votes: typeof database.votes.$inferInsert
  milestones: typeof database.milestones.$inferInsert
  arbitrations: typeof database.arbitrations.$inferInsert
  crowds: typeof database.crowds.$inferInsert
  crowd_payouts: typeof database.crowdPayouts.$inferInsert
  fee_collections: typeof database.feeCollections.$inferInsert
  ledger_balances: typeof database.ledgerBalances.$inferInsert
  ledger_transfers: typeof database.ledgerTransfers.$inferInsert
  ledger_operators: typeof database.ledgerOperators.$inferInsert
  policies: typeof database.policies.$inferInsert
  spend_limits: typeof database.spendLimits.$inferInsert
  counterparties: typeof database.counterparties.$inferInsert
  spend_confirmations: typeof database.spendConfirmations.$inferInsert
  spends: typeof database.spends.$inferInsert
  settings: typeof database.settings.$inferInsert
  forwarded_requests: typeof database.forwardedRequests.$inferInsert
}

export type TableName = keyof Rows

/** Added to what a row's columns have; to 0 where they have nothing. */
export type Sums = Readonly<Record<string, bigint>>

/**
 * What an event does to one row. `key` is the primary key without the chain, as text, in the key's order. An insert has the full row; where
 * the row exists already it renews it, but for where the row came from. An update of a row that does not exist does nothing. An add changes
 * nothing but sums of a row that exists, so that the opposite takes it back.
 */
export interface Change<Table extends TableName = TableName> {
  readonly table: Table
  readonly key: readonly string[]
  readonly kind: 'insert' | 'update' | 'add'
  readonly values: Readonly<Partial<Rows[Table]>>
  readonly sums?: Sums
}

/** A row's name across the tables of one chain: `jobs:0x…`. No part of a key has a colon. */
export function subjectOf({ table, key }: { readonly table: TableName; readonly key: readonly string[] }): string {
  return [table, ...key].join(':')
}
