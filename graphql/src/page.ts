import { ParleyError } from '@parley/protocol'
import { and, type SQL } from 'drizzle-orm'
import { decodeCursor, encodeCursor } from './cursor.ts'

export const DEFAULT_PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

export type Direction = 'asc' | 'desc'

/** Arguments of a Relay connection; `orderBy` is the list's own order, whichever end one reads from. */
export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
  readonly orderBy: Direction
}

/**
 * A list that can be read in pages. `keyOf` is a row's place in it: unique, and the same for as long as the row exists,
 * so rows that arrive or change neither shift nor repeat what is read from a cursor on.
 */
export interface Listing<Row> {
  /** Goes into cursors: those of another type are refused. */
  readonly type: string
  readonly where: SQL | undefined
  readonly keyOf: (row: Row) => string
  /** Throws InputInvalid, naming `field`, when the key cannot be one. */
  readonly isBeyond: (direction: Direction, key: string, field: string) => SQL
  readonly order: (direction: Direction) => SQL[]
  readonly read: (where: SQL | undefined, order: SQL[], limit: number) => Promise<Row[]>
  readonly count: (where: SQL | undefined) => PromiseLike<number>
}

export interface Page<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  /** Rows in the whole list, whatever the page. */
  readonly countAll: () => Promise<number>
}

export async function readPage<Row>(listing: Listing<Row>, args: PageArguments): Promise<Page<Row>> {
  const { size, isBackward } = planPage(args)
  const bounds = [
    args.after == null ? undefined : beyond(listing, args.orderBy, args.after, 'after'),
    args.before == null ? undefined : beyond(listing, opposite(args.orderBy), args.before, 'before'),
  ]
  const readingOrder = isBackward ? opposite(args.orderBy) : args.orderBy

  // One more than asked for tells whether there is more.
  const found = await listing.read(and(listing.where, ...bounds), listing.order(readingOrder), size + 1)

  const rows = found.slice(0, size)
  if (isBackward) rows.reverse()
  const hasMore = found.length > size
  let total: Promise<number> | undefined
  return {
    edges: rows.map((node) => ({ cursor: encodeCursor(listing.type, listing.keyOf(node)), node })),
    hasNextPage: isBackward ? args.before != null : hasMore,
    hasPreviousPage: isBackward ? hasMore : args.after != null,
    countAll: () => {
      // Drizzle's counts are no promises: they count again whenever they are awaited.
      total ??= Promise.resolve(listing.count(listing.where))
      return total
    },
  }
}

/** How many rows, and from which end. Throws InputInvalid. */
export function planPage({ first, last }: Pick<PageArguments, 'first' | 'last'>): {
  size: number
  isBackward: boolean
} {
  if (first != null && last != null) {
    throw new ParleyError('InputInvalid', 'first and last exclude each other: leave one out', { field: 'last' })
  }
  const isBackward = last != null
  const size = last ?? first ?? DEFAULT_PAGE_SIZE
  if (size < 0 || size > MAX_PAGE_SIZE) {
    const field = isBackward ? 'last' : 'first'
    throw new ParleyError('InputInvalid', `${field} is ${size}: ask for 0 to ${MAX_PAGE_SIZE}`, { field })
  }
  return { size, isBackward }
}

function beyond<Row>(listing: Listing<Row>, direction: Direction, cursor: string, field: string): SQL {
  return listing.isBeyond(direction, decodeCursor(listing.type, cursor, field), field)
}

function opposite(direction: Direction): Direction {
  return direction === 'asc' ? 'desc' : 'asc'
}
