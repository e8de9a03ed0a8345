import { ParleyError } from '@parley/protocol'
import type { Delegate, FunctionCall } from './delegate.ts'

export interface SponsoringLimits {
  /** What the calls of one request may attach. */
  readonly maxGas: bigint
  /** Tokens that calls may name; any when empty. */
  readonly tokens: readonly string[]
  /** yoctoNEAR that one request may deposit for storage. */
  readonly maxStorageDeposit: bigint
}

/** Where Parley's contracts are. */
interface Contracts {
  readonly agents: string
  readonly parley: string
}

/** What the relayer pays for, by contract: nothing else that a delegate might call. */
const agentMethods = ['register', 'set_agent_uri', 'set_metadata'] as const
const parleyMethods = [
  'create_job',
  'set_provider',
  'set_budget',
  'set_terms',
  'fund',
  'submit',
  'complete',
  'reject',
  'claim_refund',
  'claim_payment',
] as const

/** Methods after which the token of their job runs, at our cost. */
const movesMoney: ReadonlySet<string> = new Set(['complete', 'reject', 'claim_refund', 'claim_payment'])

/** Which job's token a delegate runs without naming it, and where it says so. */
export interface NamedJob {
  readonly jobId: string
  readonly field: string
}

/**
 * Throws MethodNotSponsored, GasTooHigh or InputInvalid, with the field, when a delegate contains anything that is not on the list. Returns
 * the jobs whose tokens have to be looked at.
 */
export function requireSponsored(delegate: Delegate, contracts: Contracts, limits: SponsoringLimits): NamedJob[] {
  const { calls } = delegate
  if (calls.length === 0) throw refused('InputInvalid', 'delegate.actions', 'is empty')
  requireGas(calls, limits.maxGas)
  let deposited = 0n
  return calls.flatMap((call, at) => {
    const field = `delegate.actions.${at}`
    if (call.methodName === 'storage_deposit') {
      deposited += call.deposit
      requireStorageDeposit(delegate, call, field)
      if (deposited > limits.maxStorageDeposit)
        throw refused('MethodNotSponsored', `${field}.deposit`, `is over ${limits.maxStorageDeposit} yoctoNEAR`)
      if (delegate.receiverId !== contracts.agents && delegate.receiverId !== contracts.parley)
        requireToken(delegate.receiverId, limits.tokens, 'delegate.receiverId')
      return []
    }
    return requireMethod(delegate.receiverId, call, { contracts, tokens: limits.tokens, field })
  })
}

/** Throws MethodNotSponsored for a token whose code is not to run at our cost. */
export function requireToken(token: string, tokens: readonly string[], field: string): void {
  if (tokens.length === 0 || tokens.includes(token)) return
  throw refused('MethodNotSponsored', field, `names the token ${token}, which is not sponsored`)
}

function requireGas(calls: readonly FunctionCall[], maxGas: bigint): void {
  const total = calls.reduce((sum, { gas }) => sum + gas, 0n)
  if (total > maxGas)
    throw refused('GasTooHigh', 'delegate.actions', `attach ${total} gas; at most ${maxGas} is paid for`)
  // nearcore takes no transaction with such a call.
  const without = calls.findIndex(({ gas }) => gas === 0n)
  if (without !== -1) throw refused('InputInvalid', `delegate.actions.${without}.gas`, 'is 0')
}

/** Deposits are ours: an account gets storage for itself only. */
function requireStorageDeposit({ senderId }: Delegate, call: FunctionCall, field: string): void {
  const { account_id: accountId } = argumentsOf(call, field)
  if (accountId === undefined || accountId === null || accountId === senderId) return
  throw refused('MethodNotSponsored', `${field}.args.account_id`, 'is another account than the sender')
}

interface Rules {
  readonly contracts: Contracts
  readonly tokens: readonly string[]
  readonly field: string
}

function requireMethod(receiverId: string, call: FunctionCall, rules: Rules): NamedJob[] {
  const { contracts, field } = rules
  if (receiverId === contracts.agents) return requireListed(agentMethods, receiverId, call, rules)
  if (receiverId === contracts.parley) return requireListed(parleyMethods, receiverId, call, rules)
  requireHire(receiverId, call, rules)
  requireDeposit(call, 1n, field)
  return []
}

function requireListed(
  methods: readonly string[],
  contract: string,
  call: FunctionCall,
  { tokens, field }: Rules,
): NamedJob[] {
  const { methodName } = call
  if (!methods.includes(methodName))
    throw refused(
      'MethodNotSponsored',
      `${field}.methodName`,
      `is ${methodName}, which is not sponsored of ${contract}`,
    )
  requireDeposit(call, 0n, field)
  const { token, job_id: jobId } = argumentsOf(call, field)
  if (methodName === 'set_budget' && typeof token === 'string') requireToken(token, tokens, `${field}.args.token`)
  return movesMoney.has(methodName) && typeof jobId === 'string' ? [{ jobId, field: `${field}.args.job_id` }] : []
}

/** Of a token, one thing: money for a job, which the escrow takes or gives back. */
function requireHire(token: string, call: FunctionCall, { contracts, tokens, field }: Rules): void {
  if (call.methodName !== 'ft_transfer_call')
    throw refused(
      'MethodNotSponsored',
      `${field}.methodName`,
      `is ${call.methodName}, which is not sponsored of ${token}`,
    )
  requireToken(token, tokens, 'delegate.receiverId')
  const { receiver_id: receiver } = argumentsOf(call, field)
  if (receiver !== contracts.parley)
    throw refused('MethodNotSponsored', `${field}.args.receiver_id`, `is not ${contracts.parley}`)
}

function requireDeposit({ deposit }: FunctionCall, max: bigint, field: string): void {
  if (deposit > max) throw refused('MethodNotSponsored', `${field}.deposit`, `is over ${max} yoctoNEAR`)
}

function argumentsOf({ args }: FunctionCall, field: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(args).toString())
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed }
  } catch {
    // Said below.
  }
  throw refused('InputInvalid', `${field}.args`, 'are no JSON object')
}

function refused(
  code: 'InputInvalid' | 'MethodNotSponsored' | 'GasTooHigh',
  field: string,
  problem: string,
): ParleyError {
  return new ParleyError(code, `${field}: ${problem}`, { field })
}
