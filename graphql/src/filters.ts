import { storable } from '@parley/database'
import { ParleyError } from '@parley/protocol'
import { and, eq, getTableColumns, inArray, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { isKeyAddress } from './account.ts'
import type { ChainTable } from './row-loaders.ts'

/** A condition for a part of a filter that was given; none for one that was left out or is null. */
export function given<Value>(
  value: Value | null | undefined,
  condition: (value: Value) => SQL | undefined,
): SQL | undefined {
  return value === null || value === undefined ? undefined : condition(value)
}

/** The rows whose columns have what the fields of their names ask for: a list, one of it. */
export function matches<Table extends ChainTable>(
  table: Table,
  filter: { readonly [Column in keyof Table['_']['columns']]?: unknown } | null | undefined,
): SQL | undefined {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table)
  const conditions = Object.entries(filter ?? {}).map(([name, asked]) =>
    given(asked, (value) => {
      const column = columns[name] as PgColumn
      if (Array.isArray(value)) return inArray(column, value)
      if (name === 'chain') return eq(column, chainId(String(value), 'filter.chain'))
      return eq(column, typeof value === 'string' ? storable(value) : value)
    }),
  )
  return and(...conditions)
}

/** CAIP-2. */
const CHAIN = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/

/** The chain's id. Throws InputInvalid, naming `field`. */
export function chainId(chain: string, field: string): string {
  if (CHAIN.test(chain)) return chain
  throw new ParleyError(
    'InputInvalid',
    `"${chain.slice(0, 80)}" is not a CAIP-2 chain id: for example "eip155:1" or "near:mainnet"`,
    {
      field,
    },
  )
}

/** The address of an enclave's key. Throws InputInvalid, naming `field`, for an account id. */
export function keyAddress(address: string, field: string): string {
  if (isKeyAddress(address)) return address
  throw new ParleyError('InputInvalid', `"${address}" is not the address of a key: 0x and 40 hexadecimal digits`, {
    field,
  })
}
