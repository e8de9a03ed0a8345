import { type Hex, NOBODY } from '@parley/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Args, Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import { DAY, jobOf, nextJobId, registerAgent } from './scenario.ts'

const WEALTH = 10_000n
const HOUR = 3600n
const LIMIT = 500n
const THRESHOLD = 200n
const [TRANSFER, WITHDRAW, HIRE] = [1n, 2n, 4n]
const NO_DETAILS: Hex = `0x${'00'.repeat(32)}`

/** Alice owns, Bob is her agent's key, Carol is whom it pays, operator and relayer confirm. */
describe.each(CHAINS)('guardrails on %s', (_, open) => {
  let chain: Driver
  let restore: () => Promise<void>
  let alice: string
  let bob: string
  let carol: string
  let confirmers: readonly string[]
  let token: string

  beforeAll(async () => {
    chain = await open()
    ;({ alice, bob, carol } = chain.accounts)
    confirmers = [chain.accounts.operator, chain.accounts.relayer]
    token = chain.dollar
    await chain.give(token, 'alice', WEALTH)
    await chain.deposit('alice', token, WEALTH)
    await chain.send('alice', 'setOperator', { spender: chain.guardrails, approved: true })
    await setPolicy()
    await setLimit()
    await chain.send('alice', 'setCounterparty', { key: bob, counterparty: carol, isAllowed: true })
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const setPolicy = (change: Args = {}, who: Person = 'alice') =>
    chain.send(who, 'setPolicy', {
      key: bob,
      expiresAt: chain.now() + 10n * DAY,
      methods: TRANSFER + WITHDRAW,
      isAnyCounterparty: false,
      confirmers,
      confirmationsNeeded: 2n,
      ...change,
    })
  const setLimit = (change: Args = {}) =>
    chain.send('alice', 'setSpendLimit', {
      ...{ key: bob, token, limit: LIMIT, periodSeconds: HOUR, threshold: THRESHOLD },
      ...change,
    })
  const transfer = (amount: bigint, to = carol, who: Person = 'bob') =>
    chain.send(who, 'spendTransfer', { account: alice, token, to, amount })
  const withdraw = (amount: bigint, receiver = carol) =>
    chain.send('bob', 'spendWithdraw', { account: alice, token, amount, receiver })
  const operationId = (amount: bigint, change: Args = {}) => {
    const operation = { account: alice, key: bob, method: TRANSFER, token, counterparty: carol, amount }
    return chain.read('nextOperationId', { ...operation, details: NO_DETAILS, ...change })
  }
  const confirm = (who: Person, id: unknown) =>
    chain.send(who, 'confirmSpend', { account: alice, key: bob, operationId: id })
  const confirmBoth = async (id: unknown) => {
    await confirm('operator', id)
    await confirm('relayer', id)
  }
  const balanceOf = (account: string) => chain.ledgerBalanceOf(token, account)

  describe('a key', () => {
    it('moves money of its account to an allowed counterparty', async () => {
      const events = await transfer(150n)

      const spent = { account: alice, key: bob, method: TRANSFER, counterparty: carol, token, amount: 150n }
      expect(events).toContainEqual({ name: 'SpendExecuted', args: spent })
      expect([await balanceOf(alice), await balanceOf(carol)]).toEqual([WEALTH - 150n, 150n])
    })

    it('withdraws money of its account to an allowed counterparty', async () => {
      await withdraw(150n)

      expect(await balanceOf(alice)).toBe(WEALTH - 150n)
      expect(await chain.balanceOf(token, carol)).toBe(150n)
    })

    it('pays nobody else', async () => {
      await expectRefusal(chain, transfer(1n, bob), 'CounterpartyNotAllowed', alice, bob, bob)
      await expectRefusal(chain, withdraw(1n, bob), 'CounterpartyNotAllowed', alice, bob, bob)
    })

    it('pays anybody when the policy says so', async () => {
      await setPolicy({ isAnyCounterparty: true })
      await transfer(1n, bob)

      expect(await balanceOf(bob)).toBe(1n)
      const asked = { account: alice, key: bob, counterparty: bob }
      expect(await chain.read('isCounterpartyAllowed', asked)).toBe(true)
    })

    it('uses no method that the policy does not list', async () => {
      await setPolicy({ methods: WITHDRAW })
      await expectRefusal(chain, transfer(1n), 'MethodNotAllowed', alice, bob, TRANSFER)

      await setPolicy({ methods: TRANSFER })
      await expectRefusal(chain, withdraw(1n), 'MethodNotAllowed', alice, bob, WITHDRAW)
    })

    it('spends nothing from the expiry on', async () => {
      const expiresAt = chain.now() + 100n
      await setPolicy({ expiresAt })
      await chain.warp(99n)
      await transfer(1n)

      await chain.warp(1n)
      await expectRefusal(chain, transfer(1n), 'PolicyExpired', alice, bob, expiresAt)
    })

    it('spends no more than its account has', async () => {
      await chain.withdraw('alice', token, WEALTH - 100n)

      await expectRefusal(chain, transfer(150n), 'BalanceTooLow', alice, token, 100n, 150n)
    })

    it('spends another account’s money only by that account’s policy', async () => {
      const spending = chain.send('bob', 'spendTransfer', { account: carol, token, to: bob, amount: 1n })

      await expectRefusal(chain, spending, 'PolicyUnknown', carol, bob)
      await expectRefusal(chain, transfer(1n, carol, 'carol'), 'PolicyUnknown', alice, carol)
    })

    it('is none without a policy: its account’s money is out of reach by the ledger itself, too', async () => {
      const moving = chain.ledgerTransfer('bob', bob, token, 1n, alice)

      await expectRefusal(chain, moving, 'AllowanceTooLow', alice, bob, token, 0n, 1n)
    })

    it('changes no policy: what it sets is its own account’s', async () => {
      await setPolicy({ isAnyCounterparty: true }, 'bob')
      await chain.send('bob', 'setCounterparty', { key: bob, counterparty: bob, isAllowed: true })
      await chain.send('bob', 'setSpendLimit', { key: bob, token, limit: 9n, periodSeconds: 1n, threshold: 9n })

      await expectRefusal(chain, transfer(1n, bob), 'CounterpartyNotAllowed', alice, bob, bob)
      await expectRefusal(chain, transfer(LIMIT + 1n), 'SpendLimitExceeded', token, LIMIT, LIMIT + 1n)
    })
  })

  describe('hiring by a key', () => {
    type Hiring = Parameters<Driver['hire']>[1]

    const hiringOf = (change: Partial<Hiring> = {}): Hiring => ({
      client: alice,
      provider: carol,
      providerAgentId: 0n,
      evaluator: chain.accounts.relayer,
      expiredAt: chain.now() + DAY,
      description: 'Translate',
      token,
      budget: 150n,
      isInLedger: true,
      ...change,
    })
    const hire = (change: Partial<Hiring> = {}) => chain.spendHire('bob', hiringOf(change))

    beforeEach(async () => {
      await registerAgent(chain, 'carol')
      await chain.send('alice', 'setOperator', { spender: chain.escrow, approved: true })
      await setPolicy({ methods: HIRE })
    })

    it('makes a job of its account, paid from its balance', async () => {
      const jobId = await nextJobId(chain, 'alice')

      const events = await hire()

      const spent = { account: alice, key: bob, method: HIRE, counterparty: carol, token, amount: 150n }
      expect(events).toContainEqual({ name: 'SpendExecuted', args: spent })
      expect(await jobOf(chain, jobId)).toMatchObject({ client: alice, provider: carol, budget: 150n, status: 1n })
      expect(await balanceOf(alice)).toBe(WEALTH - 150n)
    })

    it('counts into the limit, whatever comes back', async () => {
      const jobId = await nextJobId(chain, 'alice')
      await hire({ budget: 200n })
      await chain.send('relayer', 'reject', { jobId, reason: NO_DETAILS })
      expect(await balanceOf(alice)).toBe(WEALTH)
      await hire({ budget: 200n })

      await expectRefusal(chain, hire({ budget: 101n }), 'SpendLimitExceeded', token, 100n, 101n)
    })

    it('is for an allowed provider and an allowed method', async () => {
      await registerAgent(chain, 'operator')
      const { operator } = chain.accounts
      const ofOperator = hire({ provider: operator, providerAgentId: 1n })
      await expectRefusal(chain, ofOperator, 'CounterpartyNotAllowed', alice, bob, operator)

      await setPolicy({ methods: TRANSFER + WITHDRAW })
      await expectRefusal(chain, hire(), 'MethodNotAllowed', alice, bob, HIRE)
    })

    it('gives the key no right to the job: it rejects nothing', async () => {
      const jobId = await nextJobId(chain, 'alice')
      await hire()

      const rejecting = chain.send('bob', 'reject', { jobId, reason: NO_DETAILS })
      await expectRefusal(chain, rejecting, 'EvaluatorOnly', bob)
    })

    it('spends no more than its account has', async () => {
      await chain.withdraw('alice', token, WEALTH - 100n)

      await expectRefusal(chain, hire(), 'BalanceTooLow', alice, token, 100n, 150n)
      const limit = await chain.read('getSpendLimit', { account: alice, key: bob, token })
      expect(limit).toMatchObject({ spent: 0n })
    })

    it('is refused by the policy before the balance is looked at', async () => {
      await setPolicy({ methods: TRANSFER })

      await expectRefusal(chain, hire({ budget: WEALTH + 1n }), 'MethodNotAllowed', alice, bob, HIRE)
    })

    it('above the threshold wants the confirmers’ word on this very hiring', async () => {
      const hiring = hiringOf({ budget: 300n })
      const details = await chain.hashHiring(hiring)
      const id = await operationId(300n, { method: HIRE, details })
      await confirmBoth(id)

      const other = hiringOf({ budget: 300n, description: 'Translate worse' })
      const otherId = await operationId(300n, { method: HIRE, details: await chain.hashHiring(other) })
      await expectRefusal(chain, chain.spendHire('bob', other), 'ConfirmationsMissing', otherId, 0n, 2n)
      await chain.spendHire('bob', hiring)

      expect(await balanceOf(alice)).toBe(WEALTH - 300n)
    })
  })

  describe('a limit', () => {
    it('holds in a period, whatever way the money goes', async () => {
      await transfer(200n)
      await withdraw(200n)

      await expectRefusal(chain, transfer(101n), 'SpendLimitExceeded', token, 100n, 101n)
      await transfer(100n)
      await expectRefusal(chain, withdraw(1n), 'SpendLimitExceeded', token, 0n, 1n)
    })

    it('counts what goes out, not what comes back', async () => {
      await transfer(200n)
      await chain.ledgerTransfer('carol', alice, token, 200n)
      await transfer(200n)

      await expectRefusal(chain, transfer(101n), 'SpendLimitExceeded', token, 100n, 101n)
    })

    it('begins again with the next period, to the second', async () => {
      await chain.warp(HOUR - 1n)
      for (const amount of [200n, 200n, 100n]) await transfer(amount)
      await expectRefusal(chain, transfer(1n), 'SpendLimitExceeded', token, 0n, 1n)

      await chain.warp(1n)
      await transfer(200n)
    })

    it('is not saved up over periods', async () => {
      await chain.warp(10n * HOUR)

      await expectRefusal(chain, transfer(LIMIT + 1n), 'SpendLimitExceeded', token, LIMIT, LIMIT + 1n)
    })

    it('keeps what is spent when it is changed within a period', async () => {
      await transfer(200n)

      await setLimit({ limit: 250n })
      await expectRefusal(chain, transfer(51n), 'SpendLimitExceeded', token, 50n, 51n)
      await setLimit({ limit: 100n })
      await expectRefusal(chain, transfer(1n), 'SpendLimitExceeded', token, 0n, 1n)
    })

    it('keeps what is spent when its period is made shorter', async () => {
      await chain.warp(HOUR - 30n)
      await transfer(150n)
      await chain.warp(20n)
      await setLimit({ limit: 200n, periodSeconds: 60n })

      await expectRefusal(chain, transfer(51n), 'SpendLimitExceeded', token, 50n, 51n)
      await chain.warp(59n)
      await expectRefusal(chain, transfer(51n), 'SpendLimitExceeded', token, 50n, 51n)
      await chain.warp(1n)
      await transfer(200n)
    })

    it('is nothing of a token that has none', async () => {
      const other = await chain.addToken()
      const spending = chain.send('bob', 'spendTransfer', { account: alice, token: other, to: carol, amount: 1n })

      await expectRefusal(chain, spending, 'SpendLimitExceeded', other, 0n, 1n)
    })

    it('says what is spent', async () => {
      await transfer(150n)
      const asked = { account: alice, key: bob, token }
      const limit = { limit: LIMIT, periodSeconds: HOUR, threshold: THRESHOLD }

      expect(await chain.read('getSpendLimit', asked)).toMatchObject({ ...limit, spent: 150n })
      await chain.warp(HOUR)
      expect(await chain.read('getSpendLimit', asked)).toMatchObject({ ...limit, spent: 0n })
    })

    it('of what does not happen is not used up', async () => {
      await chain.withdraw('alice', token, WEALTH - 100n)
      await expectRefusal(chain, transfer(150n), 'BalanceTooLow', alice, token, 100n, 150n)

      const limit = await chain.read('getSpendLimit', { account: alice, key: bob, token })
      expect(limit).toMatchObject({ spent: 0n })
    })
  })

  describe('above the threshold', () => {
    it('a key spends with the word of enough confirmers, and once', async () => {
      const id = await operationId(300n)
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', id, 0n, 2n)
      const events = await confirm('operator', id)
      expect(events).toEqual([
        {
          name: 'SpendConfirmed',
          args: { account: alice, key: bob, operationId: id, confirmer: chain.accounts.operator },
        },
      ])
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', id, 1n, 2n)
      await confirm('relayer', id)

      await transfer(300n)

      await setLimit({ limit: WEALTH })
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', await operationId(300n), 0n, 2n)
      expect(await operationId(300n)).not.toBe(id)
    })

    it('what was confirmed is exactly that', async () => {
      await setPolicy({ isAnyCounterparty: true })
      await confirmBoth(await operationId(300n))

      await expectRefusal(chain, transfer(301n), 'ConfirmationsMissing', await operationId(301n), 0n, 2n)
      const toBob = await operationId(300n, { counterparty: bob })
      await expectRefusal(chain, transfer(300n, bob), 'ConfirmationsMissing', toBob, 0n, 2n)
      const withdrawal = await operationId(300n, { method: WITHDRAW })
      await expectRefusal(chain, withdraw(300n), 'ConfirmationsMissing', withdrawal, 0n, 2n)
    })

    it('smaller spendings do not use up what was confirmed', async () => {
      await confirmBoth(await operationId(300n))
      await transfer(200n)

      await transfer(300n)
      expect(await balanceOf(carol)).toBe(500n)
    })

    it('confirmers do not lift the limit', async () => {
      await confirmBoth(await operationId(LIMIT + 1n))

      await expectRefusal(chain, transfer(LIMIT + 1n), 'SpendLimitExceeded', token, LIMIT, LIMIT + 1n)
    })

    it('a confirmer’s next word replaces its last, and can take it back', async () => {
      const [first, second] = [await operationId(300n), await operationId(400n)]
      await confirmBoth(first)
      await confirm('relayer', second)
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', first, 1n, 2n)

      await confirm('relayer', first)
      await confirm('relayer', NO_DETAILS)
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', first, 1n, 2n)
    })

    it('nobody confirms twice, and nobody else confirms', async () => {
      const id = await operationId(300n)
      await confirm('operator', id)

      await expectRefusal(chain, confirm('operator', id), 'AlreadyConfirmed', id, chain.accounts.operator)
      await expectRefusal(chain, confirm('bob', id), 'ConfirmerOnly', bob)
      await expectRefusal(chain, confirm('alice', id), 'ConfirmerOnly', alice)
    })

    it('a confirmer of another policy is nobody here', async () => {
      const id = await operationId(300n, { account: carol })
      const confirming = chain.send('operator', 'confirmSpend', { account: carol, key: bob, operationId: id })

      await expectRefusal(chain, confirming, 'PolicyUnknown', carol, bob)
    })

    it('a new policy forgets what was confirmed under the last', async () => {
      const id = await operationId(300n)
      await confirmBoth(id)
      await setPolicy()

      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', await operationId(300n), 0n, 2n)
      expect(await operationId(300n)).not.toBe(id)
    })

    it('nothing is spent under a policy without confirmers', async () => {
      await setPolicy({ confirmers: [], confirmationsNeeded: 0n })
      await transfer(THRESHOLD)

      const id = await operationId(THRESHOLD + 1n)
      await expectRefusal(chain, transfer(THRESHOLD + 1n), 'ConfirmationsMissing', id, 0n, 0n)
    })
  })

  describe('revokePolicy', () => {
    it('ends it at once, and what comes after starts with nothing', async () => {
      await confirmBoth(await operationId(300n))
      const events = await chain.send('alice', 'revokePolicy', { key: bob })
      expect(events).toEqual([{ name: 'PolicyRevoked', args: { account: alice, key: bob } }])

      await expectRefusal(chain, transfer(1n), 'PolicyUnknown', alice, bob)
      await setPolicy()
      await expectRefusal(chain, transfer(1n), 'CounterpartyNotAllowed', alice, bob, carol)
      await setPolicy({ isAnyCounterparty: true })
      await expectRefusal(chain, transfer(1n), 'SpendLimitExceeded', token, 0n, 1n)
      await setLimit()
      await expectRefusal(chain, transfer(300n), 'ConfirmationsMissing', await operationId(300n), 0n, 2n)
    })

    it('of a policy that is not there is refused', async () => {
      await expectRefusal(chain, chain.send('bob', 'revokePolicy', { key: bob }), 'PolicyUnknown', bob, bob)
    })
  })

  describe('a policy', () => {
    it('says what it is', async () => {
      const expiresAt = chain.now() + DAY
      const events = await setPolicy({ expiresAt })
      const terms = { expiresAt, methods: 3n, isAnyCounterparty: false, confirmationsNeeded: 2n }

      const set = { account: alice, key: bob, ...terms, confirmers }
      expect(events).toEqual([{ name: 'PolicySet', args: set }])
      const asked = { account: alice, key: bob }
      expect(await chain.read('getPolicy', asked)).toMatchObject({ ...terms, nonce: 2n, isKnown: true })
    })

    it('has limits and counterparties of its own only', async () => {
      const strangers = { key: carol, counterparty: bob, isAllowed: true }
      await expectRefusal(chain, chain.send('alice', 'setCounterparty', strangers), 'PolicyUnknown', alice, carol)
      await expectRefusal(chain, setLimit({ key: carol }), 'PolicyUnknown', alice, carol)
    })

    it('refuses methods that there are not', async () => {
      await expectRefusal(chain, setPolicy({ methods: 8n }), 'MethodsInvalid', 8n)
    })

    it('refuses confirmers that could not do what they are for', async () => {
      const many = Array.from({ length: 17 }, (_, n) => accountNumber(n))
      const invalid = (needed: bigint, list: readonly string[]) =>
        expectRefusal(
          chain,
          setPolicy({ confirmers: list, confirmationsNeeded: needed }),
          'ConfirmersInvalid',
          needed,
          BigInt(list.length),
        )
      await invalid(3n, confirmers)
      await invalid(0n, confirmers)
      await invalid(1n, [])
      await invalid(1n, many)
      const [one = ''] = confirmers
      await expectRefusal(chain, setPolicy({ confirmers: [one, one] }), 'MemberRepeated', one)
      await expectRefusal(chain, setPolicy({ confirmers: [one, bob] }), 'ConfirmerIsKey', bob)
    })

    it('takes 16 confirmers', async () => {
      const sixteen = Array.from({ length: 16 }, (_, n) => accountNumber(n))
      await setPolicy({ confirmers: sixteen, confirmationsNeeded: 16n })

      expect(await chain.read('confirmersOf', { account: alice, key: bob })).toEqual(sixteen)
    })

    it('refuses a period without length', async () => {
      await expectRefusal(chain, setLimit({ periodSeconds: 0n }), 'PeriodZero')
    })

    it('takes a counterparty back at once', async () => {
      await chain.send('alice', 'setCounterparty', { key: bob, counterparty: carol, isAllowed: false })

      await expectRefusal(chain, transfer(1n), 'CounterpartyNotAllowed', alice, bob, carol)
    })

    it('of one key is not another’s, and both count for themselves', async () => {
      await setPolicy({ key: carol, isAnyCounterparty: true })
      await setLimit({ key: carol, limit: 50n })
      await transfer(200n)

      await transfer(50n, bob, 'carol')
      await expectRefusal(chain, transfer(1n, bob, 'carol'), 'SpendLimitExceeded', token, 0n, 1n)
      await transfer(200n)
    })
  })

  function accountNumber(n: number): string {
    return chain.kind === 'near' ? `c${n}.near` : `0x${(n + 16).toString(16).repeat(20)}`
  }

  it('nobody has a policy to begin with', async () => {
    expect(NOBODY).not.toBe(alice)
    await expectRefusal(chain, transfer(1n, bob, 'operator'), 'PolicyUnknown', alice, chain.accounts.operator)
  })
})
