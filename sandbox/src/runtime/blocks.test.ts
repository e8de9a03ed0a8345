import { describe, expect, test } from 'vitest'
import { formatHash, sha256 } from '../primitives/hash.ts'
import {
  ALICE,
  actor,
  BOB,
  balanceOf,
  GENESIS_TIME,
  NEAR,
  send,
  sign,
  sumOfBalances,
  testNode,
} from './testing/test-chain.ts'
import type { StateRecord } from './types.ts'

const SECOND = 1_000_000_000n
const TRANSFER = [{ kind: 'Transfer', deposit: NEAR } as const]

const bytes = (text: string) => new TextEncoder().encode(text)

const hashOfBoth = (...hashes: (Uint8Array | undefined)[]) => {
  return sha256(Buffer.concat(hashes.map((hash) => hash ?? new Uint8Array(0))))
}

describe('blocks', () => {
  test('are made when there is work, and none without', () => {
    const node = testNode()
    expect(node.latestBlock().height).toBe(0n)

    send(node, ALICE, BOB.accountId, TRANSFER)

    expect(node.latestBlock().height).toBe(3n)
    expect(node.block({ kind: 'height', height: 1n })?.chunk.transactions).toHaveLength(1)
    expect(node.block({ kind: 'height', height: 2n })?.chunk.receipts).toHaveLength(1)
  })

  test('are chained by hash, and found by height, hash and chunk', () => {
    const node = testNode()
    send(node, ALICE, BOB.accountId, TRANSFER)

    for (let height = 1n; height <= 3n; height++) {
      const block = node.block({ kind: 'height', height })
      expect(block?.prevHash).toEqual(node.block({ kind: 'height', height: height - 1n })?.hash)
      expect(block && node.block({ kind: 'hash', hash: block.hash })).toBe(block)
      expect(block && node.chunk(block.chunk.hash)?.block).toBe(block)
      expect(block?.chunk.prevStateRoot).toEqual(node.block({ kind: 'height', height: height - 1n })?.chunk.stateRoot)
    }
    expect(node.block({ kind: 'height', height: 4n })).toBeNull()
  })

  test('are the same for the same seed, clock and transactions, and others for another seed', () => {
    const hashAfterWork = (seed: string) => {
      const node = testNode({ seed })
      send(node, ALICE, BOB.accountId, TRANSFER)
      return formatHash(node.latestBlock().hash)
    }

    expect(hashAfterWork('one')).toBe(hashAfterWork('one'))
    expect(hashAfterWork('one')).not.toBe(hashAfterWork('two'))
  })

  test('follow the clock, and each other if it stands still', () => {
    const stopped = testNode({ clock: () => GENESIS_TIME })

    const times = [1, 2, 3].map(() => stopped.produceBlock().timestampNanoseconds - GENESIS_TIME)

    expect(times).toEqual([1n, 2n, 3n])
    expect(testNode().produceBlock().timestampNanoseconds).toBe(GENESIS_TIME + SECOND)
  })

  test('prove their outcomes', () => {
    const node = testNode({ autoProduce: false })
    const transactions = [1n, 2n, 3n].map((nonce) => sign(node, ALICE, BOB.accountId, TRANSFER, { nonce }))
    for (const signed of transactions) node.sendTransaction(signed)

    const { chunk } = node.produceBlock()

    const proofs = transactions.map(({ hash }) => node.outcome(hash)?.proof ?? [])
    expect(proofs.map((proof) => proof.map(({ direction }) => direction))).toEqual([
      ['Right', 'Right'],
      ['Left', 'Right'],
      ['Left'],
    ])
    const [[second, third] = [], [first] = [], [pair] = []] = proofs.map((proof) => proof.map(({ hash }) => hash))
    expect(pair).toEqual(hashOfBoth(first, second))
    expect(chunk.outcomeRoot).toEqual(hashOfBoth(pair, third))
  })

  test('tell those who listen, until they stop', () => {
    const node = testNode()
    const heights: bigint[] = []

    const stop = node.onBlock(({ height }) => heights.push(height))
    node.produceBlock()
    stop()
    node.produceBlock()

    expect(heights).toEqual([1n])
  })
})

describe('without autoProduce', () => {
  test('transactions wait, each after those before it', () => {
    const node = testNode({ autoProduce: false })
    const first = sign(node, ALICE, BOB.accountId, TRANSFER, { nonce: 1n })
    const second = sign(node, ALICE, BOB.accountId, TRANSFER, { nonce: 2n })

    expect([first, second, first].map((signed) => node.sendTransaction(signed).status)).toEqual([
      'accepted',
      'accepted',
      'invalid',
    ])
    expect(node.transactionStatus(second.hash)?.finalStatus.kind).toBe('NotStarted')

    node.produceBlock()
    expect(node.transactionStatus(second.hash)?.finalStatus.kind).toBe('Started')
    node.settle()
    expect(node.transactionStatus(second.hash)?.isComplete).toBe(true)
    expect(balanceOf(node, BOB.accountId)).toBe(1_002n * NEAR)
  })

  test('a receipt for which a chunk has no gas left waits for the next', () => {
    const node = testNode({ autoProduce: false })
    const burn = (nonce: bigint) => {
      const code = new Uint8Array(1_400_000)
      return sign(node, ALICE, ALICE.accountId, [{ kind: 'DeployContract', code }], { nonce })
    }
    const count = 12n
    for (let nonce = 1n; nonce <= count; nonce++) node.sendTransaction(burn(nonce))

    const first = node.produceBlock()
    const done = () => node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)?.storageUsage
    expect(first.chunk.gasUsed).toBeGreaterThanOrEqual(first.chunk.gasLimit)
    expect(done()).toBe(1_400_182n)
    node.settle()
    expect(node.latestBlock().height).toBeGreaterThan(2n)
    expect(node.latestBlock().totalSupply).toBe(sumOfBalances(node, ['alice.near', 'bob.near', 'carol.near', 'near']))
  })
})

