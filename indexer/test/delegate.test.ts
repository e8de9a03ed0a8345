import { createHash } from 'node:crypto'
import { KeyPair, transactions, utils } from 'near-api-js'
import { describe, expect, test } from 'vitest'
import { delegateHash, readDelegate } from '../src/near/delegate.ts'

const MAX_U64 = 2n ** 64n - 1n
const ed25519 = KeyPair.fromRandom('ed25519').getPublicKey()
const secp256k1 = utils.PublicKey.fromString(
  `secp256k1:${utils.serialize.base_encode(Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? 0 : at)))}`,
)

const call = { FunctionCall: { method_name: 'submit', args: 'eyLDqSI6MX0=', gas: 30_000_000_000_000, deposit: '1' } }
const rich = { FunctionCall: { method_name: '', args: '', gas: 0, deposit: (2n ** 128n - 1n).toString() } }

const view = {
  sender_id: 'alice.test.near',
  receiver_id: 'parley.test.near',
  actions: [call, rich],
  nonce: 7,
  max_block_height: MAX_U64,
  public_key: ed25519.toString(),
}

describe('a delegate action of function calls', () => {
  test.each([
    ['an ed25519 key', view],
    ['a secp256k1 key', { ...view, public_key: secp256k1.toString() }],
    ['no calls at all', { ...view, actions: [] }],
    ['the largest numbers', { ...view, nonce: MAX_U64 }],
  ])('with %s has the hash that near-api-js signs', (_, delegate_action) => {
    const delegate = readDelegate({ Delegate: { delegate_action, signature: '' } })

    expect(delegate && delegateHash(delegate)).toBe(signedHash(delegate_action))
  })
})

test.each([
  ['another action', { Transfer: { deposit: '1' } }],
  ['an action without fields', 'CreateAccount'],
  ['a transfer in it', { Delegate: { delegate_action: { ...view, actions: [call, { Transfer: { deposit: '1' } }] } } }],
  ['a key of another kind', { Delegate: { delegate_action: { ...view, public_key: 'ml-dsa-65:11' } } }],
])('%s is no request', (_, action) => {
  expect(readDelegate(action)).toBeUndefined()
})

interface View extends Omit<typeof view, 'nonce'> {
  readonly nonce: number | bigint
}

function signedHash({ sender_id, receiver_id, actions, nonce, max_block_height, public_key }: View): string {
  const calls = actions.map(({ FunctionCall: { method_name, args, gas, deposit } }) =>
    transactions.functionCall(method_name, Buffer.from(args, 'base64'), BigInt(gas), BigInt(deposit)),
  )
  const encoded = transactions.encodeDelegateAction({
    senderId: sender_id,
    receiverId: receiver_id,
    actions: calls,
    nonce: BigInt(nonce),
    maxBlockHeight: max_block_height,
    publicKey: utils.PublicKey.fromString(public_key),
  })
  return `0x${createHash('sha256').update(encoded).digest('hex')}`
}
