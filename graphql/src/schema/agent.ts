import { agents } from '@parley/database'
import { and, eq } from 'drizzle-orm'
import { accountFromBytes } from '../account.ts'
import { chainId, given } from '../filters.ts'
import { WALLET_KEY_HASH } from '../loaders.ts'
import { readPage } from '../page.ts'
import { byPosition } from '../position-order.ts'
import type { AgentMetadataRow, AgentRow } from '../rows.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { JobConnection, readJobsOfAgent } from './job.ts'
import { created, MomentType, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const AgentMetadata = builder.objectRef<AgentMetadataRow>('AgentMetadata').implement({
  fields: (t) => ({ key: t.exposeString('key'), value: t.expose('value', { type: 'Hex' }) }),
})

export const Agent = builder.objectRef<AgentRow>('Agent')
const AgentConnection = connectionOf('Agent', Agent)

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
      description: 'By key, at most 100.',
      resolve: async ({ chain, agentId }, _, { loaders }) =>
        (await loaders.metadataOfAgent.load({ chain, id: agentId })) ?? [],
    }),
    jobs: t.field({
      type: JobConnection,
      args: pageArguments,
      resolve: ({ chain, agentId }, page, { db }) => readJobsOfAgent(db, chain, agentId, page),
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
      readPage<AgentRow>(
        {
          ...byPosition(agents.position),
          type: 'agent',
          where: and(
            given(filter?.chain, (chain) => eq(agents.chain, chainId(chain, 'filter.chain'))),
            given(filter?.owner, (owner) => eq(agents.owner, owner)),
          ),
          read: (condition, order, limit) =>
            db
              .select()
              .from(agents)
              .where(condition)
              .orderBy(...order)
              .limit(limit),
          count: (condition) => db.$count(agents, condition),
        },
        page,
      ),
  }),
}))
