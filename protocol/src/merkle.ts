/**
 * Merkle trees. A tree is what OpenZeppelin's contracts and their JavaScript library read: a list of hashes of which
 * node n has the children 2n + 1 and 2n + 2, the root first, the leaves last and from the right to the left; two children are hashed in
 * ascending order.
 */
import { concat } from './hex.ts'
import type { Keccak256 } from './message.ts'

/** Hashes that prove some leaves at once: which of them are siblings, `proofFlags` says. */
export interface Multiproof {
  readonly proof: readonly Uint8Array[]
  /** Of each hash on the way up: whether its second part is known already, or the next of the proof. */
  readonly proofFlags: readonly boolean[]
}

/** The tree of some leaves, at least one: node 0 is its root. */
export function merkleTree(leaves: readonly Uint8Array[], keccak256: Keccak256): readonly Uint8Array[] {
  if (leaves.length === 0) throw new RangeError('a tree has one leaf at least')
  const inner = leaves.length - 1
  const tree: Uint8Array[] = [...new Array<Uint8Array>(inner), ...[...leaves].reverse()]
  for (let node = inner - 1; node >= 0; node--)
    tree[node] = hashPair(nodeOf(tree, 2 * node + 1), nodeOf(tree, 2 * node + 2), keccak256)
  return tree
}

/** Proves that the leaf at this place, counted from 0, is of the tree. */
export function merkleProof(tree: readonly Uint8Array[], leaf: number): readonly Uint8Array[] {
  const proof: Uint8Array[] = []
  for (let node = nodeOfLeaf(tree, leaf); node > 0; node = parentOf(node)) proof.push(nodeOf(tree, siblingOf(node)))
  return proof
}

/** Proves several leaves at once, given in ascending order: the nearer they are to each other, the shorter the proof. */
export function merkleMultiproof(tree: readonly Uint8Array[], leaves: readonly number[]): Multiproof {
  if (leaves.some((leaf, at) => at > 0 && leaf <= (leaves[at - 1] ?? 0)))
    throw new RangeError('leaves to prove must be in ascending order')
  const proof: Uint8Array[] = []
  const proofFlags: boolean[] = []
  const queue = leaves.map((leaf) => nodeOfLeaf(tree, leaf))
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at] ?? 0
    if (node === 0) break
    const isSiblingKnown = queue[at + 1] === siblingOf(node)
    if (isSiblingKnown) at++
    else proof.push(nodeOf(tree, siblingOf(node)))
    proofFlags.push(isSiblingKnown)
    queue.push(parentOf(node))
  }
  return { proof, proofFlags }
}

/** The root of the tree that a proof puts a leaf into. */
export function rootOfProof(leaf: Uint8Array, proof: readonly Uint8Array[], keccak256: Keccak256): Uint8Array {
  return proof.reduce((node, sibling) => hashPair(node, sibling, keccak256), leaf)
}

/** The root of the tree that a proof puts leaves into, in ascending order; undefined for a proof that is none. */
export function rootOfMultiproof(
  leaves: readonly Uint8Array[],
  { proof, proofFlags }: Multiproof,
  keccak256: Keccak256,
): Uint8Array | undefined {
  const siblings = proofFlags.filter((isKnown) => !isKnown).length
  if (leaves.length === 0 || siblings !== proof.length) return undefined
  if (leaves.length + proof.length !== proofFlags.length + 1) return undefined
  const queue = [...leaves]
  let at = 0
  let used = 0
  for (const isKnown of proofFlags) {
    const node = queue[at++]
    const sibling = isKnown ? queue[at++] : proof[used++]
    // A queue that runs dry is of no tree: Solidity hashes zeros then, of which no honest root is.
    if (node === undefined || sibling === undefined) return undefined
    queue.push(hashPair(node, sibling, keccak256))
  }
  return queue[at]
}

function hashPair(a: Uint8Array, b: Uint8Array, keccak256: Keccak256): Uint8Array {
  return keccak256(concat(isLess(a, b) ? [a, b] : [b, a]))
}

function isLess(a: Uint8Array, b: Uint8Array): boolean {
  const at = a.findIndex((byte, place) => byte !== b[place])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}

function nodeOfLeaf({ length }: readonly Uint8Array[], leaf: number): number {
  if (leaf < 0 || leaf > (length - 1) / 2) throw new RangeError(`the tree has no leaf ${leaf}`)
  return length - 1 - leaf
}

function siblingOf(node: number): number {
  return node % 2 === 0 ? node - 1 : node + 1
}

function parentOf(node: number): number {
  return Math.floor((node - 1) / 2)
}

function nodeOf(tree: readonly Uint8Array[], node: number): Uint8Array {
  const hash = tree[node]
  if (hash === undefined) throw new RangeError(`the tree has no node ${node}`)
  return hash
}
