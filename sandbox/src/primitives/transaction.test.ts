import { KeyPair, transactions, utils } from 'near-api-js'
import { describe, expect, test } from 'vitest'
import { type Action, actionCodec } from './action.ts'
import { decode, encode } from './borsh.ts'
import { formatHash, sha256 } from './hash.ts'
import { formatKey, parsePublicKey } from './public-key.ts'
import { formatSecretKey, secretKeyFromSeed, verifySignature } from './signing.ts'
import { decodeSignedTransaction, encodeSignedTransaction, signTransaction, type Transaction } from './transaction.ts'

const ALICE = secretKeyFromSeed(sha256(Buffer.from('alice')))
const ALICE_OF_NEAR_API_JS = KeyPair.fromString(`ed25519:${formatSecretKey(ALICE).slice('ed25519:'.length)}`)
const { publicKey } = ALICE
const theirKey = utils.PublicKey.fromString(formatKey(publicKey))
const secp256k1Key = { type: 'secp256k1', bytes: new Uint8Array(64).fill(7) } as const
const theirSecp256k1Key = utils.PublicKey.fromString(formatKey(secp256k1Key))

// Every action that near-api-js knows, in both vocabularies.
const ACTIONS: [Action, transactions.Action][] = [
  [{ kind: 'CreateAccount' }, transactions.createAccount()],
  [
    { kind: 'DeployContract', code: Buffer.from([0, 97, 115, 109]) },
    transactions.deployContract(Buffer.from([0, 97, 115, 109])),
  ],
  [
    {
      kind: 'FunctionCall',
      methodName: 'set_status',
      args: Buffer.from('{"a":1}'),
      gas: 30n * 10n ** 12n,
      deposit: 2n ** 127n,
    },
    transactions.functionCall('set_status', Buffer.from('{"a":1}'), 30n * 10n ** 12n, 2n ** 127n),
  ],
  [{ kind: 'Transfer', deposit: 10n ** 24n }, transactions.transfer(10n ** 24n)],
  [{ kind: 'Stake', stake: 5n, publicKey }, transactions.stake(5n, theirKey)],
  [
    { kind: 'AddKey', publicKey: secp256k1Key, accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } } },
    transactions.addKey(theirSecp256k1Key, transactions.fullAccessKey()),
  ],
  [
    {
      kind: 'AddKey',
      publicKey,
      accessKey: {
        nonce: 0n,
        permission: { kind: 'FunctionCall', allowance: 25n, receiverId: 'token.near', methodNames: ['a', 'b'] },
      },
    },
    transactions.addKey(theirKey, transactions.functionCallAccessKey('token.near', ['a', 'b'], 25n)),
  ],
  [{ kind: 'DeleteKey', publicKey }, transactions.deleteKey(theirKey)],
  [{ kind: 'DeleteAccount', beneficiaryId: 'bob.near' }, transactions.deleteAccount('bob.near')],
]

const transaction: Transaction = {
  version: 0,
  signerId: 'alice.near',
  publicKey,
  nonce: { kind: 'Nonce', nonce: 2n ** 53n + 1n },
  receiverId: 'bob.near',
  blockHash: sha256(Buffer.from('block')),
  actions: ACTIONS.map(([ours]) => ours),
  nonceMode: 'Monotonic',
}

test('a signed transaction has the bytes, hash and signature that near-api-js gives it', async () => {
  const theirs = transactions.createTransaction(
    'alice.near',
    theirKey,
    'bob.near',
    2n ** 53n + 1n,
    ACTIONS.map(([, action]) => action),
    transaction.blockHash,
  )

  const signed = signTransaction(transaction, ALICE)
  const theirSignature = ALICE_OF_NEAR_API_JS.sign(sha256(transactions.encodeTransaction(theirs))).signature
  const theirSigned = new transactions.SignedTransaction({
    transaction: theirs,
    signature: new transactions.Signature({ keyType: 0, data: theirSignature }),
  })

  expect(Buffer.from(encodeSignedTransaction(signed)).toString('hex')).toBe(
    Buffer.from(theirSigned.encode()).toString('hex'),
  )
  expect(formatHash(signed.hash)).toBe(utils.serialize.base_encode(sha256(transactions.encodeTransaction(theirs))))
  expect(verifySignature(signed.signature, signed.hash, publicKey)).toBe(true)
})

