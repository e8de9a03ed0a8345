import { requests, transactions } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { and, asc, desc, eq } from 'drizzle-orm'
import { parseTransaction, type TransactionReceipt } from 'viem'
import { findReceipt } from '../chain/chain.ts'
import type { RequestRow } from '../store.ts'
import { all, concludeMined, type Dispatcher, ROUND } from './outcome.ts'
import { broadcast, claim, storeSigned } from './signing.ts'

type StoredTransaction = typeof transactions.$inferSelect

/** Looks for what was sent, and sends it again until it is mined. */
export async function followSent(dispatcher: Dispatcher): Promise<void> {
  const { db, chain } = dispatcher
  const sent = await db
    .select({ request: requests, transaction: transactions })
    .from(requests)
    .innerJoin(transactions, eq(transactions.hash, requests.transaction))
    .where(and(eq(requests.chain, chain.id), eq(requests.status, 'sent')))
    .orderBy(asc(transactions.nonce))
    .limit(ROUND)
  // The key may have been another before a restart: nonces are counted by signer.
  const bySigner = Map.groupBy(sent, ({ transaction }) => transaction.signer)
  await all([...bySigner], ([signer, ofSigner]) => followSigner(dispatcher, signer, ofSigner))
}

async function followSigner(
  dispatcher: Dispatcher,
  signer: Hex,
  sent: readonly { readonly request: RequestRow; readonly transaction: StoredTransaction }[],
): Promise<void> {
  const next = await dispatcher.chain.client.getTransactionCount({ address: signer, blockTag: 'latest' })
  if (sent.every(({ transaction }) => transaction.nonce !== next)) await closeGap(dispatcher, signer, next)
  await all(sent, ({ request, transaction }) => follow(dispatcher, request, transaction, next))
}

/** `next` is the nonce that the chain takes next from this signer. */
async function follow(
  dispatcher: Dispatcher,
  request: RequestRow,
  transaction: StoredTransaction,
  next: number,
): Promise<void> {
  const receipt = await findMined(dispatcher, request)
  if (receipt) return concludeMined(dispatcher, request, receipt)
  if (transaction.nonce < next) return reconsider(dispatcher, request)
  const isOurs = transaction.signer === dispatcher.chain.account.address.toLowerCase()
  const isStuck = isOurs && Date.now() - transaction.createdAt.getTime() > dispatcher.stuckMilliseconds
  // Those behind it wait for it, not for a better fee.
  if (isStuck && transaction.nonce === next) return replace(dispatcher, request, transaction.raw)
  await broadcast(dispatcher.chain, transaction.raw)
}

/** A reorg can take away a transaction whose request needs it no more: those with later nonces still do. */
async function closeGap({ db, chain }: Dispatcher, signer: Hex, nonce: number): Promise<void> {
  const isIt = and(eq(transactions.chain, chain.id), eq(transactions.signer, signer), eq(transactions.nonce, nonce))
  const [stored] = await db.select().from(transactions).where(isIt).orderBy(desc(transactions.createdAt)).limit(1)
  if (stored) await broadcast(chain, stored.raw)
}

/** Any of the request's transactions, those that were replaced included: whichever was mined counts. */
async function findMined({ db, chain }: Dispatcher, { id }: RequestRow): Promise<TransactionReceipt | undefined> {
  const ours = eq(transactions.requestId, id)
  for (const { hash } of await db.select({ hash: transactions.hash }).from(transactions).where(ours)) {
    const receipt = await findReceipt(chain, hash)
    if (receipt) return receipt
  }
  return undefined
}

/** Another transaction took this nonce: this one will never be mined, so the request starts over. */
async function reconsider(dispatcher: Dispatcher, request: RequestRow): Promise<void> {
  const { db, log } = dispatcher
  // Mined between the two questions: the nonce is gone because it was used.
  if (await findMined(dispatcher, request)) return
  await db.transaction(async (tx) => {
    if (!(await claim(tx, request, 'sent'))) return
    await tx.delete(transactions).where(eq(transactions.requestId, request.id))
    const anew = { status: 'accepted', transaction: null, updatedAt: new Date() } as const
    await tx.update(requests).set(anew).where(eq(requests.id, request.id))
  })
  log.warn({ request: request.id }, 'its nonce was used by another transaction; the request is sent anew')
}

/**
 * Signs the same call and nonce with a higher fee, when the market asks for more than it pays: whichever is mined, it happens once. A chain
 * that stands still is no reason to bid against oneself.
 */
async function replace({ db, chain, log }: Dispatcher, request: RequestRow, raw: Hex): Promise<void> {
  const { nonce = 0, gas = 0n, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw)
  const market = await chain.client.estimateFeesPerGas()
  if (market.maxFeePerGas <= maxFeePerGas && market.maxPriorityFeePerGas <= maxPriorityFeePerGas)
    return broadcast(chain, raw)

  const fees = {
    maxFeePerGas: raised(maxFeePerGas, market.maxFeePerGas),
    maxPriorityFeePerGas: raised(maxPriorityFeePerGas, market.maxPriorityFeePerGas),
  }
  const replacement = await db.transaction(async (tx) => {
    return (await claim(tx, request, 'sent')) ? storeSigned(tx, chain, request, { nonce, gas, ...fees }) : undefined
  })
  if (!replacement) return
  log.warn({ request: request.id, nonce, ...fees }, 'pays too little by now; sent again with a higher fee')
  await broadcast(chain, replacement)
}

/** Nodes take a replacement that pays a tenth more; an eighth leaves room for rounding. */
function raised(before: bigint, market: bigint): bigint {
  const least = before + before / 8n + 1n
  return market > least ? market : least
}
