import { signers } from '@parley/database'
import { sql } from 'drizzle-orm'
import type { DatabaseTransaction } from './chain.ts'

/**
 * Gives a nonce that nobody else gets. `next` is what the chain would take: our counter may be behind it (the key was used elsewhere), never
 * ahead, since whatever has a nonce is stored and is sent until it is included.
 */
export async function takeNonce(tx: DatabaseTransaction, chain: string, signer: string, next: bigint): Promise<bigint> {
  const [row] = await tx.execute<{ next_nonce: string }>(sql`
    insert into ${signers} as s (chain, address, next_nonce) values (${chain}, ${signer}, ${next}::bigint + 1)
    on conflict (chain, address) do update set next_nonce = greatest(s.next_nonce, ${next}::bigint) + 1
    returning next_nonce`)
  if (!row) throw new Error('the database returned no nonce')
  return BigInt(row.next_nonce) - 1n
}
