/**
 * The job escrow as a pure function: what each chain's contract must do, in the same order of checks. Fuzzing runs it beside the
 * contracts. Accounts, tokens and jobs are any strings, so that one model serves both chains.
 */
import type { ContractErrorName } from '../errors.ts'
import type { JobStatus } from '../events.ts'

type Account = string

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

/** Budgets and agent ids: what a job's slots hold. */
const MAX_UINT96 = 2n ** 96n - 1n
const MAX_UINT32 = 2n ** 32n - 1n
const BASIS = 10_000n

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

export type Decision =
  | { readonly status: 'accepted'; readonly state: EscrowState }
  | { readonly status: 'refused'; readonly error: EscrowRefusal }

/** Where the state keeps an owner's balance of a token. */
export function balanceKey(token: Account, owner: Account): string {
  return `${token} ${owner}`
}

/** A token's place in `balances` for what is in the ledger. */
export function inLedger(token: Account): Account {
  return `${token} in the ledger`
}

/** What the escrow does with an action: its next state, or its refusal. */
export function decide(state: EscrowState, action: EscrowAction): Decision {
  switch (action.name) {
    case 'wait':
      return accepted({ ...state, time: state.time + action.seconds })
    case 'transferAgent':
      return accepted({ ...state, agentOwners: new Map(state.agentOwners).set(action.agentId, action.to) })
    case 'refuse':
      return accepted({ ...state, refusing: withMember(state.refusing, action.token, action.isRefusing) })
    case 'setPlatformFee':
      if (action.feeBP > MAX_PLATFORM_FEE_BP) return refused('FeeTooHigh')
      return accepted({ ...state, platformFeeBP: action.feeBP })
    case 'collectFees':
      return collectFees(state, action)
    case 'createJob':
      return createJob(state, action)
    case 'hire':
      return hire(state, action)
    default: {
      const job = state.jobs.get(action.jobId)
      return job ? decideOnJob(state, action, job) : refused('JobUnknown')
    }
  }
}

/** Why an evaluator takes no terms for a job from a caller now. */
export function problemOfTerms(
  { jobs }: EscrowState,
  { caller, jobId, evaluator }: { readonly caller: Account; readonly jobId: string; readonly evaluator: Account },
): ContractErrorName | undefined {
  const job = jobs.get(jobId)
  if (!job) return 'JobUnknown'
  if (caller !== job.client) return 'ClientOnly'
  if (job.status !== 'Open') return 'JobNotOpen'
  if (job.evaluator !== evaluator) return 'EvaluatorMismatch'
  return job.provider === undefined ? 'ProviderNotSet' : undefined
}

type ActionOnJob = Exclude<
  EscrowAction,
  { readonly name: 'wait' | 'transferAgent' | 'refuse' | 'setPlatformFee' | 'collectFees' | 'createJob' | 'hire' }
>

function decideOnJob(state: EscrowState, action: ActionOnJob, job: Job): Decision {
  switch (action.name) {
    case 'setProvider':
      return setProvider(state, action, job)
    case 'setBudget':
      return setBudget(state, action, job)
    case 'fund':
      return fund(state, action, job, false)
    case 'fundFromLedger':
      return fund(state, action, job, true)
    case 'setPayee':
      return setPayee(state, action, job)
    case 'setEvaluationPeriod':
      return setEvaluationPeriod(state, action, job)
    case 'submit':
      return submit(state, action, job)
    case 'complete':
      return complete(state, action, job)
    case 'release':
      return release(state, action, job)
    case 'redo':
      return redo(state, action, job)
    case 'reject':
      return reject(state, action, job)
    case 'claimRefund':
      return claimRefund(state, action, job)
    case 'claimPayment':
      return claimPayment(state, action, job)
  }
}

type Action<Name extends EscrowAction['name']> = Extract<EscrowAction, { readonly name: Name }>

function createJob(state: EscrowState, action: Action<'createJob'>): Decision {
  const { caller, jobId, provider, evaluator, expiredAt, hook, agentId } = action
  if (evaluator === undefined) return refused('AddressZero')
  if (provider === evaluator) return refused('ProviderIsEvaluator')
  if (expiredAt <= state.time + MIN_DURATION_SECONDS) return refused('ExpiryOutOfRange')
  if (expiredAt > state.time + MAX_DURATION_SECONDS) return refused('ExpiryOutOfRange')
  if (hook !== undefined) return refused('HookNotAllowed')
  const agentProblem = provider === undefined ? undefined : problemOfAgent(state, provider, agentId)
  if (agentProblem) return refused(agentProblem)

  const job: Job = {
    client: caller,
    provider,
    agentId: provider === undefined ? 0n : agentId,
    evaluator,
    token: undefined,
    budget: 0n,
    expiredAt,
    submittedAt: 0n,
    status: 'Open',
    evaluationPeriod: 0n,
    payee: undefined,
    released: undefined,
    owedToProvider: 0n,
    owedToClient: 0n,
    platformFeeBP: state.platformFeeBP,
    isInLedger: false,
  }
  return accepted(withJob(state, jobId, job))
}

