/** Spends ledger balances by keys, within the policies of their owners. Mirrors contracts/evm/contracts/Guardrails.sol. */
import { guardrailsModel, type Hex, toHex, utf8 } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { caller, chainId, now, self } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { withdraw } from './deposits.ts'
import { emit } from './events.ts'
import { hire } from './hiring.ts'
import * as input from './input.ts'
import type { Escrow } from './job.ts'
import { balanceOf, move } from './ledger.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

/** Bits of a policy's methods. */
const TRANSFER = 1
const WITHDRAW = 2
const HIRE = 4

/** A policy is one record, which each spending reads. */
const MAX_TOKENS = 16
const MAX_COUNTERPARTIES = 32

const NOTHING: Hex = `0x${'00'.repeat(32)}`

/** What a key may do, as it is stored. What keys and confirmers change has always the same length: nobody pays for it but the owner. */
interface Policy {
  readonly expires_at: string
  readonly methods: number
  readonly is_any: boolean
  readonly needed: number
  readonly nonce: string
  /** Each confirmer's word. */
  readonly confirmers: Readonly<Record<string, Hex>>
  readonly counterparties: readonly string[]
  readonly limits: Readonly<Record<string, SpendLimit>>
}

/** Decimal strings, with zeros in front of what grows. */
export interface SpendLimit {
  readonly limit: string
  readonly period_seconds: string
  readonly started_at: string
  readonly threshold: string
  readonly spent: string
}

export interface PolicyTerms {
  readonly expiresAt: bigint
  readonly methods: bigint
  readonly isAnyCounterparty: boolean
  readonly confirmers: readonly string[]
  readonly confirmationsNeeded: bigint
}

/** What is spent, and on whom. */
export interface Spending {
  readonly account: string
  readonly token: string
  readonly counterparty: string
  readonly amount: bigint
}

export function setPolicy(key: string, terms: PolicyTerms): void {
  const account = caller()
  const { expiresAt, methods, isAnyCounterparty, confirmers, confirmationsNeeded } = terms
  const known = readPolicy(account, key)

  require(methods <= guardrailsModel.ALL_METHODS, 'MethodsInvalid', methods)
  requireConfirmers(key, confirmers, confirmationsNeeded)

  const policy: Policy = {
    expires_at: String(expiresAt),
    methods: Number(methods),
    is_any: isAnyCounterparty,
    needed: Number(confirmationsNeeded),
    nonce: padded(BigInt(known?.nonce ?? 0) + 1n),
    confirmers: Object.fromEntries(confirmers.map((confirmer) => [confirmer, NOTHING])),
    counterparties: known?.counterparties ?? [],
    limits: known?.limits ?? {},
  }
  writeAs(account, key, policy)
  emit('policy_set', {
    account,
    key,
    expires_at: policy.expires_at,
    methods: String(methods),
    is_any_counterparty: isAnyCounterparty,
    confirmers,
    confirmations_needed: String(confirmationsNeeded),
  })
}

export function setSpendLimit(
  key: string,
  token: string,
  { limit, periodSeconds, threshold }: { limit: bigint; periodSeconds: bigint; threshold: bigint },
): void {
  const account = caller()
  const policy = knownPolicy(account, key)

  require(periodSeconds > 0n, 'PeriodZero')

  const { period_seconds: before, started_at, spent } = limitOf(policy, token)
  const changed = {
    limit: String(limit),
    period_seconds: String(periodSeconds),
    // Another period begins now: a shorter one must not forget what was spent since it would have begun.
    started_at: BigInt(before) === periodSeconds ? started_at : padded(now()),
    threshold: String(threshold),
    spent,
  }
  const limits = { ...policy.limits, [token]: changed }
  if (Object.keys(limits).length > MAX_TOKENS) throw new ContractError('PolicyFull', account, key, MAX_TOKENS)
  writeAs(account, key, { ...policy, limits })
  const { period_seconds } = changed
  emit('spend_limit_set', { account, key, token, limit: changed.limit, period_seconds, threshold: changed.threshold })
}

