import { agents } from '@parley/database'
import { accountFromBytes } from '../account.ts'
import { chainId, matches } from '../filters.ts'
import { WALLET_KEY_HASH } from '../loaders.ts'
import type { AgentMetadataRow, AgentRow } from '../rows.ts'
import { summarizeFeedback, summarizeValidations } from '../summaries.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { JobConnection, readJobsOfAgent } from './job.ts'
import { created, MomentType, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'
import {
  FeedbackConnection,
  FeedbackSummary,
  readFeedback,
  readValidations,
  ValidationConnection,
  ValidationSummary,
} from './reputation.ts'

const AgentMetadata = builder.objectRef<AgentMetadataRow>('AgentMetadata').implement({
  fields: (t) => ({ key: t.exposeString('key'), value: t.expose('value', { type: 'Hex' }) }),
})

export const Agent = builder.objectRef<AgentRow>('Agent')
const AgentConnection = connectionOf('Agent', Agent)

const summaryArguments = builder.args((t) => ({
  clients: t.field({ type: ['Address'], required: true }),
  tag1: t.string({ required: true, defaultValue: '' }),
  tag2: t.string({ required: true, defaultValue: '' }),
}))

/** Reads all that an agent was told, as counting does. */
const SUMMARY_WEIGHT = 100

Agent.implement({
  description: 'An agent of the identity registry (ERC-8004).',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, agentId }) => `agent/${chain}/${agentId}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    agentId: t.expose('agentId', { type: 'BigInt' }),
    owner: t.expose('owner', { type: 'Address' }),
    uri: t.exposeString('uri', {
      description: 'Where the agent describes itself. Its owner wrote it: trust it no further.',
    }),
    wallet: t.field({
      type: 'Address',
      nullable: true,
      description: 'Where the agent is paid.',
      resolve: async ({ chain, agentId }, _, { loaders }) => {
        const metadata = await loaders.metadataOfAgent.load({ chain, id: agentId })
        const wallet = metadata?.find(({ keyHash }) => keyHash === WALLET_KEY_HASH)?.value
        return wallet === undefined ? null : (accountFromBytes(wallet, chain) ?? null)
      },
    }),
    metadata: t.field({
      type: [AgentMetadata],
      description: 'The wallet, then by key; at most 100.',
      resolve: async ({ chain, agentId }, _, { loaders }) =>
        (await loaders.metadataOfAgent.load({ chain, id: agentId })) ?? [],
    }),
    jobs: t.field({
      type: JobConnection,
      args: pageArguments,
      resolve: ({ chain, agentId }, page, { db }) => readJobsOfAgent(db, chain, agentId, page),
    }),
    feedback: t.field({
      type: FeedbackConnection,
      args: pageArguments,
      resolve: ({ chain, agentId }, page, { db }) => readFeedback(db, { chain, agentId }, page),
    }),
    feedbackSummary: t.field({
      type: FeedbackSummary,
      description: 'What these clients, at most 100, say of it. An empty tag is any.',
      args: summaryArguments,
      extensions: { weight: SUMMARY_WEIGHT },
      resolve: (agent, query, { db }) => summarizeFeedback(db, agent, query),
    }),
    backedSummary: t.field({
      type: FeedbackSummary,
      description: 'The same of what stands on paid jobs, by weight.',
      args: summaryArguments,
      extensions: { weight: SUMMARY_WEIGHT },
      resolve: (agent, query, { db }) => summarizeFeedback(db, agent, query, { isByWeight: true }),
    }),
    validations: t.field({
      type: ValidationConnection,
      args: pageArguments,
      resolve: ({ chain, agentId }, page, { db }) => readValidations(db, { chain, agentId }, page),
    }),
    validationSummary: t.field({
      type: ValidationSummary,
      description: 'What these validators, at most 100, or all of them answered. An empty tag is any.',
      args: {
        validators: t.arg({ type: ['Address'], required: true, defaultValue: [] }),
        tag: t.arg.string({ required: true, defaultValue: '' }),
      },
      extensions: { weight: SUMMARY_WEIGHT },
      resolve: (agent, query, { db }) => summarizeValidations(db, agent, query),
    }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const AgentFilter = builder.inputType('AgentFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({ chain: t.string(), owner: t.field({ type: 'Address' }) }),
})

builder.queryFields((t) => ({
  agent: t.field({
    type: Agent,
    nullable: true,
    args: { chain: t.arg.string({ required: true }), agentId: t.arg({ type: 'BigInt', required: true }) },
    resolve: (_, { chain, agentId }, { loaders }) =>
      loaders.agent.load({ chain: chainId(chain, 'chain'), id: agentId }),
  }),
  agents: t.field({
    type: AgentConnection,
    args: { filter: t.arg({ type: AgentFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(db, { table: agents, type: 'agent', where: matches(agents, filter) }, page),
  }),
}))
