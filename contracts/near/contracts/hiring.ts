/** A job that is created, described, priced and funded by one call, all or nothing: by the money that pays for it, or from the ledger. */
import type { Hex } from '@parley/protocol'
import { askForAgent, requireAgent } from './agent-check.ts'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { openFees } from './fees.ts'
import { readHiringTerms } from './hiring-terms.ts'
import { requireAllowed, tellHook } from './hooks.ts'
import * as input from './input.ts'
import { type Escrow, JobStatus, knownJob, newJob, nextJobId, takeJobId, writeJob } from './job.ts'
import {
  requireAgentFits,
  requireBudgetFits,
  requireExpiryInRange,
  requireTimeToJudge,
  takeFromLedger,
} from './jobs.ts'
import * as ledger from './ledger.ts'
import { wait } from './waits.ts'

/** Descriptions are logged, beside five other events when a job is hired: see `input.loggedText`. */
export const MAX_DESCRIPTION_LENGTH = 4096

/** As it comes in JSON, but for the money. */
export interface LedgerHiring {
  readonly client?: string | null
  readonly token: string
  readonly budget: string
  readonly job_id?: Hex | null
  readonly provider: string | null
  readonly provider_agent_id: string
  readonly evaluator?: string | null
  readonly expired_at: string
  readonly description: string
  readonly hook?: string | null
  readonly terms?: object | null
}

/** Who pays how much of what. */
interface Money {
  readonly client: string
  readonly token: string
  readonly amount: bigint
  readonly isInLedger: boolean
  readonly isAwaited?: boolean
}

/** What the callback is called with. */
export interface Hiring {
  readonly job_id: Hex
  readonly client: string
  readonly provider: string
  readonly agent_id: string
  readonly evaluator: string
  readonly expired_at: string
  readonly description: string
  readonly hook: string | null
  readonly token: string
  readonly amount: string
  readonly is_in_ledger: boolean
  readonly is_awaited: boolean
  readonly fee_bp: number
  readonly terms: unknown
  readonly caller: string
}

/** Takes the id of a job of `client` and asks for the agent; `onHire` opens the job. `field` is where the hiring stands in the arguments. */
export function hire(escrow: Escrow, hiring: Readonly<Record<string, unknown>>, field: string, money: Money): void {
  const { client, token, amount, isInLedger, isAwaited = false } = money
  const named = hiring.job_id ?? null
  const provider = input.optionalAccount(hiring.provider, `${field}.provider`)
  const agentId = input.uint(hiring.provider_agent_id, `${field}.provider_agent_id`)
  const evaluator = input.optionalAccount(hiring.evaluator, `${field}.evaluator`) ?? self()
  const expiredAt = input.uint(hiring.expired_at, `${field}.expired_at`)
  const description = input.loggedText(hiring.description, `${field}.description`, MAX_DESCRIPTION_LENGTH)
  const hook = input.optionalAccount(hiring.hook, `${field}.hook`)
  const job_id = nextJobId(escrow.domainSeparator, client)
  const namedId = named === null ? job_id : input.bytes32(named, `${field}.job_id`)
  const terms = readHiringTerms(hiring.terms, `${field}.terms`)

  // What is signed may name the id: sealed requests and results are for it.
  require(namedId === job_id, 'JobUnknown', namedId)
  require(provider !== null, 'ProviderNotSet', job_id)
  require(provider !== evaluator, 'ProviderIsEvaluator', provider)
  require(terms === undefined || evaluator === self(), 'EvaluatorMismatch', job_id, evaluator)
  requireExpiryInRange(expiredAt)
  requireAllowed(hook)
  requireAgentFits(agentId, provider)
  requireBudgetFits(amount)

  takeJobId(escrow.domainSeparator, client)
  const asked: Hiring = {
    job_id,
    client,
    provider,
    agent_id: String(agentId),
    evaluator,
    expired_at: String(expiredAt),
    description,
    hook,
    token,
    amount: String(amount),
    is_in_ledger: isInLedger,
    is_awaited: isAwaited,
    fee_bp: escrow.feeBP,
    terms: hiring.terms ?? null,
    caller: isInLedger ? caller() : client,
  }

  askForAgent(escrow.agents, 'on_hire', asked, hook !== null, isAwaited)
}

/** The client, or its operator in the ledger; an operator gets no answer that is the client's. */
export function hireFromLedger(escrow: Escrow, hiring: Readonly<Record<string, unknown>>, isAwaited = false): void {
  const client = input.optionalAccount(hiring.client, 'hiring.client') ?? caller()
  const token = input.account(hiring.token, 'hiring.token')
  const amount = input.uint(hiring.budget, 'hiring.budget')

  require(client === caller() || (!isAwaited && ledger.isOperator(client, caller())), 'ClientOnly', caller())

  hire(escrow, hiring, 'hiring', { client, token, amount, isInLedger: true, isAwaited })
}

/**
 * Answers a token what it shall give back, nothing, who waits for the job when the job has ended, and others the job's id. When it throws,
 * nothing has happened.
 */
export function onHire(hiring: Hiring): string | undefined {
  const { job_id, client, provider, agent_id, evaluator, expired_at, description, hook, token, amount } = hiring
  requireAgent(hiring)

  const opened = newJob({
    client,
    provider,
    provider_agent_id: agent_id,
    evaluator,
    expired_at,
    token,
    budget: amount,
    ...(hook !== null && { hook }),
    ...(hiring.fee_bp > 0 && { platform_fee_bp: String(hiring.fee_bp) }),
    ...(hiring.is_in_ledger && { is_in_ledger: true as const }),
    ...(hiring.is_awaited && { is_awaited: true as const }),
  })
  emit('job_created', { job_id, client, provider, evaluator, expired_at, hook })
  emit('job_described', { job_id, description })
  emit('provider_set', { job_id, provider, agent_id })
  emit('budget_set', { job_id, token, amount })
  const begin = readHiringTerms(hiring.terms, 'terms')
  begin?.(job_id, writeJob(job_id, opened))
  const job = begin ? knownJob(job_id) : opened
  requireTimeToJudge(job_id, job)

  if (hiring.is_in_ledger) takeFromLedger(job, hiring.caller)
  openFees(token, job)
  writeJob(job_id, { ...job, status: JobStatus.Funded })
  emit('job_funded', { job_id, client, amount })
  tellHook(job_id, job, 'hire', hiring.caller, { provider, evaluator, token, amount })
  if (hiring.is_awaited) return wait(job_id)
  return hiring.is_in_ledger ? job_id : '0'
}
