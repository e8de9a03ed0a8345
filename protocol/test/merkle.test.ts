import fc from 'fast-check'
import { concatHex, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  fromHex,
  merkleMultiproof,
  merkleProof,
  merkleTree,
  type Payout,
  payoutLeaf,
  rootOfMultiproof,
  rootOfProof,
  toHex,
} from '../src/index.ts'

const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')

/** Pairs every level by itself, from a balanced number of leaves: what the tree of a power of two must come to. */
function rootOfLevels(level: readonly Hex[]): Hex {
  if (level.length === 1) return level[0] as Hex
  const pairs = level.filter((_, at) => at % 2 === 0).map((left, at) => [left, level[2 * at + 1] as Hex].sort())
  return rootOfLevels(pairs.map((pair) => keccak256(concatHex(pair))))
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => keccak(new Uint8Array([at, at >> 8])))

describe('payoutLeaf', () => {
  it('is what OpenZeppelin makes of uint256, address and uint256', () => {
    const payout: Payout = { index: 7n, account: `0x${'ab'.repeat(20)}`, amount: 2_500_000n }

    const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'uint256' }] as const
    const encoded = encodeAbiParameters(types, [payout.index, payout.account as Hex, payout.amount])
    expect(toHex(payoutLeaf(payout, keccak, 'evm'))).toBe(keccak256(keccak256(encoded)))
  })

  it('has the hash of a name for an account of NEAR', () => {
    const payout: Payout = { index: 7n, account: 'bob.near', amount: 2_500_000n }

    const types = [{ type: 'uint256' }, { type: 'bytes32' }, { type: 'uint256' }] as const
    const name = keccak256(new TextEncoder().encode(payout.account))
    const encoded = encodeAbiParameters(types, [payout.index, name, payout.amount])
    expect(toHex(payoutLeaf(payout, keccak, 'near'))).toBe(keccak256(keccak256(encoded)))
  })
})

describe('merkleTree', () => {
  it('has the root that OpenZeppelin’s library gives its own example', () => {
    const values = [
      ['0x1111111111111111111111111111111111111111', 5_000_000_000_000_000_000n],
      ['0x2222222222222222222222222222222222222222', 2_500_000_000_000_000_000n],
    ] as const
    const leaves = values.map(([account, amount]) =>
      keccak256(keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [account, amount]))),
    )

    const tree = merkleTree(leaves.sort().map(fromHex), keccak)

    expect(tree[0] && toHex(tree[0])).toBe('0xd4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77')
  })

  it.each([1, 2, 4, 8, 256])('of %i leaves has the root that pairs make level by level', (count) => {
    const leaves = leavesOf(count)

    const [root] = merkleTree(leaves, keccak)

    // The last leaf is the leftmost.
    expect(root && toHex(root)).toBe(rootOfLevels(leaves.map(toHex).reverse()))
  })

  it('of nothing is none', () => {
    expect(() => merkleTree([], keccak)).toThrow(RangeError)
  })
})

describe('proofs', () => {
  it('of each leaf lead to the root, whatever their number', () => {
    for (const count of [1, 2, 3, 5, 6, 7, 100, 2000]) {
      const leaves = leavesOf(count)
      const tree = merkleTree(leaves, keccak)
      for (const [at, leaf] of leaves.entries())
        expect(rootOfProof(leaf, merkleProof(tree, at), keccak)).toEqual(tree[0])
    }
  })

  it('of any leaves at once lead to the root, and no other leaf does', () => {
    const chosen = fc
      .integer({ min: 1, max: 200 })
      .chain((count) =>
        fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1 }), fc.nat()),
      )

    fc.assert(
      fc.property(chosen, ([count, places, number]) => {
        const all = leavesOf(count)
        const tree = merkleTree(all, keccak)
        const ascending = places.sort((a, b) => a - b)
        const leaves = ascending.map((at) => all[at] as Uint8Array)

        const multiproof = merkleMultiproof(tree, ascending)

        expect(rootOfMultiproof(leaves, multiproof, keccak)).toEqual(tree[0])
        const wrong = leaves.map((leaf, at) => (at === number % leaves.length ? keccak(leaf) : leaf))
        expect(rootOfMultiproof(wrong, multiproof, keccak)).not.toEqual(tree[0])
      }),
    )
  })

  it('of neighbours are short', () => {
    const tree = merkleTree(leavesOf(2000), keccak)
    const hundred = Array.from({ length: 100 }, (_, at) => 700 + at)

    expect(merkleMultiproof(tree, hundred).proof.length).toBeLessThan(20)
  })

  it('of other shapes are none', () => {
    const leaves = leavesOf(5)
    const tree = merkleTree(leaves, keccak)
    const { proof, proofFlags } = merkleMultiproof(tree, [0, 1])
    const proven = leaves.slice(0, 2)
    const rootOf = (some: readonly Uint8Array[], change: object) =>
      rootOfMultiproof(some, { proof, proofFlags, ...change }, keccak)

    expect(rootOf(proven, {})).toEqual(tree[0])
    expect(rootOf([], { proof: [tree[0]], proofFlags: [] })).toBeUndefined()
    expect(rootOf(proven, { proof: proof.slice(1) })).toBeUndefined()
    expect(rootOf(proven, { proofFlags: proofFlags.slice(1) })).toBeUndefined()
    expect(rootOf(proven, { proofFlags: proofFlags.map(() => true) })).toBeUndefined()
    expect(rootOf(proven, { proof: [], proofFlags: [true, true, true] })).toBeUndefined()
    expect(rootOf(proven, { proof: [...proof].reverse() })).not.toEqual(tree[0])
    expect(() => merkleMultiproof(tree, [1, 0])).toThrow(RangeError)
    expect(() => merkleMultiproof(tree, [1, 1])).toThrow(RangeError)
    expect(() => merkleMultiproof(tree, [5])).toThrow(RangeError)
    expect(() => merkleProof(tree, -1)).toThrow(RangeError)
  })
})
