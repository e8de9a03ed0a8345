import type { CryptoHash } from '../../primitives/hash.ts'
import type { SignedTransaction } from '../../primitives/transaction.ts'
import { bytesKey } from '../bytes-key.ts'
import type { RuntimeConfig } from '../config.ts'
import { StateUpdate } from '../state/state-update.ts'
import { chargeTransaction, checkTransaction } from '../transaction/verify-transaction.ts'
import type { Trie } from '../trie/trie.ts'

/** What the next block is going to be, as far as a transaction's validity depends on it. */
export interface NextBlock {
  readonly trie: Trie
  readonly height: bigint
  readonly gasPrice: bigint
}

/** Transactions that wait for the next block. Each is checked against a state in which those before it have paid. */
export class Mempool {
  readonly #config: RuntimeConfig
  #pending: SignedTransaction[] = []
  #state: StateUpdate | undefined

  constructor(config: RuntimeConfig) {
    this.#config = config
  }

  get size(): number {
    return this.#pending.length
  }

  /** Throws an InvalidTransaction. */
  add(signed: SignedTransaction, next: NextBlock): void {
    checkTransaction(this.#config, signed)
    this.#state ??= new StateUpdate(next.trie)
    chargeTransaction(this.#config, this.#state, signed.transaction, next)
    this.#state.commit()
    this.#pending.push(signed)
  }

  find(hash: CryptoHash): SignedTransaction | undefined {
    const wanted = bytesKey(hash)
    return this.#pending.find((signed) => bytesKey(signed.hash) === wanted)
  }

  /** All that wait; then none do. */
  take(): SignedTransaction[] {
    const taken = this.#pending
    this.set([])
    return taken
  }

  list(): readonly SignedTransaction[] {
    return [...this.#pending]
  }

  set(pending: readonly SignedTransaction[]): void {
    this.#pending = [...pending]
    this.#state = undefined
  }
}