export function setCounterparty(key: string, counterparty: string, is_allowed: boolean): void {
  const account = caller()
  const policy = knownPolicy(account, key)
  const others = policy.counterparties.filter((other) => other !== counterparty)
  const counterparties = is_allowed ? [...others, counterparty] : others
  if (counterparties.length > MAX_COUNTERPARTIES)
    throw new ContractError('PolicyFull', account, key, MAX_COUNTERPARTIES)

  writeAs(account, key, { ...policy, counterparties })
  emit('counterparty_set', { account, key, counterparty, is_allowed })
}

export function revokePolicy(key: string): void {
  const account = caller()
  knownPolicy(account, key)

  chargeStorage(account, () => near.storageRemove(recordOf(account, key)))
  emit('policy_revoked', { account, key })
}

export function confirmSpend(account: string, key: string, operation_id: Hex): void {
  const confirmer = caller()
  const policy = knownPolicy(account, key)

  const confirmed = valueIn(policy.confirmers, confirmer)
  require(confirmed !== null, 'ConfirmerOnly', confirmer)
  require(confirmed !== operation_id, 'AlreadyConfirmed', operation_id, confirmer)

  write(account, key, { ...policy, confirmers: { ...policy.confirmers, [confirmer]: operation_id } })
  emit('spend_confirmed', { account, key, operation_id, confirmer })
}

export function spendTransfer({ account, token, counterparty, amount }: Spending): void {
  spend(TRANSFER, { account, token, counterparty, amount })

  move({ caller: caller(), from: account, to: counterparty, token, amount })
}

export function spendWithdraw({ account, token, counterparty, amount }: Spending): void {
  spend(WITHDRAW, { account, token, counterparty, amount })

  withdraw(account, token, amount, counterparty)
}

/** A hiring that the agent registry or the ledger refuses afterwards stays spent, as a refund does. */
export function spendHire(escrow: Escrow, account: string, hiring: Readonly<Record<string, unknown>>): void {
  const client = input.optionalAccount(hiring.client, 'hiring.client') ?? account
  const token = input.account(hiring.token, 'hiring.token')
  const counterparty = input.account(hiring.provider, 'hiring.provider')
  const amount = input.uint(hiring.budget, 'hiring.budget')

  require(client === account, 'ClientOnly', caller())
  spend(HIRE, { account, token, counterparty, amount }, hashHiring(hiring))
  // The escrow takes it two blocks later: what cannot be paid now is not counted.
  const balance = balanceOf(account, token)
  require(balance >= amount, 'BalanceTooLow', account, token, balance, amount)

  hire(escrow, hiring, 'hiring', { client, token, amount, isInLedger: true })
}

/** keccak256 of the JSON, fields in the order in which they come. */
export function hashHiring(hiring: object): Hex {
  return toHex(near.keccak256(utf8(JSON.stringify(hiring))))
}

export function getPolicy(account: string, key: string) {
  const policy = readPolicy(account, key)
  if (policy === null) return null
  const { expires_at, methods, is_any, needed, nonce } = policy
  return {
    expires_at,
    methods: String(methods),
    is_any_counterparty: is_any,
    confirmations_needed: String(needed),
    nonce: String(BigInt(nonce)),
    is_known: true,
  }
}

export function confirmersOf(account: string, key: string): string[] {
  return Object.keys(readPolicy(account, key)?.confirmers ?? {})
}

export function getSpendLimit(account: string, key: string, token: string): SpendLimit | null {
  const policy = readPolicy(account, key)
  if (policy === null || valueIn(policy.limits, token) === null) return null
  const { started_at, spent, ...rest } = limitOf(policy, token)
  return { ...rest, started_at: String(BigInt(started_at)), spent: String(BigInt(spent)) }
}

export function isCounterpartyAllowed(account: string, key: string, counterparty: string): boolean {
  const policy = readPolicy(account, key)
  return policy !== null && isAllowed(policy, counterparty)
}

/** keccak256 of a JSON list of texts: chain, this contract, account, key, nonce, method, token, counterparty, amount, details. */
export function nextOperationId(key: string, method: number, spending: Spending, details: Hex = NOTHING): Hex {
  const { account, token, counterparty, amount } = spending
  const nonce = String(BigInt(readPolicy(account, key)?.nonce ?? 0))
  const parts = [chainId(), self(), account, key, nonce, String(method), token, counterparty, String(amount), details]
  return toHex(near.keccak256(utf8(JSON.stringify(parts))))
}

