import { beforeAll, expect, test } from 'vitest'
import { deployFixture } from './builder-fixture.ts'
import type { DeployedContract } from './builder-vm.ts'

let contract: DeployedContract

beforeAll(async () => {
  contract = await deployFixture('extremes')
})

test("endless recursion and endless loops end in nearcore's errors", () => {
  expect(contract.call('recurse').error).toContain('MemoryAccessViolation')
  expect(contract.call('loop').error).toMatch(/GasExceeded|GasLimitExceeded/)
})

test('a contract can use the memory on both sides of its stack, and not more', () => {
  expect(contract.call('allocate', { megabytes: 20 }).value).toBe(true)
  expect(contract.call('allocate', { megabytes: 80 }).value).toBe(true)
  expect(contract.call('allocate', { megabytes: 200 }).error).toMatch(/out of memory/i)
})

test('what is freed is used again', () => {
  expect(contract.call('churn').value).toBe(5_999)
})

test.each([
  [{ thrown: 'text' }, '"text"'],
  [{ thrown: null }, '"null"'],
  [{ thrown: { message: 'ŽÁDNÝ' } }, '"ŽÁDNÝ"'],
  [{ thrown: { message: 'lone \ud800' } }, '"lone \ufffd"'],
])('whatever is thrown, the panic says it: %j', (args, text) => {
  expect(contract.call('panic_with_text', args).error).toBe(text)
})
