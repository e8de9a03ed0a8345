import type { Hex, JobOnChain, MarketMessageName, MarketValue, SigningDomain } from '@parley/protocol'

/** What the market asks of a chain. Whatever asks a node throws ChainUnavailable when it does not answer. */
export interface MarketChain {
  /** Where what is signed counts: the escrow, which the job of an award is in. */
  readonly domain: SigningDomain
  /** The chain's clock, in seconds: the one that the escrow goes by. */
  readonly now: () => Promise<bigint>
  /** Throws SignatureInvalid unless the account itself has signed, as far as the chain knows now; InputInvalid for what is no signature there. */
  readonly requireSigned: (signed: Signed) => Promise<void>
  /** Whether the account owns the agent or may act for its owner. */
  readonly isAgentOf: (agentId: bigint, account: string) => Promise<boolean>
  /** Without the evaluator's terms: those are in events. */
  readonly findJob: (jobId: Hex) => Promise<Omit<JobOnChain, 'evaluatorTerms'> | undefined>
}

/** A market message with what shall prove whose it is. */
export interface Signed extends Proof {
  readonly account: string
  readonly name: MarketMessageName
  readonly value: MarketValue<MarketMessageName>
  /** The message's digest. */
  readonly id: Hex
}

export interface Proof {
  /** Hexadecimal on EVM: ECDSA, or whatever an ERC-1271 wallet takes. Base64 on NEAR (NEP-413). */
  readonly signature: string
  /** NEAR's: the account's key that signed. */
  readonly publicKey?: string | undefined
}
