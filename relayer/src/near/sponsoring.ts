import {
  nearContractOf,
  nearUserMethods,
  oneYoctoMethods,
  ParleyError,
  toSnakeCase,
  userMethods,
} from '@parley/protocol'
import type { Delegate, FunctionCall } from './delegate.ts'
import type { NamedToken } from './tokens.ts'

export interface SponsoringLimits {
  /** What the calls of one request may attach. */
  readonly maxGas: bigint
  /** Tokens that calls may run; those that `parley` trusts when empty. */
  readonly tokens: readonly string[]
}

/** Where Parley's contracts are. */
interface Contracts {
  readonly agents: string
  readonly parley: string
}

/** What the relayer pays for, by contract: nothing else that a delegate might call. A hiring by money is the token's call: see below. */
const methods: Readonly<Record<'agents' | 'parley', readonly string[]>> = {
  agents: [...methodsOf('agents'), ...nearUserMethods.agents],
  parley: [...methodsOf('parley'), ...nearUserMethods.parley],
}

function methodsOf(contract: 'agents' | 'parley'): string[] {
  const contracts = Object.keys(userMethods) as (keyof typeof userMethods)[]
  const named = contracts.flatMap((known) =>
    userMethods[known].filter((method) => nearContractOf(known, method) === contract),
  )
  return named.map(toSnakeCase)
}

/** What the chain says: where the contracts are, and how much fits into one delegate. */
interface Terms {
  readonly deployment: Contracts
  readonly maxActions: number
}

/**
 * Throws MethodNotSponsored, GasTooHigh or InputInvalid, with the field, when a delegate contains anything that is not on the list. Returns
 * the tokens that have to be looked at.
 */
export function requireSponsored(delegate: Delegate, terms: Terms, { maxGas }: SponsoringLimits): NamedToken[] {
  const { calls, receiverId } = delegate
  if (calls.length === 0) throw refused('InputInvalid', 'delegate.actions', 'is empty')
  // nearcore takes no transaction with more.
  if (calls.length > terms.maxActions)
    throw refused('InputInvalid', 'delegate.actions', `are ${calls.length}; at most ${terms.maxActions} are possible`)
  requireGas(calls, maxGas)
  return calls.flatMap((call, at) => requireMethod(receiverId, call, terms.deployment, `delegate.actions.${at}`))
}

function requireGas(calls: readonly FunctionCall[], maxGas: bigint): void {
  const total = calls.reduce((sum, { gas }) => sum + gas, 0n)
  if (total > maxGas)
    throw refused('GasTooHigh', 'delegate.actions', `attach ${total} gas; at most ${maxGas} is paid for`)
  // nearcore takes no transaction with such a call.
  const without = calls.findIndex(({ gas }) => gas === 0n)
  if (without !== -1) throw refused('InputInvalid', `delegate.actions.${without}.gas`, 'is 0')
}

function requireMethod(receiverId: string, call: FunctionCall, contracts: Contracts, field: string): NamedToken[] {
  if (receiverId === contracts.agents) return requireListed(methods.agents, receiverId, call, field)
  if (receiverId === contracts.parley) return requireListed(methods.parley, receiverId, call, field)
  requireHire(receiverId, call, contracts.parley, field)
  return [{ token: receiverId, field: 'delegate.receiverId' }]
}

function requireListed(listed: readonly string[], contract: string, call: FunctionCall, field: string): NamedToken[] {
  const { methodName } = call
  if (!listed.includes(methodName)) throw unlisted(call, contract, field)
  requireDeposit(call, oneYoctoMethods.includes(methodName) ? 1n : 0n, field)
  const { hiring, ...args } = argumentsOf(call, field)
  const own = tokensIn(args, `${field}.args`)
  return typeof hiring === 'object' && hiring !== null
    ? [...own, ...tokensIn({ ...hiring }, `${field}.args.hiring`)]
    : own
}

/** Tokens that a call names, and that of the job which it is about: their code may run at our cost. */
function tokensIn(args: Readonly<Record<string, unknown>>, field: string): NamedToken[] {
  const { token, job_id: jobId } = args
  return [
    ...(typeof token === 'string' ? [{ token, field: `${field}.token` }] : []),
    ...(typeof jobId === 'string' ? [{ jobId, field: `${field}.job_id` }] : []),
  ]
}

/** Of a token, one thing: money for a job, which the escrow takes or gives back. */
function requireHire(token: string, call: FunctionCall, parley: string, field: string): void {
  if (call.methodName !== 'ft_transfer_call') throw unlisted(call, token, field)
  const { receiver_id: receiver } = argumentsOf(call, field)
  if (receiver !== parley) throw refused('MethodNotSponsored', `${field}.args.receiver_id`, `is not ${parley}`)
  requireDeposit(call, 1n, field)
}

function unlisted({ methodName }: FunctionCall, contract: string, field: string): ParleyError {
  return refused('MethodNotSponsored', `${field}.methodName`, `is ${methodName}, which is not sponsored of ${contract}`)
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
