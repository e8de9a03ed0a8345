import { type Database, requests } from '@parley/database'
import { eq } from 'drizzle-orm'
import type { TransactionReceipt } from 'viem'
import { type ChainCall, type EvmChain, findReceipt, whyReverted } from '../chain/chain.ts'
import { findEvidence } from '../chain/evidence.ts'
import { eventsOfForwarded, readEvents, readFailure } from '../chain/receipt.ts'
import { fieldsOf, type RequestRow } from '../store.ts'

export interface Dispatcher {
  readonly db: Pick<Database, 'select' | 'selectDistinct' | 'update' | 'transaction'>
  readonly chain: EvmChain
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
  readonly finalityBlocks: number
  /** What a transaction of ours may use. */
  readonly maxGas: bigint
  /** A transaction that waits for longer than this pays too little. */
  readonly stuckMilliseconds: number
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

/** Writes down what a mined transaction did: the only place where a request succeeds. */
export async function concludeMined(
  dispatcher: Dispatcher,
  request: RequestRow,
  mined: TransactionReceipt,
): Promise<void> {
  const { chain } = dispatcher
  const receipt = mined.status === 'reverted' ? ((await findElsewhere(chain, request)) ?? mined) : mined
  const emitted = readEvents(receipt, chain.deployment)
  const { kind, effect } = request
  const events = kind === 'transactions' && effect !== null ? eventsOfForwarded(emitted, effect) : emitted
  const error =
    receipt.status === 'reverted' ? await whyReverted(chain, callOf(request), receipt.blockNumber) : readFailure(events)
  await conclude(dispatcher, request, {
    status: error ? 'failed' : 'succeeded',
    ...fieldsOf(error),
    transaction: receipt.transactionHash,
    blockNumber: Number(receipt.blockNumber),
    blockHash: receipt.blockHash,
    gasUsed: Number(receipt.gasUsed),
    events: [...events],
  })
}

/** The receipt of somebody else's transaction that did what this request asks for: that is success, too. */
export async function findElsewhere(chain: EvmChain, request: RequestRow): Promise<TransactionReceipt | undefined> {
  const hash = await findEvidence(chain, request)
  return hash && findReceipt(chain, hash)
}

/** Writes an outcome down and logs it, once. */
export async function conclude(
  { db, log }: Pick<Dispatcher, 'log'> & { readonly db: Pick<Database, 'update'> },
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

/** What a request sends. */
export function callOf({ callTo, callData }: RequestRow): ChainCall {
  if (callTo === null || callData === null) throw new Error('a refused request has nothing to send')
  return { to: callTo, data: callData }
}
