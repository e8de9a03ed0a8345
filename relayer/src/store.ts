import { createHash, randomUUID } from 'node:crypto'
import { type Database, requests, storable } from '@parley/database'
import { ParleyError, type RequestKind } from '@parley/protocol'
import { and, count, desc, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { DatabaseTransaction, Prepared, RequestRow } from './chain.ts'

/** What was asked, before anything is known about it. */
export interface Asked {
  readonly kind: RequestKind
  readonly chain: string
  /** The body as it came: the same key with another body is refused. */
  readonly body: string
  readonly idempotencyKey: string | undefined
}

type Reader = Pick<Database, 'select'>
type Writer = Pick<Database, 'select' | 'insert'>

/** The answer that this idempotency key was given, if it was. Throws IdempotencyKeyReused for another body. */
export async function findAnswer(db: Reader, asked: Asked): Promise<RequestRow | undefined> {
  const { kind, chain, idempotencyKey, body } = asked
  if (idempotencyKey === undefined) return undefined
  const [row] = await db
    .select()
    .from(requests)
    .where(and(eq(requests.chain, chain), eq(requests.kind, kind), eq(requests.idempotencyKey, idempotencyKey)))
  if (row && row.bodyHash !== hashBody(body)) {
    const message = `the idempotency key "${idempotencyKey}" was used for another body: take a new key`
    throw new ParleyError('IdempotencyKeyReused', message, { field: 'idempotency-key' })
  }
  return row
}

/**
 * Promises a request: once this resolves it will happen or fail for good, whatever happens to this process. Throws RequestReplayed when
 * another request for the same effect was promised.
 */
export async function accept(db: Writer, asked: Asked, prepared: Prepared): Promise<RequestRow> {
  const { call, account, effect } = prepared
  const promised = { account, effect, status: 'accepted', callTo: call.to, callData: call.data } as const
  const row = await insert(db, asked, promised)
  if (row) return row
  // Somebody was faster: the same request, or another one for the same effect.
  const answered = await findAnswer(db, asked)
  if (answered) return answered
  throw new ParleyError('RequestReplayed', `a request for ${effect} is under way or done already`)
}

/** How many refusals are remembered: enough to see what goes wrong, too few to fill a disk with. */
const MAX_REFUSALS = 10_000

/** Remembers a refusal, so that its key gets the same answer and people see what goes wrong. */
export async function refuse(
  db: Database,
  asked: Asked,
  account: string | undefined,
  error: ParleyError,
): Promise<RequestRow | undefined> {
  const row = await insert(db, asked, { account, status: 'refused', ...fieldsOf(error), isFinal: true })
  if (Math.random() < 0.01) await forgetOldRefusals(db)
  return row ?? (await findAnswer(db, asked))
}

/** The request with this id, if there is one. */
export async function findRequest(db: Database, id: string): Promise<RequestRow | undefined> {
  const [row] = await db.select().from(requests).where(eq(requests.id, id))
  return row
}

/** Waits until nobody else counts, and then promises, on this chain: two that count at once would both find room for one more. */
export async function lockCount(tx: DatabaseTransaction, chain: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`count ${chain}`}, 0))`)
}

/**
 * Requests promised in the last minute: to one account, to nobody when it is null, or to everybody when it is undefined. Refused ones do not
 * count: anybody can make them in anybody's name.
 */
export async function countPromised(db: Reader, chain: string, account?: string | null): Promise<number> {
  const owner = account === undefined ? undefined : ownedBy(account)
  const recent = gt(requests.createdAt, sql`now() - interval '1 minute'`)
  const [row] = await db
    .select({ number: count() })
    .from(requests)
    .where(and(eq(requests.chain, chain), owner, recent, ne(requests.status, 'refused')))
  return row?.number ?? 0
}

function ownedBy(account: string | null) {
  return account === null ? isNull(requests.account) : eq(requests.account, account)
}

/** The error of a row, when it has one. */
export function errorOf({
  error,
  message,
  field,
}: Pick<RequestRow, 'error' | 'message' | 'field'>): ParleyError | undefined {
  if (error === null) return undefined
  return new ParleyError(error, message ?? error, field === null ? {} : { field })
}

/** As much of a stranger's words as anybody needs to see. */
const MAX_MESSAGE_CHARACTERS = 2_000

/** An error as columns. */
export function fieldsOf(error: ParleyError | undefined): Pick<RequestRow, 'error' | 'message' | 'field'> {
  if (!error) return { error: null, message: null, field: null }
  return {
    error: error.code,
    message: storable(error.message.slice(0, MAX_MESSAGE_CHARACTERS)),
    field: error.field ?? null,
  }
}

async function insert(
  db: Writer,
  asked: Asked,
  values: Partial<typeof requests.$inferInsert>,
): Promise<RequestRow | undefined> {
  const { kind, chain, idempotencyKey, body } = asked
  const identity = { id: randomUUID(), kind, chain, idempotencyKey, bodyHash: hashBody(body) }
  const [row] = await db
    .insert(requests)
    .values({ status: 'accepted', ...values, ...identity })
    .onConflictDoNothing()
    .returning()
  return row
}

/** Forgets all refusals but the newest. */
export async function forgetOldRefusals(db: Database, kept = MAX_REFUSALS): Promise<void> {
  const isRefused = eq(requests.status, 'refused')
  const newestFirst = desc(requests.createdAt)
  const old = db.select({ id: requests.id }).from(requests).where(isRefused).orderBy(newestFirst).offset(kept)
  await db.delete(requests).where(inArray(requests.id, old))
}

function hashBody(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
