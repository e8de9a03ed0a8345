import { KeyPair, type NearAccount, type Worker } from 'near-workspaces'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feeOf, latestHeader, liquid, NEAR, startWorker } from './workspaces.ts'

let worker: Worker
let root: NearAccount

beforeAll(async () => {
  worker = await startWorker()
  root = worker.rootAccount
})

afterAll(() => worker?.tearDown())

test('the root account is test.near and signs', async () => {
  const alice = await root.createSubAccount('alice', { initialBalance: 5n * NEAR })

  expect(root.accountId).toBe('test.near')
  expect(await alice.exists()).toBe(true)
  expect(await liquid(alice)).toBe(5n * NEAR)
  expect(await root.getAccount('nobody.test.near').exists()).toBe(false)
})

test('accounts pay each other, and pay for it', async () => {
  const bob = await root.createSubAccount('bob', { initialBalance: 5n * NEAR })
  const carol = await root.createSubAccount('carol', { initialBalance: 5n * NEAR })

  const result = await bob.transfer(carol, NEAR)

  expect(result.succeeded).toBe(true)
  expect(await liquid(carol)).toBe(6n * NEAR)
  expect(await liquid(bob)).toBe(4n * NEAR - feeOf(result))
})

test('balance tells what storage holds back', async () => {
  const { total, stateStaked, staked, available } = await (await root.createSubAccount('saver')).balance()

  expect(BigInt(stateStaked)).toBe(182n * 10n ** 19n)
  expect(BigInt(staked)).toBe(0n)
  expect(BigInt(total) - BigInt(available)).toBe(BigInt(stateStaked))
})

test('a batch of actions happens as a whole or not at all', async () => {
  const dave = await root.createSubAccount('dave', { initialBalance: 5n * NEAR })
  const key = KeyPair.fromRandom('ed25519').getPublicKey()

  const failed = await dave.batch(dave).addKey(key).addKey(key).transact()
  const done = await dave.batch(dave).addKey(key).transact()

  expect(failed.Failure).toMatchObject({ ActionError: { index: 1, kind: { AddKeyAlreadyExists: {} } } })
  expect(done.succeeded).toBe(true)
  expect((await dave.viewAccessKeys(dave.accountId)).keys).toHaveLength(2)
  expect((await dave.viewAccessKey(dave.accountId, key)).permission).toBe('FullAccess')
})

test('an account that is deleted gives what it has to the beneficiary', async () => {
  const eve = await root.createSubAccount('eve', { initialBalance: 5n * NEAR })
  const heir = await root.createSubAccount('heir', { initialBalance: NEAR })

  const result = await eve.delete(heir.accountId)

  expect(result.succeeded).toBe(true)
  expect(await eve.exists()).toBe(false)
  expect(await liquid(heir)).toBeGreaterThan(6n * NEAR - NEAR / 100n)
})

test('patchState writes storage, accounts and keys without a transaction', async () => {
  const frank = await root.createSubAccount('frank')
  const key = KeyPair.fromRandom('ed25519')

  await frank.patchState('COUNT', Buffer.from([7]))
  await frank.updateAccount({ amount: (3n * NEAR).toString() })
  await frank.updateAccessKey(key)

  const state = await frank.viewState()
  expect((await frank.viewStateRaw()).length).toBe(1)
  expect(state.getRaw('COUNT')).toEqual(Buffer.from([7]))
  expect(await frank.viewStateRaw('OTHER')).toEqual([])
  expect(await liquid(frank)).toBe(3n * NEAR)
  expect((await frank.viewAccessKeys(frank.accountId)).keys).toHaveLength(2)
  await frank.setKey(key)
  expect((await frank.transfer(root, 1n)).succeeded).toBe(true)
})

test('patchState makes an account that was not there', async () => {
  const account = { amount: NEAR.toString(), locked: '0', code_hash: '1'.repeat(32), storage_usage: 182, version: 'V1' }

  await root.patchStateRecords({
    records: [{ Account: { account_id: 'elsewhere.near', account: { ...account, version: 'V1' } } }],
  })

  expect(await liquid(root.getAccount('elsewhere.near'))).toBe(NEAR)
})

test('fastForward moves height, time and epoch', async () => {
  const before = await latestHeader(worker)

  await worker.provider.fastForward(1_200)

  const after = await latestHeader(worker)
  expect(after.height - before.height).toBeGreaterThanOrEqual(1_200)
  expect(after.timestamp).toBeGreaterThan(before.timestamp)
  expect(after.epoch_id).not.toBe(before.epoch_id)
})

test('two workers are two chains', async () => {
  const other = await startWorker()

  await other.rootAccount.createSubAccount('only-there')

  expect(await worker.rootAccount.getSubAccount('only-there').exists()).toBe(false)
  await other.tearDown()
})
