import { agentMetadata, agents, enclaves, forwardedRequests, jobs, payments } from '@parley/database'
import { getTableColumns } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { TableName } from './change.ts'

export interface ColumnShape {
  /** As in TypeScript. */
  readonly field: string
  /** As in SQL. */
  readonly name: string
}

export interface TableShape {
  readonly table: PgTable
  readonly columns: readonly ColumnShape[]
  /** The primary key; its first column is always the chain. */
  readonly key: readonly ColumnShape[]
}

/** Names of columns and key, from what Drizzle knows of a table. */
export function shapeOf(table: PgTable): TableShape {
  const columns = Object.entries(getTableColumns(table)).map(([field, { name }]) => ({ field, name }))
  const keyNames = getTableConfig(table).primaryKeys.flatMap((key) => key.columns.map((column) => column.name))
  const key = keyNames.flatMap((name) => columns.filter((column) => column.name === name))
  return { table, columns, key }
}

/** The tables that are folded from events. */
export const shapes: Readonly<Record<TableName, TableShape>> = {
  agents: shapeOf(agents),
  agent_metadata: shapeOf(agentMetadata),
  enclaves: shapeOf(enclaves),
  jobs: shapeOf(jobs),
  payments: shapeOf(payments),
  forwarded_requests: shapeOf(forwardedRequests),
}
