import { beforeEach, expect, test } from 'vitest'
import { createNode } from '../../index.ts'
import {
  encodeSignedTransaction,
  formatHash,
  formatKey,
  type SignedTransaction,
  secretKeyFromSeed,
  sha256,
  signTransaction,
} from '../../primitives/index.ts'
import type { Node } from '../../runtime/types.ts'
import { answerRequest } from '../dispatch.ts'
import { toJsonText } from '../json.ts'
import type { RpcContext } from './context.ts'
import type { WaitUntil } from './wait-until.ts'

const ALICE = secretKeyFromSeed(sha256(Buffer.from('alice')))

let node: Node
let context: RpcContext
let transaction: SignedTransaction

beforeEach(() => {
  // Blocks come when a test says so.
  const genesisAccounts = ['alice.near', 'bob.near'].map((accountId) => ({
    accountId,
    amount: 10n ** 26n,
    publicKeys: [ALICE.publicKey],
  }))
  node = createNode({ autoProduce: false, genesisAccounts })
  context = {
    node,
    validator: { accountId: 'alice.near', publicKey: formatKey(ALICE.publicKey) },
    nodePublicKey: formatKey(ALICE.publicKey),
    rpcAddress: '127.0.0.1:3030',
    epochLength: 500,
    genesisConfig: {},
    protocolConfig: {},
    pollingTimeoutMilliseconds: 50,
    startedAt: Date.now(),
  }
  transaction = signTransaction(
    {
      version: 0,
      signerId: 'alice.near',
      publicKey: ALICE.publicKey,
      nonce: { kind: 'Nonce', nonce: 1n },
      receiverId: 'bob.near',
      blockHash: node.latestBlock().hash,
      actions: [{ kind: 'Transfer', deposit: 1n }],
      nonceMode: 'Monotonic',
    },
    ALICE,
  )
})

async function ask(method: string, params: object) {
  const { httpStatus, body } = await answerRequest(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), context)
  return { httpStatus, ...JSON.parse(toJsonText(body)) }
}

function send(waitUntil: WaitUntil) {
  const signed_tx_base64 = Buffer.from(encodeSignedTransaction(transaction)).toString('base64')
  return ask('send_tx', { signed_tx_base64, wait_until: waitUntil })
}

test('send_tx that waits in vain is a TIMEOUT_ERROR that tells how far the transaction got', async () => {
  const pending = await send('INCLUDED')
  node.produceBlock()
  const included = await send('EXECUTED_OPTIMISTIC')

  expect(pending.httpStatus).toBe(408)
  expect(pending.error).toEqual({
    name: 'HANDLER_ERROR',
    cause: { name: 'TIMEOUT_ERROR', info: { cause: 'PENDING', status: { final_execution_status: 'NONE' } } },
    code: -32_000,
    message: 'Server error',
    data: 'Timeout',
  })
  expect(included.error.cause.info.status).toMatchObject({
    final_execution_status: 'INCLUDED_FINAL',
    status: 'Started',
    transaction_outcome: { id: formatHash(transaction.hash) },
    receipts_outcome: [],
  })
})

test('each status is reached with its block: included, executed, and final with the refund', async () => {
  const reached: [WaitUntil, unknown][] = []
  const waiting = (['INCLUDED', 'EXECUTED', 'FINAL'] as const).map(async (waitUntil) => {
    const { result } = await send(waitUntil)
    reached.push([waitUntil, result.final_execution_status])
  })

  // The transaction, its receipt, and the refund of the gas that was paid for too much.
  for (let block = 0; block < 3; block++) {
    node.produceBlock()
    await new Promise(setImmediate)
  }
  await Promise.all(waiting)

  expect(reached).toEqual([
    ['INCLUDED', 'INCLUDED_FINAL'],
    ['EXECUTED', 'EXECUTED'],
    ['FINAL', 'FINAL'],
  ])
})

test('tx waits for a transaction that is on its way, and not for one that nobody sent', async () => {
  const id = { tx_hash: formatHash(transaction.hash), sender_account_id: 'alice.near' }

  const unknown = await ask('tx', id)
  await send('NONE')
  const known = ask('tx', { ...id, wait_until: 'FINAL' })
  node.settle()

  expect(unknown.error.cause.name).toBe('UNKNOWN_TRANSACTION')
  expect((await known).result.status).toEqual({ SuccessValue: '' })
})
