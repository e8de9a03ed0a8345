import { beforeAll, expect, test } from 'vitest'
import { deployFixture } from './builder-fixture.ts'
import type { DeployedContract } from './builder-vm.ts'
import { runFeatures } from './fixtures/language-features.ts'

let pruned: DeployedContract
let whole: DeployedContract

beforeAll(async () => {
  pruned = await deployFixture('language')
  whole = await deployFixture('language', { prune: false, traces: true })
})

test('a contract computes what Node computes', () => {
  const { value, error } = pruned.call('run')

  expect(error).toBeUndefined()
  expect(value).toEqual(JSON.parse(runFeatures()))
})

test('leaving built-ins and traces out changes no result', () => {
  for (const method of ['run', 'run_async']) expect(pruned.call(method).value).toEqual(whole.call(method).value)
})

test('async methods run to their end', () => {
  expect(pruned.call('run_async').value).toEqual([[1, 2, 3], 'rejected', 1, 2])
})

test('a rejection that nobody handles fails the call', () => {
  expect(whole.call('reject').error).toMatch(/^"LateFailure: after an await\\n {4}at reject \(language.ts:\d+:\d+\)/)
  expect(pruned.call('reject').error).toBe('"LateFailure: after an await"')
})
