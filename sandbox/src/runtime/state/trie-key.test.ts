import { expect, test } from 'vitest'
import type { PublicKey } from '../../primitives/public-key.ts'
import { trieKey } from './trie-key.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const ascii = (text: string) => hex(Buffer.from(text))

const HASH = new Uint8Array(32).fill(0xab)
const HASH_HEX = 'ab'.repeat(32)
const KEY: PublicKey = { type: 'secp256k1', bytes: new Uint8Array(64).fill(0xcd) }

test('keys begin with their column and name the account', () => {
  expect(hex(trieKey.account('a.near'))).toBe(`00${ascii('a.near')}`)
  expect(hex(trieKey.contractCode('a.near'))).toBe(`01${ascii('a.near')}`)
  expect(hex(trieKey.contractData('a.near', Buffer.from('STATE')))).toBe(`09${ascii('a.near,STATE')}`)
})

test('an access key stands behind a second 2, with its type', () => {
  expect(hex(trieKey.accessKey('a.near', KEY))).toBe(`02${ascii('a.near')}02` + `01${'cd'.repeat(64)}`)
  expect(hex(trieKey.accessKeyPrefix('a.near'))).toBe(`02${ascii('a.near')}02`)
})

test('what waits for data stands behind a comma, by its hash', () => {
  const columns = {
    receivedData: '03',
    postponedReceiptId: '04',
    pendingDataCount: '05',
    postponedReceipt: '06',
    yieldReceipt: '0c',
    yieldStatus: '14',
    yieldIdToDataId: '16',
    dataIdToYieldId: '17',
  } as const

  for (const [name, column] of Object.entries(columns)) {
    const keyOf = trieKey[name as keyof typeof columns]
    expect(hex(keyOf('a.near', HASH))).toBe(`${column}${ascii('a.near,')}${HASH_HEX}`)
  }
})

test('queues stand under their column, items behind a little-endian number', () => {
  expect(hex(trieKey.delayedReceiptIndices())).toBe('07')
  expect(hex(trieKey.delayedReceipt(258n))).toBe('070201000000000000')
  expect(hex(trieKey.yieldIndices())).toBe('0a')
  expect(hex(trieKey.yieldTimeout(1n))).toBe('0b0100000000000000')
})

test('a global contract stands by its hash or its account', () => {
  expect(hex(trieKey.globalContractCode({ kind: 'CodeHash', hash: HASH }))).toBe(`1200${HASH_HEX}`)
  expect(hex(trieKey.globalContractCode({ kind: 'AccountId', accountId: 'a.near' }))).toBe(
    `1201${'06000000'}${ascii('a.near')}`,
  )
})
