import type { agentMetadata, agents, enclaves, forwardedRequests, jobs, payments } from '@parley/database'

/** The tables that are folded from events, by their SQL names. */
export interface Rows {
  agents: typeof agents.$inferInsert
  agent_metadata: typeof agentMetadata.$inferInsert
  enclaves: typeof enclaves.$inferInsert
  jobs: typeof jobs.$inferInsert
  payments: typeof payments.$inferInsert
  forwarded_requests: typeof forwardedRequests.$inferInsert
}

export type TableName = keyof Rows

/**
 * What an event does to one row. `key` is the primary key without the chain, as text, in the key's order. An insert has the full row; where
 * the row exists already it renews it, but for where the row came from. An update of a row that does not exist does nothing.
 */
export type Change = {
  [Table in TableName]:
    | { readonly table: Table; readonly key: readonly string[]; readonly kind: 'insert'; readonly values: Rows[Table] }
    | {
        readonly table: Table
        readonly key: readonly string[]
        readonly kind: 'update'
        readonly values: Partial<Rows[Table]>
      }
}[TableName]

/** A row's name across the tables of one chain: `jobs:0x…`. No part of a key has a colon. */
export function subjectOf({ table, key }: { readonly table: TableName; readonly key: readonly string[] }): string {
  return [table, ...key].join(':')
}