function hire(state: EscrowState, action: Hire): Decision {
  const { caller, client, jobId, token, budget, isInLedger } = action
  if (caller !== client) return refused('ClientOnly')
  const steps: readonly ((state: EscrowState, job: Job) => Decision)[] = [
    (next, job) => setBudget(next, { name: 'setBudget', caller: client, jobId, token, amount: budget }, job),
    (next, job) => fund(next, { caller: client, jobId, expectedBudget: budget }, job, isInLedger),
  ]
  return steps.reduce<Decision>(
    (decision, step) => {
      const job = decision.status === 'accepted' ? decision.state.jobs.get(jobId) : undefined
      return decision.status === 'accepted' && job ? step(decision.state, job) : decision
    },
    createJob(state, { ...action, name: 'createJob', caller: client, hook: undefined }),
  )
}

function setProvider(state: EscrowState, action: Action<'setProvider'>, job: Job): Decision {
  const { caller, jobId, provider, agentId } = action
  if (caller !== job.client) return refused('ClientOnly')
  if (job.status !== 'Open') return refused('JobNotOpen')
  if (job.provider !== undefined) return refused('ProviderAlreadySet')
  if (provider === undefined) return refused('AddressZero')
  if (provider === job.evaluator) return refused('ProviderIsEvaluator')
  const agentProblem = problemOfAgent(state, provider, agentId)
  if (agentProblem) return refused(agentProblem)

  return accepted(withJob(state, jobId, { ...job, provider, agentId }))
}

function setBudget(state: EscrowState, action: Action<'setBudget'>, job: Job): Decision {
  const { caller, jobId, token, amount } = action
  if (caller !== job.client && caller !== job.provider) return refused('PartyOnly')
  if (job.status !== 'Open') return refused('JobNotOpen')
  if (token === undefined) return refused('AddressZero')
  if (job.token !== undefined && token !== job.token && caller !== job.client) return refused('ClientOnly')
  if (amount > MAX_UINT96) return refused('BudgetTooLarge')

  return accepted(withJob(state, jobId, { ...job, token, budget: amount }))
}

function setPayee(state: EscrowState, { caller, jobId, payee }: Action<'setPayee'>, job: Job): Decision {
  if (caller !== job.provider) return refused('ProviderOnly')
  if (job.status !== 'Funded') return refused('JobNotFunded')
  if (!job.isInLedger) return refused('JobNotInLedger')
  if (job.payee !== undefined) return refused('PayeeAlreadySet')
  if (job.released !== undefined) return refused('PaymentStarted')
  if (payee === undefined) return refused('AddressZero')

  return accepted(withJob(state, jobId, { ...job, payee }))
}

function setEvaluationPeriod(state: EscrowState, action: Action<'setEvaluationPeriod'>, job: Job): Decision {
  const { caller, jobId, period } = action
  if (caller !== job.evaluator) return refused('EvaluatorOnly')
  if (job.status !== 'Open') return refused('JobNotOpen')
  if (period > MAX_EVALUATION_SECONDS) return refused('EvaluationPeriodTooLong')

  return accepted(withJob(state, jobId, { ...job, evaluationPeriod: period }))
}

function fund(
  state: EscrowState,
  action: { readonly caller: Account; readonly jobId: string; readonly expectedBudget: bigint },
  job: Job,
  isInLedger: boolean,
): Decision {
  const { caller, jobId, expectedBudget } = action
  if (caller !== job.client) return refused('ClientOnly')
  if (job.status !== 'Open') return refused('JobNotOpen')
  if (job.provider === undefined) return refused('ProviderNotSet')
  if (job.budget !== expectedBudget) return refused('BudgetMismatch')
  if (state.time >= job.expiredAt) return refused('JobPastExpiry')
  // Review, dispute, ruling and one redo fit between now and the expiry.
  const earliest = state.time + 2n * job.evaluationPeriod + MIN_DURATION_SECONDS
  if (job.evaluationPeriod > 0n && earliest >= job.expiredAt) return refused('ExpiryTooSoon')

  const funded: Job = { ...job, isInLedger, status: 'Funded' }
  const paid = transferred(state, funded, job.client, ESCROW, job.budget)
  return paid ? accepted(withJob(paid, jobId, funded)) : refused(isInLedger ? 'BalanceTooLow' : 'TransferRefused')
}

