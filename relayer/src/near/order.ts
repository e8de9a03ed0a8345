import { requests } from '@parley/database'
import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import type { DatabaseTransaction, RequestRow } from '../chain.ts'

/** What a delegate does once: use a nonce of its signer's access key. */
export function delegateEffect(senderId: string, publicKey: string, nonce: bigint): string {
  return `delegate:${senderId}:${publicKey}:${nonce}`
}

/**
 * Whether a delegate has to wait: the nonces of an access key count only upwards, so what it has signed goes one after the other, the lowest
 * nonce first. Until the database transaction ends, nobody else gets an answer for this key.
 */
export async function mustWait(tx: DatabaseTransaction, { id, chain, effect }: RequestRow): Promise<boolean> {
  if (!effect?.startsWith('delegate:')) return false
  const accessKey = effect.slice(0, effect.lastIndexOf(':') + 1)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${chain} ${accessKey}`}, 0))`)
  const others = await tx
    .select({ status: requests.status, effect: requests.effect })
    .from(requests)
    .where(
      and(
        eq(requests.chain, chain),
        inArray(requests.status, ['accepted', 'sent']),
        ne(requests.id, id),
        sql`starts_with(${requests.effect}, ${accessKey})`,
      ),
    )
  return others.some((other) => other.status === 'sent' || nonceOf(other.effect) < nonceOf(effect))
}

/** An effect's access key; null for what is no delegate's. */
const keyOf = (effect: SQL) =>
  sql`case when starts_with(${effect}, 'delegate:') then regexp_replace(${effect}, '[0-9]+$', '') end`
const nonceIn = (effect: SQL) => sql`substring(${effect} from '[0-9]+$')::numeric`

/**
 * The same as a condition on accepted requests, without a lock: what has to wait is not looked at, however much of it there is.
 */
export const isNext: SQL = sql`not exists (
  select 1 from ${requests} as other
  where other.chain = ${requests.chain} and other.status in ('accepted', 'sent') and other.id <> ${requests.id}
    and ${keyOf(sql`other.effect`)} = ${keyOf(sql`${requests.effect}`)}
    and (other.status = 'sent' or ${nonceIn(sql`other.effect`)} < ${nonceIn(sql`${requests.effect}`)}))`

function nonceOf(effect: string | null): bigint {
  return BigInt(effect?.split(':').at(-1) ?? 0)
}
