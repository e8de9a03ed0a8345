import * as database from '@parley/database'
import { getTableColumns } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { TableName } from './change.ts'

export interface ColumnShape {
  /** As in TypeScript. */
  readonly field: string
  /** As in SQL. */
  readonly name: string
  /** PostgreSQL's word. */
  readonly type: string
  /** Alone or with others. */
  readonly isIndexed: boolean
}

export interface TableShape {
  readonly table: PgTable
  readonly columns: readonly ColumnShape[]
  /** The primary key; its first column is always the chain. */
  readonly key: readonly ColumnShape[]
}

/** What Drizzle knows of a table. */
export function shapeOf(table: PgTable): TableShape {
  const { primaryKeys, indexes } = getTableConfig(table)
  const keyNames = primaryKeys.flatMap((key) => key.columns.map((column) => column.name))
  const indexedNames = indexes.flatMap(({ config }) =>
    config.columns.map((column) => ('name' in column ? column.name : undefined)),
  )
  const indexed = new Set([...keyNames, ...indexedNames])
  const columns = Object.entries(getTableColumns(table)).map(([field, column]) => {
    const { name } = column
    return { field, name, type: column.getSQLType(), isIndexed: indexed.has(name) }
  })
  const key = keyNames.flatMap((name) => columns.filter((column) => column.name === name))
  return { table, columns, key }
}

/** The tables that are folded from events. */
export const shapes: Readonly<Record<TableName, TableShape>> = {
  agents: shapeOf(database.agents),
  agent_metadata: shapeOf(database.agentMetadata),
  feedback: shapeOf(database.feedback),
  feedback_responses: shapeOf(database.feedbackResponses),
  validations: shapeOf(database.validations),
  enclaves: shapeOf(database.enclaves),
  jobs: shapeOf(database.jobs),
  payments: shapeOf(database.payments),
  votes: shapeOf(database.votes),
  milestones: shapeOf(database.milestones),
  arbitrations: shapeOf(database.arbitrations),
  crowds: shapeOf(database.crowds),
  crowd_payouts: shapeOf(database.crowdPayouts),
  fee_collections: shapeOf(database.feeCollections),
  ledger_balances: shapeOf(database.ledgerBalances),
  ledger_transfers: shapeOf(database.ledgerTransfers),
  ledger_operators: shapeOf(database.ledgerOperators),
  policies: shapeOf(database.policies),
  spend_limits: shapeOf(database.spendLimits),
  counterparties: shapeOf(database.counterparties),
  spend_confirmations: shapeOf(database.spendConfirmations),
  spends: shapeOf(database.spends),
  settings: shapeOf(database.settings),
  forwarded_requests: shapeOf(database.forwardedRequests),
}
