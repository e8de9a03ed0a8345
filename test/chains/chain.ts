import type { ChainKind } from '@parley/protocol'
import type { Party, SignedRequest, WorkResult } from '@parley/sdk'
import type { Devnet } from '../../scripts/system/devnet.ts'
import type { Running } from '../running.ts'
import { evmChain } from './evm.ts'
import { nearChain } from './near.ts'

/** A devnet, with what tests see of it from outside and do to it. */
export interface TestChain extends Devnet {
  /** What an account holds of the chain's own money. */
  readonly gasMoneyOf: (account: string) => Promise<bigint>
  /** Lets the chain's clock run ahead. */
  readonly passTime: (seconds: number) => Promise<void>
  /** How many transactions the relayer has on the chain. */
  readonly countRelayed: () => Promise<number>
  /** The block that a transaction is in; on NEAR the last one in which it logged anything. */
  readonly blockOf: (transaction: string) => Promise<bigint>
  /** Why the chain itself would refuse a request, asked past all services and without effect; undefined when it would not. */
  readonly refusalOf: (body: SignedRequest | WorkResult) => Promise<string | undefined>
  /** Has a stranger send a signed request past the relayer. */
  readonly sendDirectly: (signed: SignedRequest) => Promise<void>
  /** Calls that the relayer does not pay for: of a contract that is none of ours, and of a method that is not listed. */
  readonly signUnsponsored: (
    party: Party,
  ) => Promise<{ readonly elsewhere: SignedRequest; readonly unlisted: SignedRequest }>
}

export const chainKinds = ['evm', 'near'] as const satisfies readonly ChainKind[]

/** The chain of this kind in a running system. */
export function testChain(running: Running, kind: ChainKind): TestChain {
  return kind === 'near' ? nearChain(running) : evmChain(running)
}
