import type {
  AccessKey,
  Account,
  AccountContract,
  Action,
  CryptoHash,
  GlobalContractIdentifier,
  PublicKey,
  SignedTransaction,
} from '../primitives/index.ts'
import type { InvalidTxError, TxExecutionError } from './errors.ts'

/**
 * A receipt, as nearcore's `core/primitives/src/receipt.rs` has it. `kind` is nearcore's `ReceiptEnum`:
 * a `PromiseYield` waits for the one `PromiseResume` that carries its data.
 */
export interface Receipt {
  readonly predecessorId: string
  readonly receiverId: string
  readonly receiptId: CryptoHash
  readonly receipt: ReceiptEnum
}

export type ReceiptEnum =
  | { readonly kind: 'Action'; readonly action: ActionReceipt }
  | { readonly kind: 'Data'; readonly data: DataReceipt }
  | { readonly kind: 'PromiseYield'; readonly action: ActionReceipt }
  | { readonly kind: 'PromiseResume'; readonly data: DataReceipt }
  | { readonly kind: 'GlobalContractDistribution'; readonly distribution: GlobalContractDistribution }

/** Brings the code of a global contract (NEP-591) to every shard; here there is one. */
export interface GlobalContractDistribution {
  readonly identifier: GlobalContractIdentifier
  readonly code: Uint8Array
  /** Counts the deployments of an identifier: an older one never replaces a newer one. */
  readonly nonce: bigint
}

export interface ActionReceipt {
  /** Version 2 is what contracts make; transactions, refunds and delegate actions make version 1, which has no `refundTo`. */
  readonly version: 1 | 2
  readonly signerId: string
  readonly signerPublicKey: PublicKey
  /** Who gets deposits back if the receipt fails (NEP-616); `null` is the predecessor. */
  readonly refundTo: string | null
  /** Price in yoctoNEAR at which the gas of this receipt was bought. */
  readonly gasPrice: bigint
  readonly outputDataReceivers: readonly DataReceiver[]
  readonly inputDataIds: readonly CryptoHash[]
  readonly actions: readonly Action[]
}

export interface DataReceiver {
  readonly dataId: CryptoHash
  readonly receiverId: string
}

export interface DataReceipt {
  readonly dataId: CryptoHash
  /** `null` when the promise failed, or timed out. */
  readonly data: Uint8Array | null
}

/** What became of a transaction or a receipt (nearcore `ExecutionStatus`). Errors have the shape that RPC prints. */
export type ExecutionStatus =
  | { readonly kind: 'Unknown' }
  | { readonly kind: 'Failure'; readonly error: TxExecutionError }
  | { readonly kind: 'SuccessValue'; readonly value: Uint8Array }
  | { readonly kind: 'SuccessReceiptId'; readonly receiptId: CryptoHash }

/** One row of a gas profile, named as nearcore's `ExecutionMetadataView` names it. */
export interface CostGasUsed {
  readonly costCategory: 'ACTION_COST' | 'WASM_HOST_COST'
  readonly cost: string
  readonly gasUsed: bigint
}

/** nearcore's `ExecutionMetadata`: version 1 for transactions, version 4 (protocol 85 and later) for receipts. */
export type ExecutionMetadata =
  | { readonly version: 1 }
  | {
      readonly version: 4
      /** In the order in which RPC prints it. */
      readonly gasProfile: readonly CostGasUsed[]
      /** The receiver's contract just before each action. */
      readonly contracts: readonly AccountContract[]
    }

export interface ExecutionOutcome {
  readonly id: CryptoHash
  readonly blockHash: CryptoHash
  readonly blockHeight: bigint
  readonly executorId: string
  readonly status: ExecutionStatus
  readonly logs: readonly string[]
  readonly receiptIds: readonly CryptoHash[]
  readonly gasBurnt: bigint
  readonly tokensBurnt: bigint
  readonly metadata: ExecutionMetadata
  /** Path from this outcome to the block's outcome root. */
  readonly proof: readonly MerklePathItem[]
}

export interface MerklePathItem {
  readonly hash: CryptoHash
  readonly direction: 'Left' | 'Right'
}

/** A block with its one chunk. All times are Unix nanoseconds. */
export interface Block {
  readonly height: bigint
  readonly hash: CryptoHash
  readonly prevHash: CryptoHash
  readonly prevHeight: bigint
  readonly timestampNanoseconds: bigint
  readonly epochId: CryptoHash
  readonly nextEpochId: CryptoHash
  readonly epochHeight: bigint
  readonly randomSeed: CryptoHash
  readonly gasPrice: bigint
  readonly totalSupply: bigint
  readonly chunk: Chunk
}

export interface Chunk {
  readonly hash: CryptoHash
  readonly height: bigint
  readonly prevStateRoot: CryptoHash
  /** State root after the chunk was applied. */
  readonly stateRoot: CryptoHash
  readonly outcomeRoot: CryptoHash
  readonly txRoot: CryptoHash
  readonly gasUsed: bigint
  readonly gasLimit: bigint
  /** Tokens burnt in this chunk, in yoctoNEAR. */
  readonly balanceBurnt: bigint
  readonly transactions: readonly SignedTransaction[]
  /** Receipts that were in this chunk's inbox: what the chunk before it sent. */
  readonly receipts: readonly Receipt[]
}

export type BlockReference =
  | { readonly kind: 'latest' }
  | { readonly kind: 'genesis' }
  | { readonly kind: 'height'; readonly height: bigint }
  | { readonly kind: 'hash'; readonly hash: CryptoHash }

/**
 * A transaction as far as it got. `receiptOutcomes` and `receipts` are in nearcore's order: each receipt is followed by
 * those that it made.
 */
