import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { deployFixture } from './builder-fixture.ts'
import type { DeployedContract } from './builder-vm.ts'

let contract: DeployedContract

beforeAll(async () => {
  contract = await deployFixture('host-calls')
})

test('hash functions give their bytes in a register', () => {
  const { value } = contract.call('hashes', { text: 'abc' })

  expect(value).toMatchObject({
    sha256: createHash('sha256').update('abc').digest().join(),
    ripemd160: createHash('ripemd160').update('abc').digest().join(),
    // Keccak team, KeccakKAT.
    keccak256: Buffer.from('4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45', 'hex').join(),
  })
})

test('ed25519_verify and p256_verify tell right from wrong', () => {
  const message = Buffer.from('message')
  const edwards = generateKeyPairSync('ed25519')
  const ed25519 = {
    signature: sign(null, message, edwards.privateKey).join(),
    message: message.join(),
    key: edwards.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).join(),
  }
  const nist = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = nist.publicKey.export({ type: 'spki', format: 'der' }).subarray(-64)
  const p256 = {
    signature: sign('sha256', message, { key: nist.privateKey, dsaEncoding: 'ieee-p1363' }).join(),
    message: createHash('sha256').update(message).digest().join(),
    key: [2 + ((point[63] ?? 0) & 1), ...point.subarray(0, 32)].join(),
  }

  expect(contract.call('signatures', { ed25519, p256 }).value).toBe('1,1,0')
})

test('context functions', () => {
  expect(contract.call('context').value).toEqual(['test', 'alice.near', true, 'bigint', String(10n ** 25n)])
})

test('promise functions ask for receipts', () => {
  const { outcome, error } = contract.call('promises')

  expect(error).toBeUndefined()
  expect(outcome.receipts).toMatchObject([
    { receiverId: 'a.near', actions: [{ kind: 'functionCall', deposit: 1n, gas: 10n ** 13n }] },
    {
      receiverId: 'b.near',
      actions: [
        { kind: 'transfer', deposit: 2n ** 80n },
        { kind: 'useGlobalContract', contractId: { kind: 'accountId', accountId: 'code.near' } },
      ],
    },
    { receiverId: 'c.near', dependencies: [0, 1], actions: [{ kind: 'functionCall', gasWeight: 1n }] },
  ])
  expect(outcome.returnData).toEqual({ kind: 'receiptIndex', receipt: 2 })
})

test('a yield can be resumed in the call that made it', () => {
  const { value, outcome } = contract.call('yields')

  expect(value).toEqual(['0', 32, 1])
  expect(outcome.receipts[0]?.yielded).toBeDefined()
})

test('arguments of another type, and numbers that do not fit, are errors and do not wrap', () => {
  const { value, error } = contract.call('refusals')

  expect(error).toBeUndefined()
  expect(value).toEqual([
    'RangeError: a host function takes an unsigned number of 128 bits here',
    'RangeError: a host function takes an unsigned number of 128 bits here',
    'RangeError: a host function takes an unsigned number of 64 bits here',
    'RangeError: a host function takes an unsigned number of 64 bits here',
    expect.stringMatching(/^TypeError/),
    expect.stringMatching(/^RangeError/),
  ])
})
