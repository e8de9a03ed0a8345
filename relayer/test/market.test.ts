/** Requests, bids and awards, on both kinds of chain; most of it is what an attacker would try. */
import { type Database, marketBids, marketSignatures } from '@parley/database'
import { keccak } from '@parley/evm'
import {
  type Bid,
  type Hex,
  type MarketMessageName,
  type MarketValue,
  marketId,
  type WorkRequest,
} from '@parley/protocol'
import { count, eq } from 'drizzle-orm'
import { KeyPair, transactions } from 'near-api-js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Chain } from '../src/chain.ts'
import { takingOf } from './dispatcher.ts'
import {
  bidOn,
  jsonOf,
  type MarketGround,
  type Signer,
  startEvmMarket,
  startNearMarket,
  workRequest,
} from './market-ground.ts'
import { ALICE } from './near-ground.ts'
import { appOf } from './posting.ts'

const REQUESTS = '/v1/market/requests'
const UNKNOWN: Hex = `0x${'77'.repeat(32)}`

let evm: Awaited<ReturnType<typeof startEvmMarket>>
let near: Awaited<ReturnType<typeof startNearMarket>>

beforeAll(async () => {
  ;[evm, near] = await Promise.all([startEvmMarket(), startNearMarket()])
})
afterAll(() => Promise.all([evm?.stop(), near?.stop()]))

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are JSON, and each test says what it must be.
  readonly body: any
}

