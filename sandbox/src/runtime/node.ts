import type { CryptoHash } from '../primitives/hash.ts'
import type { SignedTransaction } from '../primitives/transaction.ts'
import { lastHeightOfEpoch } from './chain/epoch.ts'
import { accountRecords, genesisEntry } from './chain/genesis.ts'
import { type BlockEntry, Ledger } from './chain/ledger.ts'
import { Mempool } from './chain/mempool.ts'
import { blockContext, type ChainConstants, nextBlock } from './chain/next-block.ts'
import { pendingStatus, transactionStatusOf } from './chain/transaction-status.ts'
import { runtimeConfig } from './config.ts'
import { InvalidTransaction } from './errors.ts'
import { TrieQuery } from './query/state-query.ts'
import type {
  Block,
  BlockReference,
  ExecutionOutcome,
  Node,
  NodeOptions,
  Receipt,
  SendTransactionResult,
  Snapshot,
  StateQuery,
  StateRecord,
  TransactionStatus,
} from './types.ts'

/** What a height that passes takes, in a fast-forward. */
const FAST_FORWARD_BLOCK_NANOSECONDS = 1_000_000_000n

/** nearcore's price on local networks: 0.0001 NEAR for a Tgas. */
const DEFAULT_GAS_PRICE = 100_000_000n

/** Gas of a chunk. nearcore: `INITIAL_GAS_LIMIT`. */
const GAS_LIMIT = 1_000_000_000_000_000n

/**
 * A chain of one shard and one producer, in memory. Nothing runs but what is called, unless an interval is set.
 *
 * Where it differs from a nearcore node of the same protocol version:
 * - the head is final at once, so that a reader sees its own writes with either finality; the gas price never changes;
 * - a chunk's limit counts gas, where nearcore counts compute costs, which are higher for deployments and trie nodes;
 * - the state has no records of congestion control and the bandwidth scheduler, so that its root is nearcore's only but
 *   for these;
 * - gas keys (NEP-611) are refused, an ETH-implicit account has no wallet code to run, and no receipt fails for the size
 *   of its storage proof;
 * - validators get no rewards and are never kicked out.
 */
export function createNode(options: NodeOptions = {}): Node {
  return new MemoryNode(options)
}

interface MemorySnapshot extends Snapshot {
  readonly pending: readonly SignedTransaction[]
  readonly clockOffset: bigint
}

class MemoryNode implements Node {
  readonly chainId: string
  readonly protocolVersion: 86 | 88
  readonly #constants: ChainConstants
  readonly #clock: () => bigint
  readonly #validityPeriod: bigint
  readonly #autoProduce: boolean
  readonly #ledger: Ledger
  readonly #mempool: Mempool
  readonly #listeners = new Set<(block: Block) => void>()
  readonly #interval: NodeJS.Timeout | undefined
  /** Nanoseconds that fast-forwards are ahead of the clock. */
  #clockOffset = 0n

  constructor(options: NodeOptions) {
    const { chainId = 'sandbox', protocolVersion = 86, seed = 'sandbox', genesisHeight = 0n } = options
    const config = runtimeConfig(protocolVersion)
    this.chainId = chainId
    this.protocolVersion = protocolVersion
    this.#clock = options.clock ?? (() => BigInt(Date.now()) * 1_000_000n)
    this.#validityPeriod = BigInt(options.transactionValidityPeriod ?? 86_400)
    this.#autoProduce = options.autoProduce ?? true
    const epochs = { genesisHeight, length: BigInt(options.epochLength ?? 500) }
    this.#constants = { config, chainId, seed, epochs }
    this.#mempool = new Mempool(config)
    const genesis = genesisEntry(config, {
      height: genesisHeight,
      timestampNanoseconds: options.genesisTimestampNanoseconds ?? this.#clock(),
      gasPrice: options.gasPrice ?? DEFAULT_GAS_PRICE,
      gasLimit: GAS_LIMIT,
      seed,
      records: [...(options.genesisAccounts ?? []).flatMap(accountRecords), ...(options.genesisRecords ?? [])],
    })
    this.#ledger = new Ledger(genesis)
    const { blockIntervalMilliseconds } = options
    if (blockIntervalMilliseconds) {
      // Unreferenced, so that a program may end without stopping its node.
      this.#interval = setInterval(() => this.produceBlock(), blockIntervalMilliseconds).unref()
    }
  }

