import type { Database } from '@parley/database'
import { type Hex, ParleyError } from '@parley/protocol'
import type { EvmChain } from './chain/chain.ts'
import { claimedAccount, type Incoming } from './http/app.ts'
import { prepareChallenge } from './requests/challenges.ts'
import { prepareEnclave, type Verifiers } from './requests/enclaves.ts'
import type { Prepared } from './requests/prepared.ts'
import { prepareResult, type ResultBody } from './requests/results.ts'
import { prepareTransaction, type SponsoringLimits } from './requests/transactions.ts'
import { accept, countRecent, findAnswer, type RequestRow, refuse } from './store.ts'

export interface Taking {
  readonly db: Database
  readonly chain: EvmChain
  readonly verifiers: Verifiers
  readonly limits: SponsoringLimits & { readonly requestsPerMinute: number }
  /** Called when there is something new to send. */
  readonly wake: () => void
}

/**
 * From a body that fits its schema to a promise in the database: what was answered before is answered again, what the chain would refuse is
 * refused here, and only then the request is stored.
 */
export async function take(taking: Taking, incoming: Incoming): Promise<RequestRow> {
  const { db, chain } = taking
  const { kind, text, idempotencyKey } = incoming
  const asked = { kind, chain: chain.id, body: text, idempotencyKey }
  const answered = await findAnswer(db, asked)
  if (answered) return answered

  try {
    const prepared = await prepare(taking, incoming)
    await requireModeration(taking, incoming, prepared)
    const row = await accept(db, asked, prepared)
    taking.wake()
    return row
  } catch (error) {
    if (!(error instanceof ParleyError) || error.isRetryable || error.code === 'IdempotencyKeyReused') throw error
    const row = await refuse(db, asked, claimedAccount(incoming), error)
    if (row) return row
    throw error
  }
}

function prepare({ chain, verifiers, limits }: Taking, { kind, body }: Incoming): Promise<Prepared> {
  switch (kind) {
    case 'transactions':
      return prepareTransaction(chain, limits, body as { request: unknown; signature: Hex })
    case 'results':
      return prepareResult(chain, body as ResultBody)
    case 'enclaves':
      return prepareEnclave(chain, verifiers, body)
    case 'challenges':
      return prepareChallenge(chain)
  }
}

/** Gas is ours: nobody gets all of it. */
async function requireModeration({ db, limits }: Taking, { kind }: Incoming, { account }: Prepared): Promise<void> {
  const { requestsPerMinute } = limits
  if ((await countRecent(db, kind, account)) < requestsPerMinute) return
  const whose = account === undefined ? kind : `${kind} of ${account}`
  throw new ParleyError('RateLimited', `${whose}: more than ${requestsPerMinute} a minute; try again in a moment`)
}
