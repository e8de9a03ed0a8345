import { jobs } from '@parley/database'
import { and, eq, type SQL } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { chainId } from '../filters.ts'
import { acceptsJob, whereJob } from '../job-filter.ts'
import type { PageArguments } from '../page.ts'
import type { JobRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { Agent } from './agent.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { Enclave } from './enclave.ts'
import { JobStatus, Observability, TermsKind } from './enums.ts'
import { Arbitration, Crowd, MilestonePlan, Quorum } from './evaluation.ts'
import { created, MomentType, toDate, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'
import { Payment } from './payment.ts'

export const Job = builder.objectRef<JobRow>('Job')
export const JobConnection = connectionOf('Job', Job)

const Result = builder.objectRef<JobRow & { resultId: string }>('Result').implement({
  description: 'What an enclave produced and signed for a job.',
  fields: (t) => ({
    resultId: t.expose('resultId', { type: 'Hex' }),
    responseHash: t.expose('responseHash', { type: 'Hex', nullable: true }),
    response: t.expose('response', { type: 'Hex', nullable: true, description: 'Encrypted to the client.' }),
    producedAt: t.field({
      type: 'DateTime',
      nullable: true,
      resolve: ({ producedAt }) => (producedAt === null ? null : toDate(producedAt)),
    }),
  }),
})

Job.implement({
  description: 'Work that a client pays a provider for (ERC-8183). What has not happened yet is null.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, jobId }) => `job/${chain}/${jobId}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    jobId: t.expose('jobId', { type: 'Hex' }),
    status: t.expose('status', { type: JobStatus }),
    client: t.expose('client', { type: 'Address' }),
    provider: t.expose('provider', { type: 'Address', nullable: true }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ chain, agentId }, _, { loaders }) =>
        agentId === null ? null : loaders.agent.load({ chain, id: agentId }),
    }),
    evaluator: t.expose('evaluator', { type: 'Address' }),
    description: t.exposeString('description', { nullable: true }),
    token: t.expose('token', { type: 'Address', nullable: true }),
    budget: t.expose('budget', { type: 'BigInt', nullable: true }),
    funded: t.expose('funded', { type: 'BigInt', nullable: true }),
    released: t.expose('released', {
      type: 'BigInt',
      nullable: true,
      description: 'What the evaluator let be paid before the end, fees included.',
    }),
    paid: t.expose('paid', { type: 'BigInt', nullable: true, description: "What has reached the provider's side." }),
    fee: t.expose('fee', { type: 'BigInt', nullable: true, description: 'What the protocol took of the payments.' }),
    refunded: t.expose('refunded', { type: 'BigInt', nullable: true }),
    unpaid: t.field({
      type: 'BigInt',
      description:
        'What is due to provider or client and has not moved: a token refused it (see `claimPayment`) or, on NEAR, it is on its way.',
      resolve: unpaidOf,
    }),
    payee: t.expose('payee', {
      type: 'Address',
      nullable: true,
      description: 'Who gets what the provider earns, when that is not the provider.',
    }),
    hook: t.expose('hook', { type: 'Address', nullable: true }),
    hookFailures: t.field({
      type: 'BigInt',
      description: 'How often the hook failed where it has no say.',
      resolve: ({ hookFailures }) => hookFailures ?? 0n,
    }),
    isInLedger: t.boolean({
      description:
        "Whether its money came from the client's balance in the ledger, where it is then paid and refunded, too.",
      resolve: async ({ chain, jobId }, _, { loaders }) =>
        (await loaders.isInLedger.load({ chain, id: jobId })) ?? false,
    }),
    crowd: t.field({
      type: Crowd,
      nullable: true,
      resolve: ({ chain, jobId }, _, { loaders }) => loaders.crowdOfJob.load({ chain, id: jobId }),
    }),
    evaluationSeconds: t.field({
      type: 'BigInt',
      nullable: true,
      description: "How long a refund waits for the evaluator. Null is the escrow's hour.",
      resolve: ({ evaluationSeconds }) => (evaluationSeconds === null ? null : BigInt(evaluationSeconds)),
    }),
    termsKind: t.expose('termsKind', {
      type: TermsKind,
      nullable: true,
      description: "Null before terms are set, and with an evaluator that is none of Parley's.",
    }),
    evaluatorTerms: t.exposeString('evaluatorTerms', {
      nullable: true,
      description: 'The terms on one line, as requests of the market have them.',
    }),
    quorum: t.field({ type: Quorum, nullable: true, resolve: (job) => (job.termsKind === 'Quorum' ? job : null) }),
    milestonePlan: t.field({
      type: MilestonePlan,
      nullable: true,
      resolve: (job) => (job.termsKind === 'Milestones' ? job : null),
    }),
    arbitration: t.field({
      type: Arbitration,
      nullable: true,
      resolve: ({ chain, jobId, termsKind }, _, { loaders }) =>
        termsKind === 'Arbitration' ? loaders.arbitrationOfJob.load({ chain, id: jobId }) : null,
    }),
    requestHash: t.expose('requestHash', { type: 'Hex', nullable: true }),
    workload: t.expose('workload', { type: 'Hex', nullable: true }),
    observability: t.expose('observability', { type: Observability, nullable: true }),
    enclave: t.field({
      type: Enclave,
      nullable: true,
      resolve: ({ chain, enclave }, _, { loaders }) =>
        enclave === null ? null : loaders.enclave.load({ chain, id: enclave }),
    }),
    result: t.field({
      type: Result,
      nullable: true,
      resolve: (job) => (job.resultId === null ? null : { ...job, resultId: job.resultId }),
    }),
    deliverable: t.expose('deliverable', { type: 'Hex', nullable: true }),
    reason: t.expose('reason', { type: 'Hex', nullable: true, description: 'Given on completion or rejection.' }),
    expiredAt: t.field({ type: 'DateTime', resolve: ({ expiredAt }) => toDate(expiredAt) }),
    payments: t.field({
      type: [Payment],
      description: 'The oldest first, at most 100.',
      resolve: async ({ chain, jobId }, _, { loaders }) =>
        (await loaders.paymentsOfJob.load({ chain, id: jobId })) ?? [],
    }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const JobFilterInput = builder.inputType('JobFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    status: t.field({ type: [JobStatus] }),
    client: t.field({ type: 'Address' }),
    provider: t.field({ type: 'Address' }),
    account: t.field({ type: 'Address', description: 'Client or provider.' }),
    judge: t.field({ type: 'Address', description: 'Of its milestones; its arbiter; a member of its quorum.' }),
    agentId: t.field({ type: 'BigInt' }),
    enclave: t.field({ type: 'Address' }),
    createdAfter: t.field({ type: 'DateTime' }),
    createdBefore: t.field({ type: 'DateTime' }),
  }),
})

