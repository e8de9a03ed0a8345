import { type Connection, connect, migrate, schema as tables } from '@parley/database'
import { startEmbeddedPostgres } from '@parley/database/embedded'
import { createLog } from '@parley/service'
import { createJobChanges } from '../src/job-changes.ts'
import { WALLET_KEY_HASH } from '../src/loaders.ts'
import { connectReadOnly } from '../src/read-only-pool.ts'
import { createGraphqlServer } from '../src/server.ts'

export const CHAIN = 'eip155:31337'
export const OTHER_CHAIN = 'eip155:1'
export const ALICE = address(0xa11ce)
export const BOB = address(0xb0b)
export const CAROL = address(0xca201)
export const TOKEN = address(0x7031)
export const ENCLAVE = address(0xe1)

/** The time of block 0. */
export const START_SECONDS = 1_800_000_000
/** What the clock of the server under test says. */
export const NOW_SECONDS = START_SECONDS + 10_000

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the question, and the test states it.
  readonly data?: any
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[]
}

/** A real Postgres, a writer as the indexer is one, and the server under test in this process. */
export async function startFixture() {
  const postgres = await startEmbeddedPostgres()
  await migrate(postgres.url)
  const writer = connect(postgres.url, { max: 2 })
  const reader = connectReadOnly(postgres.url)
  const logged: string[] = []
  const log = createLog('graphql', { level: 'warn', destination: { write: (line) => logged.push(line) } })
  const jobChanges = createJobChanges({ ...reader, log })
  const sources = { db: reader.db, jobChanges, log, clock: () => NOW_SECONDS * 1000 }
  const server = createGraphqlServer(sources)

  return {
    url: postgres.url,
    writer,
    reader,
    log,
    logged,
    sources,
    server,
    ask: (query: string, variables: Record<string, unknown> = {}) => ask(server, query, variables),
    stop: async () => {
      await reader.close()
      await writer.close()
      await postgres.stop()
    },
  }
}

export async function ask(
  server: ReturnType<typeof createGraphqlServer>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> {
  const response = await server.fetch('http://graphql/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return response.json()
}

/** Numbers as 32 bytes. */
export function word(value: number): `0x${string}` {
  return `0x${value.toString(16).padStart(64, '0')}`
}

export function address(value: number): `0x${string}` {
  return `0x${value.toString(16).padStart(40, '0')}`
}

/** As the indexer writes them: one second a block. */
export function origin(chain: string, block: number, log = 0) {
  const createdAt = START_SECONDS + block
  const position = `${String(createdAt).padStart(12, '0')}:${chain.padEnd(40)}:${String(block).padStart(12, '0')}:${String(log).padStart(6, '0')}`
  const transaction = word(block * 1000 + log)
  return {
    position,
    createdBlock: block,
    createdTransaction: transaction,
    createdAt,
    updatedBlock: block,
    updatedTransaction: transaction,
    updatedAt: createdAt,
  }
}

type Insert<Table extends { $inferInsert: unknown }> = Partial<Table['$inferInsert']>

/** Rows by number: the number is id and block. */
export function jobRow(number: number, row: Insert<typeof tables.jobs> = {}): typeof tables.jobs.$inferInsert {
  const chain = row.chain ?? CHAIN
  return {
    chain,
    jobId: word(number),
    status: 'Open',
    client: ALICE,
    evaluator: CAROL,
    expiredAt: START_SECONDS + 86_400,
    ...origin(chain, number),
    ...row,
  }
}

export function agentRow(number: number, row: Insert<typeof tables.agents> = {}): typeof tables.agents.$inferInsert {
  const chain = row.chain ?? CHAIN
  return {
    chain,
    agentId: BigInt(number),
    owner: BOB,
    uri: `https://agents/${number}`,
    ...origin(chain, number),
    ...row,
  }
}

export function metadataRow(agent: number, key: string, value: string): typeof tables.agentMetadata.$inferInsert {
  const keyHash = key === 'agentWallet' ? WALLET_KEY_HASH : `hash of ${key}`
  return { chain: CHAIN, agentId: BigInt(agent), keyHash, key, value, ...origin(CHAIN, agent) }
}

export function enclaveRow(
  number: number,
  row: Insert<typeof tables.enclaves> = {},
): typeof tables.enclaves.$inferInsert {
  const chain = row.chain ?? CHAIN
  return {
    chain,
    enclave: address(number),
    operator: BOB,
    workload: word(1),
    encryptionKey: word(2),
    quoteId: word(3),
    expiresAt: NOW_SECONDS + 1,
    isRevoked: false,
    ...origin(chain, number),
    ...row,
  }
}

export function paymentRow(
  job: number,
  log: number,
  row: Insert<typeof tables.payments> = {},
): typeof tables.payments.$inferInsert {
  return {
    chain: CHAIN,
    blockNumber: job,
    logIndex: log,
    contract: CAROL,
    kind: 'Funded',
    jobId: word(job),
    account: ALICE,
    amount: 100n,
    ...origin(CHAIN, job, log),
    ...row,
  }
}

export function forwardedRow(
  number: number,
  row: Insert<typeof tables.forwardedRequests> = {},
): typeof tables.forwardedRequests.$inferInsert {
  return {
    chain: CHAIN,
    requestId: word(number),
    account: ALICE,
    nonce: 1n,
    hasSucceeded: true,
    ...origin(CHAIN, number),
    ...row,
  }
}

export function requestRow(
  number: number,
  row: Insert<typeof tables.requests> = {},
): typeof tables.requests.$inferInsert {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    kind: 'transactions',
    chain: CHAIN,
    idempotencyKey: `secret-key-${number}`,
    bodyHash: 'hash',
    callTo: BOB,
    callData: '0x5ec2e7',
    account: ALICE,
    status: 'accepted',
    createdAt: new Date((START_SECONDS + number) * 1000),
    ...row,
  }
}

export function marketRequestRow(
  number: number,
  row: Insert<typeof tables.marketRequests> = {},
): typeof tables.marketRequests.$inferInsert {
  return {
    id: word(number),
    chain: CHAIN,
    client: ALICE,
    text: `Request ${number}`,
    token: TOKEN,
    budget: 1_000n,
    deadline: START_SECONDS + 86_400,
    evaluator: CAROL,
    evaluatorTerms: '',
    nonce: BigInt(number),
    ...row,
  }
}

export function marketBidRow(
  number: number,
  requestId: string,
  row: Insert<typeof tables.marketBids> = {},
): typeof tables.marketBids.$inferInsert {
  return {
    id: word(number),
    requestId,
    chain: CHAIN,
    provider: BOB,
    agentId: 1n,
    text: `Bid ${number}`,
    price: 900n,
    deadline: START_SECONDS + 7_200,
    validUntil: START_SECONDS + 3_600,
    ...row,
  }
}

export { tables }

/** Tells the listeners, as the indexer does, within the transaction that changes the job. */
export async function changeJob({ db }: Connection, row: typeof tables.jobs.$inferInsert): Promise<void> {
  const { chain, jobId } = row
  await db.transaction(async (transaction) => {
    await transaction
      .insert(tables.jobs)
      .values(row)
      .onConflictDoUpdate({ target: [tables.jobs.chain, tables.jobs.jobId], set: row })
    await transaction.execute(`select pg_notify('job_changed', '${chain}:${jobId}')`)
  })
}
