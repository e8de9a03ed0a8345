import { commonPrefixLength, concatNibbles, fromNibbles, type Nibbles, toNibbles } from './nibbles.ts'
import { branch, extension, leaf, type TrieNode, type TrieValue } from './node.ts'

/** A trie is its root; `undefined` is the empty one. */
export type Trie = TrieNode | undefined

/** Where a key leads: the nodes on the way, root first, as far as they follow the key, and the value if it is there. */
export interface TrieLookup {
  readonly path: readonly TrieNode[]
  readonly value: TrieValue | undefined
}

export function lookup(trie: Trie, key: Uint8Array): TrieLookup {
  const path: TrieNode[] = []
  let rest: Nibbles = toNibbles(key)
  let node = trie
  while (node) {
    path.push(node)
    if (node.kind === 'leaf') {
      const isFound = node.key.length === rest.length && commonPrefixLength(node.key, rest) === rest.length
      return { path, value: isFound ? node.value : undefined }
    }
    if (node.kind === 'extension') {
      if (commonPrefixLength(node.key, rest) < node.key.length) return { path, value: undefined }
      rest = rest.subarray(node.key.length)
      node = node.child
      continue
    }
    const [next] = rest
    if (next === undefined) return { path, value: node.value }
    node = node.children[next]
    rest = rest.subarray(1)
  }
  return { path, value: undefined }
}

/** The trie with `key` set. The old one stays as it was. */
export function insert(trie: Trie, key: Uint8Array, value: Uint8Array): Trie {
  return insertAt(trie, toNibbles(key), { bytes: value })
}

/** The trie without `key`; the same trie if it was not there. */
export function remove(trie: Trie, key: Uint8Array): Trie {
  return removeAt(trie, toNibbles(key))
}

/** All entries whose key begins with `prefix`, in order of their keys. */
export function* entries(trie: Trie, prefix: Uint8Array): Generator<{ key: Uint8Array; value: Uint8Array }> {
  const nibbles = toNibbles(prefix)
  const start = descend(trie, nibbles)
  if (!start) return
  for (const { key, value } of walk(start.node, start.key)) yield { key: fromNibbles(key), value: value.bytes }
}

function insertAt(node: TrieNode | undefined, key: Nibbles, value: TrieValue): TrieNode {
  if (!node) return leaf(key, value)
  if (node.kind === 'branch') {
    const [next] = key
    if (next === undefined) return branch(node.children, value)
    return branch(node.children.with(next, insertAt(node.children[next], key.subarray(1), value)), node.value)
  }

  const shared = commonPrefixLength(node.key, key)
  if (shared === node.key.length) {
    if (node.kind === 'leaf' && key.length === shared) return leaf(key, value)
    if (node.kind === 'extension') return extension(node.key, insertAt(node.child, key.subarray(shared), value))
  }
  const fork = insertAt(forkAt(node, shared), key.subarray(shared), value)
  return shared === 0 ? fork : extension(key.slice(0, shared), fork)
}

/** A leaf or extension, cut after `shared` nibbles, as a branch. The caller adds what makes it whole. */
function forkAt(node: Exclude<TrieNode, { kind: 'branch' }>, shared: number): TrieNode {
  const children: (TrieNode | undefined)[] = Array(16).fill(undefined)
  const next = node.key[shared]
  if (next === undefined) return branch(children, node.kind === 'leaf' ? node.value : undefined)
  const rest = node.key.slice(shared + 1)
  if (node.kind === 'leaf') children[next] = leaf(rest, node.value)
  else children[next] = rest.length === 0 ? node.child : extension(rest, node.child)
  return branch(children, undefined)
}

function removeAt(node: TrieNode | undefined, key: Nibbles): TrieNode | undefined {
  if (!node) return undefined
  if (node.kind === 'leaf') {
    const isThis = node.key.length === key.length && commonPrefixLength(node.key, key) === key.length
    return isThis ? undefined : node
  }
  if (node.kind === 'extension') {
    if (commonPrefixLength(node.key, key) < node.key.length) return node
    const child = removeAt(node.child, key.subarray(node.key.length))
    if (child === node.child) return node
    return child && prepend(node.key, child)
  }

  const [next] = key
  if (next === undefined) return node.value ? squash(node.children, undefined) : node
  const child = removeAt(node.children[next], key.subarray(1))
  if (child === node.children[next]) return node
  return squash(node.children.with(next, child), node.value)
}

/** A branch from which something was taken, in the shape that its content has in a trie. */
function squash(children: readonly (TrieNode | undefined)[], value: TrieValue | undefined): TrieNode | undefined {
  const left = children.flatMap((child, index) => (child ? [{ child, index }] : []))
  const [only] = left
  if (!only) return value && leaf(new Uint8Array(0), value)
  if (left.length > 1 || value) return branch(children, value)
  return prepend(Uint8Array.of(only.index), only.child)
}

function prepend(key: Nibbles, node: TrieNode): TrieNode {
  if (node.kind === 'branch') return extension(key, node)
  const joined = concatNibbles(key, node.key)
  return node.kind === 'leaf' ? leaf(joined, node.value) : extension(joined, node.child)
}

/** The topmost node below which every key begins with `prefix`, and the whole key up to that node. */
function descend(trie: Trie, prefix: Nibbles): { node: TrieNode; key: Nibbles } | undefined {
  let node = trie
  let depth = 0
  while (node && depth < prefix.length) {
    if (node.kind === 'branch') {
      node = node.children[prefix[depth] ?? 0]
      depth++
      continue
    }
    const rest = prefix.subarray(depth)
    const shared = commonPrefixLength(node.key, rest)
    if (shared === rest.length) break
    if (shared < node.key.length || node.kind === 'leaf') return undefined
    node = node.child
    depth += shared
  }
  return node && { node, key: prefix.slice(0, depth) }
}

function* walk(node: TrieNode, above: Nibbles): Generator<{ key: Nibbles; value: TrieValue }> {
  if (node.kind === 'leaf') return yield { key: concatNibbles(above, node.key), value: node.value }
  if (node.kind === 'extension') return yield* walk(node.child, concatNibbles(above, node.key))
  if (node.value) yield { key: above, value: node.value }
  for (const [index, child] of node.children.entries()) {
    if (child) yield* walk(child, concatNibbles(above, Uint8Array.of(index)))
  }
}
