import { type Database, requests } from '@parley/database'
import { errors, isErrorName, ParleyError } from '@parley/protocol'
import { and, eq, inArray, type SQL } from 'drizzle-orm'
import { chainId, given } from '../filters.ts'
import { readPage } from '../page.ts'
import { byCreation, requestColumns, UUID } from '../request-order.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { ErrorNameEnum, RequestKindEnum, RequestStatusEnum } from './enums.ts'
import { pageArguments } from './page-arguments.ts'

type RequestRow = Awaited<ReturnType<typeof readRequests>>[number]

const RequestError = builder.objectRef<RequestRow>('RequestError').implement({
  fields: (t) => ({
    name: t.field({
      type: ErrorNameEnum,
      nullable: true,
      description: "Null when a called contract failed with an error that is none of Parley's: see message.",
      resolve: ({ error }) => (error !== null && isErrorName(error) ? error : null),
    }),
    message: t.exposeString('message', { nullable: true }),
    field: t.exposeString('field', { nullable: true, description: 'Path of the input that is at fault.' }),
    isRetryable: t.boolean({
      description: 'Whether the same request, sent again unchanged, may succeed.',
      resolve: ({ error }) => error !== null && isErrorName(error) && errors[error],
    }),
  }),
})

const Request = builder.objectRef<RequestRow>('Request')
const RequestConnection = connectionOf('Request', Request)

Request.implement({
  description: 'What the relayer was asked, and what became of it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: RequestKindEnum }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    account: t.expose('account', { type: 'Address', nullable: true }),
    status: t.expose('status', { type: RequestStatusEnum }),
    error: t.field({
      type: RequestError,
      nullable: true,
      resolve: (request) => (request.error === null ? null : request),
    }),
    transaction: t.exposeString('transaction', {
      nullable: true,
      description: "The transaction's hash, as the chain's explorers show it.",
    }),
    block: t.field({
      type: 'BigInt',
      nullable: true,
      resolve: ({ blockNumber }) => (blockNumber === null ? null : BigInt(blockNumber)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

const RequestFilter = builder.inputType('RequestFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    status: t.field({ type: [RequestStatusEnum] }),
    error: t.field({ type: ErrorNameEnum }),
    account: t.field({ type: 'Address' }),
    kind: t.field({ type: RequestKindEnum }),
  }),
})

builder.queryFields((t) => ({
  request: t.field({
    type: Request,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: async (_, { id }, { db }) => {
      if (!UUID.test(id)) throw new ParleyError('InputInvalid', `"${id.slice(0, 60)}" is not a UUID`, { field: 'id' })
      const [request] = await readRequests(db, eq(requests.id, id), [], 1)
      return request
    },
  }),
  requests: t.field({
    type: RequestConnection,
    args: { filter: t.arg({ type: RequestFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readPage<RequestRow>(
        {
          ...byCreation(),
          type: 'request',
          where: and(
            given(filter?.chain, (chain) => eq(requests.chain, chainId(chain, 'filter.chain'))),
            given(filter?.status, (statuses) => inArray(requests.status, statuses)),
            given(filter?.error, (error) => eq(requests.error, error)),
            given(filter?.account, (account) => eq(requests.account, account)),
            given(filter?.kind, (kind) => eq(requests.kind, kind)),
          ),
          read: (condition, order, limit) => readRequests(db, condition, order, limit),
          count: (condition) => db.$count(requests, condition),
        },
        page,
      ),
  }),
}))

function readRequests(db: Database, where: SQL | undefined, order: SQL[], limit: number) {
  return db
    .select(requestColumns)
    .from(requests)
    .where(where)
    .orderBy(...order)
    .limit(limit)
}
