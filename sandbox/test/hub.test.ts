import type { NearAccount, TransactionResult, Worker } from 'near-workspaces'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatKey } from '../src/primitives/index.ts'
import { keyOf } from './actor.ts'
import { rustContract } from './fixtures.ts'
import { deployed, feeOf, liquid, NEAR, startWorker, succeeded, TGAS, view } from './workspaces.ts'

const wasm = rustContract('hub')

const panic = (message: string) => ({
  ActionError: {
    index: 0,
    kind: { FunctionCallError: { ExecutionError: `Smart contract panicked: ${message}` } },
  },
})

describe.skipIf(!wasm)('promises between contracts', () => {
  let worker: Worker
  let root: NearAccount
  let hub: NearAccount
  let other: NearAccount
  let third: NearAccount
  let alice: NearAccount

  beforeAll(async () => {
    worker = await startWorker()
    root = worker.rootAccount
    hub = await deployed(root, 'hub', wasm ?? '')
    other = await deployed(root, 'other', wasm ?? '')
    third = await deployed(root, 'third', wasm ?? '')
    alice = await root.createSubAccount('alice', { initialBalance: 50n * NEAR })
  })

  afterAll(() => worker?.tearDown())

  const seen = (account: NearAccount) => view<string[]>(account, 'seen')

  function call(method: string, args: Record<string, unknown>, attachedDeposit = 0n): Promise<TransactionResult> {
    return alice.callRaw(hub, method, args, { attachedDeposit, gas: 100n * TGAS })
  }

  test('relay: a call, and a callback with its result', async () => {
    const result = await succeeded(call('relay', { to: other.accountId, text: 'hello' }, 5n))

    expect(result.parseResult()).toBe('noted 1')
    expect(result.logs).toEqual(['hello'])
    expect(await seen(other)).toEqual([`hello from ${hub.accountId} with 5`])
    expect((await seen(hub)).at(-1)).toBe('noted 1')
    const executors = result.receipts_outcomes.map(({ outcome }) => Reflect.get(outcome, 'executor_id'))
    const calls = executors.filter((executor) => executor !== alice.accountId)
    expect(calls).toEqual([hub.accountId, other.accountId, hub.accountId])
  })

  test('relay to a call that fails: the callback learns it, and the deposit comes back to the caller', async () => {
    const before = { hub: await liquid(hub), other: await liquid(other), seen: await seen(other) }

    const result = await succeeded(call('relay', { to: other.accountId, text: 'fail' }, NEAR))

    expect(result.parseResult()).toBe('not noted: Failed')
    expect(result.receiptFailures).toEqual([panic('told to fail')])
    expect(await seen(other)).toEqual(before.seen)
    // The hub called, so that it, and not alice, has the deposit back; both earn their share of the gas.
    expect((await liquid(hub)) - before.hub - NEAR).toBeLessThan(NEAR / 1000n)
    expect((await liquid(hub)) - before.hub).toBeGreaterThanOrEqual(NEAR)
    expect((await liquid(other)) - before.other).toBeLessThan(NEAR / 1000n)
  })

  test('relay to an account that is not there', async () => {
    const result = await succeeded(call('relay', { to: 'nobody.test.near', text: 'hello' }))

    expect(result.parseResult()).toBe('not noted: Failed')
    expect(result.receiptFailures).toEqual([
      { ActionError: { index: 0, kind: { AccountDoesNotExist: { account_id: 'nobody.test.near' } } } },
    ])
  })

  test('spread: several calls at once, joined in the order asked', async () => {
    const to = [other, third, other].map(({ accountId }) => accountId)

    const result = await succeeded(call('spread', { to, texts: ['x', 'fail', 'z'] }))

    expect(result.parseResult()).toEqual([true, false, true])
    expect(result.receiptFailures).toEqual([panic('told to fail')])
    expect((await seen(other)).slice(-2)).toEqual([`x from ${hub.accountId} with 0`, `z from ${hub.accountId} with 0`])
  })

  test('found: an account, its balance and its key in one receipt', async () => {
    const key = formatKey(keyOf('founded').publicKey)

    await succeeded(call('found', { name: 'sub', key }, NEAR))

    const founded = root.getAccount(`sub.${hub.accountId}`)
    expect(await liquid(founded)).toBe(NEAR)
    expect((await founded.viewAccessKeys(founded.accountId)).keys).toMatchObject([{ public_key: key }])
  })

  test('found again fails in its own receipt, and the deposit comes back', async () => {
    const key = formatKey(keyOf('founded').publicKey)
    const account_id = `sub.${hub.accountId}`
    const before = await liquid(hub)

    const result = await call('found', { name: 'sub', key }, NEAR)

    expect(result.Failure).toEqual({ ActionError: { index: 0, kind: { AccountAlreadyExists: { account_id } } } })
    expect((await liquid(hub)) - before).toBeGreaterThanOrEqual(NEAR)
  })

  test('break_down: what was written and paid before a panic never was', async () => {
    const before = { seen: await seen(hub), other: await liquid(other), alice: await liquid(alice) }

    const result = await call('break_down', { to: other.accountId }, NEAR)

    expect(result.Failure).toEqual(panic('broke down'))
    expect(await seen(hub)).toEqual(before.seen)
    expect(await liquid(other)).toBe(before.other)
    expect(before.alice - (await liquid(alice))).toBe(feeOf(result))
  })

  test('a private method is for the contract alone', async () => {
    expect((await call('noted', {})).Failure).toEqual(panic('Method noted is private'))
  })

  test('a call that uses up its gas burns all of it', async () => {
    const result = await alice.callRaw(hub, 'burn', { rounds: 100_000_000 }, { gas: 20n * TGAS })

    const failure = { FunctionCallError: { ExecutionError: 'Exceeded the prepaid gas.' } }
    expect(result.Failure).toEqual({ ActionError: { index: 0, kind: failure } })
    expect(BigInt(result.receipts_outcomes[0]?.gas_burnt ?? 0)).toBeGreaterThan(20n * TGAS)
  })

  test('burn computes what it computes on nearcore', async () => {
    expect(await view(hub, 'burn', { rounds: 1000 })).toBe(2_480_702_725)
  })
})

