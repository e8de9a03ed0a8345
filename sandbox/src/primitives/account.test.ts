import { describe, expect, test } from 'vitest'
import { type AccessKey, type Account, accessKeyCodec, accountCodec } from './account.ts'
import { accountKind, isSubAccountOf, isTopLevelAccount, isValidAccountId } from './account-id.ts'
import { decode, encode } from './borsh.ts'
import { sha256 } from './hash.ts'

const hash = sha256(Buffer.from('code'))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('an account', () => {
  const amounts = { amount: 100n, locked: 200n, storageUsage: 300n }
  const locked = `c8${'00'.repeat(15)}`
  const usage = '2c01000000000000'

  test('of version 1 is amount, locked, code hash, storage', () => {
    const account: Account = { version: 1, ...amounts, contract: { kind: 'Local', hash } }

    const bytes = encode(accountCodec, account)

    expect(hex(bytes)).toBe(`64${'00'.repeat(15)}${locked}${hex(hash)}${usage}`)
    expect(encode(accountCodec, decode(accountCodec, bytes))).toEqual(bytes)
  })

  test('without a contract has 32 zeros for its hash', () => {
    const account: Account = { version: 1, ...amounts, contract: { kind: 'None' } }

    expect(decode(accountCodec, encode(accountCodec, account))).toEqual(account)
  })

  test.each([
    [{ kind: 'Global', hash }, `02${hex(hash)}`],
    [{ kind: 'GlobalByAccount', accountId: 'a.b' }, `0303000000${hex(Buffer.from('a.b'))}`],
    [{ kind: 'None' }, '00'],
  ] satisfies [Account['contract'], string][])('of version 2 begins with u128::MAX: %o', (contract, encoded) => {
    const account: Account = { version: 2, ...amounts, contract }

    const bytes = encode(accountCodec, account)

    expect(hex(bytes)).toBe(`${'ff'.repeat(16)}0064${'00'.repeat(15)}${locked}${usage}${encoded}`)
    expect(encode(accountCodec, decode(accountCodec, bytes))).toEqual(bytes)
  })
})

test.each([
  { kind: 'FullAccess' },
  { kind: 'FunctionCall', allowance: null, receiverId: 'x', methodNames: [] },
  { kind: 'GasKeyFunctionCall', balance: 9n, numNonces: 3, allowance: 1n, receiverId: 'token', methodNames: ['a'] },
  { kind: 'GasKeyFullAccess', balance: 2n ** 100n, numNonces: 1024 },
] satisfies AccessKey['permission'][])('an access key comes back from borsh: %o', (permission) => {
  const accessKey: AccessKey = { nonce: 5n, permission }

  expect(decode(accessKeyCodec, encode(accessKeyCodec, accessKey))).toEqual(accessKey)
})

test('isValidAccountId has the rules of nearcore', () => {
  // The lists of the crate near-account-id.
  const valid = `aa a-a a-aa 100 0o com near bowen b-o_w_e-n b.owen bro.wen a.ha a.b-a.ra system over.9000 google.com
    illia.cheapaccounts.near 0o0ooo00oo00o alex-skidanov 10-4.8-2 no_lols near.a
    0123456789012345678901234567890123456789012345678901234567890123`.split(/\s+/)
  const invalid = `a A Abc -near near- -near- near. .near near@ @near неар @@@@@ 0__0 0_-_0 .. a..near nEar _bowen
    abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz
    01234567890123456789012345678901234567890123456789012345678901234 some-complex-address@gmail.com
    sub.buy_d1gitz@atata@b0-rg.c_0_m`.split(/\s+/)

  expect(valid.filter((text) => !isValidAccountId(text))).toEqual([])
  expect([...invalid, '', 'hello world', 'near\n'].filter(isValidAccountId)).toEqual([])
})

test('an account id tells its kind and its parent', () => {
  expect(accountKind('ab'.repeat(32))).toBe('nearImplicit')
  expect(accountKind(`0x${'ab'.repeat(20)}`)).toBe('ethImplicit')
  expect(accountKind(`0s${'ab'.repeat(20)}`)).toBe('nearDeterministic')
  expect(accountKind(`0x${'AB'.repeat(20)}`)).toBe('named')

  expect(isSubAccountOf('app.alice.near', 'alice.near')).toBe(true)
  expect(isSubAccountOf('app.alice.near', 'near')).toBe(false)
  expect(isSubAccountOf('malice.near', 'alice.near')).toBe(false)
  expect(['near', 'system', 'a.near'].map(isTopLevelAccount)).toEqual([true, false, false])
})
