import type { ChainEvent } from '@parley/protocol'
import { type Change, type Sums, subjectOf, type TableName } from './change.ts'
import { changesOf } from './handlers.ts'

export interface Row {
  readonly table: TableName
  readonly values: Readonly<Record<string, unknown>>
}

/** The rows of the events' subjects, by subject, as they are after the events. `known` has those that exist before. */
export function fold(known: ReadonlyMap<string, Row>, events: readonly ChainEvent[]): Map<string, Row> {
  return foldChanges(known, events.flatMap(changesOf))
}

/** The rows of `known` as they were before these additions. */
export function takeBack(known: ReadonlyMap<string, Row>, additions: readonly Change[]): Map<string, Row> {
  const opposites = additions.map((change) => ({ ...change, sums: opposite(change.sums ?? {}) }))
  return foldChanges(known, opposites)
}

/** Names of the rows that an event changes. */
export function subjectsOf(event: ChainEvent): string[] {
  return [...new Set(changesOf(event).map(subjectOf))]
}

function foldChanges(known: ReadonlyMap<string, Row>, changes: readonly Change[]): Map<string, Row> {
  const rows = new Map(known)
  for (const change of changes) {
    const subject = subjectOf(change)
    const row = applyChange(rows.get(subject), change)
    if (row) rows.set(subject, row)
  }
  return rows
}

function applyChange(row: Row | undefined, { table, kind, values, sums = {} }: Change): Row | undefined {
  if (!row) return kind === 'update' ? undefined : { table, values: { ...values, ...added(values, sums) } }
  if (kind === 'add') return { table, values: { ...row.values, ...added(row.values, sums) } }
  const { position, createdBlock, createdTransaction, createdAt } = row.values
  const origin = { position, createdBlock, createdTransaction, createdAt }
  return { table, values: { ...row.values, ...values, ...origin, ...added(row.values, sums) } }
}

function added(values: Readonly<Record<string, unknown>>, sums: Sums): Sums {
  const totals = Object.entries(sums).map(([name, sum]) => [name, BigInt((values[name] as bigint | null) ?? 0) + sum])
  return Object.fromEntries(totals)
}

function opposite(sums: Sums): Sums {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, -sum]))
}
