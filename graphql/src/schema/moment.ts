import { builder } from './builder.ts'

export interface Moment {
  readonly block: number
  readonly transaction: string
  readonly timestamp: number
}

export const MomentType = builder.objectRef<Moment>('Moment').implement({
  description: 'When and where something happened on a chain.',
  fields: (t) => ({
    block: t.field({ type: 'BigInt', resolve: ({ block }) => BigInt(block) }),
    transaction: t.exposeString('transaction', {
      description: "The transaction's hash, as the chain's explorers show it.",
    }),
    timestamp: t.field({ type: 'DateTime', resolve: ({ timestamp }) => toDate(timestamp) }),
  }),
})

interface Created {
  readonly createdBlock: number
  readonly createdTransaction: string
  readonly createdAt: number
}

interface Updated {
  readonly updatedBlock: number
  readonly updatedTransaction: string
  readonly updatedAt: number
}

export function created(row: Created): Moment {
  return { block: row.createdBlock, transaction: row.createdTransaction, timestamp: row.createdAt }
}

export function updated(row: Updated): Moment {
  return { block: row.updatedBlock, transaction: row.updatedTransaction, timestamp: row.updatedAt }
}

/** 9999-12-31T23:59:59Z. A contract takes any number of seconds; ISO 8601 has four digits for the year. */
const LAST_SECOND = 253_402_300_799

export function toDate(seconds: number): Date {
  return new Date(Math.min(seconds, LAST_SECOND) * 1000)
}
