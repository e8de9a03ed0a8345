/** Requests, bids and awards, on both kinds of chain; most of it is what an attacker would try. */
import type { Bid, Hex, WorkRequest } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bidOn, jsonOf, type MarketGround, startEvmMarket, startNearMarket, workRequest } from './market-ground.ts'
import { type Answer, countStatements, expectRefusal, made, openMarket, REQUESTS } from './open-market.ts'

const UNKNOWN: Hex = `0x${'77'.repeat(32)}`

let evm: Awaited<ReturnType<typeof startEvmMarket>>
let near: Awaited<ReturnType<typeof startNearMarket>>

beforeAll(async () => {
  ;[evm, near] = await Promise.all([startEvmMarket(), startNearMarket()])
})
afterAll(() => Promise.all([evm?.stop(), near?.stop()]))

describe.each(['evm', 'near'] as const)('on %s', (kind) => {
  let ground: MarketGround
  let market: Awaited<ReturnType<typeof openMarket>>

  beforeAll(async () => {
    ground = kind === 'evm' ? evm : near
    market = await openMarket(ground)
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
      evaluatorTerms: '',
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
        { evaluatorTerms: 'Quorum threshold=1 members=me' },
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
})
