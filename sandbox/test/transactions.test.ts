import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Action, formatHash, formatKey, type Transaction } from '../src/primitives/index.ts'
import {
  type Actor,
  act,
  balanceOf,
  base64,
  createActor,
  idOf,
  keyOf,
  NEAR,
  nonceOf,
  rootOf,
  send,
  signed,
} from './actor.ts'
import { type SandboxProcess, startSandbox } from './sandbox-process.ts'

let sandbox: SandboxProcess
let alice: Actor
let bob: Actor

beforeAll(async () => {
  sandbox = await startSandbox()
  alice = await createActor(sandbox, 'alice', 100n * NEAR)
  bob = await createActor(sandbox, 'bob', 100n * NEAR)
})

afterAll(() => sandbox?.stop())

const transfer = (deposit: bigint): Action => ({ kind: 'Transfer', deposit })

describe('send_tx', () => {
  test.each(['INCLUDED', 'INCLUDED_FINAL', 'EXECUTED_OPTIMISTIC', 'EXECUTED', 'FINAL'])(
    'waits until %s and tells how far it got',
    async (waitUntil) => {
      const transaction = await signed(sandbox, alice, bob.accountId, [transfer(1n)])

      const result = await send(sandbox, transaction, waitUntil)

      expect(result.final_execution_status).toBe('FINAL')
      expect(result.status).toEqual({ SuccessValue: '' })
      expect(result.transaction).toMatchObject({
        signer_id: alice.accountId,
        receiver_id: bob.accountId,
        hash: formatHash(transaction.hash),
        actions: [{ Transfer: { deposit: '1' } }],
      })
      expect(result.transaction_outcome.outcome).toMatchObject({
        executor_id: alice.accountId,
        metadata: { version: 1 },
      })
      expect(result).not.toHaveProperty('receipts')
    },
  )

  test('answers NONE at once', async () => {
    const transaction = await signed(sandbox, alice, bob.accountId, [transfer(1n)])

    expect(await send(sandbox, transaction, 'NONE')).toEqual({ final_execution_status: 'NONE' })

    const { status } = await sandbox.call('tx', { ...idOf(transaction), wait_until: 'FINAL' })
    expect(status).toEqual({ SuccessValue: '' })
  })

  test('executes a transaction that is sent twice once', async () => {
    const transaction = await signed(sandbox, alice, bob.accountId, [transfer(NEAR)])
    const before = await balanceOf(sandbox, bob.accountId)

    const first = await send(sandbox, transaction)
    const second = await send(sandbox, transaction)

    expect(second).toEqual(first)
    expect((await balanceOf(sandbox, bob.accountId)) - before).toBe(NEAR)
  })
})

test('broadcast_tx_commit and broadcast_tx_async take the transaction by position', async () => {
  const first = await signed(sandbox, alice, bob.accountId, [transfer(1n)])
  const committed = await sandbox.call('broadcast_tx_commit', [base64(first)])
  const second = await signed(sandbox, alice, bob.accountId, [transfer(1n)])
  const hash = await sandbox.call('broadcast_tx_async', [base64(second)])

  expect(committed.status).toEqual({ SuccessValue: '' })
  expect(hash).toBe(formatHash(second.hash))
  const { tx_hash, sender_account_id } = idOf(second)
  expect((await sandbox.call('tx', [tx_hash, sender_account_id])).status).toEqual({ SuccessValue: '' })
  expect((await sandbox.call('tx', { signed_tx_base64: base64(second) })).transaction.hash).toBe(hash)
})

test('an indexer finds every transaction, receipt and outcome from the blocks', async () => {
  const start = await sandbox.call('block', { finality: 'final' })
  const transaction = await signed(sandbox, alice, bob.accountId, [transfer(5n)])
  await send(sandbox, transaction, 'FINAL')
  const end = await sandbox.call('block', { finality: 'final' })

  const blocks = []
  for (let height = start.header.height + 1; height <= end.header.height; height++) {
    blocks.push(await sandbox.call('block', { block_id: height }))
  }
  const chunks = await Promise.all(blocks.map((block) => sandbox.call('chunk', [block.chunks[0].chunk_hash])))
  const seen = chunks.flatMap((chunk) => chunk.transactions)
  const status = await sandbox.call('EXPERIMENTAL_tx_status', idOf(transaction))

  expect(seen.map(({ hash }) => hash)).toEqual([formatHash(transaction.hash)])
  expect(status.receipts[0]).toMatchObject({
    predecessor_id: alice.accountId,
    receiver_id: bob.accountId,
    receipt: { Action: { signer_id: alice.accountId, actions: [{ Transfer: { deposit: '5' } }] } },
  })
  const [receiptId] = status.transaction_outcome.outcome.receipt_ids
  expect(status.transaction_outcome.outcome.status).toEqual({ SuccessReceiptId: receiptId })
  expect(status.receipts_outcome[0].id).toBe(receiptId)
  expect((await sandbox.call('EXPERIMENTAL_receipt', { receipt_id: receiptId })).receipt_id).toBe(receiptId)
  const inChunk = chunks.flatMap(({ receipts }) => receipts).map(({ receipt_id }) => receipt_id)
  expect(inChunk).toContain(receiptId)
  const hashes = blocks.map(({ header }) => header.hash)
  expect(hashes).toContain(status.transaction_outcome.block_hash)
  expect(hashes).toContain(status.receipts_outcome[0].block_hash)
})

