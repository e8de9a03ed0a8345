import { type Database, jobs, marketAwards, marketBids, marketRequests } from '@parley/database'
import { AWARD_PREFIX, type AwardedTerms, awardLine, type Hex } from '@parley/protocol'
import { and, asc, eq, getTableColumns, inArray, ne, or, sql } from 'drizzle-orm'
import { createLoader } from './loader.ts'

/** An award, and what its job must be. */
export interface AwardKey {
  readonly chain: string
  readonly id: Hex
  readonly terms: AwardedTerms
}

const itself = (id: string) => id

/** Lookups of the market, by digests. */
export function createMarketLoaders(db: Database) {
  return {
    marketRequest: createLoader(itself, async (ids) => {
      const rows = await db
        .select()
        .from(marketRequests)
        .where(inArray(marketRequests.id, [...ids]))
      return new Map(rows.map((row) => [row.id, row]))
    }),
    marketBid: createLoader(itself, async (ids) => {
      const rows = await db
        .select()
        .from(marketBids)
        .where(inArray(marketBids.id, [...ids]))
      return new Map(rows.map((row) => [row.id, row]))
    }),
    awardOfRequest: createLoader(itself, async (ids) => {
      const rows = await db
        .select()
        .from(marketAwards)
        .where(inArray(marketAwards.requestId, [...ids]))
      return new Map(rows.map((row) => [row.requestId, row]))
    }),
    jobOfAward: createLoader(
      ({ id }: AwardKey) => id,
      async (keys) => {
        const found = await readJobsOf(db, keys)
        return new Map(found.map(({ line, job }) => [line.slice(AWARD_PREFIX.length), job]))
      },
    ),
  }
}

/** As the index has it: the line of an award, if a description begins with one. */
const line = sql<string>`left(${jobs.description}, 79)`
const namesAnAward = sql`${jobs.description} like 'parley:award:0x%'`
/** Nothing else is on that line. */
const isWhole = sql`substr(${jobs.description}, 80, 1) in ('', E'\\n')`

/** The oldest of the jobs that are what was awarded: `namesAward` and `isJobOf` of protocol, said to Postgres. */
function readJobsOf(db: Database, keys: readonly AwardKey[]) {
  const isOneOf = keys.map(({ chain, id, terms }) =>
    and(
      eq(jobs.chain, chain),
      eq(line, awardLine(id)),
      eq(jobs.client, terms.client),
      eq(jobs.provider, terms.provider),
      eq(jobs.agentId, terms.agentId),
      eq(jobs.evaluator, terms.evaluator),
      eq(sql`coalesce(${jobs.evaluatorTerms}, '')`, terms.evaluatorTerms),
      eq(jobs.token, terms.token),
      eq(jobs.budget, terms.budget),
      eq(jobs.expiredAt, Number(terms.expiredAt)),
    ),
  )
  return db
    .selectDistinctOn([line], { line, job: getTableColumns(jobs) })
    .from(jobs)
    .where(and(namesAnAward, isWhole, ne(jobs.status, 'Open'), or(...isOneOf)))
    .orderBy(line, asc(jobs.position))
}
