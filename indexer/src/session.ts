import { type Database, schema } from '@parley/database'
import type { Log } from '@parley/service'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Transaction } from './table-rows.ts'

/** The one connection that writes a chain's tables: what holds the lock is also what writes, so a lost lock cannot write. */
export interface Session {
  readonly db: Database
  /** Aborted when the connection is gone, and the lock with it. */
  readonly lost: AbortSignal
  /** Throws unless this transaction excludes other writers. To be asked first in each, for the driver connects again by itself. */
  requireLock(tx: Transaction): Promise<void>
  close(): Promise<void>
}

export interface SessionOptions {
  readonly url: string
  readonly chain: string
  readonly log: Log
  readonly signal: AbortSignal
}

/** The class of our advisory locks; the chain's hash is the other half. */
const LOCK_CLASS = 0x9a21e8

/** Without it a host that vanished would keep its lock for hours. Seconds, and tries. */
const KEEPALIVE = { tcp_keepalives_idle: 10, tcp_keepalives_interval: 5, tcp_keepalives_count: 3 }

/** Connects and waits until no other indexer writes this chain. */
export async function openSession({ url, chain, log, signal }: SessionOptions): Promise<Session> {
  signal.throwIfAborted()
  const loss = new AbortController()
  const client = postgres(url, {
    max: 1,
    // The driver would otherwise replace the connection every hour.
    max_lifetime: null,
    connection: { application_name: `indexer ${chain}`, ...KEEPALIVE },
    // Its own query, of which nobody would hear the error.
    fetch_types: false,
    onclose: () => loss.abort(new Error('the connection to the database was lost')),
    onnotice: () => {},
  })
  const close = () => client.end({ timeout: 0 })
  signal.addEventListener('abort', close, { once: true })

  try {
    const [tried] = await client`select pg_try_advisory_lock(${LOCK_CLASS}, hashtext(${chain})) as is_ours`
    if (!tried?.is_ours) {
      log.info('another indexer writes this chain: waiting for it to end')
      await client`select pg_advisory_lock(${LOCK_CLASS}, hashtext(${chain}))`
    }
    log.info('following')
  } catch (error) {
    await close()
    throw error
  }

  const requireLock = async (tx: Transaction) => {
    const key = sql`${LOCK_CLASS}, hashtext(${chain})`
    const [lock] = await tx.execute<{ is_ours: boolean }>(sql`select pg_try_advisory_xact_lock(${key}) as is_ours`)
    if (!lock?.is_ours) throw new Error(`another indexer writes ${chain}: the connection that held its lock was lost`)
  }
  return {
    db: drizzle(client, { schema }),
    lost: loss.signal,
    requireLock,
    close: async () => {
      signal.removeEventListener('abort', close)
      await close()
    },
  }
}
