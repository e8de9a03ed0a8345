import { expect, test } from 'vitest'
import { runVector } from './run-vector.ts'
import { readVectorGroups } from './vector.ts'

const groups = readVectorGroups()
if (groups === undefined) console.log('Skipped: the vectors of nearcore are not at ../shared/vectors/near-gas.')

test.skipIf(groups === undefined)('there are vectors of every subject', () => {
  const names = groups?.map(({ name }) => name) ?? []

  expect(names).toEqual(expect.arrayContaining(['instructions', 'control', 'context', 'output', 'storage', 'crypto']))
})

test.each(groups ?? [])('$name: gas, profile, logs, errors, receipts and state are nearcore’s', ({ vectors }) => {
  for (const vector of vectors) expect(runVector(vector), vector.name).toEqual([])
})
