import type { CryptoHash } from '../../primitives/hash.ts'
import { bytesKey } from '../bytes-key.ts'
import { hashOf, type TrieNode, type TrieValue, valueHash } from '../trie/node.ts'
import { entries, insert, lookup, remove, type Trie } from '../trie/trie.ts'

/** `null` is "removed". */
type Changes = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | null }>

/**
 * State while one chunk is applied: the trie before it, what its receipts have changed for good, and what the current
 * receipt has changed so far. nearcore: `TrieUpdate` in core/store/src/trie/update.rs.
 */
export class StateUpdate {
  readonly #trie: Trie
  readonly #committed: Changes = new Map()
  readonly #prospective: Changes = new Map()
  /** Nodes and values that this chunk has touched: touching one again is booked as a cached read. */
  readonly #touched = new Set<string>()

  constructor(trie: Trie) {
    this.#trie = trie
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const change = this.#changeOf(key)
    if (change) return change.value ?? undefined
    return lookup(this.#trie, key).value?.bytes
  }

  has(key: Uint8Array): boolean {
    return this.get(key) !== undefined
  }

  set(key: Uint8Array, value: Uint8Array): void {
    this.#prospective.set(bytesKey(key), { key, value })
  }

  remove(key: Uint8Array): void {
    this.#prospective.set(bytesKey(key), { key, value: null })
  }

  /** Keeps what was changed since the last commit. */
  commit(): void {
    for (const [name, change] of this.#prospective) this.#committed.set(name, change)
    this.#prospective.clear()
  }

  /** Forgets what was changed since the last commit. */
  rollback(): void {
    this.#prospective.clear()
  }

  /** All keys that begin with `prefix`, in order. */
  keys(prefix: Uint8Array): Uint8Array[] {
    const found = new Map<string, Uint8Array>()
    for (const { key } of entries(this.#trie, prefix)) found.set(bytesKey(key), key)
    const prefixName = bytesKey(prefix)
    for (const changes of [this.#committed, this.#prospective]) {
      for (const [name, { key, value }] of changes) {
        if (!name.startsWith(prefixName)) continue
        if (value) found.set(name, key)
        else found.delete(name)
      }
    }
    return [...found.values()].sort(Buffer.compare)
  }

  /** Reads and says which nodes that takes. Changes of this chunk are found without the trie. */
  trace(key: Uint8Array): { readonly value: TrieValue | undefined; readonly path: readonly TrieNode[] | undefined } {
    const change = this.#changeOf(key)
    if (change) return { value: change.value ? { bytes: change.value } : undefined, path: undefined }
    return lookup(this.#trie, key)
  }

  /** Touches a node or value of the trie. Returns whether this chunk had touched it before. */
  touch(hash: CryptoHash): boolean {
    const name = bytesKey(hash)
    const isCached = this.#touched.has(name)
    this.#touched.add(name)
    return isCached
  }

  /** The trie with all that was committed. */
  finish(): Trie {
    let trie = this.#trie
    for (const { key, value } of this.#committed.values()) {
      trie = value ? insert(trie, key, value) : remove(trie, key)
    }
    return trie
  }

  #changeOf(key: Uint8Array) {
    const name = bytesKey(key)
    return this.#prospective.get(name) ?? this.#committed.get(name)
  }
}

/** Counts the nodes of a path, and the value at its end, as touched or as cached. */
export function touchPath(
  state: StateUpdate,
  path: readonly TrieNode[],
  value: TrieValue | undefined,
): { touched: number; cached: number } {
  const counts = { touched: 0, cached: 0 }
  const hashes = path.map(hashOf)
  if (value) hashes.push(valueHash(value))
  for (const hash of hashes) counts[state.touch(hash) ? 'cached' : 'touched']++
  return counts
}
