import { createHash } from 'node:crypto'
import { type Database, marketSignatures } from '@parley/database'
import { type Hex, type MarketMessageName, type MarketValue, ParleyError } from '@parley/protocol'
import type { Chain, DatabaseTransaction } from '../chain.ts'
import { lockCount } from '../store.ts'
import type { ModerationLimits } from '../take.ts'
import type { Proof } from './chain.ts'
import { idOf } from './message.ts'
import { countRecent, findByKey, isKnown } from './store.ts'

export interface Market {
  readonly db: Database
  readonly chains: readonly Chain[]
  readonly limits: ModerationLimits
}

/** A body that fits its schema, as it came. */
export interface Posting<Body> {
  /** What the path names, if it names anything. */
  readonly subject?: Hex
  readonly body: Body & Proof
  readonly text: string
  readonly idempotencyKey: string | undefined
}

export interface Statement<Name extends MarketMessageName> {
  readonly chain: Chain
  readonly name: Name
  readonly value: MarketValue<Name>
  /** Whose statement it must be. */
  readonly account: string
  /** What only the chain knows. Throws the refusal. */
  readonly check?: () => Promise<void>
  /** What it does, with the chain's time. Throws the refusal, and nothing is stored. */
  readonly settle: (tx: DatabaseTransaction, id: Hex, now: bigint) => Promise<void>
}

/**
 * Takes what somebody has signed, and gives its id. The same statement again gets the same id and does nothing: it was done, by whomever it is
 * brought this time. A refusal is not remembered: nothing has happened, and what is refused now may be right in a moment.
 */
export async function state<Name extends MarketMessageName>(
  { db, limits }: Market,
  posting: Posting<object>,
  { chain, name, value, account, check, settle }: Statement<Name>,
): Promise<Hex> {
  const id = idOf(chain, name, value)
  if (await isKnown(db, id)) return id
  const { signature, publicKey } = posting.body
  await chain.market.requireSigned({ account, name, value, id, signature, publicKey })
  await check?.()
  const now = await chain.market.now()

  const signed = { id, chain: chain.id, message: name, account, signature, publicKey }
  const asked = { idempotencyKey: posting.idempotencyKey, bodyHash: hashPosting(posting) }
  await db.transaction(async (tx) => {
    await requireModeration(tx, limits, chain.id, account)
    const values = { ...signed, ...asked }
    const [isNew] = await tx.insert(marketSignatures).values(values).onConflictDoNothing().returning()
    if (isNew) return settle(tx, id, now)
    // Somebody was faster: with the same statement, or with another one under this key.
    await findByKey(tx, name, asked.idempotencyKey, asked.bodyHash)
  })
  return id
}

/** The id that was given for this idempotency key, if it was. Throws IdempotencyKeyReused for another body. */
export async function findStated(
  { db }: Market,
  name: MarketMessageName,
  posting: Posting<object>,
): Promise<Hex | undefined> {
  const row = await findByKey(db, name, posting.idempotencyKey, hashPosting(posting))
  return row?.id as Hex | undefined
}

/** Statements cost nobody gas, but there is a limit to what we keep. */
async function requireModeration(
  tx: DatabaseTransaction,
  { requestsPerMinute, totalPerMinute }: ModerationLimits,
  chain: string,
  account: string,
): Promise<void> {
  await lockCount(tx, `market ${chain}`)
  const [total, own] = [await countRecent(tx, chain), await countRecent(tx, chain, account)]
  if (total < totalPerMinute && own < requestsPerMinute) return
  const who = total < totalPerMinute ? account : 'everybody together'
  throw new ParleyError('RateLimited', `${who} has stated too much in the last minute; try again in a moment`)
}

function hashPosting({ subject = '0x', text }: Posting<object>): string {
  return createHash('sha256').update(`${subject} ${text}`).digest('hex')
}
