import { asc, desc, gt, lt, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Listing } from './page.ts'

/** The order of a table that the indexer writes: by `position`, which is unique in it and never changes. */
export function byPosition<Row extends { readonly position: string }>(
  column: PgColumn,
): Pick<Listing<Row>, 'keyOf' | 'isBeyond' | 'order'> {
  return {
    keyOf: (row) => row.position,
    isBeyond: (direction, key): SQL => (direction === 'asc' ? gt(column, key) : lt(column, key)),
    order: (direction) => [direction === 'asc' ? asc(column) : desc(column)],
  }
}
