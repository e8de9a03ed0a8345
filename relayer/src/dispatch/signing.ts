import { type Database, requests, signers, transactions } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { and, eq, sql } from 'drizzle-orm'
import { keccak256 } from 'viem'
import type { EvmChain } from '../chain/chain.ts'
import type { RequestRow } from '../store.ts'
import { callOf } from './outcome.ts'

export type DatabaseTransaction = Parameters<Parameters<Database['transaction']>[0]>[0]

interface TransactionTerms {
  readonly nonce: number
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Locks a request that still has this status, until the database transaction ends. */
export async function claim(
  tx: DatabaseTransaction,
  { id }: RequestRow,
  status: 'accepted' | 'sent',
): Promise<boolean> {
  const isIt = and(eq(requests.id, id), eq(requests.status, status))
  const claimed = await tx.select({ id: requests.id }).from(requests).where(isIt).for('update', { skipLocked: true })
  return claimed.length > 0
}

/** Signs the request's call and stores it, before anybody sees it. */
export async function storeSigned(
  tx: DatabaseTransaction,
  chain: EvmChain,
  request: RequestRow,
  terms: TransactionTerms,
): Promise<Hex> {
  const { account, chainId } = chain
  const raw = await account.signTransaction({ ...callOf(request), ...terms, type: 'eip1559', chainId })
  const hash = keccak256(raw)
  const signer = account.address.toLowerCase() as Hex
  await tx
    .insert(transactions)
    .values({ chain: chain.id, hash, signer, nonce: terms.nonce, requestId: request.id, raw })
  await tx
    .update(requests)
    .set({ status: 'sent', transaction: hash, updatedAt: new Date() })
    .where(eq(requests.id, request.id))
  return raw
}

/** The counter may be behind the chain (the key was used elsewhere), never ahead: whatever has a nonce is stored and is sent until it is mined. */
export async function takeNonce(
  tx: DatabaseTransaction,
  chain: string,
  address: string,
  used: number,
): Promise<number> {
  const [row] = await tx.execute<{ next_nonce: number }>(sql`
    insert into ${signers} as s (chain, address, next_nonce) values (${chain}, ${address}, ${used} + 1)
    on conflict (chain, address) do update set next_nonce = greatest(s.next_nonce, ${used}) + 1
    returning next_nonce`)
  if (!row) throw new Error('the database returned no nonce')
  return row.next_nonce - 1
}

/** Errors are not looked at: what counts is whether a receipt appears, and until then the same bytes are sent again. */
export async function broadcast({ client }: EvmChain, raw: Hex): Promise<void> {
  await client.sendRawTransaction({ serializedTransaction: raw }).catch(() => {})
}