/** A market on a database of its own. */
async function openMarket(ground: MarketGround, limits?: { requestsPerMinute: number; totalPerMinute: number }) {
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

function made({ status, body }: Answer): Hex {
  expect([status, body.error]).toEqual([201, undefined])
  return body.id
}

function expectRefusal({ status, body }: Answer, expected: number, code: string, field?: string): void {
  expect({ status, code: body.error?.code, ...(field ? { field: body.error?.field } : {}) }).toEqual({
    status: expected,
    code,
    ...(field ? { field } : {}),
  })
}

async function countStatements(db: Database): Promise<number> {
  const [row] = await db.select({ number: count() }).from(marketSignatures)
  return row?.number ?? 0
}

describe.each(['evm', 'near'] as const)('on %s', (kind) => {
  let ground: MarketGround
  let market: Awaited<ReturnType<typeof openMarket>>

  beforeAll(async () => {
    ground = kind === 'evm' ? evm : near
    market = await openMarket(ground)
  })
  afterEach(() => {
    ground.proxy.decide = () => 'pass'
  })

  test('a request, two bids and an award become the terms of a job', async () => {
    const now = await market.now()
    const asked = workRequest(ground, now)
    const requestId = made(await market.ask(REQUESTS, await market.bodyOf('WorkRequest', asked, ground.client)))
    const dear = await market.bid(requestId, { price: 950n })
    const cheap = await market.bid(requestId, { price: 400n, agentId: ground.rivalAgentId }, ground.rival)

    const { body: listed } = await market.ask(`${REQUESTS}/${requestId}/bids`)
    const awarded = await market.tryAward(requestId, cheap)

    expect(requestId).toBe(market.idOf('WorkRequest', asked))
    expect(listed.bids.map(({ id }: { id: Hex }) => id)).toEqual([cheap, dear])
    const id = market.idOf('Award', { requestId, bidId: cheap })
    const job = {
      client: ground.client.account,
      provider: ground.rival.account,
      agentId: String(ground.rivalAgentId),
      evaluator: ground.evaluator,
      token: ground.token,
      budget: '400',
      expiredAt: String(bidOn(ground, requestId, now).deadline),
      description: `parley:award:${id}`,
    }
    expect(awarded).toEqual({ status: 201, body: { id, job: { ...job, expiredAt: expect.any(String) } } })
    const { body: viewed } = await market.view(requestId)
    expect(viewed).toMatchObject({ status: 'awarded', bidCount: 2, text: asked.text, nonce: String(asked.nonce) })
    expect(viewed.award).toMatchObject({ id, bidId: cheap, terms: awarded.body.job })
    expect(viewed.award.job).toBeUndefined()
    const { body: after } = await market.ask(`${REQUESTS}/${requestId}/bids`)
    expect(after.bids.map(({ status }: { status: string }) => status)).toEqual(['awarded', 'open'])
  })

  test('what was signed can be checked by whoever reads it', async () => {
    const asked = workRequest(ground, await market.now())
    const body = await market.bodyOf('WorkRequest', asked, ground.client)
    const id = made(await market.ask(REQUESTS, body))

    const { body: viewed } = await market.view(id)

    const { request, ...proof } = body as Record<string, unknown>
    expect(viewed).toMatchObject({ ...(request as object), ...proof, status: 'open' })
  })

  describe('the same again', () => {
    test('has the same answer, whoever brings it, and is there once', async () => {
      const body = await market.bodyOf('WorkRequest', workRequest(ground, await market.now()), ground.client)
      const before = await countStatements(market.db)

      const answers = await Promise.all(Array.from({ length: 8 }, () => market.ask(REQUESTS, body)))
      const later = await market.ask(REQUESTS, { ...body, signature: 'AAAA' })

      expect(new Set([...answers, later].map(made)).size).toBe(1)
      expect(await countStatements(market.db)).toBe(before + 1)
    })

    test('does not bring back what was withdrawn', async () => {
      const requestId = await market.request()
      const now = await market.now()
      const offer = await market.bodyOf('Bid', bidOn(ground, requestId, now), ground.provider)
      const bidId = made(await market.ask(`${REQUESTS}/${requestId}/bids`, offer))
      const withdrawal = await market.withdrawal(bidId, ground.provider)
      made(await market.ask(`/v1/market/bids/${bidId}/withdraw`, withdrawal))

      expect(made(await market.ask(`${REQUESTS}/${requestId}/bids`, offer))).toBe(bidId)
      made(await market.ask(`/v1/market/bids/${bidId}/withdraw`, withdrawal))

      expectRefusal(await market.tryAward(requestId, bidId), 422, 'BidWithdrawn')
    })

    test('under an idempotency key has the first answer, and another body under it is refused', async () => {
      const key = crypto.randomUUID()
      const now = await market.now()
      const [one, other] = [workRequest(ground, now), workRequest(ground, now)]
      const body = await market.bodyOf('WorkRequest', one, ground.client)

      const first = await market.ask(REQUESTS, body, key)
      const again = await market.ask(REQUESTS, body, key)
      const changed = await market.ask(REQUESTS, await market.bodyOf('WorkRequest', other, ground.client), key)

      expect(again).toEqual(first)
      expectRefusal(changed, 409, 'IdempotencyKeyReused', 'idempotency-key')
    })

    test('under an idempotency key is refused for another subject', async () => {
      const key = crypto.randomUUID()
      const [one, other] = [await market.request(), await market.request()]
      const withdrawal = await market.withdrawal(one, ground.client)
      made(await market.ask(`${REQUESTS}/${one}/withdraw`, withdrawal, key))

      const elsewhere = await market.ask(`${REQUESTS}/${other}/withdraw`, withdrawal, key)

      expectRefusal(elsewhere, 409, 'IdempotencyKeyReused')
      expect((await market.view(other)).body.status).toBe('open')
    })

    test('with one key for two bodies at once, one is taken', async () => {
      const key = crypto.randomUUID()
      const now = await market.now()
      const bodies = await Promise.all(
        [1, 2].map(() => market.bodyOf('WorkRequest', workRequest(ground, now), ground.client)),
      )

      const answers = await Promise.all(bodies.map((body) => market.ask(REQUESTS, body, key)))

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    })

    test('may be right after it was refused', async () => {
      const requestId = await market.request()
      const first = await market.bid(requestId)
      const key = crypto.randomUUID()
      const second = bidOn(ground, requestId, await market.now(), { price: 800n })
      const body = await market.bodyOf('Bid', second, ground.provider)
      expectRefusal(await market.ask(`${REQUESTS}/${requestId}/bids`, body, key), 422, 'BidAlreadyStands')
      made(await market.ask(`/v1/market/bids/${first}/withdraw`, await market.withdrawal(first, ground.provider)))

      made(await market.ask(`${REQUESTS}/${requestId}/bids`, body, key))
    })
  })

  describe('a forgery is refused:', () => {
    test('a request, a bid, an award or a withdrawal that somebody else signed', async () => {
      const { client, provider, stranger } = ground
      const now = await market.now()
      const requestId = await market.request()
      const bidId = await market.bid(requestId)
      const asked = workRequest(ground, now)

      const answers = [
        await market.ask(REQUESTS, await market.bodyOf('WorkRequest', asked, stranger)),
        await market.tryBid(requestId, { provider: provider.account, price: 1n }, client),
        await market.tryAward(requestId, bidId, provider),
        await market.tryAward(requestId, bidId, stranger),
        await market.ask(`${REQUESTS}/${requestId}/withdraw`, await market.withdrawal(requestId, provider)),
        await market.ask(`/v1/market/bids/${bidId}/withdraw`, await market.withdrawal(bidId, client)),
      ]

      for (const answer of answers) expectRefusal(answer, 422, 'SignatureInvalid')
      expect((await market.view(requestId)).body).toMatchObject({ status: 'open' })
    })

    test('a field that was changed after it was signed', async () => {
      const asked = workRequest(ground, await market.now())
      const proof = await ground.client.sign('WorkRequest', asked)
      const changes: Partial<WorkRequest>[] = [
        { text: `${asked.text} ` },
        { token: ground.provider.account },
        { budget: asked.budget + 1n },
        { deadline: asked.deadline + 1n },
        { evaluator: ground.provider.account },
        { nonce: asked.nonce + 1_000_000n },
      ]

      for (const change of changes) {
        const request = jsonOf(kind, 'WorkRequest', { ...asked, ...change })
        expectRefusal(await market.ask(REQUESTS, { request, ...proof }), 422, 'SignatureInvalid')
      }
    })

    test('what was signed for another chain or another contract', async () => {
      const asked = workRequest(ground, await market.now())
      const request = jsonOf(kind, 'WorkRequest', asked)

      for (const domain of ground.otherDomains) {
        const proof = await ground.client.sign('WorkRequest', asked, domain)
        expectRefusal(await market.ask(REQUESTS, { request, ...proof }), 422, 'SignatureInvalid')
      }
    })

    test('a bid, an award or a bid’s withdrawal in the place of another', async () => {
      const [one, other] = [await market.request(), await market.request()]
      const bidId = await market.bid(one)
      const offer = bidOn(ground, one, await market.now(), { agentId: ground.rivalAgentId })
      const award = await market.bodyOf('Award', { requestId: other, bidId }, ground.client)

      const answers = [
        await market.ask(`${REQUESTS}/${other}/bids`, await market.bodyOf('Bid', offer, ground.provider)),
        await market.ask(`${REQUESTS}/${one}/award`, award),
        await market.ask(`${REQUESTS}/${other}/award`, award),
      ]

      expectRefusal(answers[0] as Answer, 400, 'InputInvalid', 'bid.requestId')
      expectRefusal(answers[1] as Answer, 400, 'InputInvalid', 'award.requestId')
      expectRefusal(answers[2] as Answer, 400, 'InputInvalid', 'award.bidId')
    })

    test('a bid of an agent that is not the bidder’s, or nobody’s', async () => {
      const requestId = await market.request()

      expectRefusal(
        await market.tryBid(requestId, { agentId: ground.rivalAgentId }),
        422,
        'AgentNotOfProvider',
        'bid.agentId',
      )
      expectRefusal(await market.tryBid(requestId, { agentId: 999n }), 422, 'AgentNotOfProvider')
      expectRefusal(await market.tryBid(requestId, { agentId: 2n ** 256n - 1n }), 422, 'AgentNotOfProvider')
    })
  })

  describe('an award', () => {
    test('is one, also when two come at once', async () => {
      const requestId = await market.request()
      const bids = [
        await market.bid(requestId),
        await market.bid(requestId, { agentId: ground.rivalAgentId }, ground.rival),
      ] as const

      const answers = await Promise.all(bids.map((bidId) => market.tryAward(requestId, bidId)))

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
      const lost = answers.find(({ status }) => status === 422) as Answer
      expectRefusal(lost, 422, 'RequestAlreadyAwarded')
    })

    test('ends the bidding, and neither side takes it back', async () => {
      const requestId = await market.request()
      const bidId = await market.bid(requestId)
      made(await market.tryAward(requestId, bidId))

      const late = await market.tryBid(requestId, { agentId: ground.rivalAgentId }, ground.rival)
      const byClient = await market.withdrawal(requestId, ground.client)
      const byProvider = await market.withdrawal(bidId, ground.provider)

      expectRefusal(late, 422, 'RequestAlreadyAwarded')
      expectRefusal(await market.ask(`${REQUESTS}/${requestId}/withdraw`, byClient), 422, 'RequestAlreadyAwarded')
      expectRefusal(await market.ask(`/v1/market/bids/${bidId}/withdraw`, byProvider), 422, 'RequestAlreadyAwarded')
    })

    test('of a bid that nobody made is not found', async () => {
      const requestId = await market.request()

      expectRefusal(await market.tryAward(requestId, UNKNOWN), 404, 'NotFound', 'award.bidId')
      expectRefusal(await market.tryAward(UNKNOWN, UNKNOWN), 404, 'NotFound', 'id')
      expectRefusal(await market.view(UNKNOWN), 404, 'NotFound')
    })

    test('of a bid that is stale by the chain’s clock is refused', async () => {
      const now = await market.now()
      const requestId = await market.request()
      const soon = await market.bid(requestId, { validUntil: now + 60n })
      const late = await market.bid(
        requestId,
        { agentId: ground.rivalAgentId, deadline: now + 700n, validUntil: now + 699n },
        ground.rival,
      )
      await ground.passTime(450)

      expectRefusal(await market.tryAward(requestId, soon), 422, 'BidExpired', 'award.bidId')
      // It stands, but the escrow would not take a job for so short a time.
      expectRefusal(await market.tryAward(requestId, late), 422, 'ExpiryOutOfRange', 'award.bidId')
    })
  })

  describe('a bid', () => {
    test('is one for each agent, as long as it stands', async () => {
      const now = await market.now()
      const requestId = await market.request()
      await market.bid(requestId, { validUntil: now + 60n })
      expectRefusal(await market.tryBid(requestId, { price: 1n }), 422, 'BidAlreadyStands', 'bid.agentId')
      await ground.passTime(61)

      await market.bid(requestId, { price: 1n })
    })

    test('is one for each agent, also when ten come at once', async () => {
      const requestId = await market.request()

      const prices = Array.from({ length: 10 }, (_, at) => BigInt(at))
      const answers = await Promise.all(prices.map((price) => market.tryBid(requestId, { price })))

      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(422)])
    })

    const outOfBounds: readonly [string, (now: bigint) => Partial<Bid>, string, string][] = [
      ['over the budget', () => ({ price: 1_001n }), 'BidTooHigh', 'bid.price'],
      ['later than asked for', (now) => ({ deadline: now + 90_000n }), 'ExpiryOutOfRange', 'bid.deadline'],
      ['for now', (now) => ({ deadline: now + 200n, validUntil: now + 100n }), 'ExpiryOutOfRange', 'bid.deadline'],
      ['that is over already', (now) => ({ validUntil: now - 1n }), 'BidExpired', 'bid.validUntil'],
    ]
    test.each(outOfBounds)('%s is refused', async (_, change, code, field) => {
      const requestId = await market.request()

      expectRefusal(await market.tryBid(requestId, change(await market.now())), 422, code, field)
    })

    test('that outlives its own deadline is refused', async () => {
      const answer = await market.tryBid(await market.request(), { validUntil: 2n ** 64n - 1n })

      expectRefusal(answer, 400, 'InputInvalid', 'bid.validUntil')
    })

    test('of who is to judge is refused', async () => {
      const requestId = await market.request({ evaluator: ground.provider.account })

      expectRefusal(await market.tryBid(requestId), 422, 'ProviderIsEvaluator', 'bid.provider')
    })
  })

  describe('a request', () => {
    test('that is withdrawn takes no bid and no award', async () => {
      const requestId = await market.request()
      const bidId = await market.bid(requestId)
      const withdrawal = await market.withdrawal(requestId, ground.client)
      const first = made(await market.ask(`${REQUESTS}/${requestId}/withdraw`, withdrawal))
      const again = made(await market.ask(`${REQUESTS}/${requestId}/withdraw`, withdrawal))

      expect(again).toBe(first)
      const late = await market.tryBid(requestId, { agentId: ground.rivalAgentId }, ground.rival)
      expectRefusal(late, 422, 'RequestWithdrawn')
      expectRefusal(await market.tryAward(requestId, bidId), 422, 'RequestWithdrawn')
    })

    const outOfBounds: readonly [string, (now: bigint) => Partial<WorkRequest>, string, string][] = [
      ['of a year and a day', (now) => ({ deadline: now + 366n * 86_400n }), 'ExpiryOutOfRange', 'request.deadline'],
      ['for the past', (now) => ({ deadline: now - 1n }), 'ExpiryOutOfRange', 'request.deadline'],
      ['for the end of time', () => ({ deadline: 2n ** 64n - 1n }), 'ExpiryOutOfRange', 'request.deadline'],
      ['of more than a job can hold', () => ({ budget: 2n ** 96n }), 'BudgetTooLarge', 'request.budget'],
    ]
    test.each(outOfBounds)('%s is refused', async (_, change, code, field) => {
      const value = workRequest(ground, await market.now(), change(await market.now()))

      const answer = await market.ask(REQUESTS, await market.bodyOf('WorkRequest', value, ground.client))

      expectRefusal(answer, 422, code, field)
    })

    test('is found by what is asked of it, in pages', async () => {
      const own = await openMarket(ground)
      const ids: Hex[] = []
      for (let at = 0; at < 5; at++) ids.unshift(await own.request())
      const withdrawn = ids.at(-1) as Hex
      made(await own.ask(`${REQUESTS}/${withdrawn}/withdraw`, await own.withdrawal(withdrawn, ground.client)))

      const found: Hex[] = []
      let after: string | undefined
      do {
        const { body } = await own.ask(`${REQUESTS}?first=2${after === undefined ? '' : `&after=${after}`}`)
        found.push(...body.requests.map(({ id }: { id: Hex }) => id))
        after = body.next
      } while (after !== undefined)
      const countOf = async (query: string) => (await own.ask(`${REQUESTS}?${query}`)).body.requests.length

      expect(found).toEqual(ids)
      expect(await countOf('status=open')).toBe(4)
      expect(await countOf('status=withdrawn')).toBe(1)
      expect(await countOf(`client=${ground.client.account}&token=${ground.token}`)).toBe(5)
      expect(await countOf(`client=${ground.provider.account}`)).toBe(0)
      expect(await countOf(`chain=eip155:1`)).toBe(0)
      expect(await countOf(`deadlineFrom=${(await own.now()) + 86_000n}`)).toBe(5)
      expect(await countOf(`deadlineFrom=${(await own.now()) + 87_000n}`)).toBe(0)
    })
  })

  test('whom the owner lets act for its agent bids for it', async () => {
    const { rival, agentId } = ground
    const requestId = await market.request()
    expectRefusal(await market.tryBid(requestId, { agentId }, rival), 422, 'AgentNotOfProvider')

    await ground.approveRival()

    await market.bid(requestId, { agentId }, rival)
  })

  const badBodies: readonly [string, string, (body: Body) => unknown, string][] = [
    ['no request', '', ({ request: _, ...rest }) => rest, 'request'],
    ['no signature', '', ({ signature: _, ...rest }) => rest, 'signature'],
    ['an unknown field', '', (body) => ({ ...body, tip: '1' }), 'tip'],
    ['an unknown field in the message', '', changed({ tip: '1' }), 'request.tip'],
    ['another chain', '', (body) => ({ ...body, chain: 'near:elsewhere' }), 'chain'],
    ['a text that is a number', '', changed({ text: 7 }), 'request.text'],
    ['an empty text', '', changed({ text: ' \n' }), 'request.text'],
    ['a text that is too long', '', changed({ text: 'x'.repeat(4_001) }), 'request.text'],
    ['a NUL', '', changed({ text: 'a\0b' }), 'request.text'],
    ['a terminal’s escape', '', changed({ text: '\x1b[2J' }), 'request.text'],
    ['half a character', '', changed({ text: '\ud83d' }), 'request.text'],
    ['a budget that is a number', '', changed({ budget: 7 }), 'request.budget'],
    ['a budget below zero', '', changed({ budget: '-1' }), 'request.budget'],
    ['a budget past 128 bits', '', changed({ budget: String(2n ** 128n) }), 'request.budget'],
    ['a deadline past 64 bits', '', changed({ deadline: String(2n ** 64n) }), 'request.deadline'],
    ['a client that is none', '', changed({ client: '<b>' }), 'request.client'],
    ['a client that is too long', '', changed({ client: 'x'.repeat(65) }), 'request.client'],
    ['a signature that is none', '', (body) => ({ ...body, signature: '§' }), 'signature'],
    ['a signature that is too long', '', (body) => ({ ...body, signature: '0'.repeat(8_196) }), 'signature'],
  ]
  type Body = Readonly<Record<string, unknown>>
  function changed(change: Body) {
    return (body: Body) => ({ ...body, request: { ...(body.request as Body), ...change } })
  }

  test.each(badBodies)('a body with %s is refused and the field is named', async (_, path, change, field) => {
    const body = await market.bodyOf('WorkRequest', workRequest(ground, await market.now()), ground.client)

    expectRefusal(await market.ask(`${REQUESTS}${path}`, change(body) as object), 400, 'InputInvalid', field)
  })

  test.each([
    [`${REQUESTS}/7`, 'id'],
    [`${REQUESTS}?first=0`, 'first'],
    [`${REQUESTS}?first=101`, 'first'],
    [`${REQUESTS}?after=x`, 'after'],
    [`${REQUESTS}?status=new`, 'status'],
    [`${REQUESTS}?deadlineFrom=x`, 'deadlineFrom'],
  ])('%s is refused', async (path, field) => {
    expectRefusal(await market.ask(path), 400, 'InputInvalid', field)
  })

  test('a node that does not answer is no refusal: nothing is stored, and the same works later', async () => {
    const body = await market.bodyOf('WorkRequest', workRequest(ground, await market.now()), ground.client)
    const before = await countStatements(market.db)
    ground.proxy.decide = () => 'lose call'

    const down = await market.ask(REQUESTS, body)
    ground.proxy.decide = () => 'pass'

    expectRefusal(down, 503, 'ChainUnavailable')
    expect(await countStatements(market.db)).toBe(before)
    made(await market.ask(REQUESTS, body))
  })

  test('who states too much is stopped, and no others; all together, too', async () => {
    const own = await openMarket(ground, { requestsPerMinute: 3, totalPerMinute: 5 })
    const requestId = await own.request()
    await own.request()
    await own.request()
    const fourth = workRequest(ground, await own.now())
    const refused = await own.ask(REQUESTS, await own.bodyOf('WorkRequest', fourth, ground.client))
    await own.bid(requestId)
    await own.bid(requestId, { agentId: ground.rivalAgentId }, ground.rival)
    const sixth = await own.ask(`${REQUESTS}/${requestId}/withdraw`, await own.withdrawal(requestId, ground.client))

    expectRefusal(refused, 429, 'RateLimited')
    expectRefusal(sixth, 429, 'RateLimited')
  })

  test('a thousand bids are read in pages, each once and the cheapest first', async () => {
    const own = await openMarket(ground)
    const requestId = await own.request()
    await plantBids(own.db, requestId, 1_000)

    const prices: bigint[] = []
    const ids = new Set<Hex>()
    let after: string | undefined
    do {
      const { body } = await own.ask(`${REQUESTS}/${requestId}/bids?first=100${after ? `&after=${after}` : ''}`)
      expect(body.bids.length).toBeLessThanOrEqual(100)
      for (const { id, price } of body.bids) {
        ids.add(id)
        prices.push(BigInt(price))
      }
      after = body.next
    } while (after !== undefined)

    expect(ids.size).toBe(1_000)
    expect(prices).toEqual(prices.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)))
  })

  /** Many bids, as if many had signed them. */
  async function plantBids(db: Database, requestId: Hex, number: number): Promise<void> {
    const chain = (await db.select().from(marketSignatures).where(eq(marketSignatures.id, requestId)))[0]?.chain ?? ''
    const ids = Array.from({ length: number }, (_, at): Hex => `0x${at.toString(16).padStart(64, '0')}`)
    const bid = { requestId, chain, provider: 'x', text: 'x', deadline: 1, validUntil: 1 }
    const signed = { chain, message: 'Bid' as const, account: 'x', signature: '0x', bodyHash: 'x' }
    await db.insert(marketSignatures).values(ids.map((id) => ({ ...signed, id })))
    await db
      .insert(marketBids)
      .values(ids.map((id, at) => ({ ...bid, id, agentId: BigInt(at), price: BigInt((at * 7919) % 101) * 10n ** 20n })))
  }
})

