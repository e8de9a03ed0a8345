import { agentMetadata, agents, type Database, enclaves, jobs, payments } from '@parley/database'
import { and, asc, eq, getTableColumns, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { createLoader } from './loader.ts'
import { createMarketLoaders } from './market-loaders.ts'
import type { AgentMetadataRow, PaymentRow } from './rows.ts'

/** What a row is known by: the chain, and an id on it. */
export interface ChainKey<Id> {
  readonly chain: string
  readonly id: Id
}

export type Loaders = ReturnType<typeof createLoaders>

/** keccak256('agentWallet'), ERC-8004's key. By hash: text of another key may have lost what made it another. */
export const WALLET_KEY_HASH = '0x2ac6109326e720d1435c0db66f7e35eda7839f52b6f1f5520a60788e132b4e39'

/** Anybody can add metadata to an agent of theirs: more than this is not shown. */
const MAX_METADATA = 100

/** Lookups of one request; each kind takes one statement per level of the query, however many rows ask. */
export function createLoaders(db: Database) {
  return {
    ...createMarketLoaders(db),
    agent: createLoader(nameOf<bigint>, async (keys) => {
      const rows = await db
        .select()
        .from(agents)
        .where(isOneOf(keys, agents.chain, agents.agentId))
      return new Map(rows.map((row) => [nameOf({ chain: row.chain, id: row.agentId }), row]))
    }),
    enclave: createLoader(nameOf<string>, async (keys) => {
      const rows = await db
        .select()
        .from(enclaves)
        .where(isOneOf(keys, enclaves.chain, enclaves.enclave))
      return new Map(rows.map((row) => [nameOf({ chain: row.chain, id: row.enclave }), row]))
    }),
    job: createLoader(nameOf<string>, async (keys) => {
      const rows = await readJobs(db, keys)
      return new Map(rows.map((row) => [nameOf({ chain: row.chain, id: row.jobId }), row]))
    }),
    paymentsOfJob: createLoader(nameOf<string>, async (keys): Promise<Map<string, PaymentRow[]>> => {
      const rows = await db
        .select()
        .from(payments)
        .where(isOneOf(keys, payments.chain, payments.jobId))
        .orderBy(asc(payments.position))
      return Map.groupBy(rows, (row) => nameOf({ chain: row.chain, id: row.jobId }))
    }),
    metadataOfAgent: createLoader(nameOf<bigint>, async (keys): Promise<Map<string, AgentMetadataRow[]>> => {
      // The wallet comes first: no amount of other metadata can push it out.
      const order = sql`(${agentMetadata.keyHash} <> ${WALLET_KEY_HASH}), ${agentMetadata.key}`
      const agent = sql`${agentMetadata.chain}, ${agentMetadata.agentId}`
      const rank = sql<number>`row_number() over (partition by ${agent} order by ${order})`
      const ranked = db
        .select({ ...getTableColumns(agentMetadata), rank: rank.as('rank') })
        .from(agentMetadata)
        .where(isOneOf(keys, agentMetadata.chain, agentMetadata.agentId))
        .as('ranked')
      const rows = await db.select().from(ranked).where(lte(ranked.rank, MAX_METADATA)).orderBy(asc(ranked.key))
      return Map.groupBy(rows, (row) => nameOf({ chain: row.chain, id: row.agentId }))
    }),
  }
}

export function readJobs(db: Database, keys: readonly ChainKey<string>[]) {
  return db
    .select()
    .from(jobs)
    .where(isOneOf(keys, jobs.chain, jobs.jobId))
}

function nameOf<Id extends bigint | string>({ chain, id }: ChainKey<Id>): string {
  return `${chain} ${id}`
}

function isOneOf<Id>(keys: readonly ChainKey<Id>[], chainColumn: PgColumn, idColumn: PgColumn): SQL | undefined {
  const groups = Map.groupBy(keys, ({ chain }) => chain)
  const conditions = [...groups].map(([chain, group]) => {
    const ids = group.map(({ id }) => id)
    return and(eq(chainColumn, chain), inArray(idColumn, ids))
  })
  return or(...conditions)
}
