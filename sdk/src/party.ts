import type { Hex, Json, MarketMessageName, MarketValue } from '@parley/protocol'
import { type Act, type Actions, actionsOf } from './actions.ts'
import type { Answer, Arguments, ViewName } from './arguments.ts'
import type { Hiring, TermsKind } from './hiring.ts'
import type { RelayedRequest } from './relayer.ts'
import type { Wallets } from './wallets.ts'

/** What agents and clients do, on any chain: the steps of a job, and all else by concept. */
export interface Steps<Outcome> extends Actions<Outcome> {
  /** Registers the account as owner of a new agent (ERC-8004). `metadata` values are hex. */
  readonly register: (agentURI: string, metadata?: Readonly<Record<string, Hex>>) => Promise<Outcome>
  /** Opens, describes and funds a job, all or nothing. ExpiryTooSoon, AgentNotOfProvider, BalanceTooLow and what the terms are refused with. */
  readonly hire: (hiring: Hiring) => Promise<Outcome>
  /** The provider says that the work is done. `deliverable` is its hash. JobNotFunded, JobPastExpiry. */
  readonly submit: (jobId: Hex, deliverable: Hex) => Promise<Outcome>
  /** Returns the budget of an expired job to its client. Anyone. JobNotExpired, EvaluationInGrace. */
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
  /** Asks the chain. Throws the contract's refusal, or ChainUnavailable. What nobody knows is zeros, as Solidity has it. */
  readonly read: Read
  /** An account's balance in the ledger, in atoms; one's own unless given. */
  readonly balanceOf: (token: string, account?: string) => Promise<bigint>
  /** Who judges a job by an enclave's result, and who by which terms. */
  readonly evaluator: string
  readonly evaluators: Readonly<Record<TermsKind, string>>
  /** The payee that shares what a job pays among many. */
  readonly crowdPayee: string
  readonly wallets: Wallets
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

export type Read = <Name extends ViewName>(name: Name, args: Arguments<Name>) => Promise<Answer<Name>>

/** The steps of somebody who acts so. */
export function stepsOf<Outcome>(act: Act<Outcome>): Steps<Outcome> {
  return {
    ...actionsOf(act),
    register: (agentURI, metadata = {}) => {
      const entries = Object.entries(metadata).map(([metadataKey, metadataValue]) => ({ metadataKey, metadataValue }))
      return act('register', { agentURI, metadata: entries })
    },
    hire: (hiring) => act('hire', { hiring }),
    submit: (jobId, deliverable) => act('submit', { jobId, deliverable }),
    claimRefund: (jobId) => act('claimRefund', { jobId }),
  }
}

/**
 * An argument of an event that a request's transaction emitted, the last of its name: what others did in the same transaction stands
 * before it. Throws when there is none.
 */
export function eventArgument({ transaction, events }: RelayedRequest, event: string, name: string): string {
  const value = events?.findLast((emitted) => emitted.name === event)?.args[name]
  if (value === undefined) throw new Error(`transaction ${transaction} has no ${event} event with ${name}`)
  return value
}
