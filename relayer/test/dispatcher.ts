import { type Database, requests } from '@parley/database'
import { ParleyError, type RequestKind } from '@parley/protocol'
import { asc, eq } from 'drizzle-orm'
import type { Chain, ChainCall, RequestRow } from '../src/chain.ts'
import { dispatch } from '../src/dispatch/dispatch.ts'
import type { Dispatcher } from '../src/dispatch/outcome.ts'
import { accept } from '../src/store.ts'
import { type Taking, take } from '../src/take.ts'

export interface TestDispatcher extends Dispatcher {
  readonly db: Database
  /** Lines that it logged. */
  readonly messages: string[]
}

export function testDispatcher(db: Database, chain: Chain): TestDispatcher {
  const messages: string[] = []
  const note = (_: object, text: string) => void messages.push(text)
  return { db, chain, log: { info: note, warn: note }, messages }
}

const noVerifiers = () => Promise.reject(new ParleyError('VerifierRefused', 'there are no verifiers here'))
export const NO_VERIFIERS = { check: noVerifiers, sign: noVerifiers }

/** What `take` needs, with nothing limited. */
export function takingOf({ db, chain }: TestDispatcher): Taking {
  const limits = { requestsPerMinute: 1_000, totalPerMinute: 10_000 }
  return { db, chains: [chain], limits, wake: () => {} }
}

/** What happens when this body is posted to `/v1/<kind>`. */
export function post(taking: Taking, kind: RequestKind, body: object, idempotencyKey?: string): Promise<RequestRow> {
  return take(taking, { kind, body, text: JSON.stringify(body), idempotencyKey })
}

/** Promises a call that nobody has looked at. */
export function promise(
  db: Database,
  chain: string,
  call: ChainCall,
  { kind = 'challenges' as RequestKind, effect = undefined as string | undefined } = {},
): Promise<RequestRow> {
  const asked = { kind, chain, body: '{}', idempotencyKey: undefined }
  return accept(db, asked, effect === undefined ? { call } : { call, effect })
}

export async function rowsOf(db: Database): Promise<RequestRow[]> {
  return db.select().from(requests).orderBy(asc(requests.createdAt))
}

export async function rowOf(db: Database, { id }: RequestRow): Promise<RequestRow> {
  const [row] = await db.select().from(requests).where(eq(requests.id, id))
  if (!row) throw new Error(`there is no request ${id}`)
  return row
}

/** Rounds until these requests, or all of this chain, are decided. */
export async function settle(dispatcher: TestDispatcher, only?: readonly RequestRow[]): Promise<void> {
  const { db } = dispatcher
  for (let round = 0; round < 12; round++) {
    await dispatch(dispatcher)
    const rows = only ? await Promise.all(only.map((row) => rowOf(db, row))) : await rowsOf(db)
    if (rows.every(({ status }) => status !== 'accepted' && status !== 'sent')) return
  }
  throw new Error(`not settled: ${JSON.stringify(await rowsOf(db), undefined, 2)}`)
}
