import { ledgerModel } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectLikeModel, pick } from './beside-model.ts'
import { type Driver, type Person, Refused } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 3000],
  ['NEAR', openNear, 600],
] as const

const { holdingKey, LEDGER } = ledgerModel
/** Besides, whether the second token refuses to pay out. */
type State = ledgerModel.LedgerState & { readonly isRefusing: boolean }
type Action = ledgerModel.LedgerAction | { readonly name: 'refuse'; readonly isRefusing: boolean }

type Decision =
  | { readonly status: 'accepted'; readonly state: State }
  | { readonly status: 'refused'; readonly error: ledgerModel.LedgerRefusal }

const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
/** Little enough that some cannot pay. */
const WEALTH = 1000n

const step = fc.record({
  name: fc.constantFrom<Action['name']>(
    ...(['deposit', 'deposit', 'deposit', 'withdraw', 'withdraw'] as const),
    ...(['transfer', 'transfer', 'transfer', 'setOperator', 'refuse'] as const),
  ),
  who: fc.nat({ max: 3 }),
  from: fc.nat({ max: 3 }),
  to: fc.nat({ max: 3 }),
  token: fc.nat({ max: 1 }),
  amount: fc.oneof(
    { arbitrary: fc.bigInt({ min: 1n, max: 400n }), weight: 9 },
    { arbitrary: fc.constantFrom(0n, WEALTH, ledgerModel.MAX_BALANCE), weight: 1 },
  ),
  isOwn: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 6),
  isOdd: fc.integer({ min: 0, max: 19 }).map((roll) => roll === 0),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

describe.each(CHAINS)('the ledger on %s, beside its model', (_, open, steps) => {
  let chain: Driver
  let people: readonly string[]
  let tokens: readonly string[]
  let restore: () => Promise<void>
  let start: State

  beforeAll(async () => {
    chain = await open()
    tokens = [chain.dollar, await chain.addToken()]
    people = PEOPLE.map((person) => chain.accounts[person])
    for (const token of tokens) for (const person of PEOPLE) await chain.give(token, person, WEALTH)
    restore = await chain.snapshot()
    const outside = tokens.flatMap((token) => people.map((owner) => [holdingKey(token, owner), WEALTH] as const))
    start = { balances: new Map(), outside: new Map(outside), operators: new Set(), isRefusing: false }
  })

  it('agrees with it after every step of any sequence, and holds exactly what it owes', async () => {
    const accepted = ['deposit', 'withdraw', 'transfer', 'setOperator', 'refuse'].map((name) => `${name} accepted`)
    const refused = ['transfer AllowanceTooLow', 'transfer BalanceTooLow', 'withdraw WithdrawalFailed']
    await expectLikeModel<State, Action, Step>(
      {
        restore,
        start,
        actionsOf: async (chosen) => [actionOf(chosen)],
        decide: decideHere,
        perform,
        expectSameState,
        leave: withdrawAll,
      },
      { step, steps, reached: [...accepted, ...refused] },
    )
  }, 3_600_000)

  function actionOf({ name, who, from, to, token: tokenAt, amount, isOwn, isOdd }: Step): Action {
    const caller = pick(people, who)
    const token = pick(tokens, tokenAt)
    const receiver = pick(people, to)
    switch (name) {
      case 'deposit':
        return { name, caller, token, amount, receiver: isOwn ? caller : receiver }
      case 'withdraw':
        return { name, caller, token, amount, receiver: isOdd ? LEDGER : receiver }
      case 'transfer':
        return { name, caller, token, amount, from: isOwn ? caller : pick(people, from), to: receiver }
      case 'setOperator':
        return { name, caller, spender: receiver, approved: isOwn }
      case 'refuse':
        return { name, isRefusing: isOwn }
    }
  }

  /** A token of NEAR moves the money before it asks: it refuses what the ledger would. */
  function decideHere(state: State, action: Action): Decision {
    if (action.name === 'refuse') return { status: 'accepted', state: { ...state, isRefusing: action.isRefusing } }
    const decision = ledgerModel.decide(state, action)
    const isTokens = chain.kind === 'near' && action.name === 'deposit'
    if (decision.status === 'refused') return isTokens ? { status: 'refused', error: 'TransferRefused' } : decision
    // What the token does not pay out stays in the ledger.
    const isRefused = action.name === 'withdraw' && state.isRefusing && action.token === tokens[1]
    if (isRefused) return { status: 'refused', error: 'WithdrawalFailed' }
    return { status: 'accepted', state: { ...state, ...decision.state } }
  }

  async function perform(action: Action): Promise<unknown> {
    try {
      return await transact(action)
    } catch (error) {
      throw error instanceof Refused && isTokens(error) ? new Refused('TransferRefused:', { cause: error }) : error
    }
  }

  function transact(action: Action): Promise<unknown> {
    if (action.name === 'refuse') return chain.refuse(tokens[1] ?? '', action.isRefusing)
    const who = personOf(action.caller)
    switch (action.name) {
      case 'deposit':
        return chain.deposit(who, action.token, action.amount, action.receiver)
      case 'withdraw': {
        const receiver = action.receiver === LEDGER ? chain.ledger : action.receiver
        return chain.withdraw(who, action.token, action.amount, receiver)
      }
      case 'transfer': {
        const { caller, from, to, token, amount } = action
        return chain.ledgerTransfer(who, to, token, amount, from === caller ? undefined : from)
      }
      case 'setOperator':
        return chain.send(who, 'setOperator', { spender: action.spender, approved: action.approved })
    }
  }

  /** Each balance that a step has changed, all of them at the end, and what the ledger holds. */
  async function expectSameState({ balances, outside }: State, before: State | undefined): Promise<void> {
    if (balances === before?.balances) return
    for (const token of tokens) {
      let owed = 0n
      let held = 0n
      for (const owner of people) {
        const key = holdingKey(token, owner)
        const [balance, money] = [balances.get(key) ?? 0n, outside.get(key) ?? 0n]
        if (before?.balances.get(key) !== balance) expect(await chain.ledgerBalanceOf(token, owner)).toBe(balance)
        if (before?.outside.get(key) !== money) expect(await chain.balanceOf(token, owner)).toBe(money)
        owed += balance
        held += money
      }
      // Money in = money out + held.
      expect(await chain.balanceOf(token, chain.ledger)).toBe(owed)
      expect(held + owed).toBe(WEALTH * BigInt(people.length))
    }
  }

  /** Whatever has happened, everybody gets out what is its own. */
  async function withdrawAll({ balances, isRefusing }: State): Promise<void> {
    if (isRefusing) await chain.refuse(tokens[1] ?? '', false)
    for (const token of tokens) {
      for (const person of PEOPLE) {
        const balance = balances.get(holdingKey(token, chain.accounts[person])) ?? 0n
        if (balance > 0n) await chain.withdraw(person, token, balance)
      }
      expect(await chain.balanceOf(token, chain.ledger)).toBe(0n)
    }
  }

  function personOf(account: string): Person {
    const person = PEOPLE.find((someone) => chain.accounts[someone] === account)
    if (person === undefined) throw new Error(`${account} is nobody's`)
    return person
  }
})

/** Whether the token has refused, in its own words. */
function isTokens({ message }: Refused): boolean {
  return message.startsWith('ERC20InsufficientBalance:') || message.startsWith('InputInvalid: amount is')
}
