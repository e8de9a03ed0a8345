/** A market as its clients meet it: over HTTP, and what they say of its answers. */
import { type Database, marketSignatures } from '@parley/database'
import { keccak } from '@parley/evm'
import {
  type Bid,
  type Hex,
  type MarketMessageName,
  type MarketValue,
  marketId,
  type WorkRequest,
} from '@parley/protocol'
import { count } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Chain } from '../src/chain.ts'
import { takingOf } from './dispatcher.ts'
import { bidOn, jsonOf, type MarketGround, type Signer, workRequest } from './market-ground.ts'
import { appOf } from './posting.ts'

export const REQUESTS = '/v1/market/requests'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are JSON, and each test says what it must be.
  readonly body: any
}

/** A market on a database of its own. */
export async function openMarket(ground: MarketGround, limits?: { requestsPerMinute: number; totalPerMinute: number }) {
  const { db } = await ground.newDatabase()
  const taking = takingOf(await ground.dispatcherOn(db))
  const app = appOf({ ...taking, limits: limits ?? taking.limits })
  const [chain] = taking.chains as [Chain]
  const now = () => chain.market.now()

  async function ask(path: string, body?: object, key?: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) }
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await app.request(path, init)
    expect(answer.headers.get('content-type')).toBe('application/json')
    return { status: answer.status, body: await answer.json() }
  }
  const bodyOf = async <Name extends MarketMessageName>(name: Name, value: MarketValue<Name>, signer: Signer) => ({
    [fields[name]]: jsonOf(ground.kind, name, value),
    ...(await signer.sign(name, value)),
  })
  const withdrawal = (id: Hex, signer: Signer) => signer.sign('Withdrawal', { id })
  const idOf = <Name extends MarketMessageName>(name: Name, value: MarketValue<Name>) =>
    marketId(ground.kind, ground.domain, name, value, keccak)

  return {
    db,
    chain,
    ask,
    now,
    bodyOf,
    withdrawal,
    idOf,
    async request(change: Partial<WorkRequest> = {}): Promise<Hex> {
      const value = workRequest(ground, await now(), change)
      return made(await ask(REQUESTS, await bodyOf('WorkRequest', value, ground.client)))
    },
    async bid(requestId: Hex, change: Partial<Bid> = {}, signer = ground.provider): Promise<Hex> {
      const value = bidOn(ground, requestId, await now(), { provider: signer.account, ...change })
      return made(await ask(`${REQUESTS}/${requestId}/bids`, await bodyOf('Bid', value, signer)))
    },
    async tryBid(requestId: Hex, change: Partial<Bid> = {}, signer = ground.provider): Promise<Answer> {
      const value = bidOn(ground, requestId, await now(), { provider: signer.account, ...change })
      return ask(`${REQUESTS}/${requestId}/bids`, await bodyOf('Bid', value, signer))
    },
    async tryAward(requestId: Hex, bidId: Hex, signer = ground.client): Promise<Answer> {
      return ask(`${REQUESTS}/${requestId}/award`, await bodyOf('Award', { requestId, bidId }, signer))
    },
    view: (requestId: Hex) => ask(`${REQUESTS}/${requestId}`),
  }
}

const fields = { WorkRequest: 'request', Bid: 'bid', Award: 'award', Withdrawal: 'withdrawal' } as const

export function made({ status, body }: Answer): Hex {
  expect([status, body.error]).toEqual([201, undefined])
  return body.id
}

export function expectRefusal({ status, body }: Answer, expected: number, code: string, field?: string): void {
  expect({ status, code: body.error?.code, ...(field ? { field: body.error?.field } : {}) }).toEqual({
    status: expected,
    code,
    ...(field ? { field } : {}),
  })
}

export async function countStatements(db: Database): Promise<number> {
  const [row] = await db.select({ number: count() }).from(marketSignatures)
  return row?.number ?? 0
}
