import type { Hex, Json, MarketMessageName, MarketValue, Observability } from '@parley/protocol'
import type { RelayedRequest } from './relayer.ts'

/** Everything about a job that its client signs, once its request is sealed. */
export interface JobTerms {
  /** Known before the job exists: `Party.nextJobId`. */
  readonly jobId: Hex
  /** The agent, and the account that acts for it. */
  readonly agentId: bigint
  readonly provider: string
  /** Seconds. */
  readonly expiredAt: bigint
  readonly description: string
  readonly token: string
  readonly amountAtoms: bigint
  /** keccak256 of the request that is sealed for the enclave. */
  readonly bodyHash: Hex
  readonly workload: Hex
  readonly observability: Observability
}

/** What agents and clients do, on any chain. */
export interface Steps<Outcome> {
  /** Registers the account as owner of a new agent (ERC-8004). `metadata` values are hex. */
  readonly register: (agentURI: string, metadata?: Readonly<Record<string, Hex>>) => Promise<Outcome>
  /** Opens, describes and funds a job, all or nothing. */
  readonly hire: (terms: JobTerms) => Promise<Outcome>
  /** The provider says that the work is done. `deliverable` is its hash. */
  readonly submit: (jobId: Hex, deliverable: Hex) => Promise<Outcome>
  /** Returns the budget of an expired job to its client. */
  readonly claimRefund: (jobId: Hex) => Promise<Outcome>
}

/** The body of `POST /v1/transactions`: what was signed, for one chain. */
export interface SignedRequest {
  /** CAIP-2. */
  readonly chain: string
  readonly [field: string]: Json
}

/**
 * Somebody with a key and without gas: what it signs, the relayer sends. Each step resolves when it has happened on chain, and throws the
 * refusal or the failure, a ParleyError.
 */
export interface Party extends Steps<RelayedRequest> {
  /** CAIP-2, for example `eip155:31337` or `near:localnet`. */
  readonly chain: string
  /** An address in lower case on EVM, an account id on NEAR. */
  readonly address: string
  /** The chain's clock, in seconds. */
  readonly now: () => Promise<bigint>
  /** The id of the next job that this account opens. */
  readonly nextJobId: () => Promise<Hex>
  /** The same steps, signed and not sent. */
  readonly sign: Steps<SignedRequest>
  /** Who judges the jobs that this party hires. */
  readonly evaluator: string
  readonly market: MarketVoice
}

/** What a party says on the market: see `postRequest`, `bid` and `award`. */
export interface MarketVoice {
  /** The digest of what is said, on the party's chain. */
  readonly idOf: <Name extends MarketMessageName>(name: Name, value: MarketValue<Name>) => Hex
  readonly sign: <Name extends MarketMessageName>(name: Name, value: MarketValue<Name>) => Promise<MarketProof>
}

/** Shows whose a statement is. */
export interface MarketProof {
  /** Hexadecimal on EVM, base64 on NEAR. */
  readonly signature: string
  /** NEAR's: the access key that signed. */
  readonly publicKey?: string
}

/** The steps of somebody who signs so, each handed to the relayer and waited for. */
export function performSteps(sign: Steps<SignedRequest>, perform: Perform): Steps<RelayedRequest> {
  return {
    register: (...args) => perform(() => sign.register(...args)),
    hire: (...args) => perform(() => sign.hire(...args)),
    submit: (...args) => perform(() => sign.submit(...args)),
    claimRefund: (...args) => perform(() => sign.claimRefund(...args)),
  }
}

/** Signs and hands in; resolves when it has happened. */
export type Perform = (sign: () => Promise<SignedRequest>) => Promise<RelayedRequest>

/**
 * An argument of an event that a request's transaction emitted, the last of its name: what others did in the same transaction stands
 * before it. Throws when there is none.
 */
export function eventArgument({ transaction, events }: RelayedRequest, event: string, name: string): string {
  const value = events?.findLast((emitted) => emitted.name === event)?.args[name]
  if (value === undefined) throw new Error(`transaction ${transaction} has no ${event} event with ${name}`)
  return value
}
