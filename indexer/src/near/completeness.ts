import type { History } from './chain-history.ts'
import { areComplete } from './execution-order.ts'
import type { NearBlock } from './near-blocks.ts'

/**
 * The first block of which not every outcome is known; undefined when all are. What came of a shard's chunk is told by the shard's next chunk, so
 * `successors` are the blocks that follow. Where there is no next chunk yet, an outcome that is known has all others of its chunk with it or is
 * missed, but of a chunk of which none is known nothing can be said.
 */
export function findGap({ blocks, trees }: Pick<History, 'blocks' | 'trees'>, successors: readonly NearBlock[]) {
  const outcomes = trees.flatMap((tree) => tree.outcomes)
  const outcomesOf = Map.groupBy(outcomes, ({ blockHash }) => blockHash)
  const following = [...blocks, ...successors]

  return blocks.find((block, at) => {
    const places = (outcomesOf.get(block.hash) ?? []).map(({ place }) => place)
    const later = following.slice(at + 1)
    const next = block.chunks.map(({ shard }) => nextChunk(shard, later))
    const atLeast = next.filter((chunk) => chunk?.hasEarlierOutcomes).length
    const unsure = next.filter((chunk) => !chunk).length
    return !isWithin(places, atLeast, atLeast + unsure)
  })
}

/** Whether each shard of these blocks has a chunk in the successors. */
export function areFollowed(blocks: readonly NearBlock[], successors: readonly NearBlock[]): boolean {
  return blocks.every(({ chunks }) => chunks.every(({ shard }) => nextChunk(shard, successors)))
}

function nextChunk(shard: number, later: readonly NearBlock[]) {
  return later.flatMap(({ chunks }) => chunks).find((chunk) => chunk.shard === shard)
}

function isWithin(places: readonly string[], atLeast: number, atMost: number): boolean {
  for (let count = atLeast; count <= atMost; count++) if (areComplete(places, count)) return true
  return false
}
