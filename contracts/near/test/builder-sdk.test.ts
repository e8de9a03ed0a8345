import { beforeEach, describe, expect, test } from 'vitest'
import { buildContract } from '../builder/build.ts'
import { deployFixture, fixturePath } from './builder-fixture.ts'
import { DeployedContract } from './builder-vm.ts'

const { wasm: counterCode } = await buildContract(fixturePath('counter'))
const { wasm: shopCode } = await buildContract(fixturePath('shop'))
const { wasm: lazyCode } = await buildContract(fixturePath('lazy-state'))

describe('a near-sdk-js contract', () => {
  let counter: DeployedContract

  beforeEach(() => {
    counter = new DeployedContract(counterCode)
    counter.call('init', { start: 5 })
  })

  test('keeps its state in near-sdk-js 2.0.0 form', () => {
    counter.call('increment', { by: 3 })

    expect(Buffer.from(counter.state.get(Buffer.from('STATE').toString('hex')) ?? []).toString()).toBe(
      '{"count":8,"owner":"alice.near","total":{"value":"1000000000000000000000000","typeInfo":"bigint"}}',
    )
    expect(counter.call('get', {}, { isView: true }).value).toEqual({
      count: 8,
      owner: 'alice.near',
      total: '1000000000000000000000000',
      last: '3',
    })
  })

  test('writes its state only when it has changed', () => {
    const writes = (by: number) => counter.call('change', { by }).outcome.profile.get('storage_write_base')

    expect(writes(0)).toBeUndefined()
    expect(writes(1)).toBeGreaterThan(0n)
    expect(counter.call('get', {}, { isView: true }).value).toMatchObject({ count: 6 })
  })

  test('logs, and takes empty input', () => {
    const { value, logs } = counter.call('increment', new Uint8Array())

    expect(value).toBe(6)
    expect(logs).toEqual(['count is 6 (by alice.near)'])
  })

  test('is made once, and first', () => {
    expect(counter.call('init', { start: 1 }).error).toMatch(/^"Contract already initialized/)
    expect(new DeployedContract(counterCode).call('increment').error).toMatch(/^"Contract must be initialized/)
  })

  test('takes a deposit where it says so, and a private call from itself', () => {
    expect(counter.call('increment', {}, { deposit: 1n }).error).toMatch(/^"Function is not payable/)
    expect(counter.call('pay', {}, { deposit: 2n ** 127n }).value).toBe(String(2n ** 127n))
    expect(counter.call('only_self').error).toMatch(/^"Function is private/)
    expect(counter.call('only_self', {}, { predecessor: 'contract.near' }).value).toBe('self')
  })

  test('panics with the message, and with TypeScript lines behind it when it is built so', async () => {
    expect(counter.call('fail').error).toBe('"CounterBroken: told to fail"')

    const traced = await deployFixture('counter', { traces: true })
    traced.call('init', { start: 5 })
    const { error } = traced.call('fail')

    expect(error).toMatch(/^"CounterBroken: told to fail\\n {4}at fail \(counter.ts:42:\d+\)\\n/)
    expect(error).not.toContain('run-method')
  })

  test('fails on input that is no JSON', () => {
    expect(counter.call('increment', Buffer.from('{nope')).error).toMatch(/^"Expected property name/)
  })
})

describe('collections, promises and schemas of near-sdk-js', () => {
  let shop: DeployedContract

  beforeEach(() => {
    shop = new DeployedContract(shopCode)
  })

  test('hold bigints and Dates', () => {
    expect(shop.call('add', { id: 'horse', price: '12345678901234567890' }).value).toBe(1)
    expect(shop.call('add', { id: 'hat', price: '2' }).value).toBe(2)

    expect(shop.call('list').value).toEqual({
      items: [
        ['horse', { price: '12345678901234567890', at: '2023-11-14T22:13:20.000Z' }],
        ['hat', { price: '2', at: '2023-11-14T22:13:20.000Z' }],
      ],
      history: ['add horse žluťoučký 🐎', 'add hat žluťoučký 🐎'],
      tags: ['h'],
      visits: { count: 2, by: { horse: 'alice.near', hat: 'alice.near' } },
      opened: 1000,
      sales: '0',
    })
  })

  test('ask for receipts', () => {
    shop.call('add', { id: 'horse', price: '5' })

    const { outcome, error } = shop.call('buy', { id: 'horse' }, { deposit: 6n, predecessor: 'bob.near' })

    expect(error).toBeUndefined()
    expect(outcome.receipts.map(({ receiverId, actions }) => [receiverId, actions.map(({ kind }) => kind)])).toEqual([
      ['alice.near', ['transfer']],
      ['contract.near', ['functionCall']],
    ])
    expect(outcome.receipts[0]?.actions[0]).toMatchObject({ deposit: 6n })
    expect(outcome.returnData).toEqual({ kind: 'receiptIndex', receipt: 1 })
    expect(shop.call('list').value).toMatchObject({ items: [], sales: '5' })
  })

  test('a migration starts from an empty contract', () => {
    shop.call('add', { id: 'horse', price: '5' })

    shop.call('upgrade')

    expect(shop.call('list').value).toMatchObject({ items: [], sales: '7' })
  })
})

describe('a contract with lazy state', () => {
  let lazy: DeployedContract

  beforeEach(() => {
    lazy = new DeployedContract(lazyCode)
    lazy.call('init', { count: 7 })
  })

  const storageCosts = (method: string) => {
    const { error, outcome } = lazy.call(method)
    expect(error).toBeUndefined()
    return [outcome.profile.has('storage_read_base'), outcome.profile.has('storage_write_base')]
  }

  test('reads it when it is asked for and writes it when it was changed', () => {
    expect(storageCosts('record')).toEqual([false, true])
    expect(storageCosts('read')).toEqual([true, false])
    expect(storageCosts('add')).toEqual([true, true])
    lazy.call('name', { name: 'Ada' })

    const fields = ['count', 'total', 'names']
    expect(lazy.call('all').value).toEqual({ count: 8, total: '5', names: ['Ada'], fields })
  })

  test('throws when it was not made yet and is asked for its state', () => {
    const empty = new DeployedContract(lazyCode)

    for (const method of ['read', 'add', 'all']) expect(empty.call(method).error).toMatch(/^"Contract must be init/)
    expect(empty.call('record').error).toBeUndefined()
    expect(empty.call('init', { count: 1 }).error).toBeUndefined()
    expect(lazy.call('init', { count: 1 }).error).toMatch(/^"Contract already init/)
  })

  test('takes deposits where it says so, and private calls from itself', () => {
    const self = { predecessor: 'contract.near' }

    expect(lazy.call('pay', {}, { deposit: 5n }).value).toBe('5')
    expect(lazy.call('read', {}, { deposit: 1n }).error).toMatch(/^"Function is not payable/)
    expect(lazy.call('only_self').error).toMatch(/^"Function is private/)
    expect(lazy.call('only_self', {}, self).value).toBe('self')
    expect(lazy.call('only_self', {}, { ...self, deposit: 1n }).error).toMatch(/^"Function is not payable/)
    expect(lazy.call('pay_self', {}, { deposit: 1n }).error).toMatch(/^"Function is private/)
    expect(lazy.call('pay_self', {}, { ...self, deposit: 7n }).value).toBe('7')
  })

  test('keeps nothing of a call that fails', () => {
    lazy.call('add', new Uint8Array([0x7b]))

    expect(lazy.call('read').value).toBe(7)
  })
})

test('a contract of several files has one state, and the methods of all', async () => {
  const parts = await deployFixture('parts')

  parts.call('init', { count: 7 })
  parts.call('add', { by: 3 })
  parts.call('pay', {}, { deposit: 5n })

  expect(parts.call('add', { by: 1 }, { deposit: 1n }).error).toMatch(/^"Function is not payable/)
  expect(parts.call('get').value).toEqual({ count: 33, fields: ['count'] })
})
