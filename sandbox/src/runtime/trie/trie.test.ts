import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatHash, sha256, ZERO_HASH } from '../../primitives/hash.ts'
import { encodeNibbles, toNibbles } from './nibbles.ts'
import { encodeNode, hashOf, leaf } from './node.ts'
import { entries, insert, lookup, remove, type Trie } from './trie.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
const base64 = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'))

test('nibbles are encoded with a flag for leaves and one for odd lengths', () => {
  const nibbles = toNibbles(hex('012345'))

  expect(encodeNibbles(nibbles, false)).toEqual(hex('00012345'))
  expect(encodeNibbles(nibbles, true)).toEqual(hex('20012345'))
  expect(encodeNibbles(nibbles.subarray(1), false)).toEqual(hex('112345'))
  expect(encodeNibbles(nibbles.subarray(1), true)).toEqual(hex('312345'))
})

/** The last two nodes of a storage proof that a mainnet node gave for the key STATE of a lockup contract. */
const MAINNET_LEAF =
  'ADgAAAAgNTk4ODM1N2JjNWZmZTUxMWZmZjI4NmUwM2QwNTUwNWE3NmJjMS5sb2NrdXAubmVhcixTVEFURZsAAAD3OggS6hUxgWunEEcYSJBZHpgJ2Et81s8C9RHB4I1iuG8BAAAAAAAA'
const MAINNET_BRANCH =
  'ATwQPOvrPtBKiw51PTJDMSGVqAbm0tDtmWI9RZYZefxyDWzf6OOTMa+cs4I0Di1YP3nWHNGJpcQW0MSHBLyMDR0xrfAgFaHxvLJwrWqRFC8EzpIkFcDl/6Ptrh6USGqlJqokh44SDA5UWcEUJ/8wfKnGeFedUareqkUdzP2TQDt/l79YHN1by/C1+8CJ3SjX7kotV5+m6JiPzruUXI+TZp74RJERAAAAAAAA'
const MAINNET_VALUE =
  'CgAAAGlsbGlhLm5lYXIAAAByaQZkbulbKQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAFq3NEQMAAAESAAAAdHJhbnNmZXItdm90ZS5uZWFyABUAAABsb2NrdXAtd2hpdGVsaXN0Lm5lYXIBEwAAAHphdm9kaWwucG9vbHYxLm5lYXIAAAAAb+wBHqFfaAwAAAAAAAA='

test('a leaf is encoded as mainnet encodes it, memory usage included, and its hash is in the branch above', () => {
  const key = toNibbles(new TextEncoder().encode('c3e5988357bc5ffe511fff286e03d05505a76bc1.lockup.near,STATE'))

  const node = leaf(key.subarray(6), { bytes: base64(MAINNET_VALUE) })

  expect(Buffer.from(encodeNode(node)).toString('base64')).toBe(MAINNET_LEAF)
  expect(Buffer.from(base64(MAINNET_BRANCH)).includes(Buffer.from(hashOf(node)))).toBe(true)
})

test('the empty trie has a root of 32 zeros', () => {
  expect(hashOf(undefined)).toEqual(ZERO_HASH)
})

test('a trie of one entry is one leaf with the whole key', () => {
  const trie = insert(undefined, hex('00'), hex('01'))

  const expected = Buffer.concat([hex('0002000000200001000000'), sha256(hex('01')), hex('6900000000000000')])
  expect(formatHash(hashOf(trie))).toBe(formatHash(sha256(expected)))
})

const shortKey = fc.uint8Array({ maxLength: 4 }).map((bytes) => bytes.map((byte) => byte & 0x33))
const operation = fc.record({ key: shortKey, value: fc.option(fc.uint8Array({ maxLength: 3 }), { freq: 2 }) })

test('a trie answers as a map does, and its shape depends on its content only', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      let trie: Trie
      const model = new Map<string, Uint8Array>()
      for (const { key, value } of operations) {
        const name = Buffer.from(key).toString('hex')
        trie = value ? insert(trie, key, value) : remove(trie, key)
        if (value) model.set(name, value)
        else model.delete(name)
      }

      const sorted = [...model].sort(([left], [right]) => (left < right ? -1 : 1))
      const rebuilt = sorted.reduce<Trie>((built, [name, value]) => insert(built, hex(name), value), undefined)
      expect(hashOf(trie)).toEqual(hashOf(rebuilt))
      const found = [...entries(trie, new Uint8Array(0))]
      expect(found.map(({ key, value }) => [Buffer.from(key).toString('hex'), value])).toEqual(sorted)
      for (const [name, value] of model) expect(lookup(trie, hex(name)).value?.bytes).toEqual(value)
    }),
  )
})

test('entries gives those below a prefix and no others', () => {
  fc.assert(
    fc.property(fc.array(shortKey), shortKey, (keys, prefix) => {
      const trie = keys.reduce<Trie>((built, key) => insert(built, key, hex('01')), undefined)

      const expected = keys.map((key) => Buffer.from(key)).filter((key) => key.indexOf(prefix) === 0)
      const found = [...entries(trie, prefix)].map(({ key }) => Buffer.from(key).toString('hex'))
      expect(found).toEqual([...new Set(expected.map((key) => key.toString('hex')))].sort())
    }),
  )
})

test('an old root still reads as before', () => {
  const before = insert(insert(undefined, hex('0102'), hex('aa')), hex('0103'), hex('bb'))

  const after = remove(insert(before, hex('0104'), hex('cc')), hex('0102'))

  expect(lookup(before, hex('0102')).value?.bytes).toEqual(hex('aa'))
  expect(lookup(before, hex('0104')).value).toBeUndefined()
  expect(lookup(after, hex('0102')).value).toBeUndefined()
})

test('a lookup passes the nodes on the way, also when the key is not there', () => {
  const trie = insert(insert(undefined, hex('0102'), hex('aa')), hex('0103'), hex('bb'))

  expect(lookup(trie, hex('0102')).path.map((node) => node.kind)).toEqual(['extension', 'branch', 'leaf'])
  expect(lookup(trie, hex('0104')).path.map((node) => node.kind)).toEqual(['extension', 'branch'])
  expect(lookup(trie, hex('02')).path.map((node) => node.kind)).toEqual(['extension'])
})
