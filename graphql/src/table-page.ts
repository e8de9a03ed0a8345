import type { Database } from '@parley/database'
import type { SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { type Page, type PageArguments, readPage } from './page.ts'
import { byPosition } from './position-order.ts'
import type { ChainTable } from './row-loaders.ts'

interface Rows<Table> {
  readonly table: Table
  /** Goes into cursors. */
  readonly type: string
  readonly where: SQL | undefined
}

/** A page of a table that the indexer writes, in the order of `position`. */
export function readTablePage<Table extends ChainTable & { readonly $inferSelect: { readonly position: string } }>(
  db: Database,
  { table, type, where }: Rows<Table>,
  page: PageArguments,
): Promise<Page<Table['$inferSelect']>> {
  const read = async (condition: SQL | undefined, order: SQL[], limit: number) => {
    const rows = db.select().from(table as PgTable)
    const found: unknown = await rows
      .where(condition)
      .orderBy(...order)
      .limit(limit)
    // Drizzle does not know the rows of a type parameter.
    return found as Table['$inferSelect'][]
  }
  const count = (condition: SQL | undefined) => db.$count(table, condition)
  return readPage({ ...byPosition<Table['$inferSelect']>(table.position), type, where, read, count }, page)
}