describe('a wallet on EVM (ERC-1271)', () => {
  const MAGIC = '631626ba7e60e01b5f5260205ff3'
  const wallets: readonly [string, (id: Hex) => string, number][] = [
    ['that takes this very message signs', (id) => `7f${id.slice(2)}60043514631626ba7e0260e01b5f5260205ff3`, 201],
    ['that takes another message does not', () => `7f${UNKNOWN.slice(2)}60043514631626ba7e0260e01b5f5260205ff3`, 422],
    ['that takes anything signs', () => MAGIC, 201],
    ['that answers true to everything does not', () => '60015f5260205ff3', 422],
    ['that answers four bytes only does not', () => '631626ba7e60e01b5f5260045ff3', 422],
    ['that reverts does not', () => '5f5ffd', 422],
    ['that is no code does not', () => '', 422],
  ]

  test.each(wallets)('%s', async (_, code, status) => {
    const market = await openMarket(evm)
    const client = `0x${'1271'.repeat(10)}`
    const value = workRequest(evm, await market.now(), { client })
    await evm.devnet.request('hardhat_setCode', client, `0x${code(market.idOf('WorkRequest', value))}`)

    const answer = await market.ask(REQUESTS, { request: jsonOf('evm', 'WorkRequest', value), signature: '0x1234' })

    if (status === 201) made(answer)
    else expectRefusal(answer, 422, 'SignatureInvalid', 'signature')
  })

  test('that spends all gas does not sign', async () => {
    const market = await openMarket(evm)
    const client = `0x${'1271'.repeat(10)}`
    await evm.devnet.request('hardhat_setCode', client, '0x5b5f56')
    const request = jsonOf('evm', 'WorkRequest', workRequest(evm, await market.now(), { client }))

    const answer = await market.ask(REQUESTS, { request, signature: '0x1234' })

    expectRefusal(answer, 422, 'SignatureInvalid', 'signature')
    expect(await countStatements(market.db)).toBe(0)
  })

  test('an account that delegates to code (EIP-7702) still signs by its key', async () => {
    const market = await openMarket(evm)
    await evm.devnet.request('hardhat_setCode', evm.client.account, `0xef0100${'99'.repeat(20)}`)

    await market.request()

    await evm.devnet.request('hardhat_setCode', evm.client.account, '0x')
  })

  test('no zero address asks or judges', async () => {
    const market = await openMarket(evm)
    const zero = `0x${'00'.repeat(20)}`
    for (const field of ['client', 'token', 'evaluator'] as const) {
      const value = workRequest(evm, await market.now(), { [field]: zero })
      const answer = await market.ask(REQUESTS, await market.bodyOf('WorkRequest', value, evm.client))
      expectRefusal(answer, 422, 'AddressZero', `request.${field}`)
    }
  })
})

