import { expect, test } from 'vitest'
import { ZERO_HASH } from '../../primitives/hash.ts'
import type { StorageAccessTracker } from '../../vm/types.ts'
import type { BlockContext } from '../apply/context.ts'
import { runtimeConfig } from '../config.ts'
import { StateUpdate } from '../state/state-update.ts'
import { trieKey } from '../state/trie-key.ts'
import { insert, lookup, type Trie } from '../trie/trie.ts'
import { RuntimeExternal } from './external.ts'

const ACCOUNT = 'a.near'
const bytes = (text: string) => new TextEncoder().encode(text)

/** Two values of the account, `kx` and `ky`, and one of another. */
function trieOfTwo(): Trie {
  const keys = [
    trieKey.contractData(ACCOUNT, bytes('kx')),
    trieKey.contractData(ACCOUNT, bytes('ky')),
    trieKey.account('b.near'),
  ]
  return keys.reduce<Trie>((trie, key, index) => insert(trie, key, bytes(`value ${index}`)), undefined)
}

/** What was charged, in its order. */
function recorder(): { charges: [string, number][]; tracker: StorageAccessTracker } {
  const charges: [string, number][] = []
  const note = (name: string) => (count: number) => {
    charges.push([name, count])
  }
  const tracker = {
    trieNodeTouched: note('touched'),
    cachedTrieNodeAccess: note('cached'),
    derefWriteEvictedValueBytes: note('evicted'),
    derefRemovedValueBytes: note('removed'),
  }
  return { charges, tracker }
}

function externalOf(state: StateUpdate): RuntimeExternal {
  const block: BlockContext = {
    config: runtimeConfig(86),
    chainId: 'sandbox',
    height: 1n,
    timestampNanoseconds: 1n,
    epochHeight: 1n,
    gasPrice: 1n,
    randomSeed: ZERO_HASH,
    validators: new Map([['validator.near', 5n]]),
    minimumStake: 0n,
  }
  return new RuntimeExternal(block, state, { accountId: ACCOUNT, actionHash: ZERO_HASH })
}

test('a write pays for the bytes that it replaces, then for each node on the way and the old value', () => {
  const trie = trieOfTwo()
  const external = externalOf(new StateUpdate(trie))
  const { charges, tracker } = recorder()

  const evicted = external.storageSet(bytes('kx'), bytes('new'), tracker)

  const nodes = lookup(trie, trieKey.contractData(ACCOUNT, bytes('kx'))).path.length
  expect(nodes).toBe(5)
  expect(evicted).toEqual(bytes('value 0'))
  expect(charges).toEqual([
    ['evicted', 7],
    ['touched', nodes + 1],
    ['cached', 0],
  ])
})

test('a write where nothing was pays for the nodes as far as they lead there', () => {
  const external = externalOf(new StateUpdate(trieOfTwo()))
  const { charges, tracker } = recorder()

  expect(external.storageSet(bytes('kz'), bytes('new'), tracker)).toBeUndefined()

  expect(charges).toEqual([
    ['touched', 4],
    ['cached', 0],
  ])
})

test('what a chunk has touched is cached for the rest of it, and what it has read as well', () => {
  const state = new StateUpdate(trieOfTwo())
  const external = externalOf(state)
  const { charges, tracker } = recorder()

  expect(external.storageGet(bytes('kx'))).toEqual(bytes('value 0'))
  external.storageRemove(bytes('kx'), tracker)
  external.storageRemove(bytes('ky'), tracker)

  expect(charges).toEqual([
    ['removed', 7],
    ['touched', 5],
    ['cached', 1],
    ['removed', 7],
    ['touched', 2],
    ['cached', 4],
  ])
})

test('what the chunk itself has written is found without the trie', () => {
  const external = externalOf(new StateUpdate(trieOfTwo()))
  external.storageSet(bytes('kx'), bytes('new'), recorder().tracker)
  const { charges, tracker } = recorder()

  expect(external.storageSet(bytes('kx'), bytes('newer'), tracker)).toEqual(bytes('new'))
  expect(external.storageRemove(bytes('kx'), tracker)).toEqual(bytes('newer'))
  expect(external.storageRemove(bytes('kx'), tracker)).toBeUndefined()

  expect(charges).toEqual([
    ['evicted', 3],
    ['removed', 5],
  ])
})

test('a charge that ends the call leaves nothing written', () => {
  const external = externalOf(new StateUpdate(trieOfTwo()))
  const { tracker } = recorder()
  const outOfGas = {
    ...tracker,
    trieNodeTouched() {
      throw new Error('out of gas')
    },
  }

  expect(() => external.storageSet(bytes('kx'), bytes('new'), outOfGas)).toThrow('out of gas')

  expect(external.storageGet(bytes('kx'))).toEqual(bytes('value 0'))
})

test('a contract may ask for the stakes of validators', () => {
  const external = externalOf(new StateUpdate(undefined))

  expect(external.validatorStake('validator.near')).toBe(5n)
  expect(external.validatorStake('nobody.near')).toBeUndefined()
  expect(external.validatorTotalStake()).toBe(5n)
})