describe('time travel', () => {
  test('goes on by heights and seconds, with a block at the end', () => {
    const node = testNode({ clock: () => GENESIS_TIME })

    node.fastForward(100)

    expect(node.latestBlock()).toMatchObject({ height: 100n, timestampNanoseconds: GENESIS_TIME + 100n * SECOND })
    expect(node.block({ kind: 'height', height: 50n })).toBeNull()
    expect(node.produceBlock().timestampNanoseconds).toBe(GENESIS_TIME + 100n * SECOND + 1n)
  })

  test('stops at the end of each epoch, so that none is passed over', () => {
    const node = testNode({ epochLength: 10 })

    node.fastForward(25)

    expect(node.latestBlock()).toMatchObject({ height: 25n, epochHeight: 3n })
    const lastOf = (height: bigint) => node.block({ kind: 'height', height })
    expect([lastOf(9n)?.epochHeight, lastOf(19n)?.epochHeight]).toEqual([1n, 2n])
    expect(node.latestBlock().nextEpochId).toEqual(lastOf(19n)?.hash)
    expect(node.latestBlock().epochId).toEqual(lastOf(9n)?.hash)
  })
})

describe('a snapshot', () => {
  test('brings back blocks, state, outcomes and what waited', () => {
    const node = testNode({ autoProduce: false })
    const waiting = sign(node, ALICE, BOB.accountId, TRANSFER)
    node.sendTransaction(waiting)
    const snapshot = node.snapshot()
    node.settle()
    node.fastForward(10)

    node.revert(snapshot)

    expect(node.latestBlock().height).toBe(0n)
    expect(balanceOf(node, BOB.accountId)).toBe(1_000n * NEAR)
    expect(node.outcome(waiting.hash)).toBeNull()
    expect(node.transactionStatus(waiting.hash)?.finalStatus.kind).toBe('NotStarted')
    node.settle()
    expect(balanceOf(node, BOB.accountId)).toBe(1_001n * NEAR)
  })

  test('can be reverted to again and again, also to an older one', () => {
    const node = testNode()
    const first = node.snapshot()
    send(node, ALICE, BOB.accountId, TRANSFER)
    const second = node.snapshot()

    for (const expected of [1_002n, 1_002n]) {
      send(node, ALICE, BOB.accountId, TRANSFER)
      expect(balanceOf(node, BOB.accountId)).toBe(expected * NEAR)
      node.revert(second)
    }
    node.revert(first)

    expect(balanceOf(node, BOB.accountId)).toBe(1_000n * NEAR)
  })
})

describe('patching the state', () => {
  test('writes records over what is there, and counts the tokens', () => {
    const node = testNode()
    const dave = actor('dave.near')
    const account = {
      version: 1,
      amount: 7n * NEAR,
      locked: 0n,
      storageUsage: 182n,
      contract: { kind: 'None' },
    } as const
    const records: StateRecord[] = [
      { kind: 'Account', accountId: dave.accountId, account },
      {
        kind: 'AccessKey',
        accountId: dave.accountId,
        publicKey: dave.secretKey.publicKey,
        accessKey: { nonce: 0n, permission: { kind: 'FullAccess' } },
      },
      { kind: 'Data', accountId: dave.accountId, key: bytes('k'), value: bytes('v') },
      { kind: 'Contract', accountId: dave.accountId, code: bytes('code') },
    ]

    node.patchState(records)

    const state = node.query({ kind: 'latest' })
    expect(state?.viewAccount(dave.accountId)).toMatchObject({
      amount: 7n * NEAR,
      storageUsage: 182n,
      contract: { kind: 'Local' },
    })
    expect(state?.viewCode(dave.accountId)).toEqual({ code: bytes('code'), hash: sha256(bytes('code')) })
    expect(state?.viewState(dave.accountId, new Uint8Array(0))).toEqual([{ key: bytes('k'), value: bytes('v') }])
    expect(node.latestBlock().totalSupply).toBe(4_007n * NEAR)
    expect(send(node, dave, BOB.accountId, TRANSFER).finalStatus.kind).toBe('SuccessValue')
  })

  test('leaves older blocks as they were', () => {
    const node = testNode()
    const account = { version: 1, amount: 1n, locked: 0n, storageUsage: 182n, contract: { kind: 'None' } } as const

    node.patchState([{ kind: 'Account', accountId: ALICE.accountId, account }])

    expect(node.query({ kind: 'genesis' })?.viewAccount(ALICE.accountId)?.amount).toBe(1_000n * NEAR)
    expect(node.query({ kind: 'latest' })?.viewAccount(ALICE.accountId)?.amount).toBe(1n)
  })
})

test('genesis counts the bytes of its records', () => {
  const accountId = 'contract.near'
  const account = { version: 1, amount: NEAR, locked: 0n, storageUsage: 0n, contract: { kind: 'None' } } as const
  const node = testNode({
    genesisRecords: [
      { kind: 'Account', accountId, account },
      { kind: 'Contract', accountId, code: new Uint8Array(1_000) },
      { kind: 'Data', accountId, key: new Uint8Array(5), value: new Uint8Array(6) },
    ],
  })

  expect(node.query({ kind: 'genesis' })?.viewAccount(accountId)?.storageUsage).toBe(100n + 1_000n + 5n + 6n + 40n)
})