function submit(state: EscrowState, { caller, jobId }: Action<'submit'>, job: Job): Decision {
  if (job.provider === undefined || caller !== job.provider) return refused('ProviderOnly')
  if (job.status !== 'Funded') return refused('JobNotFunded')
  if (state.time >= job.expiredAt) return refused('JobPastExpiry')
  const agentProblem = problemOfAgent(state, job.provider, job.agentId)
  if (agentProblem) return refused(agentProblem)

  return accepted(withJob(state, jobId, { ...job, status: 'Submitted', submittedAt: state.time }))
}

function complete(state: EscrowState, { caller, jobId }: Action<'complete'>, job: Job): Decision {
  if (caller !== job.evaluator) return refused('EvaluatorOnly')
  if (job.status === 'Completed') return refused('JobAlreadyCompleted')
  if (job.status !== 'Submitted' || job.provider === undefined) return refused('JobNotSubmitted')

  return accepted(paidProvider(state, jobId, { ...job, status: 'Completed' }, restOf(job), job.released ?? 0n))
}

function release(state: EscrowState, { caller, jobId, amount }: Action<'release'>, job: Job): Decision {
  if (caller !== job.evaluator) return refused('EvaluatorOnly')
  const ended = problemOfEnd(job)
  if (ended) return refused(ended)
  if (job.status === 'Open') return refused('JobNotFunded')
  if (amount > restOf(job)) return refused('ReleaseTooLarge')

  const before = job.released ?? 0n
  return accepted(paidProvider(state, jobId, { ...job, released: before + amount }, amount, before))
}

function redo(state: EscrowState, { caller, jobId }: Action<'redo'>, job: Job): Decision {
  if (caller !== job.evaluator) return refused('EvaluatorOnly')
  if (job.status !== 'Submitted') return refused('JobNotSubmitted')
  if (state.time >= job.expiredAt) return refused('JobPastExpiry')

  return accepted(withJob(state, jobId, { ...job, status: 'Funded', submittedAt: 0n }))
}

function reject(state: EscrowState, { caller, jobId }: Action<'reject'>, job: Job): Decision {
  if (job.status === 'Open' && caller !== job.client) return refused('ClientOnly')
  if (job.status !== 'Open' && caller !== job.evaluator) return refused('EvaluatorOnly')
  const ended = problemOfEnd(job)
  if (ended) return refused(ended)

  return accepted(closed(state, jobId, job, 'Rejected'))
}

function claimRefund(state: EscrowState, { jobId }: Action<'claimRefund'>, job: Job): Decision {
  const ended = problemOfEnd(job)
  if (ended) return refused(ended)
  if (state.time < job.expiredAt) return refused('JobNotExpired')
  const isInGrace = job.status === 'Submitted' && state.time < job.submittedAt + periodOf(job)
  if (isInGrace) return refused('EvaluationInGrace')

  return accepted(closed(state, jobId, job, 'Expired'))
}

function claimPayment(state: EscrowState, { jobId }: Action<'claimPayment'>, job: Job): Decision {
  const { owedToProvider, owedToClient } = job
  if (owedToProvider + owedToClient === 0n) return refused('NothingOwed')

  const claimed = { ...job, owedToProvider: 0n, owedToClient: 0n }
  const paid = paidNet(state, jobId, claimed, owedToProvider)
  return accepted(refunded(paid, jobId, paid.jobs.get(jobId) ?? claimed, owedToClient))
}

/** What a funded job still holds. */
export function restOf({ budget, released }: Job): bigint {
  return budget - (released ?? 0n)
}

/** The protocol's share of what a job paid. */
export function feeOn(gross: bigint, { platformFeeBP }: Job): bigint {
  return (gross * platformFeeBP) / BASIS
}

/** What a job paid so far, fee and all. */
export function grossOf({ status, budget, released }: Job): bigint {
  return status === 'Completed' ? budget : (released ?? 0n)
}

function collectFees(state: EscrowState, { token }: Action<'collectFees'>): Decision {
  const fees = state.fees.get(token)
  if (!fees || fees.direct + fees.inLedger === 0n) return refused('AmountZero')

  const direct = moved(state, token, ESCROW, TREASURY, fees.direct) ?? state
  const both = moved(direct, inLedger(token), ESCROW, TREASURY, fees.inLedger) ?? direct
  return accepted({ ...both, fees: new Map(state.fees).set(token, { direct: 0n, inLedger: 0n }) })
}

