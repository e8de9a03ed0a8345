import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, type Contract, NOBODY, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert, reasonOf } from './expect-revert.ts'
import { DAY, giveDollars } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const [alice, bob, carol] = [addressOf(ALICE), addressOf(BOB), addressOf(CAROL)]
const SUPPLY = 10_000n
const LIMIT = 100n
const TRANSFER_AND_WITHDRAW = 3

let chain: Chain
let restore: () => Promise<void>
let reentrant: Contract
let refusing: Contract

beforeAll(async () => {
  chain = await openChain()
  reentrant = await deployHostile(chain, 'ReentrantToken', [SUPPLY])
  refusing = await deployHostile(chain, 'RefusingToken', [SUPPLY])
  await giveDollars(chain, SUPPLY)
  for (const token of [reentrant, refusing]) await chain.send(OWNER, token, 'transfer', [alice, SUPPLY])
  for (const token of [chain.dollar as Contract, reentrant])
    await chain.send(ALICE, token, 'approve', [chain.ledger.address, SUPPLY])
  for (const { address } of [chain.dollar, reentrant, refusing])
    await chain.send(ALICE, chain.ledger, 'deposit', [address, SUPPLY, alice])
  await chain.send(ALICE, chain.ledger, 'setOperator', [chain.guardrails.address, true])
  for (const key of [bob, reentrant.address]) await givePolicy(key)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

async function givePolicy(key: Hex): Promise<void> {
  const expiresAt = Number(chain.now() + DAY)
  await chain.send(ALICE, chain.guardrails, 'setPolicy', [key, expiresAt, TRANSFER_AND_WITHDRAW, true, [], 0])
  for (const { address } of [chain.dollar, reentrant, refusing])
    await chain.send(ALICE, chain.guardrails, 'setSpendLimit', [key, address, LIMIT, 3600, LIMIT])
}

const withdraw = ({ address }: Contract, amount: bigint) =>
  chain.send(BOB, chain.guardrails, 'spendWithdraw', [alice, address, amount, carol])
const spentOf = async ({ address }: Contract, key = bob) =>
  (await chain.read(chain.guardrails, 'getSpendLimit', [alice, key, address])).spent
const balanceOf = ({ address }: Contract, owner = alice) =>
  chain.read(chain.ledger, 'balanceOf', [owner, BigInt(address)])

describe('guardrails', () => {
  it('spend nothing of an account that has not made them its operator', async () => {
    await chain.send(ALICE, chain.ledger, 'setOperator', [chain.guardrails.address, false])
    const sending = withdraw(chain.dollar, 1n)

    const details = [alice, chain.guardrails.address, chain.dollar.address, 0n, 1n]
    await expectRevert(sending, 'AllowanceTooLow', ...details)
  })

  it('let a key without gas sign', async () => {
    const spending = callOf(chain.guardrails, 'spendTransfer', [alice, chain.dollar.address, carol, 60n])
    const { events } = await forward(chain, RELAYER, BOB, [spending])
    expect(events.at(-1)?.name).toBe('RequestExecuted')
    expect(await balanceOf(chain.dollar, carol)).toBe(60n)

    const sendingMore = chain.send(BOB, chain.guardrails, 'spendTransfer', [alice, chain.dollar.address, carol, 41n])
    await expectRevert(sendingMore, 'SpendLimitExceeded', chain.dollar.address, 40n, 41n)
  })

  it('keep nothing between calls', async () => {
    await withdraw(chain.dollar, LIMIT)

    expect(await balanceOf(chain.dollar, chain.guardrails.address)).toBe(0n)
    expect(await chain.read(chain.dollar, 'balanceOf', [carol])).toBe(LIMIT)
  })

  it('pay nobody at no address, and give no policy to it', async () => {
    const spending = chain.send(BOB, chain.guardrails, 'spendTransfer', [alice, chain.dollar.address, NOBODY, 1n])
    await expectRevert(spending, 'AddressZero')
    await expectRevert(givePolicy(NOBODY), 'AddressZero')
  })

  it('refuse a confirmer at no address', async () => {
    const policy = [bob, 2 ** 40, TRANSFER_AND_WITHDRAW, true, [NOBODY], 1] as const

    await expectRevert(chain.send(ALICE, chain.guardrails, 'setPolicy', policy), 'AddressZero')
  })

  it('refuse an amount that no limit could hold', async () => {
    const huge = 2n ** 256n - 1n

    await expectRevert(withdraw(chain.dollar, huge), 'SpendLimitExceeded', chain.dollar.address, LIMIT, huge)
  })
})

describe('a token that refuses a withdrawal', () => {
  it('leaves balance and limit as they were', async () => {
    await chain.send(OWNER, refusing, 'refuse', [true])

    await expectRevert(withdraw(refusing, 60n), 'WithdrawalFailed', refusing.address, carol, 60n)

    expect(await balanceOf(refusing)).toBe(SUPPLY)
    expect(await spentOf(refusing)).toBe(0n)
  })
})

describe('a token that calls back', () => {
  const arm = (to: Contract, data: Hex) => chain.send(ALICE, reentrant, 'arm', [to.address, data])
  const reason = async () => readRevert((await chain.read(reentrant, 'reason', [])) as Hex).reason.toLowerCase()
  const spending = (amount: bigint) => {
    const args = [alice, chain.dollar.address, carol, amount] as const
    return encodeFunctionData({ abi: chain.guardrails.abi, functionName: 'spendTransfer', args })
  }

  it('spends as a key what its own policy lets it, and no more', async () => {
    await arm(chain.guardrails, spending(LIMIT + 1n))
    await withdraw(reentrant, LIMIT)
    expect(await reason()).toBe(reasonOf('SpendLimitExceeded', chain.dollar.address, LIMIT, LIMIT + 1n))

    expect(await spentOf(reentrant)).toBe(LIMIT)
    expect(await balanceOf(chain.dollar)).toBe(SUPPLY)
  })

  it('spends nothing in the name of the key that called it', async () => {
    await chain.send(ALICE, chain.guardrails, 'revokePolicy', [reentrant.address])
    await arm(chain.guardrails, spending(1n))

    await withdraw(reentrant, 1n)

    expect(await reason()).toBe(reasonOf('PolicyUnknown', alice, reentrant.address))
  })

  it('takes nothing of what is on its way through the guardrails', async () => {
    const args = [chain.guardrails.address, carol, BigInt(reentrant.address), 1n] as const
    await arm(chain.ledger, encodeFunctionData({ abi: chain.ledger.abi, functionName: 'transferFrom', args }))

    await withdraw(reentrant, 50n)

    const details = [chain.guardrails.address, reentrant.address, reentrant.address, 0n, 1n]
    expect(await reason()).toBe(reasonOf('AllowanceTooLow', ...details))
  })
})
