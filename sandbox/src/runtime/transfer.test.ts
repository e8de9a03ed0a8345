import { expect, test } from 'vitest'
import { formatHash, sha256 } from '../primitives/hash.ts'
import { ALICE, BOB, balanceOf, NEAR, send, sumOfBalances, testNode } from './testing/test-chain.ts'

/** Parameters of protocol 86: sending and executing cost the same here. */
const RECEIPT_GAS = 108_059_500_000n
const TRANSFER_GAS = 115_123_062_500n
const GAS_PRICE = 100_000_000n
const PURCHASE_PRICE = 1_000_000_000n

test('a transfer burns the gas of a receipt and a transfer, twice', () => {
  const node = testNode()

  const status = send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: NEAR }])

  const gas = RECEIPT_GAS + TRANSFER_GAS
  expect(status.transactionOutcome).toMatchObject({ gasBurnt: gas, tokensBurnt: gas * GAS_PRICE })
  expect(status.receiptOutcomes[0]).toMatchObject({
    gasBurnt: gas,
    tokensBurnt: gas * GAS_PRICE,
    executorId: 'bob.near',
  })
  expect(balanceOf(node, BOB.accountId)).toBe(1_001n * NEAR)
  expect(balanceOf(node, ALICE.accountId)).toBe(999n * NEAR - 2n * gas * GAS_PRICE)
})

test('gas that goes along is bought dearly, and a refund gives back what it was too dear (NEP-642)', () => {
  const node = testNode()

  const status = send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: NEAR }])

  const refund = status.receipts[1]
  const amount = (RECEIPT_GAS + TRANSFER_GAS) * (PURCHASE_PRICE - GAS_PRICE)
  expect(refund).toMatchObject({
    predecessorId: 'system',
    receiverId: 'alice.near',
    receipt: { action: { signerId: 'alice.near', gasPrice: 0n, actions: [{ kind: 'Transfer', deposit: amount }] } },
  })
  expect(status.receiptOutcomes[1]).toMatchObject({ gasBurnt: RECEIPT_GAS + TRANSFER_GAS, tokensBurnt: 0n })
  expect(status.isComplete).toBe(true)
})

test('receipts hop from block to block, except those from an account to itself', () => {
  const node = testNode()

  const toBob = send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: 1n }])
  const toSelf = send(node, ALICE, ALICE.accountId, [{ kind: 'Transfer', deposit: 1n }])

  expect(toBob.transactionOutcome?.blockHeight).toBe(1n)
  expect(toBob.receiptOutcomes.map(({ blockHeight }) => blockHeight)).toEqual([2n, 3n])
  expect(toSelf.transactionOutcome?.blockHeight).toBe(4n)
  expect(toSelf.receiptOutcomes.map(({ blockHeight }) => blockHeight)).toEqual([4n, 5n])
})

test('a receipt’s id is the hash of its transaction, height and index', () => {
  const node = testNode()

  const status = send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: 1n }])

  const suffix = Buffer.alloc(16)
  suffix.writeBigUInt64LE(1n)
  const expected = sha256(Buffer.concat([status.transactionHash, suffix]))
  expect(formatHash(status.receiptOutcomes[0]?.id ?? new Uint8Array(0))).toBe(formatHash(expected))
})

test('a transfer to an account that is not there fails, and gives the tokens back', () => {
  const node = testNode()

  const status = send(node, ALICE, 'nobody.near', [{ kind: 'Transfer', deposit: NEAR }])

  expect(status.finalStatus).toEqual({
    kind: 'Failure',
    error: { ActionError: { index: 0, kind: { AccountDoesNotExist: { account_id: 'nobody.near' } } } },
  })
  const [deposit, gas] = status.receipts.slice(1)
  expect(deposit).toMatchObject({ receiverId: 'alice.near', receipt: { action: { signerId: 'system' } } })
  expect(gas).toMatchObject({ receiverId: 'alice.near', receipt: { action: { signerId: 'alice.near' } } })
  const burnt = 1_000n * NEAR - balanceOf(node, ALICE.accountId)
  expect(burnt).toBe(2n * (RECEIPT_GAS + TRANSFER_GAS) * GAS_PRICE)
})

test('what is burnt leaves the total supply', () => {
  const node = testNode()

  send(node, ALICE, BOB.accountId, [{ kind: 'Transfer', deposit: NEAR }])

  const accounts = ['alice.near', 'bob.near', 'carol.near', 'near']
  expect(node.latestBlock().totalSupply).toBe(sumOfBalances(node, accounts))
  expect(4_000n * NEAR - node.latestBlock().totalSupply).toBe(2n * (RECEIPT_GAS + TRANSFER_GAS) * GAS_PRICE)
})
