/** What the model of the job escrow knows, and what it is asked to do. */
import type { ContractErrorName } from '../errors.ts'
import type { JobStatus } from '../events.ts'
import type { DecisionOn } from './decision.ts'

export type Account = string

/** What an evaluator has after a submission, even when the job expires meanwhile. */
export const EVALUATION_GRACE_SECONDS = 3600n
/** A job must be open for longer than this. */
export const MIN_DURATION_SECONDS = 300n
/** What an evaluator may ask for at most to judge a submission. */
export const MAX_EVALUATION_SECONDS = 90n * 86_400n
/** What evaluators with windows have in common: a congested chain must not decide for who has a window to speak. */
export const MIN_WINDOW_SECONDS = 3600n
/** What anyone has to act on silence in a window, before the escrow refunds. */
export const SETTLEMENT_SECONDS = 86_400n
/** Money is never locked for longer than this. */
export const MAX_DURATION_SECONDS = 365n * 86_400n

/** What the protocol takes at most of what providers earn, in basis points. */
export const MAX_PLATFORM_FEE_BP = 500n

export interface Job {
  readonly client: Account
  readonly provider: Account | undefined
  readonly agentId: bigint
  readonly evaluator: Account
  readonly token: Account | undefined
  readonly budget: bigint
  readonly expiredAt: bigint
  readonly submittedAt: bigint
  readonly status: JobStatus
  /** Zero stands for EVALUATION_GRACE_SECONDS. */
  readonly evaluationPeriod: bigint
  /** Of a job whose money is in the ledger. */
  readonly payee: Account | undefined
  /** By the evaluator, before the end; undefined until the first time. */
  readonly released: bigint | undefined
  readonly owedToProvider: bigint
  readonly owedToClient: bigint
  /** From when it was created. */
  readonly platformFeeBP: bigint
  /** Whether its money comes from the ledger and goes there. */
  readonly isInLedger: boolean
}

/** What was taken of payments in a token and not collected yet. */
export interface Fees {
  readonly direct: bigint
  readonly inLedger: bigint
}

export interface EscrowState {
  /** Seconds. */
  readonly time: bigint
  readonly jobs: ReadonlyMap<string, Job>
  readonly agentOwners: ReadonlyMap<bigint, Account>
  /** Atoms by `balanceKey`. What the escrow holds is its own account's balance. */
  readonly balances: ReadonlyMap<string, bigint>
  /** Tokens that move no payment of the escrow for now. */
  readonly refusing: ReadonlySet<Account>
  readonly platformFeeBP: bigint
  readonly fees: ReadonlyMap<Account, Fees>
}

/** The accounts that the escrow itself and the protocol's treasury have in `balances`. */
export const ESCROW: Account = 'escrow'
export const TREASURY: Account = 'treasury'

export type EscrowAction =
  | { readonly name: 'wait'; readonly seconds: bigint }
  | { readonly name: 'transferAgent'; readonly agentId: bigint; readonly to: Account }
  /** A token starts or stops refusing to pay out. */
  | { readonly name: 'refuse'; readonly token: Account; readonly isRefusing: boolean }
  /** By the owner. */
  | { readonly name: 'setPlatformFee'; readonly feeBP: bigint }
  | { readonly name: 'collectFees'; readonly token: Account }
  | Hire
  | {
      readonly name: 'createJob'
      readonly caller: Account
      /** Of the job that is created. */
      readonly jobId: string
      readonly provider: Account | undefined
      readonly evaluator: Account | undefined
      readonly expiredAt: bigint
      readonly hook: Account | undefined
      readonly agentId: bigint
    }
  | (OfJob<'setProvider'> & { readonly provider: Account | undefined; readonly agentId: bigint })
  | (OfJob<'setBudget'> & { readonly token: Account | undefined; readonly amount: bigint })
  | (OfJob<'fund'> & { readonly expectedBudget: bigint })
  | (OfJob<'fundFromLedger'> & { readonly expectedBudget: bigint })
  | (OfJob<'setPayee'> & { readonly payee: Account | undefined })
  | (OfJob<'setEvaluationPeriod'> & { readonly period: bigint })
  | OfJob<'submit'>
  | OfJob<'complete'>
  | (OfJob<'release'> & { readonly amount: bigint })
  | OfJob<'redo'>
  | OfJob<'reject'>
  | OfJob<'claimRefund'>
  | OfJob<'claimPayment'>

/** Creates, prices and funds a job of `client`, all or nothing. */
export interface Hire {
  readonly name: 'hire'
  readonly caller: Account
  readonly client: Account
  readonly jobId: string
  readonly provider: Account
  readonly agentId: bigint
  readonly evaluator: Account
  readonly expiredAt: bigint
  readonly token: Account
  readonly budget: bigint
  readonly isInLedger: boolean
}

interface OfJob<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly jobId: string
}

/** The last two are said by the agent registry and by the token, each chain's in its own words. */
export type EscrowRefusal = ContractErrorName | 'AgentUnknown' | 'TransferRefused'

export type Decision = DecisionOn<EscrowState, EscrowRefusal>

/** Where the state keeps an owner's balance of a token. */
export function balanceKey(token: Account, owner: Account): string {
  return `${token} ${owner}`
}

/** A token's place in `balances` for what is in the ledger. */
export function inLedger(token: Account): Account {
  return `${token} in the ledger`
}

export function withJob(state: EscrowState, jobId: string, job: Job): EscrowState {
  return { ...state, jobs: new Map(state.jobs).set(jobId, job) }
}
