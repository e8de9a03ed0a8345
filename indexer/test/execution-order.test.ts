import { describe, expect, test } from 'vitest'
import { areComplete, type PathItem, placeOf } from '../src/near/execution-order.ts'

describe.each(Array.from({ length: 33 }, (_, at) => at + 1))('a chunk with %i outcomes', (count) => {
  const places = pathsOf(count).map(placeOf)

  test('has places that sort as it executed', () => {
    expect(places.toSorted()).toEqual(places)
    expect(new Set(places).size).toBe(count)
  })

  test('is complete with all of them only', () => {
    const incomplete = places.map((_, missing) => places.toSpliced(missing, 1))

    expect(areComplete(places, 1)).toBe(true)
    expect(incomplete.map((others) => areComplete(others, 1))).toEqual(places.map(() => false))
  })
})

test('places of several chunks are complete together', () => {
  const places = [...pathsOf(3), ...pathsOf(5), ...pathsOf(1)].map(placeOf)

  expect(areComplete(places, 3)).toBe(true)
  expect(areComplete(places, 4)).toBe(false)
  expect(areComplete(places.slice(1), 3)).toBe(false)
})

test('no places are complete where there is no tree', () => {
  expect(areComplete([], 0)).toBe(true)
  expect(areComplete([], 1)).toBe(false)
})

/** Sides of the siblings, leaf to root, as nearcore's `merklize` makes the tree: neighbours in pairs, level by level; who is left over moves up. */
function pathsOf(count: number): PathItem[][] {
  const paths: PathItem[][] = Array.from({ length: count }, () => [])
  let nodes = paths.map((path) => [path])
  while (nodes.length > 1) {
    const parents: PathItem[][][] = []
    for (let at = 0; at < nodes.length; at += 2) {
      const [left = [], right] = [nodes[at], nodes[at + 1]]
      if (right) {
        for (const path of left) path.push({ direction: 'Right' })
        for (const path of right) path.push({ direction: 'Left' })
      }
      parents.push([...left, ...(right ?? [])])
    }
    nodes = parents
  }
  return paths
}
