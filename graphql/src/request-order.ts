import { requests } from '@parley/database'
import { ParleyError } from '@parley/protocol'
import { asc, desc, type SQL, sql } from 'drizzle-orm'
import type { Listing } from './page.ts'

/** Columns that readers may see: never call data, events or idempotency keys. */
export const requestColumns = {
  id: requests.id,
  kind: requests.kind,
  chain: requests.chain,
  account: requests.account,
  status: requests.status,
  error: requests.error,
  message: requests.message,
  field: requests.field,
  transaction: requests.transaction,
  blockNumber: requests.blockNumber,
  createdAt: requests.createdAt,
  updatedAt: requests.updatedAt,
  /** With all six digits: a Date has three, and requests in the same millisecond would be skipped or repeated. */
  createdExactly: sql<string>`to_char(${requests.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
    'created_exactly',
  ),
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [-0-9a-f]{36}$/

/** The relayer's requests by when they were made; those of the same microsecond by id. */
export function byCreation<Row extends { readonly id: string; readonly createdExactly: string }>(): Pick<
  Listing<Row>,
  'keyOf' | 'isBeyond' | 'order'
> {
  return {
    keyOf: ({ createdExactly, id }) => `${createdExactly} ${id}`,
    isBeyond: (direction, key, field): SQL => {
      const [time = '', id = ''] = KEY.test(key) ? key.split(' ') : []
      if (Number.isNaN(Date.parse(time)) || !UUID.test(id)) {
        throw new ParleyError('InputInvalid', 'this is not a cursor of this list: pass one that it gave', { field })
      }
      const place = sql`(${requests.createdAt}, ${requests.id})`
      const bound = sql`(${time}::timestamptz, ${id}::uuid)`
      return direction === 'asc' ? sql`${place} > ${bound}` : sql`${place} < ${bound}`
    },
    order: (direction) => {
      const toOrder = direction === 'asc' ? asc : desc
      return [toOrder(requests.createdAt), toOrder(requests.id)]
    },
  }
}
