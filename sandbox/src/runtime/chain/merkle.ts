import { type CryptoHash, sha256, ZERO_HASH } from '../../primitives/hash.ts'
import type { MerklePathItem } from '../types.ts'

export interface MerkleTree {
  readonly root: CryptoHash
  /** For each leaf, from the leaf up: `sha256(left ‖ right)` again and again gives the root. */
  readonly paths: readonly (readonly MerklePathItem[])[]
}

/** A node without a right neighbour moves up as it is. nearcore: `merklize` in core/primitives/src/merkle.rs. */
export function merklize(leaves: readonly CryptoHash[]): MerkleTree {
  const paths: MerklePathItem[][] = leaves.map(() => [])
  let level = leaves.map((hash, index) => ({ hash, leaves: [index] }))
  while (level.length > 1) {
    const above: typeof level = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index], level[index + 1]]
      if (!left) break
      if (!right) {
        above.push(left)
        continue
      }
      for (const leaf of left.leaves) paths[leaf]?.push({ hash: right.hash, direction: 'Right' })
      for (const leaf of right.leaves) paths[leaf]?.push({ hash: left.hash, direction: 'Left' })
      const hash = sha256(Buffer.concat([left.hash, right.hash]))
      above.push({ hash, leaves: [...left.leaves, ...right.leaves] })
    }
    level = above
  }
  return { root: level[0]?.hash ?? ZERO_HASH, paths }
}