/** All that a policy asks of a spending of the caller, which is counted before anything moves. */
function spend(method: number, spending: Spending, details: Hex = NOTHING): void {
  const { account, token, counterparty, amount } = spending
  const key = caller()
  const policy = knownPolicy(account, key)

  require(now() < BigInt(policy.expires_at), 'PolicyExpired', account, key, policy.expires_at)
  require((policy.methods & method) !== 0, 'MethodNotAllowed', account, key, method)
  require(isAllowed(policy, counterparty), 'CounterpartyNotAllowed', account, key, counterparty)
  const current = limitOf(policy, token)
  const left = BigInt(current.limit) - BigInt(current.spent)
  // A limit may have been lowered below what is spent.
  const available = left > 0n ? left : 0n
  require(amount <= available, 'SpendLimitExceeded', token, available, amount)
  const needsConfirmation = amount > BigInt(current.threshold)
  if (needsConfirmation) requireConfirmed(policy, nextOperationId(key, method, spending, details))

  const nonce = needsConfirmation ? padded(BigInt(policy.nonce) + 1n) : policy.nonce
  const changed = { ...current, spent: padded(BigInt(current.spent) + amount) }
  // A token without a limit has been spent nothing of, and gets no record for it.
  const limits = amount === 0n ? policy.limits : { ...policy.limits, [token]: changed }
  write(account, key, { ...policy, nonce, limits })
  emit('spend_executed', { account, key, method: String(method), counterparty, token, amount: String(amount) })
}

function requireConfirmers(key: string, confirmers: readonly string[], needed: bigint): void {
  const count = BigInt(confirmers.length)
  const isPossible = needed <= count && count <= guardrailsModel.MAX_CONFIRMERS && (needed > 0n || count === 0n)
  require(isPossible, 'ConfirmersInvalid', needed, count)
  for (const [at, confirmer] of confirmers.entries()) {
    require(confirmer !== key, 'ConfirmerIsKey', key)
    // One that is listed twice would be heard twice.
    require(confirmers.indexOf(confirmer) === at, 'MemberRepeated', confirmer)
  }
}

function requireConfirmed({ confirmers, needed }: Policy, operationId: Hex): void {
  const count = Object.values(confirmers).filter((confirmed) => confirmed === operationId).length
  require(needed > 0 && count >= needed, 'ConfirmationsMissing', operationId, count, needed)
}

/** The limit in the period under way; of a token without one, that nothing may be spent. */
function limitOf({ limits }: Policy, token: string): SpendLimit {
  const limit = valueIn(limits, token)
  if (limit === null) return NO_LIMIT
  const started = BigInt(limit.started_at)
  const period = BigInt(limit.period_seconds)
  const periods = (now() - started) / period
  return periods === 0n ? limit : { ...limit, started_at: padded(started + periods * period), spent: padded(0n) }
}

function isAllowed({ is_any, counterparties }: Policy, counterparty: string): boolean {
  return is_any || counterparties.includes(counterparty)
}

/** As long as the longest amount. */
function padded(value: bigint): string {
  return String(value).padStart(39, '0')
}

const NO_LIMIT: SpendLimit = {
  limit: '0',
  period_seconds: '0',
  started_at: '0',
  threshold: '0',
  spent: '0'.repeat(39),
}

/** An account may be called like a property that every object has. */
function valueIn<Value>(record: Readonly<Record<string, Value>>, key: string): Value | null {
  return Object.hasOwn(record, key) ? (record[key] ?? null) : null
}

function readPolicy(account: string, key: string): Policy | null {
  return readRecord<Policy>(recordOf(account, key))
}

function knownPolicy(account: string, key: string): Policy {
  const policy = readPolicy(account, key)
  require(policy !== null, 'PolicyUnknown', account, key)
  return policy
}

/** The owner pays for what its policy takes up. */
function writeAs(account: string, key: string, policy: Policy): void {
  chargeStorage(account, () => write(account, key, policy))
}

function write(account: string, key: string, policy: Policy): void {
  writeRecord(recordOf(account, key), policy)
}

function recordOf(account: string, key: string): string {
  return `policy:${account}:${key}`
}
