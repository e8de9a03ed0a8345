/** Jobs, their money and who judges them: more of the schema `chain`. */
import { sql } from 'drizzle-orm'
import { boolean, index, integer, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { chain, chainSchema, created, jobId, log, origin, seconds, sum, uint256 } from './chain-columns.ts'

/**
 * `status` is one of ERC-8183's; amounts are in the token's atoms; null is "not yet". `released` is what was paid out of the budget before the end,
 * fees included; `paid`, `fee` and `refunded` are what has moved.
 */
export const jobs = chainSchema.table(
  'jobs',
  {
    chain: chain(),
    jobId: jobId(),
    status: text('status').notNull(),
    client: text('client').notNull(),
    evaluator: text('evaluator').notNull(),
    expiredAt: seconds('expired_at').notNull(),
    description: text('description'),
    provider: text('provider'),
    agentId: uint256('agent_id'),
    token: text('token'),
    budget: uint256('budget'),
    funded: uint256('funded'),
    released: sum('released'),
    paid: sum('paid'),
    fee: sum('fee'),
    refunded: sum('refunded'),
    payee: text('payee'),
    hook: text('hook'),
    hookFailures: sum('hook_failures'),
    /** Null is the escrow's own. */
    evaluationSeconds: seconds('evaluation_seconds'),
    /** `Enclave`, `Quorum`, `Milestones` or `Arbitration`; null where an evaluator that is none of Parley's judges. */
    termsKind: text('terms_kind'),
    /** The same with all that an award of the market must name, on one line. */
    evaluatorTerms: text('evaluator_terms'),
    /** Members of the quorum, the judge of milestones, the arbiter. */
    judges: text('judges').array(),
    /** Votes that a quorum takes. */
    threshold: smallint('threshold'),
    /** How long a submission can be judged. */
    reviewSeconds: seconds('review_seconds'),
    requestHash: text('request_hash'),
    workload: text('workload'),
    observability: smallint('observability'),
    deliverable: text('deliverable'),
    enclave: text('enclave'),
    resultId: text('result_id'),
    responseHash: text('response_hash'),
    response: text('response'),
    producedAt: seconds('produced_at'),
    reason: text('reason'),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.jobId] }),
    index('jobs_position').on(t.position),
    index('jobs_status').on(t.status, t.position),
    index('jobs_client').on(t.client, t.position),
    index('jobs_provider').on(t.provider, t.position),
    index('jobs_enclave').on(t.enclave, t.position),
    index('jobs_agent').on(t.chain, t.agentId, t.position),
    index('jobs_judges').using('gin', t.judges),
    // What a job that names an award begins with; a description as a whole can be longer than an index takes.
    index('jobs_award').on(t.chain, sql`left(description, 79)`).where(sql`description like 'parley:award:0x%'`),
  ],
)

/**
 * Money that moved for a job: into escrow (`Funded`), to the provider (`Released`), to the treasury (`Fee`), back to the client (`Refunded`). Or
 * that its token refused to move, and that waits to be claimed (`Owed`).
 */
export const payments = chainSchema.table(
  'payments',
  {
    chain: chain(),
    ...log(),
    /** The escrow. */
    contract: text('contract').notNull(),
    kind: text('kind').notNull(),
    jobId: jobId(),
    /** Who paid (`Funded`) or was paid. */
    account: text('account').notNull(),
    amount: uint256('amount').notNull(),
    ...origin(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('payments_position').on(t.position),
    index('payments_job').on(t.chain, t.jobId, t.position),
    index('payments_account').on(t.account, t.position),
    index('payments_kind').on(t.kind, t.position),
  ],
)

/** What a member of a quorum said. */
export const votes = chainSchema.table(
  'votes',
  {
    chain: chain(),
    jobId: jobId(),
    member: text('member').notNull(),
    isApproval: boolean('is_approval').notNull(),
    reason: text('reason').notNull(),
    ...created(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.jobId, t.member] })],
)

/** Parts of a job's budget, from 0. `approver` is null until somebody let it be paid. */
export const milestones = chainSchema.table(
  'milestones',
  {
    chain: chain(),
    jobId: jobId(),
    milestone: smallint('milestone').notNull(),
    amount: uint256('amount').notNull(),
    approver: text('approver'),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.jobId, t.milestone] })],
)

/** A job that an arbiter may have to judge. `disputedAt` is null without an open dispute; shares are in basis points of the budget. */
export const arbitrations = chainSchema.table(
  'arbitrations',
  {
    chain: chain(),
    jobId: jobId(),
    rulingSeconds: seconds('ruling_seconds').notNull(),
    silenceShareBP: smallint('silence_share_bp').notNull(),
    bond: uint256('bond').notNull(),
    bondReceiver: text('bond_receiver'),
    stake: uint256('stake').notNull(),
    isStakeLocked: boolean('is_stake_locked').notNull(),
    stakeReceiver: text('stake_receiver'),
    hasRedone: boolean('has_redone').notNull(),
    disputedAt: seconds('disputed_at'),
    disputeReason: text('dispute_reason'),
    ruling: smallint('ruling'),
    rulingReason: text('ruling_reason'),
    shareBP: smallint('share_bp'),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.jobId] })],
)

/** Who shares what a job pays: `root` is that of a tree of payouts, which come to `total`. `remainder` is null until it was claimed. */
export const crowds = chainSchema.table(
  'crowds',
  {
    chain: chain(),
    jobId: jobId(),
    root: text('root').notNull(),
    total: uint256('total').notNull(),
    remainder: uint256('remainder'),
    ...origin(),
  },
  (t) => [primaryKey({ columns: [t.chain, t.jobId] })],
)

/** A payout that was made: to whom and how much, the ledger's transfer says that was logged at `transferLogIndex`. */
export const crowdPayouts = chainSchema.table(
  'crowd_payouts',
  {
    chain: chain(),
    jobId: jobId(),
    index: uint256('index').notNull(),
    transferLogIndex: integer('transfer_log_index').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.jobId, t.index] }),
    index('crowd_payouts_job').on(t.chain, t.jobId, t.position),
  ],
)

/** What the treasury was sent of the fees: in the token itself, and in the ledger. */
export const feeCollections = chainSchema.table(
  'fee_collections',
  {
    chain: chain(),
    ...log(),
    token: text('token').notNull(),
    treasury: text('treasury').notNull(),
    direct: uint256('direct').notNull(),
    inLedger: uint256('in_ledger').notNull(),
    ...created(),
  },
  (t) => [
    primaryKey({ columns: [t.chain, t.blockNumber, t.logIndex] }),
    index('fee_collections_position').on(t.position),
  ],
)
