import { concat, fromHex, toHex } from '@parley/protocol'
import fc from 'fast-check'
import { keccak256 } from 'viem'
import { beforeAll, expect, test } from 'vitest'
import { hashStruct, hashTypedData, type Message, utf8, wordFromUint } from '../../../protocol/src/message.ts'
import { deployFixture } from './builder-fixture.ts'
import type { DeployedContract } from './builder-vm.ts'
import { jsonValues, stringified } from './fixtures/json-values.ts'
import { messageOf, messages } from './fixtures/typed-messages.ts'

let contract: DeployedContract

beforeAll(async () => {
  contract = await deployFixture('natives')
})

const COUNT = 300
const keccak = (data: Uint8Array) => keccak256(data, 'bytes')
const bytes = fc.uint8Array({ maxLength: 70 })
const listed = bytes.map((each) => each.join())

/** What the contract says to each value, and what `expected` says. */
function expectSame(operation: string, values: readonly string[], expected: (value: string) => string): void {
  const result = contract.call('run', { operation, values })

  expect(result.error).toBeUndefined()
  expect(result.value).toEqual(values.map((value) => attempt(expected, value)))
}

function attempt(operation: (value: string) => string, value: string): string {
  try {
    return operation(value)
  } catch (error) {
    return String(error)
  }
}

function bytesOf(text: string): Uint8Array {
  return text === '' ? new Uint8Array(0) : Uint8Array.from(text.split(','), Number)
}

function sample(arbitrary: fc.Arbitrary<string>): string[] {
  return fc.sample(arbitrary, COUNT)
}

test('toHex and fromHex are those of protocol, errors included', () => {
  const hex = bytes.map(toHex)
  const mixedCase = hex.map((text) => `0x${text.slice(2).toUpperCase()}`)
  const wrong = [
    '',
    '0',
    '0x',
    '0x1',
    '0X12',
    '12',
    '0xg0',
    '0x0G',
    ' 0x12',
    '0x12 ',
    '0xž0',
    '0x1\u{1f40e}',
    `0x${'z'.repeat(200)}`,
  ]

  expectSame('toHex', sample(listed), (value) => toHex(bytesOf(value)))
  expectSame('fromHex', [...sample(hex), ...sample(mixedCase), ...wrong], (value) => fromHex(value).join())
})

test('concat is that of protocol', () => {
  const lists = fc.array(listed, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('|'))

  expectSame('concat', sample(lists), (value) => concat(value.split('|').map(bytesOf)).join())
})

test('utf8 is that of protocol, lone surrogates included', () => {
  const texts = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text))
  const lone = ['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800', '\ud83d\udc0e', 'ž', '\0a'].map((text) =>
    JSON.stringify(text),
  )

  expectSame('utf8', [...sample(texts), ...lone], (value) => utf8(JSON.parse(value)).join())
})

test('wordFromUint is that of protocol, widths and errors included', () => {
  const edges = [8n, 31n, 32n, 33n, 64n, 128n, 255n, 256n].flatMap((bits) =>
    [-1n, 0n, 1n, 2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n, 2n ** 300n].map((number) => `${number}/${bits}`),
  )
  const any = fc.tuple(fc.bigInt({ min: -10n, max: 2n ** 257n }), fc.constantFrom(8n, 64n, 128n, 256n))

  expectSame('wordFromUint', [...edges, ...sample(any.map(([number, bits]) => `${number}/${bits}`))], (value) => {
    const [number = 0n, bits] = value.split('/').map(BigInt)
    return wordFromUint(number, bits).join()
  })
})

test('uintFromWord undoes wordFromUint and refuses more than 32 bytes', () => {
  const words = fc.sample(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), COUNT)
  const { value } = contract.call('run', {
    operation: 'uintFromWord',
    values: words.map((word) => wordFromUint(word).join()),
  })
  const tooLong = contract.call('run', {
    operation: 'uintFromWord',
    values: [new Uint8Array(33).join(), '', '1', '1,0,0,0,0'],
  })

  expect(value).toEqual(words.map(String))
  expect(tooLong.value).toEqual(['RangeError: a word has at most 32 bytes, not 33', '0', '1', String(2 ** 32)])
})

