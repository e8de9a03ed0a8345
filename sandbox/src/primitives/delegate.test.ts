import { KeyPair, transactions, utils } from 'near-api-js'
import { expect, test } from 'vitest'
import { actionCodec, type DelegateAction, delegateActionHash } from './action.ts'
import { decode, encode } from './borsh.ts'
import { sha256 } from './hash.ts'
import { formatKey } from './public-key.ts'
import { formatSecretKey, secretKeyFromSeed, signMessage, verifySignature } from './signing.ts'

const ALICE = secretKeyFromSeed(sha256(Buffer.from('alice')))

/** The delegate action with empty keys and one CreateAccount that nearcore's own test holds as hex. */
const NEARCORE_HEX = `0803000000616161030000006262620100000000010000000000000002000000000000${'00'.repeat(99)}`

test('a delegate action has the bytes of nearcore’s vector', () => {
  const bytes = encode(actionCodec, {
    kind: 'Delegate',
    delegateAction: {
      senderId: 'aaa',
      receiverId: 'bbb',
      actions: [{ kind: 'CreateAccount' }],
      nonce: 1n,
      maxBlockHeight: 2n,
      publicKey: { type: 'ed25519', bytes: new Uint8Array(32) },
    },
    signature: { type: 'ed25519', bytes: new Uint8Array(64) },
  })

  expect(Buffer.from(bytes).toString('hex')).toBe(NEARCORE_HEX)
})

test('a delegate action inside a delegate action is refused', () => {
  const nested = Buffer.from(NEARCORE_HEX, 'hex')
  nested[19] = 8

  expect(() => decode(actionCodec, nested)).toThrow("DelegateAction mustn't contain a nested one")
})

test('delegateActionHash is what near-api-js signs', () => {
  const delegateAction: DelegateAction = {
    senderId: 'alice.near',
    receiverId: 'token.near',
    actions: [{ kind: 'Transfer', deposit: 1n }],
    nonce: 9n,
    maxBlockHeight: 1000n,
    publicKey: ALICE.publicKey,
  }
  const theirs = transactions.encodeDelegateAction({
    ...delegateAction,
    actions: [transactions.transfer(1n)],
    publicKey: utils.PublicKey.fromString(formatKey(ALICE.publicKey)),
  })
  const theirKeyPair = KeyPair.fromString(`ed25519:${formatSecretKey(ALICE).slice('ed25519:'.length)}`)
  const { signature } = theirKeyPair.sign(sha256(theirs))

  const hash = delegateActionHash(delegateAction)

  expect(hash).toEqual(sha256(theirs))
  expect(signMessage(ALICE, hash).bytes).toEqual(new Uint8Array(signature))
  expect(verifySignature({ type: 'ed25519', bytes: signature }, hash, ALICE.publicKey)).toBe(true)
})
