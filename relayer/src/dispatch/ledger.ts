import { requests, transactions } from '@parley/database'
import { and, eq, isNull } from 'drizzle-orm'
import type { DatabaseTransaction, RequestRow, SignedTransaction } from '../chain.ts'

/** Locks a request that is still as it was read, until the database transaction ends: another relayer may have sent it, or sent it anew. */
export async function claim(tx: DatabaseTransaction, { id, status, transaction }: RequestRow): Promise<boolean> {
  const isSame = transaction === null ? isNull(requests.transaction) : eq(requests.transaction, transaction)
  const isIt = and(eq(requests.id, id), eq(requests.status, status), isSame)
  const claimed = await tx.select({ id: requests.id }).from(requests).where(isIt).for('update', { skipLocked: true })
  return claimed.length > 0
}

/** Stores what was signed for a request, before anybody sees it. */
export async function storeSigned(
  tx: DatabaseTransaction,
  { id, chain }: RequestRow,
  { hash, signer, nonce, raw }: SignedTransaction,
): Promise<void> {
  await tx.insert(transactions).values({ chain, hash, signer, nonce, requestId: id, raw })
  await tx.update(requests).set({ status: 'sent', transaction: hash, updatedAt: new Date() }).where(eq(requests.id, id))
}

/** Forgets what was signed for a request: it is to be signed anew. */
export async function forgetSigned(tx: DatabaseTransaction, { id }: RequestRow): Promise<void> {
  await tx.delete(transactions).where(eq(transactions.requestId, id))
  const anew = { status: 'accepted', transaction: null, updatedAt: new Date() } as const
  await tx.update(requests).set(anew).where(eq(requests.id, id))
}
