import { feeCollections, settings } from '@parley/database'
import { matches } from '../filters.ts'
import type { FeeCollectionRow, SettingRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { SettingName } from './enums.ts'
import { created, MomentType, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const Setting = builder.objectRef<SettingRow>('Setting')
const SettingConnection = connectionOf('Setting', Setting)

Setting.implement({
  description:
    "What a contract's owner or guardian decided, as it holds now. What was never decided, and is as the contract began, is not here.",
  fields: (t) => ({
    id: t.id({
      resolve: ({ chain, contract, name, subject }) => `setting/${chain}/${contract}/${name}/${subject}`,
    }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    contract: t.expose('contract', { type: 'Address' }),
    name: t.expose('name', { type: SettingName }),
    subject: t.exposeString('subject', {
      description: 'What it is about, for example a workload; empty: the contract.',
    }),
    value: t.exposeString('value', { description: '`true` or `false`, an account, or a whole number.' }),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const FeeCollection = builder.objectRef<FeeCollectionRow>('FeeCollection')
const FeeCollectionConnection = connectionOf('FeeCollection', FeeCollection)

FeeCollection.implement({
  description: "What the treasury was sent of the protocol's fees.",
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, blockNumber, logIndex }) => `fee-collection/${chain}/${blockNumber}/${logIndex}` }),
    chain: t.exposeString('chain', { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }),
    token: t.expose('token', { type: 'Address' }),
    treasury: t.expose('treasury', { type: 'Address' }),
    direct: t.expose('direct', { type: 'BigInt', description: 'In the token itself.' }),
    inLedger: t.expose('inLedger', { type: 'BigInt', description: 'In the ledger.' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const FeeCollectionFilter = builder.inputType('FeeCollectionFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({ chain: t.string(), token: t.field({ type: 'Address' }), treasury: t.field({ type: 'Address' }) }),
})

const SettingFilter = builder.inputType('SettingFilter', {
  description: 'All that is given must hold.',
  fields: (t) => ({
    chain: t.string(),
    contract: t.field({ type: 'Address' }),
    name: t.field({ type: SettingName }),
    subject: t.string(),
    value: t.string(),
  }),
})

builder.queryFields((t) => ({
  feeCollections: t.field({
    type: FeeCollectionConnection,
    args: { filter: t.arg({ type: FeeCollectionFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(
        db,
        { table: feeCollections, type: 'fee-collection', where: matches(feeCollections, filter) },
        page,
      ),
  }),
  settings: t.field({
    type: SettingConnection,
    args: { filter: t.arg({ type: SettingFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(db, { table: settings, type: 'setting', where: matches(settings, filter) }, page),
  }),
}))
