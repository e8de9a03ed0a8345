import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, type Contract, OWNER, openChain } from './chain.ts'
import { expectRevert, reasonOf } from './expect-revert.ts'
import { giveDollars } from './fixtures.ts'

const [alice, bob, carol] = [addressOf(ALICE), addressOf(BOB), addressOf(CAROL)]
const SUPPLY = 10_000n
const DOLLARS = 700n
const UINT128_MAX = 2n ** 128n - 1n

const NAMES = ['FeeToken', 'RebasingToken', 'ReentrantToken', 'SilentToken', 'GreedyToken'] as const

let chain: Chain
let restore: () => Promise<void>
const tokens: Record<string, Contract> = {}

beforeAll(async () => {
  chain = await openChain()
  await giveDollars(chain, DOLLARS)
  await chain.send(ALICE, chain.dollar, 'approve', [chain.ledger.address, DOLLARS])
  await chain.send(ALICE, chain.ledger, 'deposit', [chain.dollar.address, DOLLARS, alice])
  for (const name of NAMES) {
    const token = await deployHostile(chain, name, [SUPPLY])
    await chain.send(OWNER, token, 'transfer', [alice, SUPPLY])
    await chain.send(ALICE, token, 'approve', [chain.ledger.address, SUPPLY])
    tokens[name] = token
  }
  tokens.LyingToken = await deployHostile(chain, 'LyingToken', [])
  tokens.RefusingToken = await deployHostile(chain, 'RefusingToken', [SUPPLY])
  await chain.send(OWNER, tokens.RefusingToken, 'transfer', [alice, SUPPLY])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

function tokenOf(name: string): Contract {
  const token = tokens[name]
  if (!token) throw new Error(`${name} is not deployed`)
  return token
}

const deposit = ({ address }: Contract, amount: bigint, receiver = alice) =>
  chain.send(ALICE, chain.ledger, 'deposit', [address, amount, receiver])
const withdraw = ({ address }: Contract, amount: bigint, who = ALICE) =>
  chain.send(who, chain.ledger, 'withdraw', [address, amount, addressOf(who)])
const balanceOf = ({ address }: { readonly address: Hex }, owner = alice) =>
  chain.read(chain.ledger, 'balanceOf', [owner, BigInt(address)])
const heldOf = (token: Contract, owner = chain.ledger.address) =>
  chain.read(token, 'balanceOf', [owner]) as Promise<bigint>

/** Whatever a token does, dollars are worth what they were: the ledger has them, and their owner gets them. */
async function expectDollarsUntouched(): Promise<void> {
  expect(await balanceOf(chain.dollar)).toBe(DOLLARS)
  expect(await chain.read(chain.dollar, 'balanceOf', [chain.ledger.address])).toBe(DOLLARS)
  await withdraw(chain.dollar, DOLLARS)
  expect(await chain.read(chain.dollar, 'balanceOf', [alice])).toBe(DOLLARS)
}

describe('a token that takes a fee', () => {
  it('is credited with what has arrived, and can be taken out wholly', async () => {
    const token = tokenOf('FeeToken')

    await deposit(token, 1000n)
    expect(await balanceOf(token)).toBe(990n)
    expect(await heldOf(token)).toBe(990n)

    await withdraw(token, 990n)
    expect(await heldOf(token)).toBe(0n)
    await expectDollarsUntouched()
  })
})

describe('a token that answers with nothing', () => {
  it('works like any other', async () => {
    const token = tokenOf('SilentToken')

    await deposit(token, 1000n)
    await withdraw(token, 400n)

    expect(await balanceOf(token)).toBe(600n)
    expect(await heldOf(token)).toBe(600n)
  })
})

describe('a token that says no by returning false', () => {
  it('brings no deposit', async () => {
    const token = tokenOf('RefusingToken')
    await chain.send(OWNER, token, 'refuse', [true])

    await expectRevert(deposit(token, 1n), 'SafeERC20FailedOperation', token.address)
  })

  it('leaves the balance as it was when it refuses a withdrawal, until it says yes', async () => {
    const token = tokenOf('RefusingToken')
    await deposit(token, 1000n)
    await chain.send(OWNER, token, 'refuse', [true])

    await expectRevert(withdraw(token, 400n), 'WithdrawalFailed', token.address, alice, 400n)
    expect(await balanceOf(token)).toBe(1000n)
    await chain.send(ALICE, chain.ledger, 'transfer', [bob, BigInt(token.address), 400n])

    await chain.send(OWNER, token, 'refuse', [false])
    await withdraw(token, 400n, BOB)
    expect(await heldOf(token, bob)).toBe(400n)
    await expectDollarsUntouched()
  })
})

describe('a token that spends all the gas', () => {
  it('keeps what it has taken, and costs its own holder alone', async () => {
    const token = tokenOf('GreedyToken')
    await deposit(token, 1000n)

    await expectRevert(withdraw(token, 1000n), 'WithdrawalFailed', token.address, alice, 1000n)
    expect(await balanceOf(token)).toBe(1000n)
    await expectDollarsUntouched()
  })
})

describe('a token that takes money back', () => {
  it('leaves who comes last with what is missing, in that token only', async () => {
    const token = tokenOf('RebasingToken')
    await deposit(token, 600n)
    await deposit(token, 400n, bob)
    await chain.send(OWNER, token, 'shrink', [chain.ledger.address, 100n])

    await withdraw(token, 600n)
    await expectRevert(withdraw(token, 400n, BOB), 'WithdrawalFailed', token.address, bob, 400n)
    await withdraw(token, 300n, BOB)

    expect(await balanceOf(token, bob)).toBe(100n)
    await expectDollarsUntouched()
  })
})

describe('a token that lies about balances', () => {
  it('gets nothing credited when it says that nothing has arrived, or that less is there than before', async () => {
    const token = tokenOf('LyingToken')
    await chain.send(OWNER, token, 'say', [chain.ledger.address, 5n])

    await expectRevert(deposit(token, 666n), 'TokenShortfall', 0n, 666n)
  })

  it('makes money of its own only', async () => {
    const token = tokenOf('LyingToken')
    await deposit(token, UINT128_MAX)
    expect(await balanceOf(token)).toBe(UINT128_MAX)

    await withdraw(token, UINT128_MAX)
    await expectDollarsUntouched()
  })

  it('credits no more than a balance holds, and so overflows into no nonce', async () => {
    const token = tokenOf('LyingToken')
    await expectRevert(deposit(token, UINT128_MAX + 1n), 'BalanceOverflow', alice, token.address)
    await deposit(token, UINT128_MAX)
    await expectRevert(deposit(token, 1n), 'BalanceOverflow', alice, token.address)
    await deposit(token, 1n, bob)

    const sending = chain.send(BOB, chain.ledger, 'transfer', [alice, BigInt(token.address), 1n])
    await expectRevert(sending, 'BalanceOverflow', alice, token.address)
  })
})

describe('a token that is no contract', () => {
  it('brings no deposit', async () => {
    await expectRevert(deposit({ ...chain.dollar, address: carol }, 1n), 'Reverted', 'without a reason')
  })
})

describe('a token that calls back', () => {
  const arm = (data: Hex) => chain.send(ALICE, tokenOf('ReentrantToken'), 'arm', [chain.ledger.address, data])
  const reason = async () => readRevert((await chain.read(tokenOf('ReentrantToken'), 'reason', [])) as Hex).reason
  const call = (functionName: 'deposit' | 'withdraw', token: Contract, amount: bigint) =>
    encodeFunctionData({ abi: chain.ledger.abi, functionName, args: [token.address, amount, alice] })

  it('cannot count one deposit twice', async () => {
    const token = tokenOf('ReentrantToken')
    await arm(call('deposit', token, 1n))

    await deposit(token, 100n)

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    expect(await balanceOf(token)).toBe(100n)
    expect(await heldOf(token)).toBe(100n)
  })

  it('cannot withdraw within a deposit or a withdrawal', async () => {
    const token = tokenOf('ReentrantToken')
    await arm(call('withdraw', chain.dollar, 1n))
    await deposit(token, 100n)
    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')

    await arm(call('withdraw', token, 1n))
    await withdraw(token, 100n)
    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    expect(await heldOf(token)).toBe(0n)
    await expectDollarsUntouched()
  })

  it('cannot spend during a withdrawal what is being withdrawn', async () => {
    const token = tokenOf('ReentrantToken')
    await deposit(token, 100n)
    await chain.send(ALICE, chain.ledger, 'setOperator', [token.address, true])
    const args = [alice, bob, BigInt(token.address), 1n] as const
    await arm(encodeFunctionData({ abi: chain.ledger.abi, functionName: 'transferFrom', args }))

    await withdraw(token, 100n)

    expect((await reason()).toLowerCase()).toBe(reasonOf('BalanceTooLow', alice, token.address, 0n, 1n))
    expect(await balanceOf(token, bob)).toBe(0n)
  })
})