test('base64 is that of Node, and strict', () => {
  expectSame('toBase64', sample(listed), (value) => Buffer.from(bytesOf(value)).toString('base64'))
  const texts = sample(bytes.map((each) => Buffer.from(each).toString('base64')))
  expectSame('fromBase64', texts, (value) => Buffer.from(value, 'base64').join())

  const wrong = ['A', 'AA', 'AAA', 'AA=A', 'A===', 'AB==', 'AAB=', '!AAA', 'AA==AA==', 'žAAA']
  const { value } = contract.call('run', { operation: 'fromBase64', values: wrong })
  expect(value).toEqual(wrong.map((text) => `RangeError: "${text}" is not base64 with padding`))
})

test('base58 has the known forms and undoes itself', () => {
  // From the draft draft-msporny-base58-03, with leading zeros of its own.
  const known = [
    ['Hello World!', '2NEpo7TZRRrLZSi2U'],
    ['The quick brown fox jumps over the lazy dog.', 'USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z'],
    ['\0\0', '11'],
    ['', ''],
  ] as const
  for (const [text, base58] of known) expectSame('toBase58', [Buffer.from(text).join()], () => base58)

  const values = sample(listed)
  const { value } = contract.call('run', { operation: 'toBase58', values })
  expectSame('fromBase58', value as string[], (text) => values[(value as string[]).indexOf(text)] ?? '')

  const wrong = contract.call('run', { operation: 'fromBase58', values: ['0', 'O', 'l', 'a b', 'ž'] })
  expect(wrong.value).toContain('RangeError: "0" is not base58')
  expect(wrong.value).toHaveLength(5)
  for (const refusal of wrong.value as string[]) expect(refusal).toMatch(/^RangeError/)
})

test('JSON numbers are read as Node reads them', () => {
  const integers = fc.sample(fc.oneof(fc.integer(), fc.maxSafeInteger()), COUNT).map(String)
  const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), COUNT).map(String)
  const edges = [
    '0',
    '-0',
    '-0.0',
    '999999999',
    '-999999999',
    '1234567890',
    '4294967296',
    '9007199254740993',
    '1e400',
    '5e-324',
    '1E+2',
  ]

  expectSame('jsonNumber', [...integers, ...doubles, ...edges], (value) => {
    const number = JSON.parse(value)
    return Object.is(number, -0) ? '-0' : String(number)
  })
})

test('JSON is what JSON.stringify makes, of any data', () => {
  const data = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }).map((value) => JSON.stringify(value))
  const texts = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => JSON.stringify({ [text]: text }))
  // Eight characters are looked at together: the odd one stands at every place.
  const places = Array.from({ length: 20 }, (_, at) =>
    ['"', '\\', '\n', '\u001f', '\u007f', '\u0080', 'ÿ', 'ž', '\ud800'].map(
      (odd) => 'a'.repeat(at) + odd + 'b'.repeat(9),
    ),
  )

  for (const values of [sample(data), sample(texts), places.flat().map((text) => JSON.stringify(text))])
    expectSame('json', values, (value) => JSON.stringify(JSON.parse(value)))
})

test('JSON is what JSON.stringify makes, of values that are no plain data too', () => {
  const names = Object.keys(jsonValues)
  const result = contract.call('run', { operation: 'jsonValue', values: names })

  expect(result.error).toBeUndefined()
  const expected = names.map((name) => attempt(() => `${stringified(jsonValues[name]?.())}`, name).split('\n')[0])
  const isRefused = (text: unknown) => String(text).startsWith('TypeError: ')
  // Node's error names the path of a circle.
  expect((result.value as string[]).map((text) => (isRefused(text) ? 'refused' : text))).toEqual(
    expected.map((text) => (isRefused(text) ? 'refused' : text)),
  )
})

