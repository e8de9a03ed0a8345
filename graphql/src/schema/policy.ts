import { policies, spends } from '@parley/database'
import { and, arrayContains } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { chainId, given, matches } from '../filters.ts'
import type { PageArguments } from '../page.ts'
import type { CounterpartyRow, PolicyRow, SpendConfirmationRow, SpendLimitRow, SpendRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { SpendMethod, spendMethods } from './enums.ts'
import { created, MomentType, toDate, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const CHAIN = { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }
const ALL = { description: 'All that is given must hold.' }

const SpendLimit = builder.objectRef<SpendLimitRow>('SpendLimit').implement({
  description: 'How much of a token a key may spend.',
  fields: (t) => ({
    token: t.expose('token', { type: 'Address' }),
    limit: t.expose('limit', { type: 'BigInt', description: 'In each period.' }),
    periodSeconds: t.field({ type: 'BigInt', resolve: ({ periodSeconds }) => BigInt(periodSeconds) }),
    threshold: t.expose('threshold', { type: 'BigInt', description: 'What is above it takes confirmations.' }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const SpendConfirmation = builder.objectRef<SpendConfirmationRow>('SpendConfirmation').implement({
  description: 'What a confirmer confirmed last: an older confirmation counts no more.',
  fields: (t) => ({
    confirmer: t.expose('confirmer', { type: 'Address' }),
    operationId: t.expose('operationId', { type: 'Hex' }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const Spend = builder.objectRef<SpendRow>('Spend')
const SpendConnection = connectionOf('Spend', Spend)

Spend.implement({
  description: 'What a key spent of an account.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, blockNumber, logIndex }) => `spend/${chain}/${blockNumber}/${logIndex}` }),
    chain: t.exposeString('chain', CHAIN),
    account: t.expose('account', { type: 'Address' }),
    key: t.expose('key', { type: 'Address' }),
    method: t.field({
      type: SpendMethod,
      nullable: true,
      resolve: ({ method }) => spendMethods.find(({ bit }) => bit === method)?.name ?? null,
    }),
    counterparty: t.expose('counterparty', { type: 'Address' }),
    token: t.expose('token', { type: 'Address' }),
    amount: t.expose('amount', { type: 'BigInt' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const Policy = builder.objectRef<PolicyRow>('Policy')
const PolicyConnection = connectionOf('Policy', Policy)

Policy.implement({
  description: 'What an account lets a key spend from the ledger, or did.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, account, key }) => `policy/${chain}/${account}/${key}` }),
    chain: t.exposeString('chain', CHAIN),
    account: t.expose('account', { type: 'Address', description: 'Whose money it is.' }),
    key: t.expose('key', { type: 'Address', description: 'The account that may spend.' }),
    expiresAt: t.field({ type: 'DateTime', resolve: ({ expiresAt }) => toDate(expiresAt) }),
    methods: t.field({
      type: [SpendMethod],
      resolve: ({ methods }) => spendMethods.filter(({ bit }) => (methods & bit) !== 0).map(({ name }) => name),
    }),
    isAnyCounterparty: t.exposeBoolean('isAnyCounterparty', { description: 'Whether it may pay anybody.' }),
    counterparties: t.field({
      type: ['Address'],
      description: 'Whom it may pay otherwise, at most 100.',
      resolve: async (policy, _, { loaders }) => {
        const rows: CounterpartyRow[] = (await loaders.counterpartiesOfPolicy.load(keyOf(policy))) ?? []
        return rows.map(({ counterparty }) => counterparty)
      },
    }),
    limits: t.field({
      type: [SpendLimit],
      description: 'Of all tokens that it may spend, at most 100.',
      resolve: async (policy, _, { loaders }) => (await loaders.limitsOfPolicy.load(keyOf(policy))) ?? [],
    }),
    confirmers: t.expose('confirmers', { type: ['Address'] }),
    confirmationsNeeded: t.exposeInt('confirmationsNeeded'),
    confirmations: t.field({
      type: [SpendConfirmation],
      resolve: async (policy, _, { loaders }) => (await loaders.confirmationsOfPolicy.load(keyOf(policy))) ?? [],
    }),
    isRevoked: t.exposeBoolean('isRevoked'),
    isActive: t.boolean({
      description: 'Neither revoked nor expired at this moment.',
      resolve: ({ isRevoked, expiresAt }, _, { clock }) => !isRevoked && expiresAt > Math.floor(clock() / 1000),
    }),
    spends: t.field({
      type: SpendConnection,
      args: pageArguments,
      resolve: ({ chain, account, key }, page, { db }) => readSpends(db, { chain, account, key }, page),
    }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const PolicyFilter = builder.inputType('PolicyFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    account: t.field({ type: 'Address' }),
    key: t.field({ type: 'Address' }),
    confirmer: t.field({ type: 'Address' }),
    isRevoked: t.boolean(),
  }),
})

const SpendFilter = builder.inputType('SpendFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    account: t.field({ type: 'Address' }),
    key: t.field({ type: 'Address' }),
    counterparty: t.field({ type: 'Address' }),
    token: t.field({ type: 'Address' }),
  }),
})

builder.queryFields((t) => ({
  policy: t.field({
    type: Policy,
    nullable: true,
    args: {
      chain: t.arg.string({ required: true }),
      account: t.arg({ type: 'Address', required: true }),
      key: t.arg({ type: 'Address', required: true }),
    },
    resolve: (_, { chain, account, key }, { loaders }) =>
      loaders.policy.load(keyOf({ chain: chainId(chain, 'chain'), account, key })),
  }),
  policies: t.field({
    type: PolicyConnection,
    args: { filter: t.arg({ type: PolicyFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => {
      const { confirmer, ...rest } = filter ?? {}
      const isConfirmer = given(confirmer, (account) => arrayContains(policies.confirmers, [account]))
      const where = and(isConfirmer, matches(policies, rest))
      return readTablePage(db, { table: policies, type: 'policy', where }, page)
    },
  }),
  spends: t.field({
    type: SpendConnection,
    args: { filter: t.arg({ type: SpendFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => readSpends(db, filter ?? {}, page),
  }),
}))

function readSpends(db: Context['db'], filter: Parameters<typeof matches<typeof spends>>[1], page: PageArguments) {
  return readTablePage(db, { table: spends, type: 'spend', where: matches(spends, filter) }, page)
}

function keyOf({ chain, account, key }: Pick<PolicyRow, 'chain' | 'account' | 'key'>) {
  return { chain, id: [account, key] }
}
