import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import type { Deployment } from '@parley/evm'
import type { Deployment as NearDeployment } from '@parley/near/deployment-file'
import { createLog, type Log } from '@parley/service'
import postgres from 'postgres'
import type { Chain } from '../src/chain.ts'
import { createEvmChain } from '../src/evm/evm-chain.ts'
import { createRpc } from '../src/evm/rpc.ts'
import { runIndexer } from '../src/indexer.ts'
import { createNearChain } from '../src/near/near-chain.ts'
import { createNearRpc } from '../src/near/near-rpc.ts'
import { shapes } from '../src/table-shape.ts'

export interface TestDatabase {
  readonly url: string
  readonly sql: postgres.Sql
}

export interface TestDatabases {
  /** A new, empty database. */
  create(): Promise<TestDatabase>
  /** A connection to the server that belongs to none of them. */
  readonly admin: postgres.Sql
  stop(): Promise<void>
}

/** One PostgreSQL for a test file. */
export async function startDatabases(): Promise<TestDatabases> {
  const server = await startEmbeddedPostgres()
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  const pools: postgres.Sql[] = []
  return {
    admin,
    async create() {
      const name = `test_${pools.length}`
      await admin.unsafe(`create database ${name}`)
      const url = Object.assign(new URL(server.url), { pathname: name }).href
      const sql = postgres(url, { max: 2, onnotice: () => {} })
      pools.push(sql)
      return { url, sql }
    },
    async stop() {
      await Promise.all([admin, ...pools].map((pool) => pool.end({ timeout: 1 })))
      await server.stop()
    },
  }
}

export interface TestIndexer {
  /** Lines that it logged. */
  readonly messages: string[]
  stop(): Promise<void>
}

export interface TestIndexerOptions {
  readonly rpcUrl: string
  readonly databaseUrl: string
  readonly deployment: Deployment | NearDeployment
  readonly finalityBlocks?: number
}

/** An indexer in this process. */
export function startIndexer({ databaseUrl, finalityBlocks = 5, ...options }: TestIndexerOptions): TestIndexer {
  const stopping = new AbortController()
  const { signal } = stopping
  const messages: string[] = []
  const log = createLog('indexer', {
    level: 'info',
    destination: { write: (line) => messages.push(JSON.parse(line).msg) },
  })
  const chain = openChain({ ...options, finalityBlocks }, log, signal)
  const ended = runIndexer({ chain, databaseUrl, finalityBlocks, log, signal })
  return {
    messages,
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}

function openChain(
  { rpcUrl, deployment, finalityBlocks }: Omit<Required<TestIndexerOptions>, 'databaseUrl'>,
  log: Log,
  signal: AbortSignal,
): Chain {
  const pollMilliseconds = 10
  if ('parley' in deployment) {
    return createNearChain({ rpc: createNearRpc(rpcUrl, signal), deployment, pollMilliseconds, log })
  }
  return createEvmChain({ rpc: createRpc(rpcUrl, signal), deployment, pollMilliseconds, finalityBlocks, log })
}

/** Everything that must be the same however the chain was indexed: all rows, and the block they agree with. */
export async function contentsOf({ sql }: TestDatabase): Promise<Record<string, string[]>> {
  const contents: Record<string, string[]> = {}
  for (const table of ['events', ...Object.keys(shapes)]) {
    const rows = await sql`select to_jsonb(entry)::text as text from chain.${sql(table)} entry order by 1`
    contents[table] = rows.map(({ text }) => text)
  }
  const [cursor] = await sql`
    select number, hash, pending::text from chain.blocks order by chain, number desc limit 1`
  contents.cursor = [`${cursor?.number} ${cursor?.hash} ${cursor?.pending}`]
  return contents
}

/** What an indexer makes of the chain that has never seen another state of it. */
export async function indexFromScratch(
  databases: TestDatabases,
  chain: IndexedChain,
): Promise<Record<string, string[]>> {
  const database = await databases.create()
  const indexer = startIndexer({ rpcUrl: chain.url, databaseUrl: database.url, deployment: chain.deployment })
  await untilIndexed(database, chain)
  await indexer.stop()
  return contentsOf(database)
}

interface IndexedChain {
  readonly url: string
  readonly deployment: Deployment | NearDeployment
  head(): Promise<{ readonly hash: string }>
}

/** The tables are at the chain's head. */
export async function untilIndexed({ sql }: TestDatabase, chain: Pick<IndexedChain, 'head'>): Promise<void> {
  await until('the head is indexed', async () => {
    const { hash } = await chain.head()
    const [cursor] = await sql`select hash from chain.blocks order by number desc limit 1`
    return cursor?.hash === hash
  })
}

/** Throws after half a minute, which is many times what anything here takes. */
export async function until(what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  let problem: unknown
  while (Date.now() < deadline) {
    try {
      if (await isTrue()) return
    } catch (error) {
      // The tables may not be there yet.
      problem = error
    }
    await sleep(10)
  }
  throw new Error(`waited in vain until ${what}`, { cause: problem })
}
