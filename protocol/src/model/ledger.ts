/**
 * The ledger as a pure function: what each chain's contract must do, in the same order of checks. Fuzzing runs it beside the contracts.
 * Accounts and tokens are any strings, so that one model serves both chains.
 */
import type { ContractErrorName } from '../errors.ts'
import { accepted, type DecisionOn, refused } from './decision.ts'

type Account = string

/** What a balance fits. */
export const MAX_BALANCE = 2n ** 128n - 1n

export interface LedgerState {
  /** Atoms in the ledger by `holdingKey`. */
  readonly balances: ReadonlyMap<string, bigint>
  /** Atoms outside of it, by the same; what the ledger itself holds of a token is its own account's. */
  readonly outside: ReadonlyMap<string, bigint>
  /** `operatorKey` of those that may move all that an owner has. */
  readonly operators: ReadonlySet<string>
}

/** The account that the ledger itself has in `outside`. */
export const LEDGER: Account = 'ledger'

export type LedgerAction =
  | (OfCaller<'deposit'> & { readonly receiver: Account })
  | (OfCaller<'withdraw'> & { readonly receiver: Account })
  | (OfCaller<'transfer'> & { readonly from: Account; readonly to: Account })
  | { readonly name: 'setOperator'; readonly caller: Account; readonly spender: Account; readonly approved: boolean }

interface OfCaller<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly token: Account
  readonly amount: bigint
}

/** The last is said by the token, in its own words. */
export type LedgerRefusal = ContractErrorName | 'TransferRefused'

export type LedgerDecision = DecisionOn<LedgerState, LedgerRefusal>

/** Where the state keeps what an owner has of a token. */
export function holdingKey(token: Account, owner: Account): string {
  return `${token} ${owner}`
}

export function operatorKey(owner: Account, spender: Account): string {
  return `${owner} ${spender}`
}

/** What the ledger does with an action: its next state, or its refusal. */
export function decide(state: LedgerState, action: LedgerAction): LedgerDecision {
  switch (action.name) {
    case 'deposit':
      return deposit(state, action)
    case 'withdraw':
      return withdraw(state, action)
    case 'transfer':
      return transfer(state, action)
    case 'setOperator': {
      const operators = new Set(state.operators)
      const key = operatorKey(action.caller, action.spender)
      if (action.approved) operators.add(key)
      else operators.delete(key)
      return accepted({ ...state, operators })
    }
  }
}

type Action<Name extends LedgerAction['name']> = Extract<LedgerAction, { readonly name: Name }>

function deposit(state: LedgerState, { caller, token, amount, receiver }: Action<'deposit'>): LedgerDecision {
  if (amount === 0n) return refused('AmountZero')
  const outside = moved(state.outside, token, caller, LEDGER, amount)
  if (!outside) return refused('TransferRefused')
  const balances = added(state.balances, token, receiver, amount)
  return balances ? accepted({ ...state, outside, balances }) : refused('BalanceOverflow')
}

function withdraw(state: LedgerState, { caller, token, amount, receiver }: Action<'withdraw'>): LedgerDecision {
  if (amount === 0n) return refused('AmountZero')
  if (receiver === LEDGER) return refused('WithdrawalFailed')
  const balances = added(state.balances, token, caller, -amount)
  if (!balances) return refused('BalanceTooLow')
  const outside = moved(state.outside, token, LEDGER, receiver, amount)
  return outside ? accepted({ ...state, outside, balances }) : refused('WithdrawalFailed')
}

function transfer(state: LedgerState, { caller, from, to, token, amount }: Action<'transfer'>): LedgerDecision {
  const isAllowed = caller === from || state.operators.has(operatorKey(from, caller)) || amount === 0n
  if (!isAllowed) return refused('AllowanceTooLow')
  const debited = added(state.balances, token, from, -amount)
  if (!debited) return refused('BalanceTooLow')
  const balances = added(debited, token, to, amount)
  return balances ? accepted({ ...state, balances }) : refused('BalanceOverflow')
}

type Holdings = ReadonlyMap<string, bigint>

function moved(holdings: Holdings, token: Account, from: Account, to: Account, amount: bigint): Holdings | undefined {
  const without = added(holdings, token, from, -amount)
  return without && added(without, token, to, amount)
}

/** Undefined when it would be less than nothing, or more than fits. */
function added(holdings: Holdings, token: Account, owner: Account, amount: bigint): Holdings | undefined {
  const key = holdingKey(token, owner)
  const next = (holdings.get(key) ?? 0n) + amount
  return next < 0n || next > MAX_BALANCE ? undefined : new Map(holdings).set(key, next)
}
