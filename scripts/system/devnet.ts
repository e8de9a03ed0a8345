import type { ChainKind } from '@parley/protocol'
import type { Party, Relayer } from '@parley/sdk'

/** A chain on this machine with Parley's contracts on it, the simulator's workload allowed, and dollars to give away. */
export interface Devnet {
  readonly kind: ChainKind
  /** CAIP-2. */
  readonly chain: string
  /** Of its JSON-RPC. */
  readonly url: string
  /** The demo's dollar, with six decimals. */
  readonly token: string
  /** The contract that holds the money of jobs. */
  readonly escrow: string
  /** A new account with a key and nothing else, that acts through this relayer. */
  readonly newParty: (role: 'agent' | 'client', relayer: Relayer) => Promise<Party>
  /** Gives an account demo dollars, in atoms. */
  readonly giveDollars: (to: string, amountAtoms: bigint) => Promise<void>
  /** What an account holds of them, in atoms. */
  readonly dollarsOf: (account: string) => Promise<bigint>
  readonly stop: () => Promise<void>
}

export interface DevnetOptions<ChainId> {
  /** 0 for any that is free. */
  readonly port: number
  readonly chainId: ChainId
  /** How often there is a block, so that time passes; 0 for blocks with transactions only. */
  readonly blockMilliseconds: number
  /** Addresses of those whose signed reports register an enclave. */
  readonly verifiers: readonly `0x${string}`[]
  /** How many of them it takes. */
  readonly quorum: number
}

/** One day, in seconds: a demo's enclave need not be attested anew. */
export const MAX_AGE_SECONDS = 86_400n

/** A devnet has nobody who must be warned. */
export const TIMELOCK_SECONDS = 0n

/** What feedback weighs: one for each atom of a fee that was paid in dollars. */
export const DOLLAR_PRICE = 10n ** 18n

/** No account's feedback gives one agent more in 30 days than ten dollars of fees. */
export const WEIGHT_CAP = 10_000_000n

/** A million dollars. */
export const SUPPLY_ATOMS = 1_000_000_000_000n
