import { describe, expect, test } from 'vitest'
import { formatKey } from '../primitives/public-key.ts'
import { readHub } from './testing/fixtures.ts'
import {
  ALICE,
  actor,
  BOB,
  balanceOf,
  CAROL,
  call,
  NEAR,
  send,
  sumOfBalances,
  TGAS,
  testNode,
} from './testing/test-chain.ts'
import type { Node, NodeOptions, TransactionStatus } from './types.ts'

const hub = readHub()

/** Bob and Carol run the hub. */
function hubNode(options: NodeOptions = {}): Node {
  const node = testNode(options)
  for (const owner of [BOB, CAROL]) {
    send(node, owner, owner.accountId, [{ kind: 'DeployContract', code: hub ?? new Uint8Array(0) }])
  }
  return node
}

function returned({ finalStatus }: TransactionStatus): unknown {
  if (finalStatus.kind !== 'SuccessValue') return finalStatus
  return finalStatus.value.length === 0 ? null : JSON.parse(Buffer.from(finalStatus.value).toString())
}

function seen(node: Node, accountId: string): unknown {
  const answer = node.query({ kind: 'latest' })?.callFunction(accountId, 'seen', Buffer.from('{}'))
  return answer?.status === 'success' ? JSON.parse(Buffer.from(answer.value).toString()) : answer
}

describe.skipIf(hub === undefined)('promises', () => {
  test('a contract counts its code among the bytes of its account', () => {
    const node = hubNode()

    const account = node.query({ kind: 'latest' })?.viewAccount(BOB.accountId)
    expect(account?.storageUsage).toBe(182n + BigInt(hub?.length ?? 0))
    expect(account?.contract.kind).toBe('Local')
  })

  test('a call and its callback: the transaction ends with what the callback returns', () => {
    const node = hubNode()

    const status = send(node, ALICE, BOB.accountId, [
      call('relay', { to: CAROL.accountId, text: 'hi' }, { deposit: 5n }),
    ])

    expect(returned(status)).toBe('noted 1')
    expect(seen(node, CAROL.accountId)).toEqual(['hi from bob.near with 5'])
    expect(seen(node, BOB.accountId)).toEqual(['noted 1'])
    expect(status.isComplete).toBe(true)
  })

  test('a call that fails sends its deposit back to the caller, and the callback learns of it', () => {
    const node = hubNode()
    const before = balanceOf(node, CAROL.accountId)

    const status = send(node, ALICE, BOB.accountId, [
      call('relay', { to: CAROL.accountId, text: 'fail' }, { deposit: NEAR }),
    ])

    expect(returned(status)).toBe('not noted: Failed')
    expect(seen(node, CAROL.accountId)).toEqual([])
    const failed = status.receiptOutcomes.find(({ executorId }) => executorId === CAROL.accountId)
    expect(failed?.status).toMatchObject({
      kind: 'Failure',
      error: {
        ActionError: {
          index: 0,
          kind: { FunctionCallError: { ExecutionError: expect.stringContaining('told to fail') } },
        },
      },
    })
    const refund = status.receipts.find(
      ({ predecessorId, receiverId }) => predecessorId === 'system' && receiverId === 'bob.near',
    )
    expect(refund).toMatchObject({ receipt: { action: { actions: [{ kind: 'Transfer', deposit: NEAR }] } } })
    // Nothing of the deposit stays; the reward for the gas does, though the call failed.
    const reward = balanceOf(node, CAROL.accountId) - before
    expect(reward).toBeGreaterThan(0n)
    expect(reward).toBeLessThan(NEAR / 1000n)
  })

  test('a join waits for all its promises and gives the callback each result', () => {
    const node = hubNode()

    const args = { to: ['carol.near', 'bob.near', 'carol.near'], texts: ['one', 'fail', 'three'] }
    const status = send(node, ALICE, BOB.accountId, [call('spread', args)])

    expect(returned(status)).toEqual([true, false, true])
    expect(seen(node, CAROL.accountId)).toEqual(['one from bob.near with 0', 'three from bob.near with 0'])
  })

  test('unused gas goes to the calls that have a weight, so that all of it leaves the first receipt', () => {
    const node = hubNode()

    const args = { to: ['carol.near', 'carol.near'], texts: ['one', 'two'] }
    const status = send(node, ALICE, BOB.accountId, [call('spread', args, { gas: 100n * TGAS })])

    const gasOf = status.receipts.flatMap(({ predecessorId, receipt }) => {
      if (predecessorId !== BOB.accountId || receipt.kind !== 'Action') return []
      return receipt.action.actions.flatMap((action) => (action.kind === 'FunctionCall' ? [action] : []))
    })
    const [one, two] = gasOf.filter(({ methodName }) => methodName === 'note')
    expect(one?.gas).toBeGreaterThan(30n * TGAS)
    expect((two?.gas ?? 0n) - (one?.gas ?? 0n)).toBeLessThanOrEqual(1n)
  })

  test('a batch creates, pays and equips an account', () => {
    const node = hubNode()
    const child = actor('child.bob.near')

    const args = { name: 'child', key: formatKey(child.secretKey.publicKey) }
    send(node, ALICE, BOB.accountId, [call('found', args, { deposit: NEAR })])

    const state = node.query({ kind: 'latest' })
    expect(state?.viewAccount(child.accountId)).toMatchObject({ amount: NEAR, storageUsage: 182n })
    expect(state?.viewAccessKeyList(child.accountId)).toHaveLength(1)
  })

  test('a receipt that fails leaves no trace but its cost: no writes, no promises, no deposit', () => {
    const node = hubNode()

    const status = send(node, ALICE, BOB.accountId, [call('break_down', { to: CAROL.accountId }, { deposit: NEAR })])

    expect(status.finalStatus).toMatchObject({ kind: 'Failure' })
    expect(seen(node, BOB.accountId)).toEqual([])
    expect(status.receipts.map(({ predecessorId }) => predecessorId)).toEqual(['alice.near', 'system', 'system'])
    expect(balanceOf(node, ALICE.accountId)).toBeGreaterThan(999n * NEAR)
  })

  test('30 % of the gas that a contract burns is its account’s', () => {
    const node = hubNode()
    const before = balanceOf(node, BOB.accountId)

    const status = send(node, ALICE, BOB.accountId, [call('note', { text: 'hi' })])

    const args = '{"text":"hi"}'.length + 'note'.length
    const actionGas = 108_059_500_000n + 780_000_000_000n + 2_235_934n * BigInt(args)
    const contractGas = (status.receiptOutcomes[0]?.gasBurnt ?? 0n) - actionGas
    expect(balanceOf(node, BOB.accountId) - before).toBe(((contractGas * 3n) / 10n) * node.latestBlock().gasPrice)
  })

  test('tokens are conserved: what the accounts lack was burnt', () => {
    const node = hubNode()

    send(node, ALICE, BOB.accountId, [call('relay', { to: CAROL.accountId, text: 'hi' }, { deposit: 5n })])
    send(node, ALICE, BOB.accountId, [call('relay', { to: CAROL.accountId, text: 'fail' }, { deposit: 5n })])
    send(node, ALICE, BOB.accountId, [call('break_down', { to: CAROL.accountId }, { deposit: NEAR })])

    const accounts = ['alice.near', 'bob.near', 'carol.near', 'near']
    expect(node.latestBlock().totalSupply).toBe(sumOfBalances(node, accounts))
  })

  test('an unknown method costs no gas of the contract and says its name is unknown', () => {
    const node = hubNode()

    const status = send(node, ALICE, BOB.accountId, [call('missing')])

    expect(status.finalStatus).toMatchObject({
      error: { ActionError: { index: 0, kind: { FunctionCallError: { MethodResolveError: 'MethodNotFound' } } } },
    })
    const bytes = BigInt('missing'.length + '{}'.length)
    expect(status.receiptOutcomes[0]?.gasBurnt).toBe(108_059_500_000n + 780_000_000_000n + 2_235_934n * bytes)
  })
})

