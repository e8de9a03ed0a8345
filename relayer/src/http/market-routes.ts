import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import { listBids, listRequests, viewRequest } from '../market/read.ts'
import type { Market, Posting } from '../market/state.ts'
import { award, postBid, postRequest, withdrawBid, withdrawRequest } from '../market/take.ts'
import { awardedBody, bidBody, requestBody, viewedBody } from './market-answers.ts'
import {
  awardedSchema,
  bidListSchema,
  idParameter,
  marketBodies,
  pageQuery,
  requestListSchema,
  requestsQuery,
  statedSchema,
  viewedSchema,
} from './market-schemas.ts'
import { errorSchema, headerSchema } from './schemas.ts'

const REQUESTS = '/v1/market/requests'
const REQUEST = `${REQUESTS}/{id}` as const
const params = idParameter

function answering<Status extends 200 | 201, Schema extends z.ZodType>(
  status: Status,
  description: string,
  schema: Schema,
) {
  const answer = { description, content: { 'application/json': { schema } } }
  const refusal = { description: 'Refused, by name.', content: { 'application/json': { schema: errorSchema } } }
  return { [status]: answer, default: refusal } as { [S in Status]: typeof answer } & { default: typeof refusal }
}

function post<Schema extends z.ZodType>(schema: Schema) {
  return { headers: headerSchema, body: { required: true, content: { 'application/json': { schema } } } }
}

const stated = answering(201, 'Taken; the same again has the same answer.', statedSchema)

const routes = {
  postRequest: createRoute({
    method: 'post',
    path: REQUESTS,
    summary: 'Ask for work in plain words',
    request: post(marketBodies.request),
    responses: stated,
  }),
  listRequests: createRoute({
    method: 'get',
    path: REQUESTS,
    summary: 'What clients ask for, the newest first',
    request: { query: requestsQuery },
    responses: answering(200, 'A page of requests.', requestListSchema),
  }),
  viewRequest: createRoute({
    method: 'get',
    path: REQUEST,
    summary: 'A request, its award and the job that this became',
    request: { params },
    responses: answering(200, 'The request as it is now.', viewedSchema),
  }),
  listBids: createRoute({
    method: 'get',
    path: `${REQUEST}/bids`,
    summary: 'Bids on a request, the cheapest first',
    request: { params, query: pageQuery },
    responses: answering(200, 'A page of bids.', bidListSchema),
  }),
  postBid: createRoute({
    method: 'post',
    path: `${REQUEST}/bids`,
    summary: 'Bid on a request, for an agent',
    request: { params, ...post(marketBodies.bid) },
    responses: stated,
  }),
  award: createRoute({
    method: 'post',
    path: `${REQUEST}/award`,
    summary: 'Take a bid, for the client',
    request: { params, ...post(marketBodies.award) },
    responses: answering(201, 'Taken: hire with these terms.', awardedSchema),
  }),
  withdrawRequest: createRoute({
    method: 'post',
    path: `${REQUEST}/withdraw`,
    summary: 'Take a request back, for its client',
    request: { params, ...post(marketBodies.withdrawal) },
    responses: stated,
  }),
  withdrawBid: createRoute({
    method: 'post',
    path: '/v1/market/bids/{id}/withdraw',
    summary: 'Take a bid back, for its provider',
    request: { params, ...post(marketBodies.withdrawal) },
    responses: stated,
  }),
} as const

/** The market's part of the relayer's HTTP interface. */
export function addMarketRoutes(app: OpenAPIHono, market: Market): void {
  app.openapi(routes.postRequest, async (context) => {
    const posting = { ...(await cameAs(context)), body: context.req.valid('json') }
    return context.json({ id: await postRequest(market, posting) }, 201)
  })
  app.openapi(routes.listRequests, async (context) => {
    const { first, after, ...filter } = context.req.valid('query')
    const { rows, next } = await listRequests(market, filter, { first, after })
    return context.json({ requests: rows.map(requestBody), next }, 200)
  })
  app.openapi(routes.viewRequest, async (context) =>
    context.json(viewedBody(await viewRequest(market, context.req.valid('param').id)), 200),
  )
  app.openapi(routes.listBids, async (context) => {
    const { rows, next } = await listBids(market, context.req.valid('param').id, context.req.valid('query'))
    return context.json({ bids: rows.map(bidBody), next }, 200)
  })
  app.openapi(routes.postBid, async (context) => {
    const posting = {
      ...(await cameAs(context)),
      subject: context.req.valid('param').id,
      body: context.req.valid('json'),
    }
    return context.json({ id: await postBid(market, posting) }, 201)
  })
  app.openapi(routes.award, async (context) => {
    const posting = {
      ...(await cameAs(context)),
      subject: context.req.valid('param').id,
      body: context.req.valid('json'),
    }
    return context.json(awardedBody(await award(market, posting)), 201)
  })
  app.openapi(routes.withdrawRequest, async (context) => {
    const posting = {
      ...(await cameAs(context)),
      subject: context.req.valid('param').id,
      body: context.req.valid('json'),
    }
    return context.json({ id: await withdrawRequest(market, posting) }, 201)
  })
  app.openapi(routes.withdrawBid, async (context) => {
    const posting = {
      ...(await cameAs(context)),
      subject: context.req.valid('param').id,
      body: context.req.valid('json'),
    }
    return context.json({ id: await withdrawBid(market, posting) }, 201)
  })
}

interface Incoming {
  readonly req: { text(): Promise<string>; valid(target: 'header'): { 'idempotency-key'?: string | undefined } }
}

async function cameAs({ req }: Incoming): Promise<Pick<Posting<object>, 'text' | 'idempotencyKey'>> {
  return { text: await req.text(), idempotencyKey: req.valid('header')['idempotency-key'] }
}
