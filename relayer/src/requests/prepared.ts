import type { Hex } from '@parley/protocol'
import type { ChainCall } from '../chain/chain.ts'

/** A request that was checked and would succeed now. */
export interface Prepared {
  readonly call: ChainCall
  /** Whose request it is; nobody's when anyone may make it. */
  readonly account?: Hex
  /** What can happen only once, so that a second request for it is a replay; absent for what may be repeated. */
  readonly effect?: string
}
