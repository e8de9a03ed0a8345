import { requests } from '@parley/database'
import { findEvaluatorTerms, type Hex, isJobOf, type JobStatus, namesAward } from '@parley/protocol'
import { and, asc, eq, gte, sql } from 'drizzle-orm'
import type { Market } from './state.ts'
import type { Awarded } from './take.ts'

export interface AwardedJob {
  readonly jobId: Hex
  readonly status: JobStatus
  /** The hire's, as the chain's explorers show it. */
  readonly transaction: string
}

/** A client can hire as often as it likes in the name of one award: more than this is not looked at. */
const MAX_CANDIDATES = 10

/**
 * The job that an award became: the first of its client that names the award and is, as the chain says, what was awarded. Known of hirings that
 * this relayer has sent, with the evaluator's terms in the same transaction; the indexer sees the others.
 */
export async function findJobOf(
  { db, chains }: Market,
  chainId: string,
  { id, job: { description, ...terms } }: Awarded,
  since: Date,
): Promise<AwardedJob | undefined> {
  const chain = chains.find((served) => served.id === chainId)
  if (!chain) return undefined
  const names = `$[*] ? (@.name == "JobDescribed" && @.args.description starts with "${description}")`
  const candidates = await db
    .select({ events: requests.events, transaction: requests.transaction })
    .from(requests)
    .where(
      and(
        eq(requests.chain, chainId),
        eq(requests.account, terms.client),
        gte(requests.createdAt, since),
        eq(requests.status, 'succeeded'),
        sql`${requests.events} @? ${names}::jsonpath`,
      ),
    )
    .orderBy(asc(requests.createdAt))
    .limit(MAX_CANDIDATES)
  for (const { events, transaction } of candidates) {
    const described = events?.find(({ args }) => args.description !== undefined && namesAward(args.description, id))
    if (described?.args.jobId === undefined || transaction === null) continue
    const jobId = jobIdOf(described.args.jobId)
    const [evaluatorTerms = null] = (events ?? []).flatMap(({ name, args }) =>
      args.jobId === described.args.jobId ? (findEvaluatorTerms(name, args) ?? []) : [],
    )
    const job = await chain.market.findJob(jobId)
    if (job && isJobOf({ ...job, evaluatorTerms }, terms)) return { jobId, status: job.status, transaction }
  }
  return undefined
}

/** Events have it as a number. */
function jobIdOf(number: string): Hex {
  return `0x${BigInt(number).toString(16).padStart(64, '0')}`
}