export interface TransactionStatus {
  readonly transaction: SignedTransaction
  readonly transactionHash: CryptoHash
  /** `null` until a block holds the transaction. */
  readonly transactionOutcome: ExecutionOutcome | null
  readonly receiptOutcomes: readonly ExecutionOutcome[]
  /** Every action receipt made for it, refunds included, also those that wait. */
  readonly receipts: readonly Receipt[]
  /** nearcore `FinalExecutionStatus`: what the first transaction's value, followed through its receipts, came to. */
  readonly finalStatus: FinalExecutionStatus
  /** True once no receipt of it waits or travels any more, refunds included. */
  readonly isComplete: boolean
}

export type FinalExecutionStatus =
  | { readonly kind: 'NotStarted' }
  | { readonly kind: 'Started' }
  | { readonly kind: 'Failure'; readonly error: TxExecutionError }
  | { readonly kind: 'SuccessValue'; readonly value: Uint8Array }

export type SendTransactionResult =
  | { readonly status: 'accepted'; readonly transactionHash: CryptoHash }
  | { readonly status: 'invalid'; readonly error: InvalidTxError }

/** A record as `genesis.json` and `sandbox_patch_state` have it (nearcore `StateRecord`), parsed. */
export type StateRecord =
  | { readonly kind: 'Account'; readonly accountId: string; readonly account: Account }
  | {
      readonly kind: 'AccessKey'
      readonly accountId: string
      readonly publicKey: PublicKey
      readonly accessKey: AccessKey
    }
  | { readonly kind: 'Contract'; readonly accountId: string; readonly code: Uint8Array }
  | { readonly kind: 'Data'; readonly accountId: string; readonly key: Uint8Array; readonly value: Uint8Array }

export type CallFunctionResult =
  | { readonly status: 'success'; readonly value: Uint8Array; readonly logs: readonly string[] }
  | { readonly status: 'failed'; readonly message: string; readonly logs: readonly string[] }

/** Reads of one block's state. Every method answers `null` for what is not there. */
export interface StateQuery {
  viewAccount(accountId: string): Account | null
  viewAccessKey(accountId: string, publicKey: PublicKey): AccessKey | null
  viewAccessKeyList(accountId: string): readonly { readonly publicKey: PublicKey; readonly accessKey: AccessKey }[]
  viewCode(accountId: string): { readonly code: Uint8Array; readonly hash: CryptoHash } | null
  viewState(accountId: string, prefix: Uint8Array): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]
  /** Runs a view call with nearcore's view limits. What is missing is `failed`, with nearcore's message. */
  callFunction(accountId: string, methodName: string, args: Uint8Array): CallFunctionResult
}

/** The node that RPC talks to. Everything is synchronous: when a call returns, what it did is visible to the next one. */
export interface Node {
  readonly chainId: string
  readonly protocolVersion: number
  readonly genesis: Block
  /** The head. It is final: this chain has one producer and never forks. */
  latestBlock(): Block
  block(reference: BlockReference): Block | null
  chunk(hash: CryptoHash): { readonly block: Block; readonly chunk: Chunk } | null
  /** Validates as nearcore's RPC does, queues, and (unless `autoProduce` is off) produces blocks until nothing is pending. */
  sendTransaction(transaction: SignedTransaction): SendTransactionResult
  transactionStatus(hash: CryptoHash): TransactionStatus | null
  outcome(id: CryptoHash): ExecutionOutcome | null
  receipt(id: CryptoHash): Receipt | null
  /** Reads at a block; `null` when there is no such block. */
  query(reference: BlockReference): StateQuery | null
  produceBlock(): Block
  /** Produces blocks until no transaction and no receipt is on its way (yields that wait do not count). */
  settle(): void
  /**
   * Settles, then goes on by so many heights and seconds. As in nearcore's sandbox the heights between have no blocks, but
   * for the last of each epoch.
   */
  fastForward(blocks: number): void
  /** Writes records into the state, in a block of its own. Storage usage is what the records say. */
  patchState(records: readonly StateRecord[]): void
  snapshot(): Snapshot
  revert(snapshot: Snapshot): void
  /** Called after each block. Returns the function that ends the subscription. */
  onBlock(listener: (block: Block) => void): () => void
  /** Ends the interval, if there is one. */
  stop(): void
}

/** Opaque to everyone but the node that made it. */
export interface Snapshot {
  readonly height: bigint
}

export interface GenesisAccount {
  readonly accountId: string
  readonly amount: bigint
  readonly locked?: bigint
  readonly publicKeys: readonly PublicKey[]
}

export interface NodeOptions {
  readonly chainId?: string
  /** 86 by default. */
  readonly protocolVersion?: 86 | 88
  /** Hashes, random seeds: everything that a real chain would draw by chance is derived from it. */
  readonly seed?: string
  /** Unix nanoseconds. By default the machine's clock. Blocks are at least a nanosecond apart, whatever it says. */
  readonly clock?: () => bigint
  readonly genesisTimestampNanoseconds?: bigint
  readonly genesisHeight?: bigint
  readonly genesisAccounts?: readonly GenesisAccount[]
  /** Records of a genesis.json, applied after `genesisAccounts`. */
  readonly genesisRecords?: readonly StateRecord[]
  readonly gasPrice?: bigint
  /** In blocks; 500 by default. */
  readonly epochLength?: number
  /** A transaction is valid for so many blocks after the one that it names; 86,400 by default, as on mainnet. */
  readonly transactionValidityPeriod?: number
  /** When true (the default), `sendTransaction` produces blocks until nothing is pending. */
  readonly autoProduce?: boolean
  /** When set, a block is produced at least this often, so that time passes. */
  readonly blockIntervalMilliseconds?: number
}
