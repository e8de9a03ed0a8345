import { fileURLToPath } from 'node:url'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import * as agentTables from './agent-tables.ts'
import * as chainTables from './chain-tables.ts'
import * as jobTables from './job-tables.ts'
import * as ledgerTables from './ledger-tables.ts'
import * as marketTables from './market-tables.ts'
import * as relayTables from './relay-tables.ts'

export const schema = {
  ...chainTables,
  ...agentTables,
  ...jobTables,
  ...ledgerTables,
  ...relayTables,
  ...marketTables,
}
export type Database = PostgresJsDatabase<typeof schema>

export interface Connection {
  readonly db: Database
  /** The driver itself: LISTEN, bulk writes. */
  readonly sql: postgres.Sql
  readonly close: () => Promise<void>
}

/** A pool on `url` (as in DATABASE_URL). Connects on first use. */
export function connect(url: string, { max = 10 } = {}): Connection {
  const sql = postgres(url, { max, onnotice: () => {} })
  return { db: drizzle(sql, { schema }), sql, close: () => sql.end({ timeout: 5 }) }
}

/** Two numbers that no other user of the database has a reason to take. */
const MIGRATION_LOCK = [0x9a21e7, 1] as const

/** What the system, the driver and Postgres itself say of a server, a login or a database that is not there. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  '28000',
  '28P01',
  '3D000',
])

/** Whether an error says that the URL leads to no database, rather than what a database had to say. */
export function isUnreachable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && UNREACHABLE.has(String(error.code))
}

/** Brings the tables to the committed migrations; programs that start together wait for one another. */
export async function migrate(url: string): Promise<void> {
  const { db, sql, close } = connect(url, { max: 1 })
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK[0]}, ${MIGRATION_LOCK[1]})`
    await applyMigrations(db, { migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)) })
  } finally {
    await close()
  }
}
