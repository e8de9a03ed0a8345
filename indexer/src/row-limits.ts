import { events, storable } from '@parley/database'
import type { ChainEvent } from '@parley/protocol'
import type { Change } from './change.ts'
import { toEventRow } from './event-row.ts'
import { changesOf } from './handlers.ts'
import { type ColumnShape, shapeOf, shapes, type TableShape } from './table-shape.ts'

/** Bytes of one text. PostgreSQL refuses 2,704 for a row of an index, and no index of ours has more than four texts. */
const LONGEST_INDEXED_TEXT = 512

const NUMERIC_LIMIT = 10n ** 78n

const eventsShape = shapeOf(events)

/**
 * The column that PostgreSQL would refuse the event for, as `table.column`; undefined when it takes it. Trying again would not help, and one event must
 * not keep back all that come after it. Says so of the event alone: it is the same whatever else comes in its batch, or was stored before.
 */
export function findMisfit(event: ChainEvent): string | undefined {
  return misfitIn('events', eventsShape, toEventRow(event)) ?? changesOf(event).map(misfitOf).find(Boolean)
}

function misfitOf({ table, key, values, sums }: Change): string | undefined {
  const shape = shapes[table]
  // An update has its key beside its values.
  const [, ...columns] = shape.key
  const misfit = columns.find((column, at) => !fitsKey(column, key[at] ?? ''))
  return misfit ? `${table}.${misfit.name}` : misfitIn(table, shape, { ...values, ...sums })
}

function misfitIn(table: string, { columns }: TableShape, values: Readonly<Record<string, unknown>>) {
  const misfit = columns.find((column) => !fits(column, values[column.field] ?? null))
  return misfit && `${table}.${misfit.name}`
}

/** Keys are joined by colons, see `subjectOf`. */
function fitsKey(column: ColumnShape, text: string): boolean {
  if (column.type === 'text') return fits(column, text) && !text.includes(':')
  return fits(column, column.type.startsWith('numeric') ? BigInt(text) : Number(text))
}

function fits({ type, isIndexed }: ColumnShape, value: unknown): boolean {
  if (value === null) return true
  switch (type) {
    case 'text':
      return isText(value) && (!isIndexed || isShort(value))
    case 'text[]':
      return Array.isArray(value) && value.every((text) => isText(text) && isShort(text))
    case 'jsonb':
      return Object.values(Object(value))
        .flat()
        .every((item) => typeof item !== 'string' || isText(item))
    case 'boolean':
      return typeof value === 'boolean'
    case 'smallint':
      return isInteger(value, 2 ** 15)
    case 'integer':
      return isInteger(value, 2 ** 31)
    case 'bigint':
      return isInteger(value, 2 ** 53)
    case 'numeric(78, 0)':
    // What is added to a sum is no larger than other numbers: there is room for more of them than there can be events.
    case 'numeric(100, 0)':
      return typeof value === 'bigint' && value > -NUMERIC_LIMIT && value < NUMERIC_LIMIT
    default:
      throw new Error(`nothing is known about the limits of ${type}`)
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && storable(value) === value
}

function isShort(text: string): boolean {
  return Buffer.byteLength(text) <= LONGEST_INDEXED_TEXT
}

function isInteger(value: unknown, limit: number): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) < limit
}
