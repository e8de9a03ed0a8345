/** The ledger, and the policies by which keys may spend from it: more of the schema `chain`. */
import { boolean, index, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { chain, chainSchema, created, log, origin, seconds, sum, uint256 } from './chain-columns.ts'

/** What accounts hold in the ledger. Nothing else changes here, so that a reorg takes back what it must without all that came before. */
export const ledgerBalances = chainSchema.table(
  'ledger_balances',
  {
    chain: chain(),
    account: text('account').notNull(),
    token: text('token').notNull(),
    balance: sum('balance').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.account, t.token] }),
    index('ledger_balances_position').on(t.position),
    index('ledger_balances_account').on(t.account, t.position),
    index('ledger_balances_token').on(t.token, t.position),
  ],
)

/** From nobody is a deposit, to nobody a withdrawal. */
export const ledgerTransfers = chainSchema.table(
  'ledger_transfers',
  {
    chain: chain(),
    ...log(),
    caller: text('caller').notNull(),
    from: text('from').notNull(),
    to: text('to').notNull(),
    token: text('token').notNull(),
    amount: uint256('amount').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('ledger_transfers_position').on(t.position),
    index('ledger_transfers_from').on(t.from, t.position),
    index('ledger_transfers_to').on(t.to, t.position),
    index('ledger_transfers_token').on(t.token, t.position),
  ],
)

/** Whom an account lets move its balances. */
export const ledgerOperators = chainSchema.table(
  'ledger_operators',
  {
    chain: chain(),
    owner: text('owner').notNull(),
    spender: text('spender').notNull(),
    isApproved: boolean('is_approved').notNull(),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.owner, t.spender] }),
    index('ledger_operators_position').on(t.position),
    index('ledger_operators_owner').on(t.owner, t.position),
    index('ledger_operators_spender').on(t.spender, t.position),
  ],
)

/** What comes before the position at which a policy was revoked last is no part of it any more. */
const setPosition = () => text('set_position').notNull()

/** What an account lets a key do. `methods` are bits: 1 transfer, 2 withdraw, 4 hire. */
export const policies = chainSchema.table(
  'policies',
  {
    chain: chain(),
    account: text('account').notNull(),
    key: text('key').notNull(),
    expiresAt: seconds('expires_at').notNull(),
    methods: smallint('methods').notNull(),
    isAnyCounterparty: boolean('is_any_counterparty').notNull(),
    confirmers: text('confirmers').array().notNull(),
    confirmationsNeeded: smallint('confirmations_needed').notNull(),
    isRevoked: boolean('is_revoked').notNull(),
    revokedPosition: text('revoked_position'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.account, t.key] }),
    index('policies_position').on(t.position),
    index('policies_account').on(t.account, t.position),
    index('policies_key').on(t.key, t.position),
    index('policies_confirmers').using('gin', t.confirmers),
  ],
)

/** `limit` is what a key may spend of a token in a period; what is above `threshold` takes confirmations. */
export const spendLimits = chainSchema.table(
  'spend_limits',
  {
    chain: chain(),
    account: text('account').notNull(),
    key: text('key').notNull(),
    token: text('token').notNull(),
    limit: uint256('limit').notNull(),
    periodSeconds: seconds('period_seconds').notNull(),
    threshold: uint256('threshold').notNull(),
    setPosition: setPosition(),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.account, t.key, t.token] })],
)

/** To whom a key may pay. */
export const counterparties = chainSchema.table(
  'counterparties',
  {
    chain: chain(),
    account: text('account').notNull(),
    key: text('key').notNull(),
    counterparty: text('counterparty').notNull(),
    isAllowed: boolean('is_allowed').notNull(),
    setPosition: setPosition(),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.account, t.key, t.counterparty] })],
)

/** The operation that a confirmer confirmed last: an older one counts no more. */
export const spendConfirmations = chainSchema.table(
  'spend_confirmations',
  {
    chain: chain(),
    account: text('account').notNull(),
    key: text('key').notNull(),
    confirmer: text('confirmer').notNull(),
    operationId: text('operation_id').notNull(),
    setPosition: setPosition(),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.account, t.key, t.confirmer] })],
)

/** What keys spent. */
export const spends = chainSchema.table(
  'spends',
  {
    chain: chain(),
    ...log(),
    account: text('account').notNull(),
    key: text('key').notNull(),
    method: smallint('method').notNull(),
    counterparty: text('counterparty').notNull(),
    token: text('token').notNull(),
    amount: uint256('amount').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('spends_position').on(t.position),
    index('spends_account').on(t.account, t.position),
    index('spends_key').on(t.key, t.position),
    index('spends_counterparty').on(t.counterparty, t.position),
    index('spends_token').on(t.token, t.position),
  ],
)
