import { payments } from '@parley/database'
import { matches } from '../filters.ts'
import type { PaymentRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { PaymentKind } from './enums.ts'
import { Job } from './job.ts'
import { toDate } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

export const Payment = builder.objectRef<PaymentRow>('Payment')
const PaymentConnection = connectionOf('Payment', Payment)

Payment.implement({
  description: 'Money that moved for a job, or should have.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, blockNumber, logIndex }) => `payment/${chain}/${blockNumber}/${logIndex}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    kind: t.expose('kind', { type: PaymentKind }),
    // Null for a moment at most: a reorganisation can remove the job between two statements.
    job: t.field({
      type: Job,
      nullable: true,
      resolve: ({ chain, jobId }, _, { loaders }) => loaders.job.load({ chain, id: jobId }),
    }),
    token: t.field({
      type: 'Address',
      nullable: true,
      description: "The job's.",
      resolve: async ({ chain, jobId }, _, { loaders }) =>
        (await loaders.job.load({ chain, id: jobId }))?.token ?? null,
    }),
    account: t.expose('account', { type: 'Address', description: 'Who paid (FUNDED), or is to be paid.' }),
    amount: t.expose('amount', { type: 'BigInt' }),
    block: t.field({ type: 'BigInt', resolve: ({ blockNumber }) => BigInt(blockNumber) }),
    transaction: t.exposeString('createdTransaction'),
    timestamp: t.field({ type: 'DateTime', resolve: ({ createdAt }) => toDate(createdAt) }),
  }),
})

const PaymentFilter = builder.inputType('PaymentFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    jobId: t.field({ type: 'Hex' }),
    account: t.field({ type: 'Address' }),
    kind: t.field({ type: PaymentKind }),
  }),
})

builder.queryFields((t) => ({
  payments: t.field({
    type: PaymentConnection,
    args: { filter: t.arg({ type: PaymentFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(db, { table: payments, type: 'payment', where: matches(payments, filter) }, page),
  }),
}))