  get genesis(): Block {
    return this.#ledger.genesis.block
  }

  latestBlock(): Block {
    return this.#ledger.head.block
  }

  block(reference: BlockReference): Block | null {
    return this.#ledger.find(reference)?.block ?? null
  }

  chunk(hash: CryptoHash) {
    const block = this.#ledger.findChunk(hash)?.block
    return block ? { block, chunk: block.chunk } : null
  }

  sendTransaction(signed: SignedTransaction): SendTransactionResult {
    const { block, trie } = this.#ledger.head
    try {
      this.#checkAge(signed)
      this.#mempool.add(signed, { trie, height: block.height + 1n, gasPrice: block.gasPrice })
    } catch (error) {
      if (!(error instanceof InvalidTransaction)) throw error
      return { status: 'invalid', error: error.error }
    }
    if (this.#autoProduce) this.settle()
    return { status: 'accepted', transactionHash: signed.hash }
  }

  transactionStatus(hash: CryptoHash): TransactionStatus | null {
    const included = this.#ledger.transaction(hash)
    if (included) return transactionStatusOf(this.#ledger, included)
    const pending = this.#mempool.find(hash)
    return pending ? pendingStatus(pending) : null
  }

  outcome(id: CryptoHash): ExecutionOutcome | null {
    return this.#ledger.outcome(id) ?? null
  }

  receipt(id: CryptoHash): Receipt | null {
    return this.#ledger.receipt(id) ?? null
  }

  query(reference: BlockReference): StateQuery | null {
    const entry = this.#ledger.find(reference)
    if (!entry) return null
    return new TrieQuery(blockContext(this.#constants, entry.block, entry.staking), entry.trie)
  }

  produceBlock(): Block {
    return this.#produce({ height: this.latestBlock().height + 1n, patch: [] })
  }

  settle(): void {
    while (this.#mempool.size > 0 || hasWork(this.#ledger.head)) this.produceBlock()
  }

  fastForward(blocks: number): void {
    this.settle()
    const target = this.latestBlock().height + BigInt(blocks)
    while (this.latestBlock().height < target) {
      const { height } = this.latestBlock()
      const epochEnd = lastHeightOfEpoch(this.#constants.epochs, height + 1n)
      const next = epochEnd < target ? epochEnd : target
      this.#clockOffset += (next - height) * FAST_FORWARD_BLOCK_NANOSECONDS
      this.#produce({ height: next, patch: [] })
    }
    this.settle()
  }

  patchState(records: readonly StateRecord[]): void {
    this.#produce({ height: this.latestBlock().height + 1n, patch: records })
  }

  snapshot(): Snapshot {
    const { height } = this.latestBlock()
    const snapshot: MemorySnapshot = { height, pending: this.#mempool.list(), clockOffset: this.#clockOffset }
    return snapshot
  }

  revert(snapshot: Snapshot): void {
    // A node only gets back what it gave out.
    const { height, pending, clockOffset } = snapshot as MemorySnapshot
    this.#ledger.truncate(height)
    this.#mempool.set(pending)
    this.#clockOffset = clockOffset
  }

  onBlock(listener: (block: Block) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    clearInterval(this.#interval)
  }

  /** nearcore: `check_transaction_validity_period` in chain/chain/src/store. */
  #checkAge({ transaction }: SignedTransaction): void {
    const named = this.block({ kind: 'hash', hash: transaction.blockHash })
    const isRecent = named !== null && this.latestBlock().height <= named.height + this.#validityPeriod
    if (!isRecent) throw new InvalidTransaction('Expired')
  }

  #produce({ height, patch }: { height: bigint; patch: readonly StateRecord[] }): Block {
    const { head } = this.#ledger
    const now = this.#clock() + this.#clockOffset
    const earliest = head.block.timestampNanoseconds + 1n
    const entry = nextBlock(this.#constants, head, {
      height,
      timestampNanoseconds: now > earliest ? now : earliest,
      transactions: this.#mempool.take(),
      patch,
    })
    this.#ledger.add(entry)
    for (const listener of this.#listeners) listener(entry.block)
    return entry.block
  }
}

function hasWork({ outgoing, hasDelayedReceipts }: BlockEntry): boolean {
  return outgoing.length > 0 || hasDelayedReceipts
}
