import type { Account } from '../../primitives/account.ts'
import type { CryptoHash } from '../../primitives/hash.ts'
import type { PromiseResult } from '../../vm/types.ts'
import type { RuntimeConfig } from '../config.ts'
import type { StateUpdate } from '../state/state-update.ts'
import type { ActionReceipt, Receipt } from '../types.ts'

/** The block whose chunk is applied. nearcore: `ApplyState`. */
export interface BlockContext {
  readonly config: RuntimeConfig
  readonly chainId: string
  readonly height: bigint
  readonly timestampNanoseconds: bigint
  readonly epochHeight: bigint
  readonly gasPrice: bigint
  readonly randomSeed: CryptoHash
  /** Stakes of the validators, for contracts that ask, and the least that one may stake. */
  readonly validators: ReadonlyMap<string, bigint>
  readonly minimumStake: bigint
}

/** One action receipt on its way. Actions change `account` and `actorId`; the rest stays. */
export interface ReceiptContext {
  readonly block: BlockContext
  readonly state: StateUpdate
  readonly receipt: Receipt
  readonly action: ActionReceipt
  readonly promiseResults: readonly PromiseResult[]
  /** The receiver; `undefined` while it does not exist. */
  account: Account | undefined
  /** In whose name the actions act: the predecessor, or the receiver once an action created it. */
  actorId: string
}

/** A receipt by the system: a refund. Costs nobody gas. */
export function isRefund(receipt: Receipt): boolean {
  return receipt.predecessorId === 'system'
}
