import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CryptoHash, sha256, ZERO_HASH } from '../../primitives/hash.ts'
import type { MerklePathItem } from '../types.ts'
import { merklize } from './merkle.ts'

function rootOf(leaf: CryptoHash, path: readonly MerklePathItem[]): CryptoHash {
  return path.reduce((hash, item) => {
    return sha256(Buffer.concat(item.direction === 'Left' ? [item.hash, hash] : [hash, item.hash]))
  }, leaf)
}

test('no leaf has a root of zeros, one leaf is its own root', () => {
  const leaf = sha256(Buffer.from('leaf'))

  expect(merklize([]).root).toEqual(ZERO_HASH)
  expect(merklize([leaf])).toEqual({ root: leaf, paths: [[]] })
})

test('every path leads from its leaf to the root, and from no other leaf', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), (count) => {
      const leaves = Array.from({ length: count }, (_, index) => sha256(Buffer.from(`leaf ${index}`)))

      const { root, paths } = merklize(leaves)

      expect(leaves.map((leaf, index) => rootOf(leaf, paths[index] ?? []))).toEqual(leaves.map(() => root))
      expect(rootOf(leaves[1] ?? ZERO_HASH, paths[0] ?? [])).not.toEqual(root)
    }),
  )
})
