import type { Hex } from '@parley/protocol'
import type { WorkResult } from '@parley/sdk'
import { expect, test } from 'vitest'
import { GivenResults } from '../src/worker/results.ts'

const [A, B, C]: readonly [Hex, Hex, Hex] = ['0x0a', '0x0b', '0x0c']

test('a result is produced once for as long as it is kept', async () => {
  const results = new GivenResults()
  const { produce, count } = countedProduction()

  const asked = await Promise.all([results.resultOf(A, produce), results.resultOf(A, produce)])
  const later = await results.resultOf(A, produce)

  expect(count()).toBe(1)
  expect(asked).toEqual([later, later])
})

test('the oldest are forgotten first when there is no room', async () => {
  const results = new GivenResults({ maxCharacters: 2 * responseOf(1).length })
  const { produce, count } = countedProduction()

  for (const hash of [A, B, C]) await results.resultOf(hash, produce)
  expect(count()).toBe(3)

  await results.resultOf(C, produce)
  await results.resultOf(B, produce)
  expect(count()).toBe(3)
  await results.resultOf(A, produce)
  expect(count()).toBe(4)
})

test('one that is larger than all the room is still given again', async () => {
  const results = new GivenResults({ maxCharacters: 1 })
  const { produce, count } = countedProduction()

  await results.resultOf(A, produce)
  await results.resultOf(A, produce)

  expect(count()).toBe(1)
})

test('a failure reaches everybody who asked and is not kept', async () => {
  const results = new GivenResults()
  const fail = () => Promise.reject(new Error('no'))

  const asked = await Promise.allSettled([results.resultOf(A, fail), results.resultOf(A, fail)])
  const later = await results.resultOf(A, countedProduction().produce)

  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(later.response).toBe(responseOf(1))
})

function countedProduction() {
  let produced = 0
  const produce = async (): Promise<WorkResult> => {
    produced++
    return { chain: 'near:localnet', jobId: A, enclave: B, result: {}, signature: C, response: responseOf(produced) }
  }
  return { produce, count: () => produced }
}

function responseOf(number: number): Hex {
  return `0x${number.toString(16).padStart(2, '0')}`
}
