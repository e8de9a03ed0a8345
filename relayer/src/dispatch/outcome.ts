import { type Database, requests } from '@parley/database'
import { eq } from 'drizzle-orm'
import type { Chain, Outcome, RequestRow } from '../chain.ts'
import { fieldsOf } from '../store.ts'

export interface Dispatcher {
  readonly db: Pick<Database, 'select' | 'selectDistinct' | 'update' | 'transaction'>
  readonly chain: Chain
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
}

/** How many requests one round takes on. */
export const ROUND = 50

/** Does each, also when others before it fail; then throws what failed. One that cannot be judged must not hold up those behind it. */
export async function all<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) await act(item).catch((error: unknown) => failures.push(error))
  if (failures.length > 0)
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} failures`)
}

type Concluding = Pick<Dispatcher, 'log'> & { readonly db: Pick<Database, 'update'> }

/** Writes down what a transaction did: the only place where a request succeeds. */
export async function concludeIncluded(dispatcher: Concluding, request: RequestRow, outcome: Outcome): Promise<void> {
  const { error, events, ...included } = outcome
  const status = error ? 'failed' : 'succeeded'
  await conclude(dispatcher, request, { status, ...fieldsOf(error), ...included, events: [...events] })
}

/** Writes an outcome down and logs it, once. */
export async function conclude(
  { db, log }: Concluding,
  request: RequestRow,
  outcome: Partial<RequestRow>,
): Promise<void> {
  await db
    .update(requests)
    .set({ ...outcome, updatedAt: new Date() })
    .where(eq(requests.id, request.id))
  const { status, error, message, transaction, gasUsed } = outcome
  const { kind, account } = request
  const refusal = error ? { code: error, message } : {}
  log.info({ request: request.id, kind, account, ...refusal, transaction, gasUsed }, String(status))
}
