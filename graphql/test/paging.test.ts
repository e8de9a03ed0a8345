import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { address, jobRow, requestRow, START_SECONDS, startFixture, tables, word } from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>

const ROWS = 250
const numbers = Array.from({ length: ROWS }, (_, at) => 1000 + at)
/** Only the rows of one client are counted, so that the tests do not disturb one another. */
const JOBS = `query ($filter: JobFilter, $first: Int, $after: String, $last: Int, $before: String, $orderBy: Order! = CREATED_DESC) {
  list: jobs(filter: $filter, first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    edges { cursor node { id: jobId } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`
const REQUESTS = JOBS.replace('JobFilter', 'RequestFilter').replace('jobs(', 'requests(').replace('id: jobId', 'id')

beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

describe('pages of jobs', () => {
  const directions = [
    { orderBy: 'CREATED_DESC', isBackward: false },
    { orderBy: 'CREATED_ASC', isBackward: false },
    { orderBy: 'CREATED_DESC', isBackward: true },
    { orderBy: 'CREATED_ASC', isBackward: true },
  ] as const

  test.each(directions)(
    'each row comes once while others arrive and change: $orderBy, backward: $isBackward',
    async (direction) => {
      const client = address(directions.indexOf(direction) + 1)
      const chain = `test:${directions.indexOf(direction)}`
      const { db } = fixture.writer
      await db.insert(tables.jobs).values(numbers.map((number) => jobRow(number, { chain, client })))
      let arrivals = 0
      const disturb = async () => {
        arrivals++
        const around = [jobRow(2000 + arrivals, { chain, client }), jobRow(500 - arrivals, { chain, client })]
        await db.insert(tables.jobs).values(around)
        await db.update(tables.jobs).set({ status: 'Funded', updatedBlock: 5000 + arrivals })
      }

      const seen = await readAll(JOBS, { client }, direction, 40, disturb)

      const original = seen.filter((id) => numbers.some((number) => word(number) === id))
      const isAscending = (direction.orderBy === 'CREATED_ASC') !== direction.isBackward
      const expected = numbers.map(word)
      expect(original).toEqual(isAscending ? expected : expected.toReversed())
      expect(new Set(seen).size).toBe(seen.length)
      expect(arrivals).toBeGreaterThan(5)
    },
  )

  test('a page says whether there is more on either side', async () => {
    const client = address(77)
    await fixture.writer.db
      .insert(tables.jobs)
      .values([1, 2, 3, 4, 5].map((number) => jobRow(number, { chain: 'test:77', client })))
    const page = async (args: Record<string, unknown>) => {
      const { data } = await fixture.ask(JOBS, { filter: { client }, orderBy: 'CREATED_ASC', ...args })
      const { hasNextPage, hasPreviousPage } = data.list.pageInfo
      return { list: data.list, sides: { hasNextPage, hasPreviousPage } }
    }

    const first = await page({ first: 2 })
    const middle = await page({ first: 2, after: first.list.pageInfo.endCursor })
    const end = await page({ first: 2, after: middle.list.pageInfo.endCursor })
    const back = await page({ last: 2, before: end.list.pageInfo.startCursor })
    const between = await page({ after: first.list.pageInfo.endCursor, before: end.list.pageInfo.startCursor })
    const none = await page({ first: 0 })

    expect(first.sides).toEqual({ hasNextPage: true, hasPreviousPage: false })
    expect(middle.sides).toEqual({ hasNextPage: true, hasPreviousPage: true })
    expect(end.sides).toEqual({ hasNextPage: false, hasPreviousPage: true })
    expect(back.list.edges).toEqual(middle.list.edges)
    expect(between.list.edges).toEqual(middle.list.edges)
    expect(none.list).toEqual({
      edges: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    })
  })
})

describe('pages of requests', () => {
  test('each comes once, also of those made in the same microsecond or millisecond', async () => {
    const { db, sql } = fixture.writer
    await db.insert(tables.requests).values(numbers.map((number) => requestRow(number)))
    await sql`
      update relay.requests set created_at = to_timestamp(${START_SECONDS}) +
        (case when id::text < ${requestRow(1100).id ?? ''} then interval '1 microsecond'
              else (right(id::text, 4)::int || ' microseconds')::interval end)`
    let arrivals = 0
    const disturb = async () => {
      arrivals++
      await db.insert(tables.requests).values(requestRow(3000 + arrivals))
    }

    const forward = await readAll(REQUESTS, {}, { orderBy: 'CREATED_DESC', isBackward: false }, 30, disturb)
    const backward = await readAll(REQUESTS, {}, { orderBy: 'CREATED_DESC', isBackward: true }, 30, async () => {})

    const original = numbers.map((number) => requestRow(number).id ?? '')
    expect(forward).toEqual(original.toReversed())
    expect(backward.slice(0, ROWS)).toEqual(original)
  })
})

async function readAll(
  query: string,
  filter: Record<string, unknown>,
  { orderBy, isBackward }: { orderBy: string; isBackward: boolean },
  size: number,
  disturb: () => Promise<void>,
): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | null = null
  for (let hasMore = true; hasMore; ) {
    const page: Record<string, unknown> = isBackward ? { last: size, before: cursor } : { first: size, after: cursor }
    const { data, errors } = await fixture.ask(query, { filter, orderBy, ...page })
    expect(errors).toBeUndefined()
    const ids = data.list.edges.map(({ node }: { node: { id: string } }) => node.id)
    seen.push(...(isBackward ? ids.toReversed() : ids))
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = data.list.pageInfo
    hasMore = isBackward ? hasPreviousPage : hasNextPage
    cursor = isBackward ? startCursor : endCursor
    // Rows that arrive where the reading goes make it longer: enough is enough.
    if (seen.length < ROWS) await disturb()
  }
  return seen
}
