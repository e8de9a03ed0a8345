/**
 * The job escrow as a pure function: what each chain's contract must do, in the same order of checks. Fuzzing runs it beside the
 * contracts. Accounts, tokens and jobs are any strings, so that one model serves both chains.
 */
import type { ContractErrorName } from '../errors.ts'
import type { JobStatus } from '../events.ts'
import { accepted, refused } from './decision.ts'
import { moved, paidNet, paidProvider, refunded, restOf, transferred } from './job-money.ts'
import {
  type Account,
  type Decision,
  ESCROW,
  type EscrowAction,
  type EscrowRefusal,
  type EscrowState,
  EVALUATION_GRACE_SECONDS,
  type Hire,
  inLedger,
  type Job,
  MAX_DURATION_SECONDS,
  MAX_EVALUATION_SECONDS,
  MAX_PLATFORM_FEE_BP,
  MIN_DURATION_SECONDS,
  TREASURY,
  withJob,
} from './job-state.ts'

export * from './job-money.ts'
export * from './job-state.ts'

/** Budgets and agent ids: what a job's slots hold. */
const MAX_UINT96 = 2n ** 96n - 1n
const MAX_UINT32 = 2n ** 32n - 1n

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

function withMember<Item>(set: ReadonlySet<Item>, item: Item, isIn: boolean): ReadonlySet<Item> {
  const others = [...set].filter((other) => other !== item)
  return new Set(isIn ? [...others, item] : others)
}
