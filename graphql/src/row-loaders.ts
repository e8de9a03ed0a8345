import type { Database } from '@parley/database'
import { and, asc, eq, getTableColumns, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { createLoader, type Loader } from './loader.ts'

/** Lists without pages are short; who made more rows than this is shown no more of them. */
const MAX_LIST_LENGTH = 100

type Part = bigint | number | string

/** What a row is known by: the chain, and an id on it, which can have several parts. */
export interface ChainKey<Id extends Part | readonly Part[] = Part | readonly Part[]> {
  readonly chain: string
  readonly id: Id
}

/** A table of the indexer. */
export type ChainTable = PgTable & { readonly chain: PgColumn; readonly position: PgColumn }

/** Rows by their key. */
export function rowLoader<Table extends ChainTable>(
  db: Database,
  table: Table,
  ...id: PgColumn[]
): Loader<ChainKey, Table['$inferSelect']> {
  return createLoader(nameOf, async (keys) => {
    const rows = await readRows(db, table, keys, id)
    return new Map(rows.map((row) => [nameOfRow(table, row, id), row]))
  })
}

export interface ListOptions {
  readonly order?: readonly (PgColumn | SQL)[]
  readonly where?: SQL
}

/** The rows that have an id in common: at most 100, the oldest unless `order` says otherwise. */
export function listLoader<Table extends ChainTable>(
  db: Database,
  table: Table,
  id: readonly PgColumn[],
  { order = [table.position], where }: ListOptions = {},
): Loader<ChainKey, Table['$inferSelect'][]> {
  const rank = sql<number>`row_number() over (partition by ${list([table.chain, ...id])} order by ${list(order)})`
  return createLoader(nameOf, async (keys) => {
    const ranked = db
      .select({ ...getTableColumns<PgTable>(table), rank: rank.as('rank') })
      .from(table as PgTable)
      .where(and(isOneOf(keys, table.chain, id), where))
      .as('ranked')
    const rows = await db.select().from(ranked).where(lte(ranked.rank, MAX_LIST_LENGTH)).orderBy(asc(ranked.rank))
    return Map.groupBy(rows as Table['$inferSelect'][], (row) => nameOfRow(table, row, id))
  })
}

/** The rows with these keys. */
export async function readRows<Table extends ChainTable>(
  db: Database,
  table: Table,
  keys: readonly ChainKey[],
  id: readonly PgColumn[],
): Promise<Table['$inferSelect'][]> {
  return db
    .select()
    .from(table as PgTable)
    .where(isOneOf(keys, table.chain, id))
}

export function nameOf({ chain, id }: ChainKey): string {
  return `${chain} ${id}`
}

export function isOneOf(keys: readonly ChainKey[], chain: PgColumn, id: readonly PgColumn[]): SQL | undefined {
  const groups = Map.groupBy(keys, (key) => key.chain)
  const conditions = [...groups].map(([name, group]) => and(eq(chain, name), hasIdIn(id, group)))
  return or(...conditions)
}

function hasIdIn(columns: readonly PgColumn[], keys: readonly ChainKey[]): SQL {
  const [only] = columns
  if (only && columns.length === 1)
    return inArray(
      only,
      keys.map(({ id }) => id),
    )
  const ids = keys.map(({ id }) => sql`(${list([id].flat().map((part) => sql`${part}`))})`)
  return sql`(${list(columns)}) in (${list(ids)})`
}

function nameOfRow(table: PgTable, row: Readonly<Record<string, unknown>>, id: readonly PgColumn[]): string {
  const fields = Object.entries(getTableColumns(table))
  const parts = id.map((column) => row[fields.find(([, known]) => known === column)?.[0] ?? ''])
  return nameOf({ chain: String(row.chain), id: parts as Part[] })
}

function list(parts: readonly (PgColumn | SQL)[]): SQL {
  return sql.join([...parts], sql`, `)
}