describe.skipIf(!wasm)('a promise that waits (yield and resume)', () => {
  let worker: Worker
  let hub: NearAccount
  let asker: NearAccount
  let answerer: NearAccount

  beforeAll(async () => {
    worker = await startWorker()
    hub = await deployed(worker.rootAccount, 'hub', wasm ?? '')
    asker = await worker.rootAccount.createSubAccount('asker', { initialBalance: 50n * NEAR })
    answerer = await worker.rootAccount.createSubAccount('answerer', { initialBalance: 50n * NEAR })
  })

  afterAll(() => worker?.tearDown())

  const answer = (text: string) => answerer.callRaw(hub, 'answer', { text }, { gas: 100n * TGAS })

  /** Asks, and comes back once the hub waits for the answer. */
  async function ask(): Promise<{ result: Promise<TransactionResult> }> {
    const state = async () => JSON.stringify(await hub.viewStateRaw())
    const before = await state()
    const result = asker.callRaw(hub, 'ask', {}, { gas: 100n * TGAS })
    await expect.poll(state).not.toBe(before)
    return { result }
  }

  test('goes on with the answer', async () => {
    const { result } = await ask()

    const answered = await succeeded(answer('42'))

    expect(answered.parseResult()).toBe(true)
    expect((await succeeded(result)).parseResult()).toBe('42')
    expect(await view(hub, 'seen')).toEqual(['42'])
  })

  test('goes on without one after 200 blocks', async () => {
    const { result } = await ask()

    await worker.provider.fastForward(200)

    expect((await succeeded(result)).parseResult()).toBe('nobody answered')
  })

  test('cannot be answered when it is over', async () => {
    const late = await succeeded(answer('late'))
    const again = await answer('again')

    expect(late.parseResult()).toBe(false)
    expect(JSON.stringify(again.Failure)).toContain('nobody asked')
  })
})