test('decoding gives back what was encoded, with hash and size', () => {
  const signed = signTransaction(transaction, ALICE)
  const bytes = encodeSignedTransaction(signed)

  const decoded = decodeSignedTransaction(bytes)

  expect(encodeSignedTransaction(decoded)).toEqual(bytes)
  expect(formatHash(decoded.hash)).toBe(formatHash(signed.hash))
  expect([decoded.size, signed.size]).toEqual([bytes.length, bytes.length])
})

test('a transaction of version 1 carries a gas key’s nonce and a nonce mode', () => {
  const bytes = encodeSignedTransaction(
    signTransaction(
      { ...transaction, version: 1, nonce: { kind: 'GasKeyNonce', nonce: 7n, nonceIndex: 513 }, nonceMode: 'Strict' },
      ALICE,
    ),
  )

  const { transaction: decoded } = decodeSignedTransaction(bytes)

  // The tag, the length of "alice.near", and after name and key the nonce's tag, nonce and index.
  expect([...bytes.subarray(0, 5)]).toEqual([1, 10, 0, 0, 0])
  expect([...bytes.subarray(48, 59)]).toEqual([1, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2])
  expect(decoded).toMatchObject({ version: 1, nonce: { nonce: 7n, nonceIndex: 513 }, nonceMode: 'Strict' })
})

describe('decodeSignedTransaction refuses', () => {
  const bytes = encodeSignedTransaction(signTransaction(transaction, ALICE))

  test.each([
    ['nothing', bytes.subarray(0, 0), 'Unexpected length of input'],
    ['a cut end', bytes.subarray(0, -1), 'Unexpected length of input'],
    ['one byte more', Buffer.concat([bytes, Buffer.from([0])]), 'Not all bytes read'],
    ['an unknown version', Buffer.concat([Buffer.from([2, 1]), bytes]), 'invalid transaction version tag: 2'],
    ['an invalid signer', Buffer.from(bytes).fill('A', 4, 5), 'invalid account id: "Alice.near"'],
  ])('%s', (_, wrong, message) => {
    expect(() => decodeSignedTransaction(wrong)).toThrow(message)
  })
})

describe('actions that near-api-js does not know come back from borsh', () => {
  const hash = sha256(Buffer.from('code'))

  test.each([
    [9, { kind: 'DeployGlobalContract', code: Buffer.from([1]), deployMode: 'AccountId' }],
    [10, { kind: 'UseGlobalContract', contractIdentifier: { kind: 'CodeHash', hash } }],
    [12, { kind: 'TransferToGasKey', publicKey, deposit: 3n }],
    [13, { kind: 'WithdrawFromGasKey', publicKey, amount: 4n }],
  ] satisfies [number, Action][])('tag %i', (tag, action) => {
    const bytes = encode(actionCodec, action)

    expect(bytes[0]).toBe(tag)
    expect(encode(actionCodec, decode(actionCodec, bytes))).toEqual(bytes)
  })

  test('tag 11: entries of an initial state are written in the order of their keys', () => {
    const entries = [[2], [1, 9], [1]].map((key) => ({ key: Buffer.from(key), value: Buffer.from([key.length]) }))
    const code = { kind: 'AccountId', accountId: 'a.near' } as const

    const bytes = encode(actionCodec, {
      kind: 'DeterministicStateInit',
      stateInit: { kind: 'V1', code, data: entries },
      deposit: 0n,
    })

    const head = [11, 0, 1, 6, 0, 0, 0, ...Buffer.from('a.near'), 3, 0, 0, 0]
    const sorted = [1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 9, 1, 0, 0, 0, 2, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1]
    expect([...bytes]).toEqual([...head, ...sorted, ...new Array(16).fill(0)])
  })
})

test('parsePublicKey takes a key without prefix for ed25519 and names what is wrong', () => {
  const text = formatKey(publicKey)

  expect(parsePublicKey(text.slice('ed25519:'.length))).toEqual(publicKey)
  expect(() => parsePublicKey('rsa:abc')).toThrow("unknown key type 'rsa'")
  expect(() => parsePublicKey('ed25519:abc')).toThrow('expected the input of 32 bytes, but 3 was given')
  expect(() => parsePublicKey('ed25519:0')).toThrow('"0" is not a base58 character')
})