builder.queryFields((t) => ({
  job: t.field({
    type: Job,
    nullable: true,
    args: { chain: t.arg.string({ required: true }), jobId: t.arg({ type: 'Hex', required: true }) },
    resolve: (_, { chain, jobId }, { loaders }) => loaders.job.load({ chain: chainId(chain, 'chain'), id: jobId }),
  }),
  jobs: t.field({
    type: JobConnection,
    args: { filter: t.arg({ type: JobFilterInput }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => readJobPage(db, whereJob(filter ?? {}), page),
  }),
}))

builder.subscriptionFields((t) => ({
  jobChanged: t.field({
    type: Job,
    description:
      'The job as it is now, when it exists, and then whenever it changes. A state can come twice, and a slow reader misses some, never the latest.',
    args: { chain: t.arg.string({ required: true }), jobId: t.arg({ type: 'Hex', required: true }) },
    subscribe: (_, { chain, jobId }, { jobChanges }) => jobChanges.ofJob({ chain: chainId(chain, 'chain'), id: jobId }),
    resolve: (job: JobRow) => job,
  }),
  jobsChanged: t.field({
    type: Job,
    description:
      'Every job that changes, if it passes the filter then. Ends with the error Unavailable when changes may have been missed: query again, then subscribe again.',
    args: { filter: t.arg({ type: JobFilterInput }) },
    subscribe: (_, { filter }, { jobChanges }) => {
      // Refuses a filter that could never hold, as the query does.
      whereJob(filter ?? {})
      return jobChanges.ofJobs((job) => acceptsJob(filter ?? {}, job))
    },
    resolve: (job: JobRow) => job,
  }),
}))

/** The evaluator let go what was released, or all of it by completing; what is left goes back to the client at the end. */
function unpaidOf({ status, funded, released, paid, fee, refunded }: JobRow): bigint {
  const budget = funded ?? 0n
  const earned = status === 'Completed' ? budget : (released ?? 0n)
  const isOver = status === 'Rejected' || status === 'Expired' || status === 'Completed'
  const due = isOver ? budget : earned
  return due - (paid ?? 0n) - (fee ?? 0n) - (refunded ?? 0n)
}

export function readJobsOfAgent(db: Context['db'], chain: string, agentId: bigint, page: PageArguments) {
  return readJobPage(db, and(eq(jobs.chain, chain), eq(jobs.agentId, agentId)), page)
}

function readJobPage(db: Context['db'], where: SQL | undefined, page: PageArguments) {
  return readTablePage(db, { table: jobs, type: 'job', where }, page)
}
