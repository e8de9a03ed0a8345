import type { ChainEvent } from '@parley/protocol'
import { type Change, subjectOf, type TableName } from './change.ts'
import { changesOf } from './handlers.ts'

export interface Row {
  readonly table: TableName
  readonly values: Readonly<Record<string, unknown>>
}

/** The rows of the events' subjects, by subject, as they are after the events. `known` has those that exist before. */
export function fold(known: ReadonlyMap<string, Row>, events: readonly ChainEvent[]): Map<string, Row> {
  const rows = new Map(known)
  for (const change of events.flatMap(changesOf)) {
    const subject = subjectOf(change)
    const row = applyChange(rows.get(subject), change)
    if (row) rows.set(subject, row)
  }
  return rows
}

/** Names of the rows that an event changes. */
export function subjectsOf(event: ChainEvent): string[] {
  return changesOf(event).map(subjectOf)
}

function applyChange(row: Row | undefined, { table, kind, values }: Change): Row | undefined {
  if (!row) return kind === 'insert' ? { table, values } : undefined
  const { position, createdBlock, createdTransaction, createdAt } = row.values
  return { table, values: { ...row.values, ...values, position, createdBlock, createdTransaction, createdAt } }
}
