import { jobs } from '@parley/database'
import { and, arrayContains, eq, gte, inArray, lt, or, type SQL } from 'drizzle-orm'
import { chainId, given, keyAddress } from './filters.ts'
import type { JobRow } from './rows.ts'

/** What is left out, or null, does not narrow. */
export interface JobFilter {
  readonly chain?: string | null | undefined
  readonly status?: readonly string[] | null | undefined
  readonly client?: string | null | undefined
  readonly provider?: string | null | undefined
  /** Client or provider. */
  readonly account?: string | null | undefined
  /** Whom the job's terms name to judge it. */
  readonly judge?: string | null | undefined
  readonly agentId?: bigint | null | undefined
  readonly enclave?: string | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
}

/** The filter for Postgres; `acceptsJob` below is the same for one row. */
export function whereJob(filter: JobFilter): SQL | undefined {
  return and(
    given(filter.chain, (chain) => eq(jobs.chain, chainId(chain, 'filter.chain'))),
    given(filter.status, (statuses) => inArray(jobs.status, [...statuses])),
    given(filter.client, (client) => eq(jobs.client, client)),
    given(filter.provider, (provider) => eq(jobs.provider, provider)),
    given(filter.account, (account) => or(eq(jobs.client, account), eq(jobs.provider, account))),
    given(filter.judge, (judge) => arrayContains(jobs.judges, [judge])),
    given(filter.agentId, (agentId) => eq(jobs.agentId, agentId)),
    given(filter.enclave, (enclave) => eq(jobs.enclave, keyAddress(enclave, 'filter.enclave'))),
    given(filter.createdAfter, (date) => gte(jobs.position, firstPosition(secondsDown(date) + 1))),
    given(filter.createdBefore, (date) => lt(jobs.position, firstPosition(secondsUp(date)))),
  )
}

export function acceptsJob(filter: JobFilter, job: JobRow): boolean {
  return (
    (filter.chain == null || job.chain === filter.chain) &&
    (filter.status == null || filter.status.includes(job.status)) &&
    (filter.client == null || job.client === filter.client) &&
    (filter.provider == null || job.provider === filter.provider) &&
    (filter.account == null || job.client === filter.account || job.provider === filter.account) &&
    (filter.judge == null || job.judges?.includes(filter.judge) === true) &&
    (filter.agentId == null || job.agentId === filter.agentId) &&
    (filter.enclave == null || job.enclave === filter.enclave) &&
    (filter.createdAfter == null || job.createdAt > secondsDown(filter.createdAfter)) &&
    (filter.createdBefore == null || job.createdAt < secondsUp(filter.createdBefore))
  )
}

/** What no position of an earlier second reaches: lists are in this order, and have an index of it. */
function firstPosition(seconds: number): string {
  return String(Math.min(Math.max(seconds, 0), 10 ** 12 - 1)).padStart(12, '0')
}

function secondsDown(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

function secondsUp(date: Date): number {
  return Math.ceil(date.getTime() / 1000)
}
