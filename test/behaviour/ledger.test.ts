import { NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Happened } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'

const WEALTH = 1000n

describe.each(CHAINS)('the ledger on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  let alice: string
  let bob: string
  let carol: string
  let token: string

  beforeAll(async () => {
    chain = await open()
    ;({ alice, bob, carol } = chain.accounts)
    token = chain.dollar
    await chain.give(token, 'alice', WEALTH)
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const balanceOf = (account: string) => chain.ledgerBalanceOf(token, account)
  const transferred = (caller: string, from: string, to: string, amount: bigint): Happened => ({
    name: 'LedgerTransfer',
    args: { caller, from, to, token, amount },
  })
  const allow = (approved: boolean) => chain.send('alice', 'setOperator', { spender: carol, approved })

  describe('deposit', () => {
    it('credits who deposits, and the ledger holds the money', async () => {
      const events = await chain.deposit('alice', token, 300n)

      expect(events).toEqual([transferred(alice, NOBODY, alice, 300n)])
      expect(await balanceOf(alice)).toBe(300n)
      expect(await chain.balanceOf(token, chain.ledger)).toBe(300n)
      expect(await chain.balanceOf(token, alice)).toBe(WEALTH - 300n)
    })

    it('credits another on demand', async () => {
      const events = await chain.deposit('alice', token, 300n, bob)

      expect(events).toEqual([transferred(alice, NOBODY, bob, 300n)])
      expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([0n, 300n])
    })

    it('adds to what is there', async () => {
      await chain.deposit('alice', token, 300n)
      await chain.deposit('alice', token, 200n)

      expect(await balanceOf(alice)).toBe(500n)
    })
  })

  describe('withdraw', () => {
    it('sends the money and takes it off the balance', async () => {
      await chain.deposit('alice', token, 300n)

      const events = await chain.withdraw('alice', token, 100n, bob)

      expect(events).toEqual([transferred(alice, alice, NOBODY, 100n)])
      expect(await balanceOf(alice)).toBe(200n)
      expect(await chain.balanceOf(token, bob)).toBe(100n)
      expect(await chain.balanceOf(token, chain.ledger)).toBe(200n)
    })

    it('may take all, and more can come after', async () => {
      await chain.deposit('alice', token, 300n)
      await chain.withdraw('alice', token, 300n)
      await chain.deposit('alice', token, 1n)

      expect(await balanceOf(alice)).toBe(1n)
      expect(await chain.balanceOf(token, alice)).toBe(WEALTH - 1n)
    })

    it('refuses more than there is', async () => {
      await chain.deposit('alice', token, 300n)

      await expectRefusal(chain, chain.withdraw('alice', token, 301n), 'BalanceTooLow', alice, token, 300n, 301n)
      await expectRefusal(chain, chain.withdraw('bob', token, 1n), 'BalanceTooLow', bob, token, 0n, 1n)
    })

    it('refuses nothing at all', async () => {
      await expectRefusal(chain, chain.withdraw('alice', token, 0n), 'AmountZero')
    })

    it('refuses the ledger itself as receiver: nobody could take the money out again', async () => {
      await chain.deposit('alice', token, 300n)
      const sending = chain.withdraw('alice', token, 300n, chain.ledger)

      await expectRefusal(chain, sending, 'WithdrawalFailed', token, chain.ledger, 300n)
      expect(await balanceOf(alice)).toBe(300n)
    })
  })

  describe('transfer', () => {
    beforeEach(async () => {
      await chain.deposit('alice', token, 300n)
    })

    it('moves balances, not money', async () => {
      const events = await chain.ledgerTransfer('alice', bob, token, 120n)

      expect(events).toEqual([transferred(alice, alice, bob, 120n)])
      expect([await balanceOf(alice), await balanceOf(bob)]).toEqual([180n, 120n])
      expect(await chain.balanceOf(token, chain.ledger)).toBe(300n)
    })

    it('lets the receiver withdraw', async () => {
      await chain.ledgerTransfer('alice', bob, token, 120n)
      await chain.withdraw('bob', token, 120n)

      expect(await chain.balanceOf(token, bob)).toBe(120n)
    })

    it('to oneself changes nothing', async () => {
      await chain.ledgerTransfer('alice', alice, token, 300n)

      expect(await balanceOf(alice)).toBe(300n)
    })

    it('to oneself of more than there is, is refused', async () => {
      const sending = chain.ledgerTransfer('alice', alice, token, 301n)

      await expectRefusal(chain, sending, 'BalanceTooLow', alice, token, 300n, 301n)
    })

    it('refuses more than there is', async () => {
      const sending = chain.ledgerTransfer('alice', bob, token, 301n)

      await expectRefusal(chain, sending, 'BalanceTooLow', alice, token, 300n, 301n)
      expect(await balanceOf(bob)).toBe(0n)
    })

    it('of nothing changes nothing', async () => {
      await chain.ledgerTransfer('bob', carol, token, 0n)

      expect(await balanceOf(carol)).toBe(0n)
    })

    it('touches the one token only', async () => {
      const other = await chain.addToken()
      await chain.give(other, 'alice', 50n)
      await chain.deposit('alice', other, 50n)

      await chain.ledgerTransfer('alice', bob, token, 300n)

      expect(await chain.ledgerBalanceOf(other, alice)).toBe(50n)
      expect(await chain.ledgerBalanceOf(other, bob)).toBe(0n)
    })
  })

  describe('an operator', () => {
    beforeEach(async () => {
      await chain.deposit('alice', token, 300n)
    })

    it('moves what is its owner’s, until it is dismissed', async () => {
      const approved = await allow(true)
      const moved = await chain.ledgerTransfer('carol', bob, token, 100n, alice)
      const isOperator = { owner: alice, spender: carol }

      expect(approved).toEqual([{ name: 'OperatorSet', args: { owner: alice, spender: carol, approved: true } }])
      expect(moved).toEqual([transferred(carol, alice, bob, 100n)])
      expect(await chain.read('isOperator', isOperator)).toBe(true)

      await allow(false)
      const sending = chain.ledgerTransfer('carol', bob, token, 100n, alice)
      await expectRefusal(chain, sending, 'AllowanceTooLow', alice, carol, token, 0n, 100n)
      expect(await chain.read('isOperator', isOperator)).toBe(false)
      expect(await balanceOf(alice)).toBe(200n)
    })

    it('is nobody else’s: a stranger moves nothing', async () => {
      await allow(true)
      const sending = chain.ledgerTransfer('bob', bob, token, 1n, alice)

      await expectRefusal(chain, sending, 'AllowanceTooLow', alice, bob, token, 0n, 1n)
    })

    it('is not made one by its own operators', async () => {
      await allow(true)
      await chain.send('carol', 'setOperator', { spender: bob, approved: true })

      const sending = chain.ledgerTransfer('bob', bob, token, 1n, alice)
      await expectRefusal(chain, sending, 'AllowanceTooLow', alice, bob, token, 0n, 1n)
    })

    it('withdraws its own money only', async () => {
      await allow(true)

      await expectRefusal(chain, chain.withdraw('carol', token, 1n), 'BalanceTooLow', carol, token, 0n, 1n)
    })

    it('is approved and dismissed twice without harm', async () => {
      for (const approved of [true, true, false, false]) await allow(approved)

      expect(await chain.read('isOperator', { owner: alice, spender: carol })).toBe(false)
    })
  })
})
