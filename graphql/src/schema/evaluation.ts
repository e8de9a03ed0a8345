import { crowdPayouts } from '@parley/database'
import type { Context } from '../context.ts'
import { matches } from '../filters.ts'
import type { ArbitrationRow, CrowdPayoutRow, CrowdRow, JobRow, MilestoneRow, VoteRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { Ruling } from './enums.ts'
import { created, MomentType, toDate, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const Vote = builder.objectRef<VoteRow>('Vote').implement({
  description: 'What a member of a quorum said.',
  fields: (t) => ({
    member: t.expose('member', { type: 'Address' }),
    isApproval: t.exposeBoolean('isApproval'),
    reason: t.expose('reason', { type: 'Hex' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

export const Quorum = builder.objectRef<JobRow>('Quorum').implement({
  description: 'Who judges a job together.',
  fields: (t) => ({
    members: t.field({ type: ['Address'], resolve: ({ judges }) => judges ?? [] }),
    threshold: t.int({
      description: 'As many approvals complete the job.',
      resolve: ({ threshold }) => threshold ?? 0,
    }),
    votes: t.field({
      type: [Vote],
      description: 'The oldest first.',
      resolve: async ({ chain, jobId }, _, { loaders }) => (await loaders.votesOfJob.load({ chain, id: jobId })) ?? [],
    }),
  }),
})

const Milestone = builder.objectRef<MilestoneRow>('Milestone').implement({
  description: "A part of a job's budget.",
  fields: (t) => ({
    milestone: t.exposeInt('milestone', { description: 'From 0.' }),
    amount: t.expose('amount', { type: 'BigInt', description: 'What it pays, before fees.' }),
    approver: t.expose('approver', {
      type: 'Address',
      nullable: true,
      description: 'The judge, or who made its silence count. Null until then.',
    }),
    approved: t.field({
      type: MomentType,
      nullable: true,
      resolve: (milestone) => (milestone.approver === null ? null : updated(milestone)),
    }),
  }),
})

export const MilestonePlan = builder.objectRef<JobRow>('MilestonePlan').implement({
  description: 'The parts in which a job is paid.',
  fields: (t) => ({
    judge: t.field({ type: 'Address', nullable: true, resolve: ({ judges }) => judges?.[0] ?? null }),
    reviewSeconds: t.field({
      type: 'BigInt',
      description: "From a submission on; then the judge's silence approves.",
      resolve: ({ reviewSeconds }) => BigInt(reviewSeconds ?? 0),
    }),
    milestones: t.field({
      type: [Milestone],
      resolve: async ({ chain, jobId }, _, { loaders }) =>
        (await loaders.milestonesOfJob.load({ chain, id: jobId })) ?? [],
    }),
  }),
})

export const Arbitration = builder.objectRef<ArbitrationRow>('Arbitration').implement({
  description: "The terms of a job's arbitration, and what became of it.",
  fields: (t) => ({
    arbiter: t.field({
      type: 'Address',
      nullable: true,
      resolve: async (row, _, { loaders }) => (await jobOf(row, loaders))?.judges?.[0] ?? null,
    }),
    reviewSeconds: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'How long the client can dispute a submission.',
      resolve: async (row, _, { loaders }) => {
        const seconds = (await jobOf(row, loaders))?.reviewSeconds ?? null
        return seconds === null ? null : BigInt(seconds)
      },
    }),
    rulingSeconds: t.field({
      type: 'BigInt',
      description: 'How long the arbiter can rule on a dispute.',
      resolve: ({ rulingSeconds }) => BigInt(rulingSeconds),
    }),
    silenceShareBP: t.exposeInt('silenceShareBP', {
      description: "What the provider gets of the budget by the arbiter's silence, in basis points.",
    }),
    bond: t.expose('bond', { type: 'BigInt', description: 'What a dispute costs the client if it is wrong.' }),
    bondReceiver: t.expose('bondReceiver', { type: 'Address', nullable: true }),
    stake: t.expose('stake', { type: 'BigInt', description: 'What the provider loses if it is wrong.' }),
    isStakeLocked: t.exposeBoolean('isStakeLocked'),
    stakeReceiver: t.expose('stakeReceiver', { type: 'Address', nullable: true }),
    disputedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Null without a dispute, and after a ruling that asked for the work again.',
      resolve: ({ disputedAt }) => (disputedAt === null ? null : toDate(disputedAt)),
    }),
    disputeReason: t.expose('disputeReason', { type: 'Hex', nullable: true }),
    ruling: t.expose('ruling', { type: Ruling, nullable: true, description: 'The last.' }),
    rulingReason: t.expose('rulingReason', { type: 'Hex', nullable: true }),
    shareBP: t.exposeInt('shareBP', {
      nullable: true,
      description: 'What the ruling, or a silence, gave the provider of the budget, in basis points.',
    }),
    hasRedone: t.exposeBoolean('hasRedone', {
      description: 'Whether the work was asked for again, which happens once.',
    }),
  }),
})

function jobOf({ chain, jobId }: ArbitrationRow, { job }: Context['loaders']) {
  return job.load({ chain, id: jobId })
}

const CrowdPayout = builder.objectRef<CrowdPayoutRow>('CrowdPayout')
const CrowdPayoutConnection = connectionOf('CrowdPayout', CrowdPayout)

CrowdPayout.implement({
  description: 'A share of what a job paid, in the ledger.',
  fields: (t) => ({
    index: t.expose('index', { type: 'BigInt', description: 'In the list of payouts.' }),
    // Null for a moment at most: a reorganisation can remove the transfer between two statements.
    account: t.field({
      type: 'Address',
      nullable: true,
      resolve: async (payout, _, { loaders }) => (await transferOf(payout, loaders))?.to ?? null,
    }),
    amount: t.field({
      type: 'BigInt',
      nullable: true,
      resolve: async (payout, _, { loaders }) => (await transferOf(payout, loaders))?.amount ?? null,
    }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

export const Crowd = builder.objectRef<CrowdRow>('Crowd').implement({
  description: 'Many who share what a job pays.',
  fields: (t) => ({
    root: t.expose('root', { type: 'Hex', description: 'Of the tree of payouts.' }),
    total: t.expose('total', { type: 'BigInt', description: 'What the payouts come to.' }),
    remainder: t.expose('remainder', {
      type: 'BigInt',
      nullable: true,
      description: 'What the job paid beyond that, once the provider has claimed it.',
    }),
    payouts: t.field({
      type: CrowdPayoutConnection,
      args: pageArguments,
      resolve: ({ chain, jobId }, page, { db }) =>
        readTablePage(
          db,
          { table: crowdPayouts, type: 'crowd-payout', where: matches(crowdPayouts, { chain, jobId }) },
          page,
        ),
    }),
  }),
})

function transferOf({ chain, createdBlock, transferLogIndex }: CrowdPayoutRow, { ledgerTransfer }: Context['loaders']) {
  return ledgerTransfer.load({ chain, id: [createdBlock, transferLogIndex] })
}
