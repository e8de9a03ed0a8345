import type { Database } from '@parley/database'
import { type Hex, ParleyError, type RequestKind } from '@parley/protocol'
import { BaseError, HttpRequestError, RpcRequestError, TimeoutError } from 'viem'
import type { EvmChain } from './chain/chain.ts'
import { prepareChallenge } from './requests/challenges.ts'
import { prepareEnclave, type Verifiers } from './requests/enclaves.ts'
import type { Prepared } from './requests/prepared.ts'
import { prepareResult, type ResultBody } from './requests/results.ts'
import { prepareTransaction, type SponsoringLimits } from './requests/transactions.ts'
import { accept, countPromised, findAnswer, type RequestRow, refuse } from './store.ts'

export interface Taking {
  readonly db: Database
  readonly chain: EvmChain
  readonly verifiers: Verifiers
  readonly limits: SponsoringLimits & { readonly requestsPerMinute: number; readonly totalPerMinute: number }
  /** Called when there is something new to send. */
  readonly wake: () => void
}

/** A body that fits its schema. */
export interface Incoming {
  readonly kind: RequestKind
  readonly body: unknown
  /** The body as it came. */
  readonly text: string
  readonly idempotencyKey: string | undefined
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
    await requireModeration(taking, prepared)
    const row = await accept(db, asked, prepared)
    taking.wake()
    return row
  } catch (cause) {
    const error = isOutage(cause)
      ? new ParleyError('ChainUnavailable', 'the chain does not answer; try again', { cause })
      : cause
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
      return prepareResult(chain, limits, body as ResultBody)
    case 'enclaves':
      return prepareEnclave(chain, limits.maxGas, verifiers, body)
    case 'challenges':
      return prepareChallenge(chain, limits.maxGas)
  }
}

/** Whether a node did not answer, or said that it cannot. */
function isOutage(error: unknown): boolean {
  const isIt = (cause: unknown) =>
    cause instanceof HttpRequestError || cause instanceof TimeoutError || cause instanceof RpcRequestError
  return error instanceof BaseError && error.walk(isIt) !== null
}

/** Gas is ours: nobody gets all of it, and all together not more than we mean to spend. */
async function requireModeration({ db, chain, limits }: Taking, { account }: Prepared): Promise<void> {
  const { requestsPerMinute, totalPerMinute } = limits
  if ((await countPromised(db, chain.id)) >= totalPerMinute)
    throw new ParleyError(
      'RateLimited',
      `there are more than ${totalPerMinute} requests a minute; try again in a moment`,
    )
  if (account === undefined || (await countPromised(db, chain.id, account)) < requestsPerMinute) return
  throw new ParleyError(
    'RateLimited',
    `${account} has more than ${requestsPerMinute} requests a minute; try again in a moment`,
  )
}

/** Whose request a body claims to be, for the record of refusals only. */
function claimedAccount({ kind, body }: Incoming): Hex | undefined {
  const { request, enclave } = body as { request?: { from?: Hex }; enclave?: Hex }
  return kind === 'transactions' ? request?.from : enclave
}
