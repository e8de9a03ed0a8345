import type { Database } from '@parley/database'
import { ParleyError, type RequestKind } from '@parley/protocol'
import { pickChain } from '@parley/service'
import type { Chain, DatabaseTransaction, Prepared, RequestRow } from './chain.ts'
import { accept, countPromised, findAnswer, lockCount, refuse } from './store.ts'

export interface Taking {
  readonly db: Database
  readonly chains: readonly Chain[]
  readonly limits: ModerationLimits
  /** Called when there is something new to send to a chain. */
  readonly wake: (chain: string) => void
}

export interface ModerationLimits {
  /** Of one account. */
  readonly requestsPerMinute: number
  readonly totalPerMinute: number
}

/** A body that fits its schema. */
export interface Incoming {
  readonly kind: RequestKind
  readonly body: object
  /** The body as it came. */
  readonly text: string
  readonly idempotencyKey: string | undefined
}

/**
 * From a body that fits its schema to a promise in the database: what was answered before is answered again, what the chain would refuse is
 * refused here, and only then the request is stored.
 */
export async function take(taking: Taking, incoming: Incoming): Promise<RequestRow> {
  const { db, wake } = taking
  const { kind, text, idempotencyKey } = incoming
  const chain = chooseChain(taking.chains, incoming)
  const asked = { kind, chain: chain.id, body: text, idempotencyKey }
  const answered = await findAnswer(db, asked)
  if (answered) return answered

  try {
    const prepared = await chain.prepare(kind, { ...incoming.body, chain: chain.id })
    const row = await db.transaction(async (tx) => {
      await requireModeration(tx, taking.limits, chain.id, prepared)
      return accept(tx, asked, prepared)
    })
    wake(chain.id)
    return row
  } catch (error) {
    if (!(error instanceof ParleyError) || error.isRetryable || error.code === 'IdempotencyKeyReused') throw error
    const row = await refuse(db, asked, chain.claimant(kind, incoming.body), error)
    if (row) return row
    throw error
  }
}

/** The chain that a body names; or the only one that it can mean, since what was signed for one kind of chain says so by its form. */
function chooseChain(chains: readonly Chain[], { kind, body }: Incoming): Chain {
  const form = 'delegate' in body ? 'near' : 'evm'
  const possible = kind === 'transactions' ? chains.filter((chain) => chain.kind === form) : chains
  if (possible.length === 0) {
    const field = form === 'near' ? 'delegate' : 'request'
    throw new ParleyError('InputInvalid', `${field}: no chain is served here that takes it`, { field })
  }
  const named = 'chain' in body ? String(body.chain) : undefined
  const choices = possible.map((served) => ({ chain: served.id, served }))
  return pickChain(named, choices).served
}

/**
 * Gas is ours: nobody gets all of it, and all together not more than we mean to spend. What is nobody's, a challenge, counts as one account's.
 * Until the database transaction ends, nobody else is counted on this chain.
 */
async function requireModeration(
  tx: DatabaseTransaction,
  { requestsPerMinute, totalPerMinute }: ModerationLimits,
  chain: string,
  { account }: Prepared,
): Promise<void> {
  await lockCount(tx, chain)
  if ((await countPromised(tx, chain)) >= totalPerMinute)
    throw new ParleyError(
      'RateLimited',
      `there are more than ${totalPerMinute} requests a minute; try again in a moment`,
    )
  if ((await countPromised(tx, chain, account ?? null)) < requestsPerMinute) return
  throw new ParleyError(
    'RateLimited',
    `${account ?? 'nobody'} has more than ${requestsPerMinute} requests a minute; try again in a moment`,
  )
}