describe.skipIf(hub === undefined)('a yield', () => {
  const ask = (node: Node) => send(node, ALICE, BOB.accountId, [call('ask')])

  test('waits for its answer and then returns it to its transaction', () => {
    const node = hubNode()

    const asked = ask(node)
    expect(asked.isComplete).toBe(false)
    expect(asked.finalStatus.kind).toBe('Started')

    const answered = send(node, CAROL, BOB.accountId, [call('answer', { text: 'forty-two' })])
    const done = node.transactionStatus(asked.transactionHash)
    expect(returned(answered)).toBe(true)
    expect(done?.isComplete).toBe(true)
    expect(done && returned(done)).toBe('forty-two')
    expect(seen(node, BOB.accountId)).toEqual(['forty-two'])
  })

  test('is stored in the block of the receipt that made it', () => {
    const node = hubNode()

    const asked = ask(node)

    const yielded = asked.receipts.find(({ receipt }) => receipt.kind === 'PromiseYield')
    expect(yielded).toMatchObject({ predecessorId: BOB.accountId, receiverId: BOB.accountId })
    expect(node.outcome(yielded?.receiptId ?? new Uint8Array(32))).toBeNull()
  })

  test('times out after 200 blocks, and its callback sees a failure', () => {
    const node = hubNode()
    const asked = ask(node)
    const yieldedAt = asked.receiptOutcomes[0]?.blockHeight ?? 0n

    node.fastForward(Number(yieldedAt + 199n - node.latestBlock().height))
    expect(node.transactionStatus(asked.transactionHash)?.isComplete).toBe(false)

    node.fastForward(1)
    const done = node.transactionStatus(asked.transactionHash)
    expect(done && returned(done)).toBe('nobody answered')
    expect(
      done?.receiptOutcomes.find(({ executorId, logs }) => executorId === BOB.accountId && logs.length === 0),
    ).toBeDefined()
  })

  test('that was answered does not time out', () => {
    const node = hubNode()
    const asked = ask(node)
    send(node, CAROL, BOB.accountId, [call('answer', { text: 'yes' })])

    node.fastForward(250)

    expect(seen(node, BOB.accountId)).toEqual(['yes'])
    expect(node.transactionStatus(asked.transactionHash)?.isComplete).toBe(true)
  })
})
