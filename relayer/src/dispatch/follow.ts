import { requests, transactions } from '@parley/database'
import type { ParleyError } from '@parley/protocol'
import { and, asc, desc, eq } from 'drizzle-orm'
import type { Progress, RequestRow, SignedTransaction, SignerView, StoredTransaction } from '../chain.ts'
import { fieldsOf } from '../store.ts'
import { claim, forgetSigned, storeSigned } from './ledger.ts'
import { all, conclude, concludeIncluded, type Dispatcher, ROUND } from './outcome.ts'

interface Sent {
  readonly request: RequestRow
  readonly transaction: StoredTransaction
}

/** Looks for what was sent, and sends it again until it is included. */
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

async function followSigner(dispatcher: Dispatcher, signer: string, sent: readonly Sent[]): Promise<void> {
  // First the signer, then its transactions: one that is not included by then, although its nonce is used, never will be.
  const view = await dispatcher.chain.viewSigner(signer)
  const { nextNonce } = view
  if (nextNonce !== undefined && sent.every(({ transaction }) => transaction.nonce !== nextNonce))
    await closeGap(dispatcher, signer, nextNonce)
  await all(sent, (each) => follow(dispatcher, view, each))
}

async function follow(dispatcher: Dispatcher, view: SignerView, { request, transaction }: Sent): Promise<void> {
  const progress = await findProgress(dispatcher, request)
  if (progress.status === 'done') return concludeIncluded(dispatcher, request, progress.outcome)
  if (progress.status === 'running') return
  const fate = await view.fateOf(transaction)
  switch (fate.status) {
    case 'waiting':
      return dispatcher.chain.broadcast(transaction.raw)
    case 'lost':
      return startOver(dispatcher, request, fate.reason)
    case 'refused':
      return giveUp(dispatcher, request, fate.refusal)
    case 'replaced':
      return replace(dispatcher, request, fate.by)
  }
}

/** A reorg can take away a transaction whose request needs it no more: those with later nonces still do. */
async function closeGap({ db, chain }: Dispatcher, signer: string, nonce: bigint): Promise<void> {
  const isIt = and(eq(transactions.chain, chain.id), eq(transactions.signer, signer), eq(transactions.nonce, nonce))
  const [stored] = await db.select().from(transactions).where(isIt).orderBy(desc(transactions.createdAt)).limit(1)
  if (stored) await chain.broadcast(stored.raw)
}

/** Any of the request's transactions, those that were replaced included: whichever was included counts. */
async function findProgress({ db, chain }: Dispatcher, request: RequestRow): Promise<Progress> {
  const ours = eq(transactions.requestId, request.id)
  for (const transaction of await db.select().from(transactions).where(ours)) {
    const progress = await chain.findProgress(request, transaction)
    if (progress.status !== 'unknown') return progress
  }
  return { status: 'unknown' }
}

/** Its transaction will never be included, so the request starts over. */
async function startOver(dispatcher: Dispatcher, request: RequestRow, reason: string): Promise<void> {
  const { db, log } = dispatcher
  // Included between the two questions: the nonce is gone because it was used.
  if ((await findProgress(dispatcher, request)).status !== 'unknown') return
  const isOurs = await db.transaction(async (tx) => {
    const isClaimed = await claim(tx, request)
    if (isClaimed) await forgetSigned(tx, request)
    return isClaimed
  })
  if (isOurs) log.warn({ request: request.id }, `${reason}; the request is sent anew`)
}

/** Its transaction was not valid in any block; somebody else's that does the same may have been. */
async function giveUp(dispatcher: Dispatcher, request: RequestRow, refusal: ParleyError): Promise<void> {
  const { db, chain } = dispatcher
  const outcome = await chain.findElsewhere(request)
  if (outcome === 'running') return
  await db.transaction(async (tx) => {
    if (!(await claim(tx, request))) return
    const given = { ...dispatcher, db: tx }
    if (outcome) return concludeIncluded(given, request, outcome)
    await conclude(given, request, { status: 'failed', ...fieldsOf(refusal), isFinal: true })
  })
}

async function replace({ db, chain, log }: Dispatcher, request: RequestRow, by: SignedTransaction): Promise<void> {
  const isStored = await db.transaction(async (tx) => {
    const isClaimed = await claim(tx, request)
    if (isClaimed) await storeSigned(tx, request, by)
    return isClaimed
  })
  if (!isStored) return
  const { hash: transaction, nonce } = by
  log.warn({ request: request.id, nonce, transaction }, 'pays too little by now; sent again with a higher fee')
  await chain.broadcast(by.raw)
}
