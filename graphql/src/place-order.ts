import { ParleyError } from '@parley/protocol'
import { asc, desc, gt, lt, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Listing } from './page.ts'

/** The order of a table of the market: by `place`, which is unique in it and never changes. */
export function byPlace<Row extends { readonly place: number }>(
  column: PgColumn,
): Pick<Listing<Row>, 'keyOf' | 'isBeyond' | 'order'> {
  return {
    keyOf: ({ place }) => String(place),
    isBeyond: (direction, key, field): SQL => {
      if (!/^[1-9][0-9]{0,14}$/.test(key)) {
        throw new ParleyError('InputInvalid', 'this is not a cursor of this list: pass one that it gave', { field })
      }
      return direction === 'asc' ? gt(column, Number(key)) : lt(column, Number(key))
    },
    order: (direction) => [direction === 'asc' ? asc(column) : desc(column)],
  }
}