describe('a key on NEAR (NEP-413)', () => {
  test('of full access signs, of either curve', async () => {
    const market = await openMarket(near)
    const other = near.addKey(ALICE, KeyPair.fromRandom('secp256k1' as never), transactions.fullAccessKey())
    const value = workRequest(near, await market.now())

    made(await market.ask(REQUESTS, await market.bodyOf('WorkRequest', value, other)))
  })

  test('that may only call functions does not sign for its account', async () => {
    const market = await openMarket(near)
    const permission = transactions.functionCallAccessKey(near.evaluator, [])
    const limited = near.addKey(ALICE, KeyPair.fromRandom('ed25519'), permission)
    const body = await market.bodyOf('WorkRequest', workRequest(near, await market.now()), limited)

    expectRefusal(await market.ask(REQUESTS, body), 422, 'SignatureInvalid', 'publicKey')
  })

  test.each([
    ['is missing', undefined],
    ['is none', 'ed25519:0'],
    ['is written in another way', 'ED25519:11111111111111111111111111111111'],
  ])('that %s is refused', async (_, publicKey) => {
    const market = await openMarket(near)
    const body = await market.bodyOf('WorkRequest', workRequest(near, await market.now()), near.client)

    expectRefusal(await market.ask(REQUESTS, { ...body, publicKey }), 400, 'InputInvalid', 'publicKey')
  })
})
