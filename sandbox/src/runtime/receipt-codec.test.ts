import { expect, test } from 'vitest'
import { decode, encode } from '../primitives/borsh.ts'
import { receiptCodec } from './receipt-codec.ts'
import { ALICE, NEAR } from './testing/test-chain.ts'
import type { ActionReceipt, ReceiptEnum } from './types.ts'

const ID = new Uint8Array(32).fill(7)

const v1: ActionReceipt = {
  version: 1,
  signerId: 'alice.near',
  signerPublicKey: ALICE.secretKey.publicKey,
  refundTo: null,
  gasPrice: 1_000_000_000n,
  outputDataReceivers: [{ dataId: ID, receiverId: 'bob.near' }],
  inputDataIds: [ID, new Uint8Array(32)],
  actions: [{ kind: 'Transfer', deposit: NEAR }],
}
const v2: ActionReceipt = { ...v1, version: 2, refundTo: 'carol.near' }
const identifier = { kind: 'AccountId', accountId: 'alice.near' } as const

const contents: [number, ReceiptEnum][] = [
  [0, { kind: 'Action', action: v1 }],
  [1, { kind: 'Data', data: { dataId: ID, data: Uint8Array.of(1, 2, 3) } }],
  [1, { kind: 'Data', data: { dataId: ID, data: null } }],
  [2, { kind: 'PromiseYield', action: v1 }],
  [3, { kind: 'PromiseResume', data: { dataId: ID, data: null } }],
  [4, { kind: 'GlobalContractDistribution', distribution: { identifier, code: Uint8Array.of(9), nonce: 3n } }],
  [5, { kind: 'Action', action: v2 }],
  [6, { kind: 'PromiseYield', action: { ...v2, refundTo: null } }],
]

test.each(contents)('a receipt with the tag %i is read as it was written', (tag, content) => {
  const receipt = { predecessorId: 'a.near', receiverId: 'b.near', receiptId: ID, receipt: content }

  const encoded = encode(receiptCodec, receipt)

  expect(encoded[4 + 6 + 4 + 6 + 32]).toBe(tag)
  expect(decode(receiptCodec, encoded)).toEqual(receipt)
})

test('a data receipt is written as nearcore writes it', () => {
  const data = { dataId: new Uint8Array(32).fill(1), data: Uint8Array.of(0xaa) }

  const encoded = encode(receiptCodec, {
    predecessorId: 'a.near',
    receiverId: 'b.near',
    receiptId: ID,
    receipt: { kind: 'Data', data },
  })

  const names = '06000000612e6e65617206000000622e6e656172'
  expect(Buffer.from(encoded).toString('hex')).toBe(`${names}${'07'.repeat(32)}01${'01'.repeat(32)}0101000000aa`)
})

test('an unknown tag is refused', () => {
  const content: ReceiptEnum = { kind: 'Action', action: v1 }
  const receipt = { predecessorId: 'a.near', receiverId: 'b.near', receiptId: ID, receipt: content }
  const encoded = encode(receiptCodec, receipt)
  encoded[52] = 9

  expect(() => decode(receiptCodec, encoded)).toThrow('Unexpected variant tag: 9')
})
