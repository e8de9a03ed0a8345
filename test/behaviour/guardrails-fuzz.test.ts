import { guardrailsModel, type Hex, ledgerModel } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import type { Driver, Person } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 3000],
  ['NEAR', openNear, 900],
] as const

const { METHODS, policyKey } = guardrailsModel
const { holdingKey } = ledgerModel
type State = guardrailsModel.GuardrailsState
type Action = guardrailsModel.GuardrailsAction
type Spending = guardrailsModel.Spending

/** Everybody may be owner, key, confirmer and counterparty. */
const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
const WEALTH = 5000n
const NO_DETAILS: Hex = `0x${'00'.repeat(32)}`
const PERIODS = [60n, 3600n, 86_400n]

const step = fc.record({
  name: fc.constantFrom(
    ...(['spend', 'spend', 'spend', 'spend', 'spend', 'wait', 'spendLast', 'setPolicy', 'grant', 'grant'] as const),
    ...(['setSpendLimit', 'setCounterparty', 'confirmSpend', 'confirmAndSpend', 'revokePolicy'] as const),
  ),
  who: fc.nat({ max: 3 }),
  key: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  token: fc.nat({ max: 1 }),
  amount: fc.bigInt({ min: 0n, max: 300n }),
  edge: fc.nat({ max: 7 }),
  limit: fc.bigInt({ min: 0n, max: 600n }),
  period: fc.nat({ max: 2 }),
  methods: fc.constantFrom(1n, 2n, 4n, 5n, 7n, 7n, 7n, 7n, 8n),
  method: fc.constantFrom<Spending['method']>('transfer', 'withdraw', 'hire'),
  members: fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
  needed: fc.bigInt({ min: 0n, max: 3n }),
  isFlag: fc.boolean(),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What a key has spent of a token, and when: counted here, and not by what the chain or the model says is spent. */
interface Outflow {
  readonly account: string
  readonly key: string
  readonly token: string
  readonly amount: bigint
  readonly time: bigint
}

describe.each(CHAINS)('guardrails on %s, beside their model', (_, open, steps) => {
  let chain: Driver
  let people: readonly string[]
  let tokens: readonly string[]
  let restore: () => Promise<void>
  let start: State
  let outflows: Outflow[]

  beforeAll(async () => {
    chain = await open()
    tokens = [chain.dollar, await chain.addToken()]
    people = PEOPLE.map((person) => chain.accounts[person])
    for (const person of PEOPLE) {
      await chain.send(person, 'register', { agentURI: '', metadata: [] })
      for (const spender of [chain.guardrails, chain.escrow])
        await chain.send(person, 'setOperator', { spender, approved: true })
      for (const token of tokens) {
        await chain.give(token, person, WEALTH)
        await chain.deposit(person, token, WEALTH)
      }
    }
    restore = await chain.snapshot()
    const holdings = tokens.flatMap((token) => people.map((owner) => holdingKey(token, owner)))
    const held = tokens.map((token) => [holdingKey(token, ledgerModel.LEDGER), WEALTH * BigInt(people.length)] as const)
    const ledger = {
      balances: new Map(holdings.map((key) => [key, WEALTH] as const)),
      outside: new Map([...holdings.map((key) => [key, 0n] as const), ...held]),
      operators: new Set<string>(),
    }
    start = { time: chain.now(), ledger, policies: new Map() }
  })

  it('agree with it after every step of any sequence, and no limit is ever exceeded', async () => {
    const accepted = ['spend', 'confirmSpend', 'setPolicy', 'setSpendLimit', 'revokePolicy', 'setCounterparty']
    const refused = ['SpendLimitExceeded', 'ConfirmationsMissing', 'CounterpartyNotAllowed', 'PolicyUnknown']
    const reached = [...accepted.map((name) => `${name} accepted`), ...refused.map((name) => `spend ${name}`)]
    await expectLikeModel<State, Action, Step>(
      {
        restore: async () => {
          outflows = []
          await restore()
        },
        start,
        actionsOf: async (chosen, state) => actionsOf(chosen, state),
        decide: guardrailsModel.decide,
        perform,
        expectSameState,
        leave: async () => {},
      },
      { step, steps, reached },
    )
  }, 3_600_000)

  function actionsOf(chosen: Step, state: State): Action[] {
    const { isRightful, amount, method } = chosen
    const name = isRightful && state.policies.size === 0 ? 'grant' : chosen.name
    if (name === 'wait') return [{ name, seconds: secondsOf(chosen, state) }]
    const [account, key] = partiesOf(chosen, state)
    const policy = state.policies.get(policyKey(account, key))
    const limited = isRightful && policy && policy.limits.size > 0 ? [...policy.limits.keys()] : tokens
    const isListed = isRightful && policy && policy.counterparties.size > 0 && !policy.isAnyCounterparty
    const counterparty = pick(isListed ? [...policy.counterparties] : people, chosen.other)
    const token = pick(limited, chosen.token)
    const limit = policy?.limits.get(token)
    const spending: Spending = { method, token, counterparty, amount: limit ? amountOf(chosen, limit, state) : amount }
    const spend: Action = { name: 'spend', caller: key, account, ...spending }
    const base = { caller: account, key }
    switch (name) {
      // In the last second of a policy, or in the first one after it.
      case 'spendLast': {
        const last = (policy?.expiresAt ?? 0n) - BigInt(chosen.edge % 2) - state.time
        return last >= 0n ? [{ name: 'wait', seconds: last }, spend] : [spend]
      }
      case 'grant':
        return [policyOf(chosen, state, base), limitOf(chosen, base), counterpartyOf(chosen, base)]
      case 'setPolicy':
        return [policyOf(chosen, state, base)]
      case 'setSpendLimit': {
        const spent = limit && chosen.edge < 4 ? guardrailsModel.underWay(limit, state.time).spent : 0n
        const lowered = { ...limitOf(chosen, base), token, limit: spent / 2n }
        return spent > 0n ? [lowered, { ...spend, amount: 1n }] : [limitOf(chosen, base)]
      }
      case 'setCounterparty':
        return [counterpartyOf(chosen, base)]
      case 'revokePolicy':
        return isRightful && !chosen.isFlag ? [spend] : [{ name, ...base }]
      case 'confirmSpend':
        return [{ name, caller: pick(people, chosen.who), account, key, spending }]
      case 'confirmAndSpend': {
        const confirming = [...(policy?.confirmers.keys() ?? [])].map(
          (caller): Action => ({ name: 'confirmSpend', caller, account, key, spending }),
        )
        return [...confirming, spend]
      }
      case 'spend':
        return [spend]
    }
  }

  interface Parties {
    readonly caller: string
    readonly key: string
  }

  function policyOf(chosen: Step, { time }: State, base: Parties): Action {
    const { isRightful, methods, isFlag: isAnyCounterparty } = chosen
    const members = chosen.members.map((member) => pick(people, member))
    const confirmers = isRightful ? [...new Set(members)].filter((one) => one !== base.key) : members
    const count = BigInt(confirmers.length)
    const possible = count > 0n ? (chosen.needed % count) + 1n : 0n
    const confirmationsNeeded = isRightful ? possible : chosen.needed
    const expiresAt = time + pick(PERIODS, chosen.period) * 60n
    const terms = { expiresAt, methods, isAnyCounterparty, confirmers, confirmationsNeeded }
    return { name: 'setPolicy', ...base, ...terms }
  }

  function limitOf({ token, limit, period, amount, isRightful, isFlag }: Step, base: Parties) {
    const periodSeconds = !isRightful && isFlag ? 0n : pick(PERIODS, period)
    const terms = { token: pick(tokens, token), limit, periodSeconds, threshold: amount }
    return { name: 'setSpendLimit', ...base, ...terms } as const
  }

  function counterpartyOf({ other, isFlag }: Step, base: Parties): Action {
    return { name: 'setCounterparty', ...base, counterparty: pick(people, other), isAllowed: isFlag }
  }

  /** An account and a key, of a policy that is there if possible, unless one is to be given. */
  function partiesOf({ name, who, key, isRightful, limit }: Step, { policies }: State): readonly [string, string] {
    const known = [...policies.keys()]
    if (!isRightful || known.length === 0 || name === 'grant') return [pick(people, who), pick(people, key)]
    const [account = '', itsKey = ''] = pick(known, Number(limit)).split(' ')
    return [account, itsKey]
  }

  /** What is left of a limit, or what is spent without confirmations, to the unit or one more: that is where checks go wrong. */
  function amountOf({ edge, amount }: Step, limit: guardrailsModel.SpendLimit, { time }: State): bigint {
    const { limit: most, spent, threshold } = guardrailsModel.underWay(limit, time)
    const left = most > spent ? most - spent : 0n
    return [left, left + 1n, threshold, threshold + 1n][edge] ?? amount
  }

  /** To a border of some limit's period, or to the second before: that is where checks go wrong. */
  function secondsOf({ limit: number, isFlag, isRightful, period }: Step, { policies, time }: State): bigint {
    const limits = [...policies.values()].flatMap((policy) => [...policy.limits.values()])
    if (!isRightful || limits.length === 0) return pick([0n, 1n, 60n, 3600n], period)
    const { startedAt, periodSeconds } = pick(limits, Number(number))
    const passed = (time - startedAt) % periodSeconds
    const seconds = periodSeconds - passed - (isFlag ? 1n : 0n)
    return seconds
  }

  async function perform(action: Action): Promise<unknown> {
    if (action.name === 'wait') return chain.warp(action.seconds)
    const { name, caller, ...args } = action
    if (name === 'spend') return spend(action)
    if (name === 'revokePolicy')
      outflows = outflows.filter(({ account, key }) => account !== caller || key !== action.key)
    if (name === 'confirmSpend') {
      const { account, key, spending } = action
      const { method, ...rest } = spending
      const details = method === 'hire' ? await chain.hashHiring(hiringOf(account, spending)) : NO_DETAILS
      const operation = { account, key, method: METHODS[method], ...rest, details }
      const operationId = await chain.read('nextOperationId', operation)
      return chain.send(personOf(caller), name, { account, key, operationId })
    }
    return chain.send(personOf(caller), name, args)
  }

  async function spend(action: Extract<Action, { readonly name: 'spend' }>): Promise<void> {
    const { caller: key, account, method, token, amount, counterparty } = action
    const base = { account, token, amount }
    if (method === 'transfer') await chain.send(personOf(key), 'spendTransfer', { ...base, to: counterparty })
    else if (method === 'hire') await chain.spendHire(personOf(key), hiringOf(account, action))
    else await chain.send(personOf(key), 'spendWithdraw', { ...base, receiver: counterparty })
    if (amount === 0n) return
    outflows.push({ account, key, token, amount, time: chain.now() })

    const limit = (await chain.read('getSpendLimit', { account, key, token })) as guardrailsModel.SpendLimit
    const inPeriod = outflows.filter(
      (other) =>
        other.account === account && other.key === key && other.token === token && other.time >= limit.startedAt,
    )
    const spent = inPeriod.reduce((total, other) => total + other.amount, 0n)
    expect(chain.now() - limit.startedAt).toBeLessThan(limit.periodSeconds)
    expect(spent).toBeLessThanOrEqual(limit.limit)
  }

  /** The same whenever it is made: it is what confirmers confirm. */
  function hiringOf(client: string, { token, counterparty: provider, amount: budget }: Spending) {
    const providerAgentId = BigInt(people.indexOf(provider))
    const money = { client, token, budget, isInLedger: true }
    const expiredAt = start.time + 300n * 86_400n
    return { ...money, provider, providerAgentId, evaluator: chain.accounts.relayer, expiredAt, description: '' }
  }

  async function expectSameState(state: State, before: State | undefined): Promise<void> {
    expect(chain.now()).toBe(state.time)
    for (const [parties, policy] of changed(state.policies, before?.policies)) {
      const [account = '', key = ''] = parties.split(' ')
      const { expiresAt, methods, isAnyCounterparty, confirmationsNeeded, nonce, confirmers, limits } = policy
      const terms = { expiresAt, methods, isAnyCounterparty, confirmationsNeeded, nonce }
      expect(await chain.read('getPolicy', { account, key })).toMatchObject(terms)
      expect(await chain.read('confirmersOf', { account, key })).toEqual([...confirmers.keys()])
      for (const [token, limit] of limits) {
        const current = guardrailsModel.underWay(limit, state.time)
        expect(await chain.read('getSpendLimit', { account, key, token })).toMatchObject(current)
      }
    }
    for (const [held, balance] of changed(state.ledger.balances, before?.ledger.balances)) {
      const [token = '', owner = ''] = held.split(' ')
      const account = owner === guardrailsModel.ESCROW ? chain.escrow : owner
      expect(await chain.ledgerBalanceOf(token, account)).toBe(balance)
    }
    for (const [held, balance] of changed(state.ledger.outside, before?.ledger.outside)) {
      const [token = '', owner = ''] = held.split(' ')
      expect(await chain.balanceOf(token, owner === ledgerModel.LEDGER ? chain.ledger : owner)).toBe(balance)
    }
  }

  function personOf(account: string): Person {
    const person = PEOPLE.find((someone) => chain.accounts[someone] === account)
    if (person === undefined) throw new Error(`${account} is nobody's`)
    return person
  }
})
