import type { CryptoHash } from '../../primitives/hash.ts'
import type { SignedTransaction } from '../../primitives/transaction.ts'
import { bytesKey } from '../bytes-key.ts'
import type { Trie } from '../trie/trie.ts'
import type { Block, BlockReference, ExecutionOutcome, Receipt } from '../types.ts'
import type { StakingState } from './stakes.ts'

/** A block with what came out of it. */
export interface BlockEntry {
  readonly block: Block
  /** State after the block. */
  readonly trie: Trie
  readonly outcomes: readonly ExecutionOutcome[]
  /** Receipts that the block made, and those of them that the next block has to process. */
  readonly created: readonly Receipt[]
  readonly outgoing: readonly Receipt[]
  readonly hasDelayedReceipts: boolean
  readonly staking: StakingState
}

/** All blocks since genesis, and what is found in them by its hash. Blocks are added at the end and taken from there. */
export class Ledger {
  readonly #entries: BlockEntry[] = []
  readonly #byHash = new Map<string, BlockEntry>()
  readonly #byHeight = new Map<bigint, BlockEntry>()
  readonly #byChunk = new Map<string, BlockEntry>()
  readonly #transactions = new Map<string, SignedTransaction>()
  readonly #outcomes = new Map<string, ExecutionOutcome>()
  readonly #receipts = new Map<string, Receipt>()

  constructor(genesis: BlockEntry) {
    this.add(genesis)
  }

  get genesis(): BlockEntry {
    return this.#at(0)
  }

  get head(): BlockEntry {
    return this.#at(this.#entries.length - 1)
  }

  add(entry: BlockEntry): void {
    const { block, outcomes, created } = entry
    this.#entries.push(entry)
    this.#byHash.set(bytesKey(block.hash), entry)
    this.#byHeight.set(block.height, entry)
    this.#byChunk.set(bytesKey(block.chunk.hash), entry)
    for (const signed of block.chunk.transactions) this.#transactions.set(bytesKey(signed.hash), signed)
    for (const outcome of outcomes) this.#outcomes.set(bytesKey(outcome.id), outcome)
    for (const receipt of created) this.#receipts.set(bytesKey(receipt.receiptId), receipt)
  }

  /** Forgets all blocks after this height. */
  truncate(height: bigint): void {
    while (this.head.block.height > height) {
      const { block, outcomes, created } = this.head
      this.#entries.pop()
      this.#byHash.delete(bytesKey(block.hash))
      this.#byHeight.delete(block.height)
      this.#byChunk.delete(bytesKey(block.chunk.hash))
      for (const { hash } of block.chunk.transactions) this.#transactions.delete(bytesKey(hash))
      for (const { id } of outcomes) this.#outcomes.delete(bytesKey(id))
      for (const { receiptId } of created) this.#receipts.delete(bytesKey(receiptId))
    }
  }

  find(reference: BlockReference): BlockEntry | undefined {
    switch (reference.kind) {
      case 'latest':
        return this.head
      case 'genesis':
        return this.genesis
      case 'height':
        return this.#byHeight.get(reference.height)
      case 'hash':
        return this.#byHash.get(bytesKey(reference.hash))
    }
  }

  findChunk(hash: CryptoHash): BlockEntry | undefined {
    return this.#byChunk.get(bytesKey(hash))
  }

  transaction(hash: CryptoHash): SignedTransaction | undefined {
    return this.#transactions.get(bytesKey(hash))
  }

  outcome(id: CryptoHash): ExecutionOutcome | undefined {
    return this.#outcomes.get(bytesKey(id))
  }

  receipt(id: CryptoHash): Receipt | undefined {
    return this.#receipts.get(bytesKey(id))
  }

  #at(index: number): BlockEntry {
    const entry = this.#entries[index]
    if (!entry) throw new Error('a chain without blocks')
    return entry
  }
}