test('JSON is parsed as Node parses it, and refused where Node refuses it', () => {
  const texts = sample(
    fc
      .jsonValue({ stringUnit: 'binary', maxDepth: 4 })
      .map((value) => JSON.stringify(value, null, value === null ? 0 : 1)),
  )
  const cut = fc.tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.constantFrom('', '"', '{', '}', ',', '0', '\\', '\u0001', 'é', '-'),
  )
  const broken = sample(
    cut.map(([text, at, by]) => text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1)),
  )
  const written = [
    '{"a":1,"b":2,"a":3}',
    '{"__proto__":1,"constructor":2,"toString":3}',
    '{"2":1,"1":2,"b":3,"a":4}',
    ' [ 1 , { } , [ ] ] ',
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '[1',
    '[1,',
    '[1,]',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    "{'a':1}",
    '1',
    '01',
    '-1',
    '-0',
    '1.',
    '1.5',
    '.5',
    '1e3',
    '1E+3',
    '123456789',
    '1234567890',
    '1x',
    '1 2',
    'nul',
    'null ',
    'nullx',
    'tru',
    'true1',
    'undefined',
    'NaN',
    '"a\u0000b"',
    '"a\nb"',
    '"\\ud83d"',
    '"\\u00zz"',
    '"tab\t"',
    '\ufeff1',
    '"abc" "d"',
    '[1]]',
    '{"a":{}}}',
    `${'['.repeat(200)}${']'.repeat(200)}`,
    `{${Array.from({ length: 200 }, (_, at) => `"k${at}":${at}`)}}`,
    `"${'a'.repeat(5000)}"`,
  ]

  for (const values of [texts, broken, written]) {
    const result = contract.call('run', { operation: 'jsonParsed', values })

    expect(result.error).toBeUndefined()
    const shown = (text: string) => (text.startsWith('SyntaxError') ? 'SyntaxError' : text)
    expect((result.value as string[]).map(shown)).toEqual(
      values.map((value) => shown(attempt(() => JSON.stringify(JSON.parse(value)), value))),
    )
  }
})

test('lowerHex is toHex of fromHex, and refuses what fromHex refuses', () => {
  const hex = bytes.map(toHex)
  const cased = fc
    .tuple(hex, fc.infiniteStream(fc.boolean()))
    .map(
      ([text, upper]) =>
        `0x${[...text.slice(2)].map((digit) => (upper.next().value ? digit.toUpperCase() : digit)).join('')}`,
    )
  // Every character at every place of eight digits, where one that is no digit could pass for one.
  const odd = Array.from({ length: 256 }, (_, code) =>
    [0, 3, 7, 8].map((at) => `0x${'ab01cd23ef'.slice(0, at)}${String.fromCharCode(code)}${'ab01cd23ef'.slice(at + 1)}`),
  ).flat()
  const expected = (value: string) => attempt(() => toHex(fromHex(value)), value)

  expectSame(
    'lowerHex',
    [...sample(hex), ...sample(cased), ...odd, '', '0', '0x', '0X', '1x00', '0x0', '0xž0'],
    (value) => {
      const text = expected(value)
      return text.startsWith('RangeError') ? 'undefined' : text
    },
  )
  expectSame('fromHex', odd, (value) => fromHex(value).join())
})

test('isAccountId follows NEAR: words of a-z and 0-9 with one separator between two', () => {
  const rule = /^(?=.{2,64}$)[a-z0-9]+([._-][a-z0-9]+)*$/
  const near = fc.string({ unit: fc.constantFrom(...'ab09._-'), maxLength: 70 })
  const any = fc.string({ unit: 'binary', maxLength: 10 })
  const edges = [
    '',
    'a',
    'aa',
    'a'.repeat(64),
    'a'.repeat(65),
    'a..b',
    '.aa',
    'aa.',
    'a_-b',
    'A.b',
    'a b',
    'ž.near',
    'a{',
    'a`',
    'a/',
    'a:',
    'aa\n',
  ]

  expectSame('isAccountId', [...sample(near), ...sample(any), ...edges], (value) => String(rule.test(value)))
})

