import { feedback, jobs, ledgerTransfers, payments, spends } from '@parley/database'
import { isNotNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { matches } from '../src/filters.ts'
import { whereJob } from '../src/job-filter.ts'
import { ALICE, jobRow, startFixture } from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.stop())

const date = new Date(1_800_000_000_000)

/** What may be asked for and not be there: without an index all rows would be read to find none. */
const lists = [
  ['jobs_position', jobs, whereJob({ createdAfter: date })],
  ['jobs_position', jobs, whereJob({ createdBefore: date })],
  ['payments_kind', payments, matches(payments, { kind: 'Owed' })],
  ['ledger_transfers_token', ledgerTransfers, matches(ledgerTransfers, { token: ALICE })],
  ['spends_counterparty', spends, matches(spends, { counterparty: ALICE })],
  ['spends_token', spends, matches(spends, { token: ALICE })],
  ['feedback_backed', feedback, isNotNull(feedback.jobId)],
] as const

test.each(lists)('a page is found by the index %s', async (index, table, where) => {
  const { db } = fixture.writer

  const plan = await db.transaction(async (tx) => {
    // There is too little here for an index to be worth it.
    for (const way of ['seqscan', 'bitmapscan', 'sort']) await tx.execute(sql.raw(`set local enable_${way} = off`))
    return tx.execute(sql`explain select * from ${table} where ${where} order by ${table.position} desc limit 20`)
  })

  const text = plan.map((line) => line['QUERY PLAN']).join('\n')
  expect(text).toContain(`using ${index} on`)
  if (index !== 'feedback_backed') expect(text).toContain('Index Cond')
})

test.each([
  ['createdAfter', '-000001-01-01T00:00:00Z', 'createdBefore', '+275760-09-12T00:00:00Z'],
  ['createdAfter', '1970-01-01T00:00:00Z', 'createdBefore', '9999-12-31T23:59:59Z'],
])('%s %s and %s %s are any time', async (after, from, before, to) => {
  const { db } = fixture.writer
  await db.insert(jobs).values(jobRow(1)).onConflictDoNothing()

  const where = whereJob({ [after]: new Date(from), [before]: new Date(to) })

  expect(await db.$count(jobs, where)).toBe(1)
})
