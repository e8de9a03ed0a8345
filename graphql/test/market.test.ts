/** The agent market: what was signed, and the job on chain that it became. */
import { awardLine } from '@parley/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ALICE,
  agentRow,
  BOB,
  CAROL,
  CHAIN,
  jobRow,
  marketBidRow,
  marketRequestRow,
  OTHER_CHAIN,
  START_SECONDS,
  startFixture,
  TOKEN,
  tables,
  word,
} from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>
const { marketRequests, marketBids, marketAwards, jobs, agents } = tables

/** Requests 1 to 3 are awarded; the bid of n is 10 n, its award 100 n. */
beforeAll(async () => {
  fixture = await startFixture()
  const { db } = fixture.writer
  await db.insert(agents).values(agentRow(1))
  for (const number of [1, 2, 3, 4]) {
    const status = number < 4 ? 'awarded' : 'withdrawn'
    await db.insert(marketRequests).values(marketRequestRow(number, { status }))
    await db.insert(marketBids).values(marketBidRow(number * 10, word(number), { status }))
  }
  await db.insert(marketBids).values(marketBidRow(11, word(1), { provider: CAROL, agentId: 2n, price: 950n }))
  for (const number of [1, 2, 3]) {
    await db.insert(marketAwards).values({ id: word(number * 100), requestId: word(number), bidId: word(number * 10) })
  }
})
afterAll(() => fixture.stop())

/** What the award of request n became. */
const hired = (number: number) => ({
  status: 'Funded',
  client: ALICE,
  provider: BOB,
  agentId: 1n,
  evaluator: CAROL,
  token: TOKEN,
  budget: 900n,
  expiredAt: START_SECONDS + 7_200,
  description: `${awardLine(word(number * 100))}\nAdd up`,
})

async function jobOf(number: number): Promise<string | undefined> {
  const { data } = await fixture.ask(`{ marketRequest(id: "${word(number)}") { award { job { jobId } } } }`)
  return data.marketRequest.award.job?.jobId
}

test('a request shows its bids, its award and the job that this became', async () => {
  const before = await jobOf(1)
  await fixture.writer.db.insert(jobs).values(jobRow(7, hired(1)))

  const { data, errors } = await fixture.ask(`{
    marketRequest(id: "${word(1).toUpperCase().replace('X', 'x')}") {
      id chain client text token budget deadline evaluator status createdAt
      bids(orderBy: CREATED_ASC) { totalCount nodes { id provider price agent { owner } request { id } } }
      award { id description bid { id } job { jobId status } }
    }
  }`)

  expect(before).toBeUndefined()
  expect(errors).toBeUndefined()
  expect(data.marketRequest).toEqual({
    id: word(1),
    chain: CHAIN,
    client: ALICE,
    text: 'Request 1',
    token: TOKEN,
    budget: '1000',
    deadline: new Date((START_SECONDS + 86_400) * 1000).toISOString(),
    evaluator: CAROL,
    status: 'AWARDED',
    createdAt: expect.any(String),
    bids: {
      totalCount: 2,
      nodes: [
        { id: word(10), provider: BOB, price: '900', agent: { owner: BOB }, request: { id: word(1) } },
        { id: word(11), provider: CAROL, price: '950', agent: null, request: { id: word(1) } },
      ],
    },
    award: {
      id: word(100),
      description: awardLine(word(100)),
      bid: { id: word(10) },
      job: { jobId: word(7), status: 'FUNDED' },
    },
  })
})

test('a job that names an award and is not what was awarded, is not its job', async () => {
  const others = [
    { status: 'Open' },
    { client: CAROL },
    { provider: CAROL },
    { agentId: 2n },
    { evaluator: BOB },
    { evaluatorTerms: 'Quorum threshold=1 members=me' },
    { token: CAROL },
    { budget: 901n },
    { budget: null },
    { expiredAt: START_SECONDS + 7_201 },
    { chain: OTHER_CHAIN },
    { description: null },
    { description: `Add up\n${awardLine(word(200))}` },
    { description: `${awardLine(word(200))}0` },
    { description: `${awardLine(word(200))}\r\n` },
    { description: awardLine(word(201)) },
  ]
  const { db } = fixture.writer
  await db.insert(jobs).values(others.map((change, at) => jobRow(20 + at, { ...hired(2), ...change })))
  expect(await jobOf(2)).toBeUndefined()

  await db.insert(jobs).values([50, 49].map((number) => jobRow(number, hired(2))))

  expect(await jobOf(2)).toBe(word(49))
})

test('a job whose description is the award’s line alone is its job', async () => {
  await fixture.writer.db.insert(jobs).values(jobRow(60, { ...hired(3), description: awardLine(word(300)) }))

  expect(await jobOf(3)).toBe(word(60))
})

test('requests are found by what is asked of them, in pages', async () => {
  const idsOf = async (args: string) => {
    const { data } = await fixture.ask(`{ marketRequests(${args}) { nodes { id } pageInfo { endCursor } } }`)
    return data.marketRequests
  }
  const ids = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => Number(id))

  const first = await idsOf('first: 3')
  const second = await idsOf(`first: 3, after: "${first.pageInfo.endCursor}"`)

  expect([...ids(first), ...ids(second)]).toEqual([4, 3, 2, 1])
  expect(ids(await idsOf('filter: { status: [WITHDRAWN] }'))).toEqual([4])
  expect(ids(await idsOf(`filter: { client: "${ALICE}", token: "${TOKEN}", chain: "${CHAIN}" }`))).toHaveLength(4)
  expect(ids(await idsOf(`filter: { client: "${BOB}" }`))).toEqual([])
  const deadline = new Date((START_SECONDS + 86_400) * 1000).toISOString()
  expect(ids(await idsOf(`filter: { deadlineAfter: "${deadline}" }`))).toEqual([])
})

test('bids are found by provider, agent and status', async () => {
  const { data } = await fixture.ask(`{
    ofCarol: marketBids(filter: { provider: "${CAROL}", agentId: "2", chain: "${CHAIN}" }) { nodes { id } }
    withdrawn: marketBids(filter: { status: [WITHDRAWN] }) { nodes { id } }
  }`)

  expect(data).toEqual({ ofCarol: { nodes: [{ id: word(11) }] }, withdrawn: { nodes: [{ id: word(40) }] } })
})

test('what nobody asked for is null, and a cursor of another list is refused', async () => {
  const { data } = await fixture.ask(
    `{ marketRequest(id: "${word(999)}") { id } none: marketRequest(id: "0x") { id } }`,
  )
  const { data: of } = await fixture.ask('{ marketBids(first: 1) { pageInfo { endCursor } } }')
  const { errors } = await fixture.ask(
    `{ marketRequests(after: "${of.marketBids.pageInfo.endCursor}") { nodes { id } } }`,
  )

  expect(data).toEqual({ marketRequest: null, none: null })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field: 'after' })
})
