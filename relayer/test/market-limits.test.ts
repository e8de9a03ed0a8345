/** What the market takes of anybody: bodies, pages, how much in a minute, for how long; on both kinds of chain. */
import { type Database, marketBids, marketSignatures } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { forgetRequests } from '../src/market/forget.ts'
import { type MarketGround, startEvmMarket, startNearMarket, workRequest } from './market-ground.ts'
import { countStatements, expectRefusal, made, openMarket, REQUESTS } from './open-market.ts'

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
  afterEach(() => {
    ground.proxy.decide = () => 'pass'
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
    ['evaluator’s terms of no evaluator', '', changed({ evaluatorTerms: 'Judged kindly' }), 'request.evaluatorTerms'],
    ['evaluator’s terms of two lines', '', changed({ evaluatorTerms: '\n' }), 'request.evaluatorTerms'],
    [
      'evaluator’s terms without end',
      '',
      changed({ evaluatorTerms: `Quorum threshold=1 members=${'x'.repeat(2_000)}` }),
      'request.evaluatorTerms',
    ],
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
    [`${REQUESTS}?deadlineFrom=1e300`, 'deadlineFrom'],
    [`${REQUESTS}?client=%00`, 'client'],
    [`${REQUESTS}?token=a%00`, 'token'],
    [`${REQUESTS}?chain=%00`, 'chain'],
    [`${REQUESTS}?after=-1`, 'after'],
    [`${REQUESTS}?after=9999999999999999`, 'after'],
    [`${REQUESTS}?after=1-0x${'00'.repeat(32)}`, 'after'],
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

  test('what came to nothing is forgotten a month after its deadline, with all that was signed for it', async () => {
    const own = await openMarket(ground)
    const value = workRequest(ground, await own.now())
    const asked = await own.bodyOf('WorkRequest', value, ground.client)
    const open = made(await own.ask(REQUESTS, asked))
    await plantBids(own.db, open, 1_100)
    const withdrawn = await own.bid(open)
    made(await own.ask(`/v1/market/bids/${withdrawn}/withdraw`, await own.withdrawal(withdrawn, ground.provider)))
    const [gone, awarded, later] = [
      await own.request(),
      await own.request(),
      await own.request({ deadline: value.deadline + 86_400n }),
    ]
    made(await own.ask(`${REQUESTS}/${gone}/withdraw`, await own.withdrawal(gone, ground.client)))
    made(await own.tryAward(awarded, await own.bid(awarded)))
    const statusOf = async (id: Hex) => (await own.view(id)).status

    await ground.passTime(86_400 + 29 * 86_400)
    await forgetRequests(own.db, own.chain)
    const before = await Promise.all([open, gone, awarded, later].map(statusOf))
    await ground.passTime(86_401)
    await Promise.all([forgetRequests(own.db, own.chain), forgetRequests(own.db, own.chain)])

    expect(before).toEqual([200, 200, 200, 200])
    expect(await Promise.all([open, gone, awarded, later].map(statusOf))).toEqual([404, 404, 200, 200])
    // What is left: two requests, a bid and its award.
    expect(await countStatements(own.db)).toBe(4)
    expectRefusal(await own.ask(REQUESTS, asked), 422, 'ExpiryOutOfRange', 'request.deadline')
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
