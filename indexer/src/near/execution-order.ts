/** One step from a leaf of a Merkle tree towards its root: on which side the other half is. */
export interface PathItem {
  readonly direction: 'Left' | 'Right'
}

/**
 * Where a chunk executed something, as text that sorts in the order of execution. nearcore makes a Merkle tree of a chunk's outcomes, in that
 * order (`merklize`), and gives each outcome its path to the root: read from the root, a sibling on the left means the later half.
 */
export function placeOf(path: readonly PathItem[]): string {
  return path.toReversed().reduce((place, { direction }) => place + (direction === 'Left' ? '1' : '0'), '')
}

/**
 * Whether these places are all that so many trees have. Each leaf of a binary tree has a share of it, 2^-depth, and the shares of all its leaves add
 * up to 1. The sum is exact: no chunk has the 2^50 outcomes that a double could not add up.
 */
export function areComplete(places: readonly string[], treeCount: number): boolean {
  return places.reduce((sum, place) => sum + 2 ** -place.length, 0) === treeCount
}
