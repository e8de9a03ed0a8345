import { readFileSync } from 'node:fs'
import type { NearAccount, Worker } from 'near-workspaces'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatHash, sha256 } from '../src/primitives/index.ts'
import { rustContract } from './fixtures.ts'
import { deployed, liquid, NEAR, startWorker, succeeded, TGAS, view } from './workspaces.ts'

const tokenWasm = rustContract('token')
const hubWasm = rustContract('hub')

/** What the contract asks for an account of its own; nearcore's runner says so too. */
const REGISTRATION = 1_250_000_000_000_000_000_000n

describe.skipIf(!tokenWasm || !hubWasm)('a NEP-141 token', () => {
  let worker: Worker
  let root: NearAccount
  let token: NearAccount
  let alice: NearAccount
  let bob: NearAccount

  beforeAll(async () => {
    worker = await startWorker()
    root = worker.rootAccount
    token = await deployed(root, 'token', tokenWasm ?? '')
    alice = await root.createSubAccount('alice', { initialBalance: 10n * NEAR })
    bob = await root.createSubAccount('bob', { initialBalance: 10n * NEAR })
    const init = { owner_id: alice.accountId, total_supply: '1000000', symbol: 'USDT', decimals: 6 }
    await succeeded(token.callRaw(token, 'new', init))
  })

  afterAll(() => worker?.tearDown())

  const tokens = (account: NearAccount) => view<string>(token, 'ft_balance_of', { account_id: account.accountId })
  const events = (data: object) => `EVENT_JSON:${JSON.stringify({ standard: 'nep141', version: '1.0.0', ...data })}`

  test('describes itself (NEP-148) and its storage (NEP-145)', async () => {
    expect(await view(token, 'ft_metadata')).toMatchObject({ spec: 'ft-1.0.0', symbol: 'USDT', decimals: 6 })
    expect(await view(token, 'ft_total_supply')).toBe('1000000')
    const bounds = { min: REGISTRATION.toString(), max: REGISTRATION.toString() }
    expect(await view(token, 'storage_balance_bounds')).toEqual(bounds)
  })

  test('does not pay an account that is not registered, nor without one yocto', async () => {
    const args = { receiver_id: bob.accountId, amount: '10' }

    const unregistered = await alice.callRaw(token, 'ft_transfer', args, { attachedDeposit: 1n })
    const withoutYocto = await alice.callRaw(token, 'ft_transfer', args)

    const panic = (message: string) => ({
      ActionError: {
        index: 0,
        kind: { FunctionCallError: { ExecutionError: `Smart contract panicked: ${message}` } },
      },
    })
    expect(unregistered.Failure).toEqual(panic(`The account ${bob.accountId} is not registered`))
    expect(withoutYocto.Failure).toEqual(panic('Requires attached deposit of exactly 1 yoctoNEAR'))
    expect(await tokens(alice)).toBe('1000000')
  })

  test('registers an account once and gives the second deposit back', async () => {
    const args = { account_id: bob.accountId }

    const first = await succeeded(bob.callRaw(token, 'storage_deposit', args, { attachedDeposit: REGISTRATION }))
    const before = await liquid(bob)
    const second = await succeeded(bob.callRaw(token, 'storage_deposit', args, { attachedDeposit: REGISTRATION }))

    const registered = { total: REGISTRATION.toString(), available: '0' }
    expect(first.parseResult()).toEqual(registered)
    expect(second.parseResult()).toEqual(registered)
    expect(second.logs).toEqual(['The account is already registered, refunding the deposit'])
    expect(before - (await liquid(bob))).toBeLessThan(REGISTRATION)
  })

  test('moves tokens and logs it', async () => {
    const args = { receiver_id: bob.accountId, amount: '10' }

    const result = await succeeded(alice.callRaw(token, 'ft_transfer', args, { attachedDeposit: 1n }))

    const data = [{ old_owner_id: alice.accountId, new_owner_id: bob.accountId, amount: '10' }]
    expect(result.logs).toEqual([events({ event: 'ft_transfer', data })])
    expect([await tokens(alice), await tokens(bob)]).toEqual(['999990', '10'])
  })

  test('ft_transfer_call gives everything back when the receiver has no ft_on_transfer', async () => {
    const hub = await deployed(root, 'hub', hubWasm ?? '')
    const args = { account_id: hub.accountId }
    await succeeded(alice.callRaw(token, 'storage_deposit', args, { attachedDeposit: REGISTRATION }))
    const before = await tokens(alice)

    const transfer = { receiver_id: hub.accountId, amount: '7', msg: 'hello' }
    const options = { attachedDeposit: 1n, gas: 300n * TGAS }
    const result = await succeeded(alice.callRaw(token, 'ft_transfer_call', transfer, options))

    // The call succeeds and says that nothing was used; the receipt in between failed.
    expect(result.parseResult()).toBe('0')
    expect(result.receiptFailures).toEqual([
      {
        ActionError: { index: 0, kind: { FunctionCallError: { MethodResolveError: 'MethodNotFound' } } },
      },
    ])
    const refund = { old_owner_id: hub.accountId, new_owner_id: alice.accountId, amount: '7', memo: 'refund' }
    expect(result.logs.at(-1)).toBe(events({ event: 'ft_transfer', data: [refund] }))
    expect([await tokens(alice), await tokens(hub)]).toEqual([before, '0'])
  })

  test('ft_resolve_transfer is for the token alone', async () => {
    const args = { sender_id: alice.accountId, receiver_id: bob.accountId, amount: '1' }

    const result = await alice.callRaw(token, 'ft_resolve_transfer', args)

    expect(JSON.stringify(result.Failure)).toContain('Method ft_resolve_transfer is private')
  })

  test('gives the deposit back when an account leaves', async () => {
    const carol = await root.createSubAccount('carol', { initialBalance: 10n * NEAR })
    await succeeded(carol.callRaw(token, 'storage_deposit', {}, { attachedDeposit: REGISTRATION }))
    await succeeded(alice.callRaw(token, 'mint', { account_id: carol.accountId, amount: '5' }))
    const supply = Number(await view(token, 'ft_total_supply'))
    const before = await liquid(carol)

    const result = await succeeded(carol.callRaw(token, 'storage_unregister', { force: true }, { attachedDeposit: 1n }))

    expect(result.parseResult()).toBe(true)
    expect(await view(token, 'storage_balance_of', { account_id: carol.accountId })).toBe(null)
    expect(Number(await view(token, 'ft_total_supply'))).toBe(supply - 5)
    expect(await liquid(carol)).toBeGreaterThan(before)
  })

  test('runs where patchState put it', async () => {
    const code = readFileSync(tokenWasm ?? '')
    const account_id = 'patched.near'
    const account = { amount: NEAR.toString(), locked: '0', storage_usage: 182, version: 'V1' } as const
    const code_hash = formatHash(sha256(code))

    await root.patchStateRecords({
      records: [
        { Account: { account_id, account: { ...account, code_hash } } },
        { Contract: { account_id, code: code.toString('base64') } },
      ],
    })

    const patched = root.getAccount(account_id)
    expect((await patched.viewCode()).equals(code)).toBe(true)
    await expect(patched.view('ft_total_supply')).rejects.toThrow('The contract is not initialized')
  })

  test('a view that panics or a method that is not there is an error with nearcore’s words', async () => {
    await expect(token.view('ft_balance_of', {})).rejects.toThrow('Failed to deserialize input from JSON')
    await expect(token.view('nothing', {})).rejects.toThrow('Contract method is not found')
  })
})
