import { type Hex, ParleyError } from '@parley/protocol'
import { type Arguments, type ContractName, functionOf, type MethodName, type Parameter } from './arguments.ts'

/** A job that is created, described, priced and funded at once. */
export interface JobTerms {
  /** Refused unless it is the client's next: `Party.nextJobId`. Unless given, whatever is next. */
  readonly jobId?: Hex
  /** The agent, and the account that acts for it. */
  readonly agentId: bigint
  readonly provider: string
  /** Seconds. */
  readonly expiredAt: bigint
  readonly description: string
  readonly token: string
  readonly amountAtoms: bigint
  /** One that the escrow's owner allows. */
  readonly hook?: string
  /** Whether the client's balance in the ledger pays; its own tokens unless so. What is paid or refunded goes where it came from. */
  readonly isInLedger?: boolean
  /** Another account, whose operator in the ledger the caller is. */
  readonly client?: string
}

/** A job and who judges it: one of Parley's evaluators by its terms, or an account that calls `complete` and `reject`. */
export type Hiring = JobTerms &
  ({ readonly terms: Terms; readonly evaluator?: never } | { readonly evaluator: string; readonly terms?: never })

/** What each evaluator's own method takes beside the job's id. */
interface TermsByKind {
  /** An enclave's signed result. `bodyHash` is keccak256 of the request that is sealed for it. */
  readonly enclave: Omit<Arguments<'setTerms'>, 'jobId'>
  /** `threshold` of `members`. */
  readonly quorum: Omit<Arguments<'setQuorumTerms'>, 'jobId'>
  /** A judge of each milestone; its silence of `reviewSeconds` after the submission approves. */
  readonly milestones: Arguments<'setMilestoneTerms'>['terms']
  /** The client, with an arbiter behind it. */
  readonly arbitration: Arguments<'setArbitrationTerms'>['terms']
}

export type TermsKind = keyof TermsByKind

/** Of exactly one kind. */
export type Terms = { [Kind in TermsKind]: { readonly [K in Kind]: TermsByKind[K] } }[TermsKind]

/** Each kind's evaluator, and its own method for terms. */
export const termsMethods = {
  enclave: ['enclaveEvaluator', 'setTerms'],
  quorum: ['quorumEvaluator', 'setQuorumTerms'],
  milestones: ['milestoneEvaluator', 'setMilestoneTerms'],
  arbitration: ['arbitratedEvaluator', 'setArbitrationTerms'],
} as const satisfies Readonly<Record<TermsKind, readonly [ContractName, MethodName]>>

/** The kind, what it says, and what Solidity says of that: the parameters of the kind's own method behind the job's id. */
export function readTerms(terms: Terms) {
  const [[kind, said] = []] = Object.entries(terms) as [TermsKind, Readonly<Record<string, unknown>>][]
  if (kind === undefined || said === undefined || termsMethods[kind] === undefined)
    throw new ParleyError('InputInvalid', 'the terms are of no kind', { field: 'terms' })
  const [contract, method] = termsMethods[kind]
  const [, ...parameters] = functionOf(contract, method).inputs as readonly Parameter[]
  const [only] = parameters
  return only?.type === 'tuple' ? { kind, parameters, values: { terms: said } } : { kind, parameters, values: said }
}
