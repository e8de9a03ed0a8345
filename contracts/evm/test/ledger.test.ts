import type { Hex } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { giveDollars } from './fixtures.ts'
import { callOf, forward, signPermit } from './signing.ts'

const [alice, bob, carol] = [addressOf(ALICE), addressOf(BOB), addressOf(CAROL)]
const EVERYTHING = 2n ** 256n - 1n

let chain: Chain
let restore: () => Promise<void>
let token: Hex
let id: bigint

beforeAll(async () => {
  chain = await openChain()
  token = chain.dollar.address
  id = BigInt(token)
  await giveDollars(chain, 1000n)
  await chain.send(ALICE, chain.dollar, 'approve', [chain.ledger.address, EVERYTHING])
  await chain.send(ALICE, chain.ledger, 'deposit', [token, 300n, alice])
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const balanceOf = (owner: Hex, of = id) => chain.read(chain.ledger, 'balanceOf', [owner, of])
const transfer = (to: Hex, amount: bigint, of = id) => chain.send(ALICE, chain.ledger, 'transfer', [to, of, amount])
const approve = (amount: bigint) => chain.send(ALICE, chain.ledger, 'approve', [carol, id, amount])
const allowance = () => chain.read(chain.ledger, 'allowance', [alice, carol, id])
const spend = (amount: bigint, of = id) => chain.send(CAROL, chain.ledger, 'transferFrom', [alice, bob, of, amount])
const batch = (receivers: readonly Hex[], amounts: readonly bigint[]) =>
  chain.send(ALICE, chain.ledger, 'transferBatch', [token, receivers, amounts])

describe('usePermit', () => {
  it.each(['unused', 'used by somebody else before'])(
    'lets an account without gas deposit by one request, %s',
    async (how) => {
      await chain.send(ALICE, chain.dollar, 'approve', [chain.ledger.address, 0n])
      const { deadline, v, r, s } = await signPermit(chain, ALICE, chain.ledger.address, 100n)
      if (how !== 'unused') {
        const used = [alice, chain.ledger.address, 100n, deadline, v, r, s] as const
        await chain.send(CAROL, chain.dollar, 'permit', used)
      }
      const calls = [
        callOf(chain.ledger, 'usePermit', [token, 100n, deadline, v, r, s]),
        callOf(chain.ledger, 'deposit', [token, 100n, alice]),
      ]

      await forward(chain, RELAYER, ALICE, calls)

      expect(await balanceOf(alice)).toBe(400n)
    },
  )
})

describe('ERC-6909', () => {
  it('is told by supportsInterface', async () => {
    const supports = (interfaceId: Hex) => chain.read(chain.ledger, 'supportsInterface', [interfaceId])

    expect(await supports('0x0f632fb3')).toBe(true)
    expect(await supports('0x01ffc9a7')).toBe(true)
    expect(await supports('0xffffffff')).toBe(false)
  })

  it('says what each call did in its own event', async () => {
    const { events } = await approve(50n)

    expect(events).toEqual([{ name: 'Approval', args: { owner: alice, spender: carol, id, amount: 50n } }])
  })

  it('takes what is spent off an allowance, and refuses more', async () => {
    await approve(50n)

    await spend(30n)

    expect(await allowance()).toBe(20n)
    expect(await balanceOf(bob)).toBe(30n)
    await expectRevert(spend(21n), 'AllowanceTooLow', alice, carol, token, 20n, 21n)
  })

  it('replaces an allowance', async () => {
    await approve(50n)
    await approve(0n)

    await expectRevert(spend(1n), 'AllowanceTooLow', alice, carol, token, 0n, 1n)
  })

  it('never uses up an allowance of everything, nor an operator’s', async () => {
    await approve(EVERYTHING)
    await spend(100n)
    expect(await allowance()).toBe(EVERYTHING)

    await approve(7n)
    await chain.send(ALICE, chain.ledger, 'setOperator', [carol, true])
    await spend(100n)
    expect(await allowance()).toBe(7n)
  })

  it('lets no allowance move more than there is', async () => {
    await approve(EVERYTHING)

    await expectRevert(spend(301n), 'BalanceTooLow', alice, token, 300n, 301n)
  })
})

describe('an id that is no address', () => {
  it('is no other name of a balance', async () => {
    const twin = BigInt(token) + 2n ** 160n

    expect(await balanceOf(alice, twin)).toBe(0n)
    await expectRevert(transfer(bob, 1n, twin), 'TokenUnknown', twin)
    await chain.send(ALICE, chain.ledger, 'approve', [carol, twin, EVERYTHING])
    await expectRevert(spend(1n, twin), 'TokenUnknown', twin)
    await expectRevert(spend(1n), 'AllowanceTooLow', alice, carol, token, 0n, 1n)
  })
})

describe('nobody', () => {
  it('is given nothing: it would look like a withdrawal', async () => {
    await expectRevert(transfer(NOBODY, 1n), 'AddressZero')
    await expectRevert(batch([bob, NOBODY], [1n, 1n]), 'AddressZero')
    await expectRevert(chain.send(ALICE, chain.ledger, 'deposit', [token, 1n, NOBODY]), 'AddressZero')
  })

  it('gives nothing: it would look like a deposit', async () => {
    const sending = chain.send(ALICE, chain.ledger, 'transferFrom', [NOBODY, alice, id, 0n])

    await expectRevert(sending, 'AddressZero')
  })

  it('spends nothing', async () => {
    await expectRevert(chain.send(ALICE, chain.ledger, 'approve', [NOBODY, id, 1n]), 'AddressZero')
    await expectRevert(chain.send(ALICE, chain.ledger, 'setOperator', [NOBODY, true]), 'AddressZero')
  })
})

describe('deposit', () => {
  it('refuses nothing at all', async () => {
    await expectRevert(chain.send(ALICE, chain.ledger, 'deposit', [token, 0n, alice]), 'AmountZero')
  })

  it('refuses without an allowance of the token', async () => {
    const sending = chain.send(BOB, chain.ledger, 'deposit', [token, 1n, bob])

    await expectRevert(sending, 'ERC20InsufficientAllowance', chain.ledger.address, 0n, 1n)
  })

  it('takes from who signed a forwarded request, not from the forwarder', async () => {
    const calls = [
      callOf(chain.ledger, 'deposit', [token, 100n, alice]),
      callOf(chain.ledger, 'withdraw', [token, 50n, bob]),
    ]
    const { events } = await forward(chain, RELAYER, ALICE, calls)

    expect(events.at(-1)?.name).toBe('RequestExecuted')
    expect(await balanceOf(alice)).toBe(350n)
    expect(await chain.read(chain.dollar, 'balanceOf', [bob])).toBe(50n)
  })
})

describe('transferBatch', () => {
  it('pays each of many', async () => {
    const { events } = await batch([bob, carol, bob], [10n, 20n, 30n])

    expect(events.map(({ args }) => [args.to, args.amount])).toEqual([
      [bob, 10n],
      [carol, 20n],
      [bob, 30n],
    ])
    expect([await balanceOf(alice), await balanceOf(bob), await balanceOf(carol)]).toEqual([240n, 40n, 20n])
  })

  it('pays none when there is not enough for all, though the payer is one of them', async () => {
    await expectRevert(batch([alice, bob], [300n, 1n]), 'BalanceTooLow', alice, token, 300n, 301n)

    await batch([alice, bob], [299n, 1n])
    expect(await balanceOf(alice)).toBe(299n)
  })

  it('refuses lists that do not fit each other', async () => {
    await expectRevert(batch([bob], []), 'BatchMalformed', 1n, 0n)
    await expectRevert(batch([], [1n]), 'BatchMalformed', 0n, 1n)
  })

  it('refuses amounts that would add up to little', async () => {
    const half = 2n ** 255n

    await expectRevert(batch([bob, carol], [half, half]), 'BalanceOverflow', bob, token)
  })

  it('of none does nothing', async () => {
    const { events } = await batch([], [])

    expect(events).toEqual([])
  })
})
