import { ledgerModel } from '@parley/protocol'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Driver, type Person, Refused } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

/** How many actions to try in all: more find more. Steps of NEAR are many blocks each. */
const STEPS = process.env.FUZZ_STEPS
const CHAINS = [
  ['EVM', openEvm, 1500],
  ['NEAR', openNear, 500],
] as const
const STEPS_PER_RUN = 100

const { decide, holdingKey, LEDGER } = ledgerModel
type State = ledgerModel.LedgerState
type Action = ledgerModel.LedgerAction

const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
/** Little enough that some cannot pay. */
const WEALTH = 1000n

const stepOf = fc.record({
  name: fc.constantFrom<Action['name']>(
    ...(['deposit', 'deposit', 'deposit', 'withdraw', 'withdraw'] as const),
    ...(['transfer', 'transfer', 'transfer', 'setOperator'] as const),
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
type Step = typeof stepOf extends fc.Arbitrary<infer Value> ? Value : never

describe.each(CHAINS)('the ledger on %s, beside its model', (_, open, usualSteps) => {
  const steps = Number(STEPS ?? usualSteps)
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
    start = { balances: new Map(), outside: new Map(outside), operators: new Set() }
  })

  it('agrees with it after every step of any sequence, and holds exactly what it owes', async () => {
    const seen = new Set<string>()
    const run = async (chosenSteps: readonly Step[]) => {
      await restore()
      let state = start
      for (const [at, chosen] of chosenSteps.entries()) {
        const action = actionOf(chosen)
        const decision = decide(state, action)
        const expected = decision.status === 'refused' ? refusalHere(action, decision.error) : 'accepted'
        const outcome = await perform(action)
        const words = JSON.stringify(action, (_, value) => (typeof value === 'bigint' ? String(value) : value))
        expect(outcome, `step ${at}: ${words}`).toBe(expected)
        seen.add(`${action.name} ${expected}`)
        if (decision.status === 'accepted') state = decision.state
        await expectSameState(state)
      }
      await withdrawAll(state)
    }

    const numRuns = Math.ceil(steps / STEPS_PER_RUN)
    const seed = Number(process.env.FUZZ_SEED ?? 1)
    const sequences = fc.array(fc.noBias(stepOf), { minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN })
    // Shrinking takes minutes: only who asks for many steps waits for it.
    await fc.assert(fc.asyncProperty(sequences, run), { numRuns, seed, endOnFailure: STEPS === undefined })
    const reached = ['deposit', 'withdraw', 'transfer', 'setOperator'].map((name) => `${name} accepted`)
    const refused = ['transfer AllowanceTooLow', 'transfer BalanceTooLow', 'withdraw WithdrawalFailed']
    if (steps >= usualSteps) expect([...seen]).toEqual(expect.arrayContaining([...reached, ...refused]))
  }, 3_600_000)

  function actionOf({ name, who, from, to, token: tokenAt, amount, isOwn, isOdd }: Step): Action {
    const caller = people[who] ?? ''
    const token = tokens[tokenAt] ?? ''
    const receiver = people[to] ?? ''
    switch (name) {
      case 'deposit':
        return { name, caller, token, amount, receiver: isOwn ? caller : receiver }
      case 'withdraw':
        return { name, caller, token, amount, receiver: isOdd ? LEDGER : receiver }
      case 'transfer':
        return { name, caller, token, amount, from: isOwn ? caller : (people[from] ?? ''), to: receiver }
      case 'setOperator':
        return { name, caller, spender: receiver, approved: isOwn }
    }
  }

  /** A token of NEAR moves the money before it asks: it refuses what the ledger would. */
  function refusalHere(action: Action, error: string): string {
    return chain.kind === 'near' && action.name === 'deposit' ? 'TransferRefused' : error
  }

  async function perform(action: Action): Promise<string> {
    try {
      await transact(action)
      return 'accepted'
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return nameOf(error)
    }
  }

  function transact(action: Action) {
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

  async function expectSameState(state: State): Promise<void> {
    for (const token of tokens) {
      let owed = 0n
      let outside = 0n
      for (const owner of people) {
        const balance = await chain.ledgerBalanceOf(token, owner)
        expect(balance).toBe(state.balances.get(holdingKey(token, owner)) ?? 0n)
        const money = await chain.balanceOf(token, owner)
        expect(money).toBe(state.outside.get(holdingKey(token, owner)))
        owed += balance
        outside += money
      }
      // Money in = money out + held.
      expect(await chain.balanceOf(token, chain.ledger)).toBe(owed)
      expect(outside + owed).toBe(WEALTH * BigInt(people.length))
    }
  }

  /** Whatever has happened, everybody gets out what is its own. */
  async function withdrawAll({ balances }: State): Promise<void> {
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

/** What the token says, in the model's words. */
function nameOf({ message }: Refused): string {
  const [name = ''] = message.split(':')
  const isTokens = name === 'ERC20InsufficientBalance' || message.startsWith('InputInvalid: amount is')
  return isTokens ? 'TransferRefused' : name
}
