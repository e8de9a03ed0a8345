/**
 * Guardrails as a pure function beside the ledger's: what each chain's contract must do, in the same order of checks. Fuzzing runs it
 * beside the contracts.
 */
import { accepted, type DecisionOn, refused } from './decision.ts'
import * as ledgerModel from './ledger.ts'

type Account = string

/** Transfer, withdraw, hire. */
export const METHODS = { transfer: 1n, withdraw: 2n, hire: 4n } as const
export const ALL_METHODS = 7n

export const MAX_CONFIRMERS = 16n

/** The account that holds in the ledger what hirings have paid. */
export const ESCROW: Account = 'escrow'

export interface SpendLimit {
  readonly limit: bigint
  readonly periodSeconds: bigint
  readonly startedAt: bigint
  readonly threshold: bigint
  readonly spent: bigint
}

export interface Policy {
  readonly expiresAt: bigint
  readonly methods: bigint
  readonly isAnyCounterparty: boolean
  readonly confirmationsNeeded: bigint
  /** Used by each spending that was confirmed and each `setPolicy`: what was confirmed before counts no longer. */
  readonly nonce: bigint
  /** Each confirmer, and the operation that it has confirmed. */
  readonly confirmers: ReadonlyMap<Account, string>
  readonly counterparties: ReadonlySet<Account>
  /** By token. */
  readonly limits: ReadonlyMap<Account, SpendLimit>
}

export interface GuardrailsState {
  /** Seconds. */
  readonly time: bigint
  readonly ledger: ledgerModel.LedgerState
  /** By `policyKey`. */
  readonly policies: ReadonlyMap<string, Policy>
}

export type GuardrailsAction =
  | { readonly name: 'wait'; readonly seconds: bigint }
  | (OfKey<'setPolicy'> & {
      readonly expiresAt: bigint
      readonly methods: bigint
      readonly isAnyCounterparty: boolean
      readonly confirmers: readonly Account[]
      readonly confirmationsNeeded: bigint
    })
  | (OfKey<'setSpendLimit'> & {
      readonly token: Account
      readonly limit: bigint
      readonly periodSeconds: bigint
      readonly threshold: bigint
    })
  | (OfKey<'setCounterparty'> & { readonly counterparty: Account; readonly isAllowed: boolean })
  | OfKey<'revokePolicy'>
  | (OfKey<'confirmSpend'> & { readonly account: Account; readonly spending: Spending })
  | (Spending & { readonly name: 'spend'; readonly caller: Account; readonly account: Account })

interface OfKey<Name extends string> {
  readonly name: Name
  readonly caller: Account
  readonly key: Account
}

/** What a key does. A hiring's counterparty is the provider. */
export interface Spending {
  readonly method: keyof typeof METHODS
  readonly token: Account
  readonly counterparty: Account
  readonly amount: bigint
}

export type GuardrailsDecision = DecisionOn<GuardrailsState, ledgerModel.LedgerRefusal>

export function policyKey(account: Account, key: Account): string {
  return `${account} ${key}`
}

/** What is confirmed, under a policy's nonce; the chains hash it. */
export function operationOf(nonce: bigint, { method, token, counterparty, amount }: Spending): string {
  return [nonce, method, token, counterparty, amount].join(' ')
}

/** What the guardrails, or the ledger behind them, do with an action: the next state, or the refusal. */
export function decide(state: GuardrailsState, action: GuardrailsAction): GuardrailsDecision {
  if (action.name === 'wait') return accepted({ ...state, time: state.time + action.seconds })
  if (action.name === 'setPolicy') return setPolicy(state, action)
  const account = action.name === 'spend' || action.name === 'confirmSpend' ? action.account : action.caller
  const key = action.name === 'spend' ? action.caller : action.key
  const policy = state.policies.get(policyKey(account, key))
  if (policy === undefined) return refused('PolicyUnknown')
  switch (action.name) {
    case 'setSpendLimit':
      return setSpendLimit(state, action, policy)
    case 'setCounterparty': {
      const counterparties = new Set(policy.counterparties)
      if (action.isAllowed) counterparties.add(action.counterparty)
      else counterparties.delete(action.counterparty)
      return accepted(withPolicy(state, account, key, { ...policy, counterparties }))
    }
    case 'revokePolicy': {
      const policies = new Map(state.policies)
      policies.delete(policyKey(account, key))
      return accepted({ ...state, policies })
    }
    case 'confirmSpend':
      return confirmSpend(state, action, policy)
    case 'spend':
      return spend(state, action, policy)
  }
}

/** A limit in the period under way. */
export function underWay(limit: SpendLimit, time: bigint): SpendLimit {
  const periods = (time - limit.startedAt) / limit.periodSeconds
  return periods === 0n ? limit : { ...limit, startedAt: limit.startedAt + periods * limit.periodSeconds, spent: 0n }
}

