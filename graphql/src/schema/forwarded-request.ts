import { forwardedRequests } from '@parley/database'
import { isErrorName } from '@parley/protocol'
import { matches } from '../filters.ts'
import type { ForwardedRequestRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { ErrorNameEnum } from './enums.ts'
import { created, MomentType } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const ForwardedRequest = builder.objectRef<ForwardedRequestRow>('ForwardedRequest')
const ForwardedRequestConnection = connectionOf('ForwardedRequest', ForwardedRequest)

ForwardedRequest.implement({
  description:
    'A sponsored request that reached the chain, whoever sent it there: a forward request on EVM chains, a delegate action (NEP-366) for a contract of Parley on NEAR.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, requestId }) => `forwarded-request/${chain}/${requestId}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    requestId: t.expose('requestId', { type: 'Hex', description: 'The hash that was signed.' }),
    account: t.expose('account', { type: 'Address', description: 'Who signed it.' }),
    nonce: t.expose('nonce', { type: 'BigInt' }),
    hasSucceeded: t.exposeBoolean('hasSucceeded'),
    error: t.field({
      type: ErrorNameEnum,
      nullable: true,
      description: "Null also when the called contract failed with an error that is none of Parley's: see reason.",
      resolve: ({ error }) => (error !== null && isErrorName(error) ? error : null),
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'All that is known of the failure.' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const ForwardedRequestFilter = builder.inputType('ForwardedRequestFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    account: t.field({ type: 'Address' }),
    hasSucceeded: t.boolean(),
    error: t.field({ type: ErrorNameEnum }),
  }),
})

builder.queryFields((t) => ({
  forwardedRequests: t.field({
    type: ForwardedRequestConnection,
    args: { filter: t.arg({ type: ForwardedRequestFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(
        db,
        { table: forwardedRequests, type: 'forwarded-request', where: matches(forwardedRequests, filter) },
        page,
      ),
  }),
}))
