import { beforeAll, describe, expect, test } from 'vitest'
import { deployFixture } from './builder-fixture.ts'
import type { DeployedContract } from './builder-vm.ts'

let pruned: DeployedContract
let whole: DeployedContract

beforeAll(async () => {
  pruned = await deployFixture('left-out')
  whole = await deployFixture('left-out', { prune: false })
})

describe('a built-in that was left out', () => {
  test.each([
    ['array_method', 'copyWithin'],
    ['global', 'WeakMap'],
    ['in_operator', 'reduceRight'],
    ['string_method', 'anchor'],
    ['iterator_helper', 'filter'],
  ])('%s: is an error that names %s and how to keep it', (method, name) => {
    expect(whole.call(method).error).toBeUndefined()

    const { error } = pruned.call(method)

    expect(error).toContain(`the built-in property '${name}' is left out of this contract`)
    expect(error).toContain('@keep')
  })

  test('stays when a comment keeps it', () => {
    expect(pruned.call('kept_method').value).toBe(1)
  })

  test('does not show in the keys of a plain object', () => {
    const keys = [
      'copyWithin',
      'WeakMap',
      'missing',
      'own',
      'toString',
      'hasOwnProperty',
      '__lookupGetter__',
      'filter',
      '7',
    ]
    for (const key of keys) {
      const result = pruned.call('plain_object', { key })

      expect(result.error).toBeUndefined()
      expect(result.value).toEqual(whole.call('plain_object', { key }).value)
    }
  })
})