type Action<Name extends GuardrailsAction['name']> = Extract<GuardrailsAction, { readonly name: Name }>

function setPolicy(state: GuardrailsState, action: Action<'setPolicy'>): GuardrailsDecision {
  const { caller, key, expiresAt, methods, isAnyCounterparty, confirmers, confirmationsNeeded } = action
  const count = BigInt(confirmers.length)
  const isPossible =
    confirmationsNeeded <= count && count <= MAX_CONFIRMERS && (confirmationsNeeded > 0n || count === 0n)
  if (methods > ALL_METHODS) return refused('MethodsInvalid')
  if (!isPossible) return refused('ConfirmersInvalid')
  for (const [at, confirmer] of confirmers.entries()) {
    if (confirmer === key) return refused('ConfirmerIsKey')
    if (confirmers.indexOf(confirmer) < at) return refused('MemberRepeated')
  }

  const known = state.policies.get(policyKey(caller, key))
  return accepted(
    withPolicy(state, caller, key, {
      ...{ expiresAt, methods, isAnyCounterparty, confirmationsNeeded },
      nonce: (known?.nonce ?? 0n) + 1n,
      confirmers: new Map(confirmers.map((confirmer) => [confirmer, ''])),
      counterparties: known?.counterparties ?? new Set(),
      limits: known?.limits ?? new Map(),
    }),
  )
}

function setSpendLimit(state: GuardrailsState, action: Action<'setSpendLimit'>, policy: Policy): GuardrailsDecision {
  const { caller, key, token, limit, periodSeconds, threshold } = action
  if (periodSeconds === 0n) return refused('PeriodZero')

  const known = policy.limits.get(token)
  const current = known && underWay(known, state.time)
  const spent = current?.spent ?? 0n
  // Another period begins now: a shorter one must not forget what was spent since it would have begun.
  const startedAt = current?.periodSeconds === periodSeconds ? current.startedAt : state.time
  const limits = new Map(policy.limits).set(token, { limit, periodSeconds, startedAt, threshold, spent })
  return accepted(withPolicy(state, caller, key, { ...policy, limits }))
}

function confirmSpend(state: GuardrailsState, action: Action<'confirmSpend'>, policy: Policy): GuardrailsDecision {
  const { caller, account, key, spending } = action
  const operation = operationOf(policy.nonce, spending)
  const confirmed = policy.confirmers.get(caller)
  if (confirmed === undefined) return refused('ConfirmerOnly')
  if (confirmed === operation) return refused('AlreadyConfirmed')

  const confirmers = new Map(policy.confirmers).set(caller, operation)
  return accepted(withPolicy(state, account, key, { ...policy, confirmers }))
}

function spend(state: GuardrailsState, action: Action<'spend'>, policy: Policy): GuardrailsDecision {
  const { caller: key, account, method, token, counterparty, amount } = action
  if (state.time >= policy.expiresAt) return refused('PolicyExpired')
  if ((policy.methods & METHODS[method]) === 0n) return refused('MethodNotAllowed')
  if (!policy.isAnyCounterparty && !policy.counterparties.has(counterparty)) return refused('CounterpartyNotAllowed')
  const known = policy.limits.get(token)
  const current = known && underWay(known, state.time)
  const left = current ? current.limit - current.spent : 0n
  if (amount > (left > 0n ? left : 0n)) return refused('SpendLimitExceeded')
  const needsConfirmation = amount > (current?.threshold ?? 0n)
  if (needsConfirmation && !isConfirmed(policy, action)) return refused('ConfirmationsMissing')

  const limits = new Map(policy.limits)
  if (current) limits.set(token, { ...current, spent: current.spent + amount })
  const nonce = policy.nonce + (needsConfirmation ? 1n : 0n)
  const counted = withPolicy(state, account, key, { ...policy, nonce, limits })

  const moving = { caller: account, token, amount }
  const to = method === 'hire' ? ESCROW : counterparty
  const decision =
    method === 'withdraw'
      ? ledgerModel.decide(state.ledger, { name: 'withdraw', ...moving, receiver: counterparty })
      : ledgerModel.decide(state.ledger, { name: 'transfer', ...moving, from: account, to })
  return decision.status === 'refused' ? decision : accepted({ ...counted, ledger: decision.state })
}

function isConfirmed({ nonce, confirmers, confirmationsNeeded }: Policy, spending: Spending): boolean {
  const operation = operationOf(nonce, spending)
  const count = [...confirmers.values()].filter((confirmed) => confirmed === operation).length
  return confirmationsNeeded > 0n && BigInt(count) >= confirmationsNeeded
}

function withPolicy(state: GuardrailsState, account: Account, key: Account, policy: Policy): GuardrailsState {
  return { ...state, policies: new Map(state.policies).set(policyKey(account, key), policy) }
}