test('uintFromDecimal reads what BigInt writes, and nothing else', () => {
  const numbers = fc.bigInt({ min: 0n, max: 10n ** 78n - 1n }).map(String)
  const small = fc.bigInt({ min: 0n, max: 2n ** 66n }).map(String)
  const any = fc.string({ unit: fc.constantFrom(...'0123456789-+ .xen'), maxLength: 12 })
  const edges = [...Array(80).keys()].flatMap((digits) => [
    `1${'0'.repeat(digits)}`,
    '9'.repeat(digits),
    `0${'9'.repeat(digits)}`,
  ])
  const powers = [31n, 32n, 33n, 63n, 64n, 65n, 127n, 128n, 255n, 256n].flatMap((bits) =>
    [2n ** bits - 1n, 2n ** bits].map(String),
  )

  expectSame(
    'uintFromDecimal',
    [...sample(numbers), ...sample(small), ...sample(any), ...edges, ...powers, '', '-0', '1\0', 'ž'],
    (value) => (/^(0|[1-9][0-9]{0,77})$/.test(value) ? BigInt(value).toString() : 'undefined'),
  )
})

test('typed data is hashed as protocol hashes it', () => {
  const hexOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex)
  const leaf = fc.record({ text: fc.string({ unit: 'binary', maxLength: 50 }), data: bytes.map(toHex) })
  const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n }).map(String)
  const all = fc.record({
    hash: hexOf(32),
    key: hexOf(20),
    data: bytes.map(toHex),
    text: fc.string({ unit: 'binary', maxLength: 50 }),
    tiny: uint(8n),
    time: uint(64n),
    amount: uint(128n),
    word: uint(256n),
    leaves: fc.array(leaf, { maxLength: 3 }),
  })
  const values = fc.sample(all, 60).map((fields) => JSON.stringify({ name: 'All', fields }))
  const read = (value: string) => {
    const { name, fields } = JSON.parse(value)
    return [messages[name] as Message, messageOf(name, fields), keccak] as const
  }

  expectSame('hashStruct', values, (value) => hashStruct(...read(value)).join())
  expectSame('hashTypedData', values, (value) => hashTypedData(keccak(utf8('All')), ...read(value)).join())
})

test.each([
  ...[
    'noMessage',
    'noFields',
    'fieldOfOne',
    'noField',
    'noType',
    'emptyType',
    'noValue',
    'missing',
    'number',
    'large',
    'negative',
  ],
  ...['short', 'noHex', 'oddHex', 'noList', 'throwing', 'circle'],
])('a message that no type allows (%s) is an error', (name) => {
  const { value, error } = contract.call('run', { operation: 'brokenMessage', values: [name] })

  expect(error).toBeUndefined()
  expect((value as string[])[0]).toMatch(/^(TypeError|RangeError|Error): /)
})

test('a record is what the storage has, however it was written', () => {
  const seen = contract.call('again')

  expect(seen.error).toBeUndefined()
  const inTurn = [null, { at: 1 }, { at: 1 }, { at: 2 }, { at: 3 }, null]
  expect(seen.value).toEqual([...inTurn, ...Array.from({ length: 20 }, (_, at) => 19 - at)])
})

test('a record is stored as JSON and read back', () => {
  const first = contract.call('record', { text: 'ž"', numbers: [1, 0.5], nothing: null })
  const second = contract.call('record', [1])

  expect(first.value).toEqual({ before: null, after: { text: 'ž"', numbers: [1, 0.5], nothing: null } })
  expect(second.value).toEqual({ before: { text: 'ž"', numbers: [1, 0.5], nothing: null }, after: [1] })
  expect(contract.call('refuse').error).toContain('JSON does not have this value')
})

test('logEvent logs an event of NEP-297', () => {
  expect(contract.call('emit').logs).toEqual([
    'EVENT_JSON:{"standard":"parley","version":"1.0.0","event":"job_created","data":[{"job_id":"0x01","note":"ž"}]}',
  ])
})