/** What an evaluator has after a submission. */
export function periodOf({ evaluationPeriod }: Job): bigint {
  return evaluationPeriod === 0n ? EVALUATION_GRACE_SECONDS : evaluationPeriod
}

function problemOfEnd({ status }: Job): EscrowRefusal | undefined {
  if (status === 'Completed') return 'JobAlreadyCompleted'
  return status === 'Rejected' || status === 'Expired' ? 'JobAlreadyEnded' : undefined
}

function problemOfAgent(state: EscrowState, provider: Account, agentId: bigint): EscrowRefusal | undefined {
  if (agentId > MAX_UINT32) return 'AgentNotOfProvider'
  const owner = state.agentOwners.get(agentId)
  if (owner === undefined) return 'AgentUnknown'
  return owner === provider ? undefined : 'AgentNotOfProvider'
}

/** Ends a job without success: what it holds goes back to the client. */
function closed(state: EscrowState, jobId: string, job: Job, status: JobStatus): EscrowState {
  return refunded(state, jobId, { ...job, status }, job.status === 'Open' ? 0n : restOf(job))
}

/** Takes the fee on `gross`, after `before` was paid, and sends the rest to the provider's side. On the sum: parts pay no less than the whole. */
function paidProvider(state: EscrowState, jobId: string, job: Job, gross: bigint, before: bigint): EscrowState {
  const fee = feeOn(before + gross, job) - feeOn(before, job)
  const { direct, inLedger } = state.fees.get(job.token ?? '') ?? { direct: 0n, inLedger: 0n }
  const fees = job.isInLedger ? { direct, inLedger: inLedger + fee } : { direct: direct + fee, inLedger }
  const taken = fee > 0n ? { ...state, fees: new Map(state.fees).set(job.token ?? '', fees) } : state
  return paidNet(taken, jobId, job, gross - fee)
}

/** Writes the job, and sends `amount` to the provider's side: what the token refuses to move stays owed. */
function paidNet(state: EscrowState, jobId: string, job: Job, amount: bigint): EscrowState {
  const paid = paidOut(state, job, job.payee ?? job.provider ?? '', amount)
  if (paid) return withJob(paid, jobId, job)
  return withJob(state, jobId, { ...job, owedToProvider: job.owedToProvider + amount })
}

function refunded(state: EscrowState, jobId: string, job: Job, amount: bigint): EscrowState {
  const paid = paidOut(state, job, job.client, amount)
  if (paid) return withJob(paid, jobId, job)
  return withJob(state, jobId, { ...job, owedToClient: job.owedToClient + amount })
}

function paidOut(state: EscrowState, job: Job, to: Account, amount: bigint): EscrowState | undefined {
  const isRefused = amount > 0n && job.token !== undefined && !job.isInLedger && state.refusing.has(job.token)
  return isRefused ? undefined : transferred(state, job, ESCROW, to, amount)
}

function transferred(
  state: EscrowState,
  { token, isInLedger }: Job,
  from: Account,
  to: Account,
  amount: bigint,
): EscrowState | undefined {
  if (token === undefined) return state
  return moved(state, isInLedger ? inLedger(token) : token, from, to, amount)
}

/** Undefined when there is not so much. */
export function moved(
  state: EscrowState,
  token: Account,
  from: Account,
  to: Account,
  amount: bigint,
): EscrowState | undefined {
  if (amount === 0n) return state
  const available = state.balances.get(balanceKey(token, from)) ?? 0n
  if (available < amount) return undefined

  const balances = new Map(state.balances).set(balanceKey(token, from), available - amount)
  balances.set(balanceKey(token, to), (balances.get(balanceKey(token, to)) ?? 0n) + amount)
  return { ...state, balances }
}

function withMember<Item>(set: ReadonlySet<Item>, item: Item, isIn: boolean): ReadonlySet<Item> {
  const others = [...set].filter((other) => other !== item)
  return new Set(isIn ? [...others, item] : others)
}

function withJob(state: EscrowState, jobId: string, job: Job): EscrowState {
  return { ...state, jobs: new Map(state.jobs).set(jobId, job) }
}

function accepted(state: EscrowState): Decision {
  return { status: 'accepted', state }
}

function refused(error: EscrowRefusal): Decision {
  return { status: 'refused', error }
}
