import { ledgerBalances, ledgerOperators, ledgerTransfers } from '@parley/database'
import { NOBODY } from '@parley/protocol'
import { and, eq, or } from 'drizzle-orm'
import { given, matches } from '../filters.ts'
import type { LedgerBalanceRow, LedgerOperatorRow, LedgerTransferRow } from '../rows.ts'
import { readTablePage } from '../table-page.ts'
import { builder } from './builder.ts'
import { connectionOf } from './connection.ts'
import { LedgerTransferKind } from './enums.ts'
import { created, MomentType, updated } from './moment.ts'
import { pageArguments } from './page-arguments.ts'

const CHAIN = { description: 'CAIP-2: `eip155:1`, `near:mainnet`.' }
const ALL = { description: 'All that is given must hold.' }

const LedgerBalance = builder.objectRef<LedgerBalanceRow>('LedgerBalance')
const LedgerBalanceConnection = connectionOf('LedgerBalance', LedgerBalance)

LedgerBalance.implement({
  description: 'What an account holds of a token in the ledger. It stays when it is 0.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, account, token }) => `ledger-balance/${chain}/${account}/${token}` }),
    chain: t.exposeString('chain', CHAIN),
    account: t.expose('account', { type: 'Address' }),
    token: t.expose('token', { type: 'Address' }),
    balance: t.expose('balance', { type: 'BigInt' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const LedgerTransfer = builder.objectRef<LedgerTransferRow>('LedgerTransfer')
const LedgerTransferConnection = connectionOf('LedgerTransfer', LedgerTransfer)

LedgerTransfer.implement({
  description: 'Money that moved within the ledger, into it or out of it.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, blockNumber, logIndex }) => `ledger-transfer/${chain}/${blockNumber}/${logIndex}` }),
    chain: t.exposeString('chain', CHAIN),
    kind: t.field({
      type: LedgerTransferKind,
      resolve: ({ from, to }) => (from === NOBODY ? 'Deposit' : to === NOBODY ? 'Withdrawal' : 'Transfer'),
    }),
    caller: t.expose('caller', { type: 'Address', description: 'The sender, or an operator of it.' }),
    from: t.field({ type: 'Address', nullable: true, resolve: ({ from }) => (from === NOBODY ? null : from) }),
    to: t.field({ type: 'Address', nullable: true, resolve: ({ to }) => (to === NOBODY ? null : to) }),
    token: t.expose('token', { type: 'Address' }),
    amount: t.expose('amount', { type: 'BigInt' }),
    created: t.field({ type: MomentType, resolve: created }),
  }),
})

const LedgerOperator = builder.objectRef<LedgerOperatorRow>('LedgerOperator')
const LedgerOperatorConnection = connectionOf('LedgerOperator', LedgerOperator)

LedgerOperator.implement({
  description: 'Whom an account lets move all its balances (ERC-6909), or did.',
  fields: (t) => ({
    id: t.id({ resolve: ({ chain, owner, spender }) => `ledger-operator/${chain}/${owner}/${spender}` }),
    chain: t.exposeString('chain', CHAIN),
    owner: t.expose('owner', { type: 'Address' }),
    spender: t.expose('spender', { type: 'Address' }),
    isApproved: t.exposeBoolean('isApproved'),
    created: t.field({ type: MomentType, resolve: created }),
    updated: t.field({ type: MomentType, resolve: updated }),
  }),
})

const LedgerBalanceFilter = builder.inputType('LedgerBalanceFilter', {
  ...ALL,
  fields: (t) => ({ chain: t.string(), account: t.field({ type: 'Address' }), token: t.field({ type: 'Address' }) }),
})

const LedgerTransferFilter = builder.inputType('LedgerTransferFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    account: t.field({ type: 'Address', description: 'Sender or receiver.' }),
    from: t.field({ type: 'Address' }),
    to: t.field({ type: 'Address' }),
    token: t.field({ type: 'Address' }),
  }),
})

const LedgerOperatorFilter = builder.inputType('LedgerOperatorFilter', {
  ...ALL,
  fields: (t) => ({
    chain: t.string(),
    owner: t.field({ type: 'Address' }),
    spender: t.field({ type: 'Address' }),
    isApproved: t.boolean(),
  }),
})

builder.queryFields((t) => ({
  ledgerBalances: t.field({
    type: LedgerBalanceConnection,
    args: { filter: t.arg({ type: LedgerBalanceFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(
        db,
        { table: ledgerBalances, type: 'ledger-balance', where: matches(ledgerBalances, filter) },
        page,
      ),
  }),
  ledgerTransfers: t.field({
    type: LedgerTransferConnection,
    args: { filter: t.arg({ type: LedgerTransferFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) => {
      const { account, ...rest } = filter ?? {}
      const isParty = given(account, (party) => or(eq(ledgerTransfers.from, party), eq(ledgerTransfers.to, party)))
      const where = and(isParty, matches(ledgerTransfers, rest))
      return readTablePage(db, { table: ledgerTransfers, type: 'ledger-transfer', where }, page)
    },
  }),
  ledgerOperators: t.field({
    type: LedgerOperatorConnection,
    args: { filter: t.arg({ type: LedgerOperatorFilter }), ...pageArguments },
    resolve: (_, { filter, ...page }, { db }) =>
      readTablePage(
        db,
        { table: ledgerOperators, type: 'ledger-operator', where: matches(ledgerOperators, filter) },
        page,
      ),
  }),
}))
