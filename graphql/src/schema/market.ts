import { marketBids, marketRequests } from '@parley/database'
import { awardLine, type Hex, termsOfAward } from '@parley/protocol'
import { and, eq, gt, inArray, type SQL } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { chainId, given } from '../filters.ts'
import { type PageArguments, readPage } from '../page.ts'
import { byPlace } from '../place-order.ts'
import type { MarketAwardRow, MarketBidRow, MarketRequestRow } from '../rows.ts'
import { Agent } from './agent.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { MarketStatusEnum } from './enums.ts'
import { Job } from './job.ts'
import { toDate } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const MarketRequest = builder.objectRef<MarketRequestRow>('MarketRequest')
const MarketRequestConnection = connectionOf('MarketRequest', MarketRequest)
const MarketBid = builder.objectRef<MarketBidRow>('MarketBid')
const MarketBidConnection = connectionOf('MarketBid', MarketBid)
const MarketAward = builder.objectRef<MarketAwardRow>('MarketAward')

const CHAIN = { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }
const WORDS = { description: 'Plain words of a stranger: show them as text.' }

MarketRequest.implement({
  description: 'What a client asks for, in plain words and signed. Its id is the digest of what was signed.',
  fields: (t) => ({
    id: t.exposeID('id'),
    chain: t.exposeString('chain', CHAIN),
    client: t.expose('client', { type: 'Address' }),
    text: t.exposeString('text', WORDS),
    token: t.expose('token', { type: 'Address' }),
    budget: t.expose('budget', { type: 'BigInt', description: 'The most that the client pays.' }),
    deadline: t.field({ type: 'DateTime', resolve: ({ deadline }) => toDate(deadline) }),
    evaluator: t.expose('evaluator', { type: 'Address' }),
    evaluatorTerms: t.exposeString('evaluatorTerms', {
      description:
        "How it judges, on one line: `Quorum threshold=2 members=…`. Empty for one that is none of Parley's.",
    }),
    status: t.expose('status', { type: MarketStatusEnum }),
    bids: t.field({
      type: MarketBidConnection,
      args: pageArguments,
      resolve: ({ id }, page, { db }) => readBids(db, eq(marketBids.requestId, id), page),
    }),
    award: t.field({
      type: MarketAward,
      nullable: true,
      resolve: ({ id }, _, { loaders }) => loaders.awardOfRequest.load(id),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

MarketBid.implement({
  description: "A provider's signed offer for a request. Its id is the digest of what was signed.",
  fields: (t) => ({
    id: t.exposeID('id'),
    request: t.field({ type: MarketRequest, resolve: ({ requestId }, _, context) => requestOf(requestId, context) }),
    provider: t.expose('provider', { type: 'Address' }),
    agentId: t.expose('agentId', { type: 'BigInt' }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ chain, agentId }, _, { loaders }) => loaders.agent.load({ chain, id: agentId }),
    }),
    text: t.exposeString('text', WORDS),
    price: t.expose('price', { type: 'BigInt' }),
    deadline: t.field({ type: 'DateTime', resolve: ({ deadline }) => toDate(deadline) }),
    validUntil: t.field({ type: 'DateTime', resolve: ({ validUntil }) => toDate(validUntil) }),
    status: t.expose('status', { type: MarketStatusEnum }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

MarketAward.implement({
  description: "A client's signed choice of a bid.",
  fields: (t) => ({
    id: t.exposeID('id'),
    bid: t.field({ type: MarketBid, resolve: ({ bidId }, _, context) => bidOf(bidId, context) }),
    description: t.string({
      description: "The first line of its job's description.",
      resolve: ({ id }) => awardLine(id as Hex),
    }),
    job: t.field({
      type: Job,
      nullable: true,
      description: 'The first job that names the award and is what was awarded, as its chain shows it.',
      resolve: async ({ id, requestId, bidId }, _, context) => {
        const [request, bid] = await Promise.all([requestOf(requestId, context), bidOf(bidId, context)])
        const terms = termsOfAward(request, { ...bid, deadline: BigInt(bid.deadline) })
        return context.loaders.jobOfAward.load({ chain: request.chain, id: id as Hex, terms })
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const MarketRequestFilter = builder.inputType('MarketRequestFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    client: t.field({ type: 'Address' }),
    token: t.field({ type: 'Address' }),
    status: t.field({ type: [MarketStatusEnum] }),
    deadlineAfter: t.field({ type: 'DateTime' }),
  }),
})

const MarketBidFilter = builder.inputType('MarketBidFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    provider: t.field({ type: 'Address' }),
    agentId: t.field({ type: 'BigInt' }),
    status: t.field({ type: [MarketStatusEnum] }),
  }),
})

builder.queryFields((t) => ({
  marketRequest: t.field({
    type: MarketRequest,
    nullable: true,
    args: { id: t.arg({ type: 'Hex', required: true }) },
    resolve: (_, { id }, { loaders }) => loaders.marketRequest.load(id),
  }),
  marketRequests: t.field({
    type: MarketRequestConnection,
    args: { filter: t.arg({ type: MarketRequestFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readPage<MarketRequestRow>(
        {
          ...byPlace(marketRequests.place),
          type: 'marketRequest',
          where: and(
            given(filter?.chain, (chain) => eq(marketRequests.chain, chainId(chain, 'filter.chain'))),
            given(filter?.client, (client) => eq(marketRequests.client, client)),
            given(filter?.token, (token) => eq(marketRequests.token, token)),
            given(filter?.status, (statuses) => inArray(marketRequests.status, statuses)),
            given(filter?.deadlineAfter, (date) => gt(marketRequests.deadline, Math.floor(date.getTime() / 1000))),
          ),
          read: (condition, order, limit) =>
            db
              .select()
              .from(marketRequests)
              .where(condition)
              .orderBy(...order)
              .limit(limit),
          count: (condition) => db.$count(marketRequests, condition),
        },
        page,
      ),
  }),
  marketBids: t.field({
    type: MarketBidConnection,
    args: { filter: t.arg({ type: MarketBidFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readBids(
        db,
        and(
          given(filter?.chain, (chain) => eq(marketBids.chain, chainId(chain, 'filter.chain'))),
          given(filter?.provider, (provider) => eq(marketBids.provider, provider)),
          given(filter?.agentId, (agentId) => eq(marketBids.agentId, agentId)),
          given(filter?.status, (statuses) => inArray(marketBids.status, statuses)),
        ),
        page,
      ),
  }),
}))

function readBids(db: Context['db'], where: SQL | undefined, page: PageArguments) {
  return readPage<MarketBidRow>(
    {
      ...byPlace(marketBids.place),
      type: 'marketBid',
      where,
      read: (condition, order, limit) =>
        db
          .select()
          .from(marketBids)
          .where(condition)
          .orderBy(...order)
          .limit(limit),
      count: (condition) => db.$count(marketBids, condition),
    },
    page,
  )
}

async function requestOf(id: string, { loaders }: Context): Promise<MarketRequestRow> {
  return stored(await loaders.marketRequest.load(id), id)
}

async function bidOf(id: string, { loaders }: Context): Promise<MarketBidRow> {
  return stored(await loaders.marketBid.load(id), id)
}

/** The database keeps no bid without its request, and no award without its bid. */
function stored<Row>(row: Row | undefined, id: string): Row {
  if (row) return row
  throw new Error(`${id} is named and not there`)
}
