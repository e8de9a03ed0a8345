import type { CryptoHash } from '../../primitives/hash.ts'
import type { External, StorageAccessTracker } from '../../vm/types.ts'
import type { BlockContext } from '../apply/context.ts'
import { dataIdOfAction } from '../receipt-id.ts'
import { type StateUpdate, touchPath } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'
import { dataIdOfYield, hasYield } from '../state/yields.ts'
import { valueHash } from '../trie/node.ts'

/** What one call of a contract may ask of the chain. nearcore: `RuntimeExt` in runtime/runtime/src/ext.rs. */
export class RuntimeExternal implements External {
  readonly #block: BlockContext
  readonly #state: StateUpdate
  readonly #accountId: string
  readonly #actionHash: CryptoHash
  #dataCount = 0

  constructor(block: BlockContext, state: StateUpdate, call: { accountId: string; actionHash: CryptoHash }) {
    this.#block = block
    this.#state = state
    this.#accountId = call.accountId
    this.#actionHash = call.actionHash
  }

  /** Reads go through flat storage, so they touch no nodes; but a value once read is cached for a later write. */
  storageGet(key: Uint8Array): Uint8Array | undefined {
    const { value, path } = this.#state.trace(this.#trieKey(key))
    if (value && path) this.#state.touch(valueHash(value))
    return value?.bytes
  }

  storageSet(key: Uint8Array, value: Uint8Array, tracker: StorageAccessTracker): Uint8Array | undefined {
    const evicted = this.#replaced(key, tracker, (bytes) => tracker.derefWriteEvictedValueBytes(bytes))
    this.#state.set(this.#trieKey(key), value)
    return evicted
  }

  storageRemove(key: Uint8Array, tracker: StorageAccessTracker): Uint8Array | undefined {
    const removed = this.#replaced(key, tracker, (bytes) => tracker.derefRemovedValueBytes(bytes))
    this.#state.remove(this.#trieKey(key))
    return removed
  }

  storageHasKey(key: Uint8Array): boolean {
    return this.#state.has(this.#trieKey(key))
  }

  generateDataId(): CryptoHash {
    return dataIdOfAction(this.#actionHash, this.#block.height, this.#dataCount++)
  }

  hasPromiseYield(dataId: Uint8Array): boolean {
    return hasYield(this.#state, this.#accountId, dataId)
  }

  dataIdOfYield(yieldId: Uint8Array): CryptoHash | undefined {
    return dataIdOfYield(this.#state, this.#accountId, yieldId)
  }

  validatorStake(accountId: string): bigint | undefined {
    return this.#block.validators.get(accountId)
  }

  validatorTotalStake(): bigint {
    let total = 0n
    for (const stake of this.#block.validators.values()) total += stake
    return total
  }

  chainId(): string {
    return this.#block.chainId
  }

  /** The value that is there now. Its bytes are charged first, then the nodes on the way to it, itself among them. */
  #replaced(key: Uint8Array, tracker: StorageAccessTracker, chargeBytes: (bytes: number) => void) {
    const { value, path } = this.#state.trace(this.#trieKey(key))
    if (value) chargeBytes(value.bytes.length)
    if (path) {
      const { touched, cached } = touchPath(this.#state, path, value)
      tracker.trieNodeTouched(touched)
      tracker.cachedTrieNodeAccess(cached)
    }
    return value?.bytes
  }

  #trieKey(key: Uint8Array): Uint8Array {
    return trieKey.contractData(this.#accountId, key)
  }
}
