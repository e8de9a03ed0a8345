/**
 * Balances of many tokens, which jobs, guardrails and intents move without the tokens. Mirrors contracts/evm/contracts/Ledger.sol. Nobody
 * trusts a token: what it lies about are its own balances.
 *
 * An account's record holds the tokens that the account chose, so that many can be moved for one read and one write; what others credit in
 * another token has a key of its own, for dust must not make the record dear. Such a place, once made, stays: crediting it needs no storage
 * and cannot fail.
 */
import { near } from 'near-sdk-js'
import { ContractError, require } from './contract-error.ts'
import { emit } from './events.ts'
import { logTransfer, logTransfers } from './multi-token-events.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeBytes, chargeStorage, registeredAccount } from './storage.ts'

/** Atoms of a token, which is named by its account. */
export interface TokenAmount {
  readonly token: string
  readonly amount: bigint
}

/** A record stays small enough to be read by every call of its owner. */
const MAX_CHOSEN_TOKENS = 32

/** A record that holds no token: 71 bytes of key, 2 of value, 40 that NEAR adds. */
const RECORD_BYTES = 113
/** A token in it at its longest: 64 bytes of name, 39 of balance, 6 of punctuation. */
const CHOSEN_TOKEN_BYTES = 109
/** A balance with a key of its own at its longest: 136 bytes of key, 39 of value, 40 that NEAR adds. */
const BALANCE_BYTES = 215

const UINT128_MAX = 2n ** 128n - 1n

export function balanceOf(account: string, token: string): bigint {
  return BigInt(valueIn(readChosen(account), token) ?? readOwn(account, token) ?? 0)
}

/** Throws BalanceTooLow. Logs nothing: what the money is for is the caller's to tell. */
export function debit(account: string, token: string, amount: bigint): void {
  change(account, [{ token, amount }], debited)
}

/** `payer` pays for the place of a token that the account does not have yet. Logs nothing. */
export function credit(account: string, token: string, amount: bigint, payer: string): void {
  change(account, [{ token, amount }], (...holding) => credited(...holding, payer))
}

/** Moves balances and tells of it (NEP-245). Whether `caller` may is checked before; it pays for places that `to` does not have yet. */
export function moveAll(
  caller: string,
  from: string,
  to: string,
  amounts: readonly TokenAmount[],
  payer = caller,
): void {
  change(from, amounts, debited)
  change(to, amounts, (...holding) => credited(...holding, payer))
  logTransfer(caller, from, to, amounts)
}

/** What one of many gets. */
export interface Share {
  readonly account: string
  readonly amount: bigint
}

/** Gives each account its share of a balance and tells of all in one line. `payer` pays for the places that are new, and for `moreBytes`. */
export function transferBatch(
  from: string,
  token: string,
  shares: readonly Share[],
  { payer, moreBytes }: { readonly payer: string; readonly moreBytes: number },
): void {
  const total = shares.reduce((sum, { amount }) => sum + amount, 0n)
  debit(from, token, total)
  let places = 0
  for (const { account, amount } of shares) {
    change(account, [{ token, amount }], (...holding) => {
      const [, balance] = holding
      if (balance === null && amount > 0n) places++
      return added(...holding)
    })
  }
  // Once: the payer's record would be read and written for every share.
  const bytes = places * BALANCE_BYTES + moreBytes
  if (bytes > 0) chargeBytes(payer, registeredAccount(payer), bytes)
  logTransfers(from, token, shares)
}

export function move(
  {
    caller,
    from,
    to,
    token,
    amount,
  }: TokenAmount & { readonly caller: string; readonly from: string; readonly to: string },
  payer = caller,
): void {
  moveAll(caller, from, to, [{ token, amount }], payer)
}

/** Makes the account's place for a token, so that no later credit can fail for want of storage. */
export function openBalance(account: string, token: string, payer: string): void {
  if (hasPlace(account, token)) return
  chargeBytes(payer, registeredAccount(payer), BALANCE_BYTES)
  writeOwn(account, token, '0')
}

export function hasPlace(account: string, token: string): boolean {
  return (valueIn(readChosen(account), token) ?? readOwn(account, token)) !== null
}

export function hasRoom(account: string): boolean {
  return Object.keys(readChosen(account) ?? {}).length < MAX_CHOSEN_TOKENS
}

