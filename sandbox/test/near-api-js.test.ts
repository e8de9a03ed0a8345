import { type Account, KeyPair, keyStores, Near, transactions, utils } from 'near-api-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatSecretKey } from '../src/primitives/index.ts'
import { NEAR } from './actor.ts'
import { type SandboxProcess, startSandbox } from './sandbox-process.ts'

// It prints every failure otherwise, and here most are meant.
utils.Logger.overrideLogger(undefined)

let sandbox: SandboxProcess
let near: Near
let keyStore: keyStores.InMemoryKeyStore

beforeAll(async () => {
  sandbox = await startSandbox()
  keyStore = new keyStores.InMemoryKeyStore()
  near = new Near({ networkId: 'localnet', nodeUrl: sandbox.url, keyStore })
  await keyStore.setKey('localnet', 'test.near', KeyPair.fromString(keyText(formatSecretKey(sandbox.rootKey))))
})

afterAll(() => sandbox?.stop())

// A new object each time: this version of near-api-js never raises the nonce that it keeps in one.
const root = () => near.account('test.near')

function keyText(text: string): `ed25519:${string}` {
  return `ed25519:${text.slice('ed25519:'.length)}`
}

async function createAccount(name: string, deposit = 10n * NEAR): Promise<Account> {
  const accountId = `${name}.test.near`
  const keyPair = KeyPair.fromRandom('ed25519')
  await keyStore.setKey('localnet', accountId, keyPair)
  await (await root()).createAccount(accountId, keyPair.getPublicKey(), deposit)
  return near.account(accountId)
}

test('an account is created, found and paid', async () => {
  const alice = await createAccount('alice')
  const bob = await createAccount('bob')

  await alice.sendMoney(bob.accountId, 3n * NEAR)

  const { total, available, stateStaked } = await bob.getAccountBalance()
  expect(BigInt(total)).toBe(13n * NEAR)
  expect(BigInt(available)).toBe(13n * NEAR - BigInt(stateStaked))
  expect((await alice.state()).storage_usage).toBe(182)
  expect(await alice.getAccessKeys()).toHaveLength(1)
})

test('an implicit account comes into being when it is paid', async () => {
  const keyPair = KeyPair.fromRandom('ed25519')
  const accountId = Buffer.from(keyPair.getPublicKey().data).toString('hex')

  await (await root()).sendMoney(accountId, NEAR)

  const implicit = await near.account(accountId)
  expect((await implicit.state()).amount).toBe(NEAR.toString())
  expect((await implicit.getAccessKeys())[0]?.public_key).toBe(keyPair.getPublicKey().toString())
})

test('an account that is not there, or is there already, is a typed error', async () => {
  const nobody = await near.account('nobody.test.near')
  const carol = await createAccount('carol')

  await expect(nobody.state()).rejects.toMatchObject({ type: 'AccountDoesNotExist' })
  await expect(createAccount('carol')).rejects.toMatchObject({
    type: 'AccountAlreadyExists',
    message: expect.stringContaining(`Can't create a new account ${carol.accountId}`),
  })
})

test('a function-call key does what it is for and nothing else', async () => {
  const dave = await createAccount('dave')
  const limited = KeyPair.fromRandom('ed25519')
  await dave.addKey(limited.getPublicKey(), 'token.test.near', ['ft_transfer'], NEAR / 4n)
  const keys = await dave.getAccessKeys()
  const key = keys.find(({ public_key }: { public_key: string }) => public_key === limited.getPublicKey().toString())
  expect(key?.access_key.permission).toEqual({
    FunctionCall: { allowance: (NEAR / 4n).toString(), receiver_id: 'token.test.near', method_names: ['ft_transfer'] },
  })

  const own = await keyStore.getKey('localnet', dave.accountId)
  await keyStore.setKey('localnet', dave.accountId, limited)
  await expect(dave.sendMoney('test.near', 1n)).rejects.toThrow()
  await keyStore.setKey('localnet', dave.accountId, own)
  await dave.deleteKey(limited.getPublicKey())

  expect(await dave.getAccessKeys()).toHaveLength(1)
})

test('an account is deleted in favour of another', async () => {
  const eve = await createAccount('eve')
  const before = BigInt((await (await root()).state()).amount)

  await eve.deleteAccount('test.near')

  await expect(eve.state()).rejects.toMatchObject({ type: 'AccountDoesNotExist' })
  expect(BigInt((await (await root()).state()).amount) - before).toBeGreaterThan(9n * NEAR)
})

test('a delegate action (NEP-366) is paid by the relayer and done by the sender', async () => {
  const sender = await createAccount('sender', NEAR)
  const relayer = await createAccount('relayer')
  const receiver = await createAccount('receiver', NEAR)
  const balanceOf = async (account: Account) => BigInt((await account.state()).amount)
  const relayerBefore = await balanceOf(relayer)

  const signedDelegate = await sender.signedDelegate({
    actions: [transactions.transfer(NEAR / 4n)],
    blockHeightTtl: 100,
    receiverId: receiver.accountId,
  })
  const outcome = await relayer.signAndSendTransaction({
    receiverId: sender.accountId,
    actions: [new transactions.Action({ signedDelegate })],
  })

  // The relayer pays for everything, the deposit included.
  expect(await balanceOf(sender)).toBe(NEAR)
  expect(await balanceOf(receiver)).toBe(NEAR + NEAR / 4n)
  const paid = relayerBefore - (await balanceOf(relayer))
  expect(paid).toBeGreaterThan(NEAR / 4n)
  expect(paid).toBeLessThan(NEAR / 4n + NEAR / 1000n)
  expect(outcome.receipts_outcome[0]?.outcome.executor_id).toBe(sender.accountId)

  // A delegate's nonce counts once.
  const again = (await near.account(relayer.accountId)).signAndSendTransaction({
    receiverId: sender.accountId,
    actions: [new transactions.Action({ signedDelegate })],
  })
  await expect(again).rejects.toMatchObject({
    kind: { delegate_nonce: expect.anything(), ak_nonce: expect.anything() },
  })
})

test('the provider reads blocks, chunks, gas price, validators and configuration', async () => {
  const { provider } = near.connection
  const block = await provider.block({ finality: 'final' })
  const chunk = await provider.chunk(block.chunks[0]?.chunk_hash ?? '')

  expect(chunk.header.chunk_hash).toBe(block.chunks[0]?.chunk_hash)
  expect((await provider.gasPrice(null)).gas_price).toBe('100000000')
  expect((await provider.validators(null)).current_validators).toHaveLength(1)
  expect((await provider.experimental_protocolConfig({ finality: 'final' })).chain_id).toBe('localnet')
  expect((await provider.status()).chain_id).toBe('localnet')
})
