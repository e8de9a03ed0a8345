import type { Database } from '@parley/database'
import { type SQL, sql } from 'drizzle-orm'
import { subjectOf, type TableName } from './change.ts'
import type { Row } from './fold.ts'
import { type ColumnShape, shapes, type TableShape } from './table-shape.ts'

export type Transaction = Pick<Database, 'select' | 'insert' | 'delete' | 'execute'>
type Values = Readonly<Record<string, unknown>>

/** Rows a statement: they travel as one text, which must stay far from PostgreSQL's 1 GB. */
const CHUNK_ROWS = 5_000

/** Those of the subjects that exist, by subject. */
export async function readRows(tx: Transaction, chain: string, subjects: Iterable<string>): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>()
  for (const [table, keys] of keysOf(chain, subjects)) {
    for (const part of chunked(keys)) {
      const found: Values[] = await tx.select().from(shapes[table].table).where(hasKeyIn(shapes[table], part))
      for (const values of found) rows.set(subjectOfRow(table, values), { table, values })
    }
  }
  return rows
}

/** Deletes the rows of these subjects. */
export async function deleteRows(tx: Transaction, chain: string, subjects: Iterable<string>): Promise<void> {
  for (const [table, keys] of keysOf(chain, subjects)) {
    for (const part of chunked(keys)) await tx.delete(shapes[table].table).where(hasKeyIn(shapes[table], part))
  }
}

/** Inserts rows, or overwrites those with the same key. */
export async function writeRows(tx: Transaction, rows: Iterable<Row>): Promise<void> {
  for (const [table, rowsOfTable] of Map.groupBy(rows, (row) => row.table)) {
    const { columns, key } = shapes[table]
    const assignments = names(columns).map((column) => sql`${column} = excluded.${column}`)
    const overwrite = sql`on conflict (${list(names(key))}) do update set ${list(assignments)}`
    const values = rowsOfTable.map((row) => row.values)
    await insertRows(tx, shapes[table], values, overwrite)
  }
}

/** Inserts rows of one table; those with the same key fail unless `onConflict` says otherwise. */
export async function insertRows(
  tx: Transaction,
  shape: TableShape,
  rows: readonly Values[],
  onConflict = sql``,
): Promise<void> {
  for (const part of chunked(rows)) {
    await tx.execute(sql`insert into ${shape.table} select * from ${recordset(shape, part)} ${onConflict}`)
  }
}

function hasKeyIn(shape: TableShape, keys: readonly Values[]): SQL {
  const key = list(names(shape.key))
  return sql`(${key}) in (select ${key} from ${recordset(shape, keys)})`
}

/** The values as rows of the table: one parameter however many there are, of which each text takes its column's type. */
function recordset({ table, columns }: TableShape, rows: readonly Values[]): SQL {
  const records = rows.map((row) => Object.fromEntries(columns.map(({ field, name }) => [name, row[field]])))
  const json = JSON.stringify(records, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  return sql`json_populate_recordset(null::${table}, ${json}::json)`
}

function keysOf(chain: string, subjects: Iterable<string>): Map<TableName, Values[]> {
  const keys = new Map<TableName, Values[]>()
  for (const subject of subjects) {
    const [table, ...key] = subject.split(':') as [TableName, ...string[]]
    const values = shapes[table].key.map(({ field }, at) => [field, [chain, ...key][at]])
    if (!keys.has(table)) keys.set(table, [])
    keys.get(table)?.push(Object.fromEntries(values))
  }
  return keys
}

function subjectOfRow(table: TableName, values: Values): string {
  const [, ...key] = shapes[table].key.map(({ field }) => String(values[field]))
  return subjectOf({ table, key })
}

function names(columns: readonly ColumnShape[]): SQL[] {
  return columns.map(({ name }) => sql`${sql.identifier(name)}`)
}

function list(parts: readonly SQL[]): SQL {
  return sql.join([...parts], sql`, `)
}

function chunked<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / CHUNK_ROWS)
  return Array.from({ length: count }, (_, at) => items.slice(at * CHUNK_ROWS, (at + 1) * CHUNK_ROWS))
}
