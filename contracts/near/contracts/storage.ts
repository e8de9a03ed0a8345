/** What accounts have deposited for the state that they take up (NEP-145): the same in both contracts. */
import { near } from 'near-sdk-js'
import { sendNear } from './calls.ts'
import { caller, requireOneYocto } from './context.ts'
import { require } from './contract-error.ts'
import { readRecord, writeRecord } from './records.ts'

/** yoctoNEAR, as decimal strings. */
export interface StorageBalance {
  readonly total: string
  readonly available: string
}

/** yoctoNEAR, as decimal strings; there is no maximum. */
export interface StorageBalanceBounds {
  readonly min: string
  readonly max: null
}

/** One record for all that is known of an account. */
export interface Account {
  /** yoctoNEAR as a decimal string. */
  readonly deposit: string
  /** What the account takes up besides this record, which everybody's smallest deposit pays for. */
  readonly bytes: number
  /** How many jobs it has created: the next job id is made of it, so it must never start again. */
  readonly jobs: number
}

/** An account's own record at its longest: 72 bytes of key, 98 of value, 40 that NEAR adds. */
const ACCOUNT_BYTES = 210

const YOCTO_PER_BYTE = near.storageByteCost()

export function storageDeposit(accountId: string, isRegistrationOnly: boolean): StorageBalance {
  const attached = near.attachedDeposit()
  const known = readAccount(accountId)
  if (isRegistrationOnly) return registerOnly(accountId, known, attached)

  const account = { ...(known ?? NEW_ACCOUNT), deposit: String(BigInt(known?.deposit ?? 0) + attached) }
  writeAccount(accountId, account)
  return balanceOf(account)
}

export function storageWithdraw(amount: bigint | null): StorageBalance {
  requireOneYocto()
  const accountId = caller()
  const account = registeredAccount(accountId)
  const available = BigInt(account.deposit) - costOf(account)
  const withdrawn = amount ?? available

  const rest = { ...account, deposit: String(BigInt(account.deposit) - withdrawn) }
  writeAccount(accountId, rest)
  sendNear(accountId, withdrawn + 1n)
  return balanceOf(rest)
}

/** Returns false for an account that is not there. One that takes up state, or has had jobs, stays whatever `force` says. */
export function storageUnregister(): boolean {
  requireOneYocto()
  const accountId = caller()
  const account = readAccount(accountId)
  if (account === null) return false
  const isInUse = account.bytes > 0 || account.jobs > 0
  require(!isInUse, 'StorageDepositTooLow', accountId, String(costOf(account)))

  near.storageRemove(keyOf(accountId))
  sendNear(accountId, BigInt(account.deposit) + 1n)
  return true
}

export function storageBalanceOf(accountId: string): StorageBalance | null {
  const account = readAccount(accountId)
  return account === null ? null : balanceOf(account)
}

export function storageBalanceBounds(): StorageBalanceBounds {
  return { min: String(costOf(NEW_ACCOUNT)), max: null }
}

/** Does what writes to the state. `accountId` pays for bytes that come and is credited those that go, for which it needs no deposit. */
export function chargeStorage(accountId: string, write: () => void): void {
  const before = near.storageUsage()

  write()

  const bytes = Number(near.storageUsage() - before)
  if (bytes > 0) chargeBytes(accountId, readAccount(accountId) ?? NEW_ACCOUNT, bytes)
  else creditBytes(accountId, -bytes)
}

/**
 * Charges for `bytes`, which are negative when state was freed. Never below zero: who frees what another has paid for must not withdraw
 * the other's deposit.
 */
export function chargeBytes(accountId: string, account: Account, bytes: number): void {
  writeAccount(accountId, { ...account, bytes: Math.max(0, account.bytes + bytes) })
}

/** Never fails: an account that is not there is credited nothing. */
export function creditBytes(accountId: string, bytes: number): void {
  const account = readAccount(accountId)
  if (account !== null && bytes > 0) chargeBytes(accountId, account, -bytes)
}

/** Throws when what the account has deposited does not pay for it and `more` bytes. */
export function registeredAccount(accountId: string, more = 0): Account {
  const account = readAccount(accountId) ?? NEW_ACCOUNT
  requireDeposit(accountId, { ...account, bytes: account.bytes + more })
  return account
}

export function readAccount(accountId: string): Account | null {
  return readRecord<Account>(keyOf(accountId))
}

export function writeAccount(accountId: string, account: Account): void {
  requireDeposit(accountId, account)
  writeRecord(keyOf(accountId), account)
}

const NEW_ACCOUNT: Account = { deposit: '0', bytes: 0, jobs: 0 }

function registerOnly(accountId: string, known: Account | null, attached: bigint): StorageBalance {
  const deposit = known === null ? costOf(NEW_ACCOUNT) : 0n
  require(attached >= deposit, 'StorageDepositTooLow', accountId, String(deposit - attached))
  const account = known ?? { ...NEW_ACCOUNT, deposit: String(deposit) }

  if (known === null) writeAccount(accountId, account)
  if (attached > deposit) sendNear(caller(), attached - deposit)
  return balanceOf(account)
}

function requireDeposit(accountId: string, account: Account): void {
  const missing = costOf(account) - BigInt(account.deposit)
  require(missing <= 0n, 'StorageDepositTooLow', accountId, String(missing))
}

function costOf({ bytes }: Account): bigint {
  return BigInt(ACCOUNT_BYTES + bytes) * YOCTO_PER_BYTE
}

function balanceOf(account: Account): StorageBalance {
  return { total: account.deposit, available: String(BigInt(account.deposit) - costOf(account)) }
}

function keyOf(accountId: string): string {
  return `account:${accountId}`
}