test('a receipt that fails says why, and the deposit comes back', async () => {
  const before = await balanceOf(sandbox, alice.accountId)

  const { status, transaction_outcome } = await act(sandbox, alice, 'nobody.near', [transfer(NEAR)])

  expect(status).toEqual({
    Failure: { ActionError: { index: 0, kind: { AccountDoesNotExist: { account_id: 'nobody.near' } } } },
  })
  const spent = before - (await balanceOf(sandbox, alice.accountId))
  expect(spent).toBeGreaterThanOrEqual(BigInt(transaction_outcome.outcome.tokens_burnt))
  expect(spent).toBeLessThan(NEAR / 100n)
})

test('a transaction of version 1 may insist on the very next nonce', async () => {
  const next = (await nonceOf(sandbox, alice)) + 1n
  const strict = { version: 1, nonceMode: 'Strict' } as const
  const later = { ...strict, nonce: { kind: 'Nonce', nonce: next + 1n } } as const

  const skipped = await signed(sandbox, alice, bob.accountId, [transfer(1n)], later)
  const refused = await sandbox.ask('send_tx', { signed_tx_base64: base64(skipped) })
  const result = await send(sandbox, await signed(sandbox, alice, bob.accountId, [transfer(1n)], strict))

  const details = { tx_nonce: Number(next + 1n), ak_nonce: Number(next - 1n) }
  expect(refused.error?.data).toEqual({ TxExecutionError: { InvalidTxError: { InvalidNonce: details } } })
  expect(result.transaction.nonce_mode).toBe('strict')
})

describe('an invalid transaction is refused with nearcore’s InvalidTxError:', () => {
  async function refusal(changes: Partial<Transaction>, actor = alice, actions: Action[] = [transfer(1n)]) {
    const transaction = await signed(sandbox, actor, bob.accountId, actions, changes)
    return sandbox.ask('send_tx', { signed_tx_base64: base64(transaction) })
  }

  function invalid(error: unknown) {
    return {
      name: 'HANDLER_ERROR',
      cause: { name: 'INVALID_TRANSACTION', info: {} },
      code: -32_000,
      message: 'Server error',
      data: { TxExecutionError: { InvalidTxError: error } },
    }
  }

  test('InvalidSignature', async () => {
    const transaction = await signed(sandbox, alice, bob.accountId, [transfer(1n)])
    const forged = { ...transaction, transaction: { ...transaction.transaction, receiverId: 'mallory.near' } }

    const { error } = await sandbox.ask('send_tx', { signed_tx_base64: base64(forged) })

    expect(error).toEqual(invalid('InvalidSignature'))
  })

  test('InvalidNonce and NonceTooLarge', async () => {
    await send(sandbox, await signed(sandbox, alice, bob.accountId, [transfer(1n)]))
    const nonce = await nonceOf(sandbox, alice)

    const used = await refusal({ nonce: { kind: 'Nonce', nonce } })
    const huge = await refusal({ nonce: { kind: 'Nonce', nonce: 10n ** 15n } })

    expect(used.error).toEqual(invalid({ InvalidNonce: { tx_nonce: Number(nonce), ak_nonce: Number(nonce) } }))
    expect(huge.error).toEqual(invalid({ NonceTooLarge: { tx_nonce: 10 ** 15, upper_bound: expect.any(Number) } }))
  })

  test('AccessKeyNotFound and SignerDoesNotExist', async () => {
    const stranger = { accountId: alice.accountId, secretKey: keyOf('stranger') }
    const nobody = { accountId: 'nobody.near', secretKey: keyOf('nobody') }
    const public_key = formatKey(stranger.secretKey.publicKey)

    const { error } = await refusal({}, stranger)
    const unknown = await refusal({}, nobody)

    const notFound = { AccessKeyNotFound: { account_id: alice.accountId, public_key } }
    expect(error).toEqual(invalid({ InvalidAccessKeyError: notFound }))
    expect(unknown.error).toEqual(invalid({ SignerDoesNotExist: { signer_id: 'nobody.near' } }))
  })

  test('Expired, for a block that is unknown or too old', async () => {
    const old = await signed(sandbox, alice, bob.accountId, [transfer(1n)])
    const unknown = await refusal({ blockHash: new Uint8Array(32).fill(9) })
    await sandbox.call('sandbox_fast_forward', { delta_height: 86_401 })

    const { error } = await sandbox.ask('send_tx', { signed_tx_base64: base64(old) })

    expect([unknown.error, error]).toEqual([invalid('Expired'), invalid('Expired')])
  })

  test('NotEnoughBalance', async () => {
    const { error } = await refusal({}, alice, [transfer(1_000_000n * NEAR)])

    const details = { signer_id: alice.accountId, balance: expect.any(String), cost: expect.any(String) }
    expect(error).toEqual(invalid({ NotEnoughBalance: details }))
  })

  test('ActionsValidation, for too many actions and too much gas', async () => {
    const many = await refusal({}, alice, new Array(101).fill(transfer(1n)))
    const call: Action = {
      kind: 'FunctionCall',
      methodName: 'm',
      args: new Uint8Array(),
      gas: 2n * 10n ** 15n,
      deposit: 0n,
    }
    const dear = await refusal({}, rootOf(sandbox), [call])

    expect(many.error).toEqual(
      invalid({ ActionsValidation: { TotalNumberOfActionsExceeded: { total_number_of_actions: 101, limit: 100 } } }),
    )
    expect(dear.error).toEqual(
      invalid({ ActionsValidation: { TotalPrepaidGasExceeded: { total_prepaid_gas: 2 * 10 ** 15, limit: 10 ** 15 } } }),
    )
  })

  test('TransactionSizeExceeded', async () => {
    const { error } = await refusal({}, alice, [{ kind: 'DeployContract', code: new Uint8Array(1_600_000) }])

    expect(error).toEqual(invalid({ TransactionSizeExceeded: { size: expect.any(Number), limit: 1_572_864 } }))
  })
})
