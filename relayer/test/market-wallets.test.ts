/** Whose word counts on the market: keys, wallets of code (ERC-1271) and access keys (NEP-413). */
import type { Hex } from '@parley/protocol'
import { KeyPair, transactions } from 'near-api-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonOf, startEvmMarket, startNearMarket, workRequest } from './market-ground.ts'
import { ALICE } from './near-ground.ts'
import { countStatements, expectRefusal, made, openMarket, REQUESTS } from './open-market.ts'

const UNKNOWN: Hex = `0x${'77'.repeat(32)}`

let evm: Awaited<ReturnType<typeof startEvmMarket>>
let near: Awaited<ReturnType<typeof startNearMarket>>

beforeAll(async () => {
  ;[evm, near] = await Promise.all([startEvmMarket(), startNearMarket()])
})
afterAll(() => Promise.all([evm?.stop(), near?.stop()]))

describe('a wallet on EVM (ERC-1271)', () => {
  const MAGIC = '631626ba7e60e01b5f5260205ff3'
  const wallets: readonly [string, (id: Hex) => string, number][] = [
    ['that takes this very message signs', (id) => `7f${id.slice(2)}60043514631626ba7e0260e01b5f5260205ff3`, 201],
    ['that takes another message does not', () => `7f${UNKNOWN.slice(2)}60043514631626ba7e0260e01b5f5260205ff3`, 422],
    ['that takes anything signs', () => MAGIC, 201],
    ['that answers true to everything does not', () => '60015f5260205ff3', 422],
    ['that answers four bytes only does not', () => '631626ba7e60e01b5f5260045ff3', 422],
    ['that reverts does not', () => '5f5ffd', 422],
    ['that is no code does not', () => '', 422],
  ]

  test.each(wallets)('%s', async (_, code, status) => {
    const market = await openMarket(evm)
    const client = `0x${'1271'.repeat(10)}`
    const value = workRequest(evm, await market.now(), { client })
    await evm.devnet.request('hardhat_setCode', client, `0x${code(market.idOf('WorkRequest', value))}`)

    const answer = await market.ask(REQUESTS, { request: jsonOf('evm', 'WorkRequest', value), signature: '0x1234' })

    if (status === 201) made(answer)
    else expectRefusal(answer, 422, 'SignatureInvalid', 'signature')
  })

  test('that spends all gas does not sign', async () => {
    const market = await openMarket(evm)
    const client = `0x${'1271'.repeat(10)}`
    await evm.devnet.request('hardhat_setCode', client, '0x5b5f56')
    const request = jsonOf('evm', 'WorkRequest', workRequest(evm, await market.now(), { client }))

    const answer = await market.ask(REQUESTS, { request, signature: '0x1234' })

    expectRefusal(answer, 422, 'SignatureInvalid', 'signature')
    expect(await countStatements(market.db)).toBe(0)
  })

  test('an account that delegates to code (EIP-7702) still signs by its key', async () => {
    const market = await openMarket(evm)
    await evm.devnet.request('hardhat_setCode', evm.client.account, `0xef0100${'99'.repeat(20)}`)

    await market.request()

    await evm.devnet.request('hardhat_setCode', evm.client.account, '0x')
  })

  test('no zero address asks or judges', async () => {
    const market = await openMarket(evm)
    const zero = `0x${'00'.repeat(20)}`
    for (const field of ['client', 'token', 'evaluator'] as const) {
      const value = workRequest(evm, await market.now(), { [field]: zero })
      const answer = await market.ask(REQUESTS, await market.bodyOf('WorkRequest', value, evm.client))
      expectRefusal(answer, 422, 'AddressZero', `request.${field}`)
    }
  })
})

describe('a key on NEAR (NEP-413)', () => {
  test('of full access signs, of either curve', async () => {
    const market = await openMarket(near)
    const other = near.addKey(ALICE, KeyPair.fromRandom('secp256k1' as never), transactions.fullAccessKey())
    const value = workRequest(near, await market.now())

    made(await market.ask(REQUESTS, await market.bodyOf('WorkRequest', value, other)))
  })

  test('that may only call functions does not sign for its account', async () => {
    const market = await openMarket(near)
    const permission = transactions.functionCallAccessKey(near.evaluator, [])
    const limited = near.addKey(ALICE, KeyPair.fromRandom('ed25519'), permission)
    const body = await market.bodyOf('WorkRequest', workRequest(near, await market.now()), limited)

    expectRefusal(await market.ask(REQUESTS, body), 422, 'SignatureInvalid', 'publicKey')
  })

  test.each([
    ['is missing', undefined],
    ['is none', 'ed25519:0'],
    ['is written in another way', 'ED25519:11111111111111111111111111111111'],
  ])('that %s is refused', async (_, publicKey) => {
    const market = await openMarket(near)
    const body = await market.bodyOf('WorkRequest', workRequest(near, await market.now()), near.client)

    expectRefusal(await market.ask(REQUESTS, { ...body, publicKey }), 400, 'InputInvalid', 'publicKey')
  })
})