/** Puts a token into the account's record, or takes it out; the balance stays the same. The account pays. */
export function chooseToken(account: string, token: string, isChosen: boolean): void {
  const known = readChosen(account)
  const chosen = known ?? {}
  if ((valueIn(chosen, token) !== null) === isChosen) return
  if (isChosen && Object.keys(chosen).length >= MAX_CHOSEN_TOKENS)
    throw new ContractError('TokensFull', account, MAX_CHOSEN_TOKENS)

  const own = readOwn(account, token)
  const balance = valueIn(chosen, token) ?? own ?? '0'
  const { [token]: _, ...others } = chosen
  const next = isChosen ? { ...chosen, [token]: balance } : others
  const isEmpty = Object.keys(next).length === 0
  const recordBytes = (known === null ? RECORD_BYTES : 0) - (isEmpty ? RECORD_BYTES : 0)
  const ownBytes = isChosen && own === null ? 0 : BALANCE_BYTES
  const bytes = isChosen ? CHOSEN_TOKEN_BYTES - ownBytes : ownBytes - CHOSEN_TOKEN_BYTES
  chargeBytes(account, registeredAccount(account), recordBytes + bytes)

  if (isEmpty) near.storageRemove(chosenKey(account))
  else writeRecord(chosenKey(account), next)
  if (isChosen) near.storageRemove(ownKey(account, token))
  else writeOwn(account, token, balance)
}

/** Lets `spender` move all that `owner` has, or no longer. */
export function setOperator(owner: string, spender: string, approved: boolean): void {
  const key = operatorKey(owner, spender)
  chargeStorage(owner, () => {
    if (approved) near.storageWrite(key, '1')
    else near.storageRemove(key)
  })
  emit('operator_set', { owner, spender, approved })
}

export function isOperator(owner: string, spender: string): boolean {
  return near.storageHasKey(operatorKey(owner, spender))
}

type Chosen = Readonly<Record<string, string>>

/** What becomes of a balance; `null` stands for a place that does not exist. */
type Rule = (account: string, balance: bigint | null, amount: TokenAmount) => bigint | null

function change(account: string, amounts: readonly TokenAmount[], rule: Rule): void {
  const chosen: Record<string, string> | null = readChosen(account)
  let isChanged = false
  for (const amount of amounts) {
    const { token } = amount
    const held = valueIn(chosen, token)
    if (chosen !== null && held !== null) {
      chosen[token] = String(rule(account, BigInt(held), amount))
      isChanged = true
      continue
    }
    const own = readOwn(account, token)
    const next = rule(account, own === null ? null : BigInt(own), amount)
    if (next !== null) writeOwn(account, token, String(next))
  }
  if (isChanged) writeRecord(chosenKey(account), chosen)
}

function debited(account: string, balance: bigint | null, { token, amount }: TokenAmount): bigint | null {
  require((balance ?? 0n) >= amount, 'BalanceTooLow', account, token, balance ?? 0n, amount)
  return balance === null ? null : balance - amount
}

function credited(account: string, balance: bigint | null, amount: TokenAmount, payer: string): bigint | null {
  const next = added(account, balance, amount)
  if (balance === null && next !== null) chargeBytes(payer, registeredAccount(payer), BALANCE_BYTES)
  return next
}

function added(account: string, balance: bigint | null, { token, amount }: TokenAmount): bigint | null {
  if (balance === null && amount === 0n) return null
  require(amount <= UINT128_MAX - (balance ?? 0n), 'BalanceOverflow', account, token)
  return (balance ?? 0n) + amount
}

function readChosen(account: string): Record<string, string> | null {
  return readRecord<Record<string, string>>(chosenKey(account))
}

/** An account may be called like a property that every object has. */
function valueIn(chosen: Chosen | null, token: string): string | null {
  return chosen !== null && Object.hasOwn(chosen, token) ? (chosen[token] ?? null) : null
}

function readOwn(account: string, token: string): string | null {
  return near.storageRead(ownKey(account, token))
}

function writeOwn(account: string, token: string, balance: string): void {
  near.storageWrite(ownKey(account, token), balance)
}

function chosenKey(account: string): string {
  return `ledger:${account}`
}

function ownKey(account: string, token: string): string {
  return `credit:${account}:${token}`
}

function operatorKey(owner: string, spender: string): string {
  return `operator:${owner}:${spender}`
}
