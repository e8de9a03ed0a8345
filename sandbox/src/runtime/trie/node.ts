import { BorshWriter } from '../../primitives/borsh.ts'
import { type CryptoHash, sha256, ZERO_HASH } from '../../primitives/hash.ts'
import { encodedLength, encodeNibbles, type Nibbles } from './nibbles.ts'

/** A value of the trie. Nodes hold its length and hash only, so the hash is computed at most once. */
export interface TrieValue {
  readonly bytes: Uint8Array
  hash?: CryptoHash
}

/**
 * Nodes are never changed, so that an old root stays readable: that is what makes a snapshot free.
 * Shapes as in nearcore's core/store/src/trie/raw_node.rs. `memoryUsage` is part of what is hashed.
 */
export type TrieNode = LeafNode | BranchNode | ExtensionNode

export interface LeafNode extends Sized {
  readonly kind: 'leaf'
  readonly key: Nibbles
  readonly value: TrieValue
}

/** At least two of children and value are there; with fewer, it would be a leaf or an extension. */
export interface BranchNode extends Sized {
  readonly kind: 'branch'
  readonly children: readonly (TrieNode | undefined)[]
  readonly value: TrieValue | undefined
}

/** Never empty; the child is a branch. */
export interface ExtensionNode extends Sized {
  readonly kind: 'extension'
  readonly key: Nibbles
  readonly child: TrieNode
}

interface Sized {
  /** Of the node and all below it, by the prices below. */
  readonly memoryUsage: number
  hash?: CryptoHash
}

/** nearcore: `TRIE_COSTS` in core/store/src/trie/mod.rs. */
const NODE_COST = 50
const KEY_BYTE_COST = 2
const VALUE_BYTE_COST = 1

export function leaf(key: Nibbles, value: TrieValue): LeafNode {
  return { kind: 'leaf', key, value, memoryUsage: NODE_COST + keyMemory(key) + valueMemory(value) }
}

export function branch(children: readonly (TrieNode | undefined)[], value: TrieValue | undefined): BranchNode {
  let memoryUsage = NODE_COST + (value ? valueMemory(value) : 0)
  for (const child of children) memoryUsage += child?.memoryUsage ?? 0
  return { kind: 'branch', children, value, memoryUsage }
}

export function extension(key: Nibbles, child: TrieNode): ExtensionNode {
  return { kind: 'extension', key, child, memoryUsage: NODE_COST + keyMemory(key) + child.memoryUsage }
}

/** The hash of a node, which stands for everything below it; 32 zeros for the empty trie. */
export function hashOf(node: TrieNode | undefined): CryptoHash {
  if (!node) return ZERO_HASH
  node.hash ??= sha256(encodeNode(node))
  return node.hash
}

export function valueHash(value: TrieValue): CryptoHash {
  value.hash ??= sha256(value.bytes)
  return value.hash
}

const Tag = { leaf: 0, branch: 1, branchWithValue: 2, extension: 3 } as const

/** Borsh of nearcore's `RawTrieNodeWithSize`. */
export function encodeNode(node: TrieNode): Uint8Array {
  const writer = new BorshWriter()
  if (node.kind === 'leaf') {
    writer.u8(Tag.leaf)
    writeKey(writer, node.key, true)
    writeValueRef(writer, node.value)
  } else if (node.kind === 'extension') {
    writer.u8(Tag.extension)
    writeKey(writer, node.key, false)
    writer.raw(hashOf(node.child))
  } else {
    writer.u8(node.value ? Tag.branchWithValue : Tag.branch)
    if (node.value) writeValueRef(writer, node.value)
    writeChildren(writer, node.children)
  }
  writer.u64(BigInt(node.memoryUsage))
  return writer.finish()
}

function writeKey(writer: BorshWriter, key: Nibbles, isLeaf: boolean): void {
  const encoded = encodeNibbles(key, isLeaf)
  writer.u32(encoded.length)
  writer.raw(encoded)
}

function writeValueRef(writer: BorshWriter, value: TrieValue): void {
  writer.u32(value.bytes.length)
  writer.raw(valueHash(value))
}

function writeChildren(writer: BorshWriter, children: BranchNode['children']): void {
  let bitmap = 0
  children.forEach((child, index) => {
    if (child) bitmap |= 1 << index
  })
  writer.u16(bitmap)
  for (const child of children) if (child) writer.raw(hashOf(child))
}

function keyMemory(key: Nibbles): number {
  return KEY_BYTE_COST * encodedLength(key)
}

function valueMemory(value: TrieValue): number {
  return NODE_COST + VALUE_BYTE_COST * value.bytes.length
}
