/** The demo's dollar: a fungible token (NEP-141, with NEP-145 and NEP-148) that anyone may hold, minted once. */
import { near } from 'near-sdk-js'
import { call, initialize, NearBindgen, view } from '../builder/runtime/contract.ts'
import { callThen } from './calls.ts'
import { caller, requireOneYocto, requireSelf } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { logEvent } from './events.ts'
import { FT_RESOLVE_GAS, FT_TRANSFER_CALL_GAS } from './gas.ts'
import * as input from './input.ts'
import { readRecord, writeRecord } from './records.ts'
import type { StorageBalance } from './storage.ts'

/** An account's record at its longest: 74 bytes of key, 41 of value, 40 that NEAR adds. */
const ACCOUNT_COST = 155n * near.storageByteCost()

/** Amounts are in the smallest unit, decimal strings in JSON. */
@NearBindgen({ requireInit: true, isLazy: true })
export class Token {
  total_supply = '0'

  /** Mints the whole supply to `owner`. */
  @initialize({})
  init({ owner, supply }: { owner: string; supply: string }): void {
    const owner_id = input.account(owner, 'owner')
    this.total_supply = String(input.uint(supply, 'supply', 128n))

    writeRecord(balanceRecord(owner_id), this.total_supply)
    logEvent('nep141', '1.0.0', 'ft_mint', { owner_id, amount: this.total_supply })
  }

  @call({ payableFunction: true })
  ft_transfer(transfer: { receiver_id: string; amount: string; memo?: string }): void {
    requireOneYocto()
    const receiver = input.account(transfer.receiver_id, 'receiver_id')

    move(caller(), receiver, input.uint(transfer.amount, 'amount', 128n))
  }

  /** Gives the money and asks the receiver what it does not need, which comes back. Answers how much it took. */
  @call({ payableFunction: true })
  ft_transfer_call(transfer: { receiver_id: string; amount: string; memo?: string; msg: string }): void {
    requireOneYocto()
    const sender_id = caller()
    const receiver_id = input.account(transfer.receiver_id, 'receiver_id')
    const amount = input.uint(transfer.amount, 'amount', 128n)
    const msg = input.text(transfer.msg, 'msg')

    move(sender_id, receiver_id, amount)

    callThen(
      {
        contract: receiver_id,
        method: 'ft_on_transfer',
        args: { sender_id, amount: String(amount), msg },
        gas: near.prepaidGas() - near.usedGas() - FT_RESOLVE_GAS - FT_TRANSFER_CALL_GAS,
      },
      {
        method: 'ft_resolve_transfer',
        args: { sender_id, receiver_id, amount: String(amount) },
        gas: FT_RESOLVE_GAS,
      },
    )
  }

  /**
   * Takes back what the receiver did not need, all if it failed, as far as it has not spent it. Must not fail: what comes back to a sender
   * that has left is burnt, as near-contract-standards does.
   */
  @call({})
  ft_resolve_transfer(transfer: { sender_id: string; receiver_id: string; amount: string }): string {
    requireSelf()
    const { sender_id, receiver_id } = transfer
    const amount = BigInt(transfer.amount)
    const unused = smaller(unusedOf(amount), balanceOf(receiver_id) ?? 0n)

    if (unused > 0n && balanceOf(sender_id) === null) {
      this.total_supply = String(BigInt(this.total_supply) - unused)
      burn(receiver_id, unused)
      return String(amount)
    }
    if (unused > 0n) move(receiver_id, sender_id, unused)
    return String(amount - unused)
  }

  @view({})
  ft_total_supply(): string {
    return this.total_supply
  }

  @view({})
  ft_balance_of({ account_id }: { account_id: string }): string {
    return String(balanceOf(input.account(account_id, 'account_id')) ?? 0n)
  }

  @view({})
  ft_metadata() {
    return {
      spec: 'ft-1.0.0',
      name: 'Demo Dollar',
      symbol: 'DUSD',
      icon: null,
      reference: null,
      reference_hash: null,
      decimals: 6,
    }
  }

  /** Registers an account, so that it can hold the token. What is paid over the price comes back. */
  @call({ payableFunction: true })
  storage_deposit({ account_id }: { account_id?: string; registration_only?: boolean }): StorageBalance {
    const accountId = input.optionalAccount(account_id, 'account_id') ?? caller()
    const attached = near.attachedDeposit()
    const price = balanceOf(accountId) === null ? ACCOUNT_COST : 0n
    require(attached >= price, 'StorageDepositTooLow', accountId, price - attached)

    if (price > 0n) writeRecord(balanceRecord(accountId), '0')
    if (attached > price) sendBack(attached - price)
    return REGISTERED
  }

  /** There is never more than the price of an account, so nothing to withdraw. */
  @call({ payableFunction: true })
  storage_withdraw({ amount }: { amount?: string | null }): StorageBalance {
    requireOneYocto()
    const withdrawn = input.uint(amount ?? '0', 'amount', 128n)
    require(balanceOf(caller()) !== null, 'StorageDepositTooLow', caller(), ACCOUNT_COST)
    require(withdrawn === 0n, 'StorageDepositTooLow', caller(), withdrawn)
    return REGISTERED
  }

  /** Returns the price of an account that holds nothing. */
  @call({ payableFunction: true })
  storage_unregister(_: { force?: boolean }): boolean {
    requireOneYocto()
    const balance = balanceOf(caller())
    if (balance === null) return false
    if (balance > 0n) throw new ContractError('InputInvalid', `account holds ${balance}: transfer it first`)

    near.storageRemove(balanceRecord(caller()))
    sendBack(ACCOUNT_COST + 1n)
    return true
  }

  @view({})
  storage_balance_of({ account_id }: { account_id: string }): StorageBalance | null {
    return balanceOf(input.account(account_id, 'account_id')) === null ? null : REGISTERED
  }

  @view({})
  storage_balance_bounds() {
    return { min: String(ACCOUNT_COST), max: String(ACCOUNT_COST) }
  }
}

/** Of an amount in JSON, with its quotes: nothing longer is read, which might be made to exhaust the memory. */
const MAX_AMOUNT_LENGTH = 41

const REGISTERED: StorageBalance = { total: String(ACCOUNT_COST), available: '0' }

function move(from: string, to: string, amount: bigint): void {
  const available = balanceOf(from)
  const held = balanceOf(to)
  if (from === to) throw new ContractError('InputInvalid', 'receiver_id is the sender')
  if (amount === 0n) throw new ContractError('InputInvalid', 'amount is 0')
  if (available === null || available < amount)
    throw new ContractError('InputInvalid', `amount is ${amount}, and ${from} has ${available ?? 0n}`)
  if (held === null) throw new ContractError('InputInvalid', `receiver_id ${to} is not registered`)

  writeRecord(balanceRecord(from), String(available - amount))
  writeRecord(balanceRecord(to), String(held + amount))
  logEvent('nep141', '1.0.0', 'ft_transfer', { old_owner_id: from, new_owner_id: to, amount: String(amount) })
}

/** The owner has as much. */
function burn(owner_id: string, amount: bigint): void {
  writeRecord(balanceRecord(owner_id), String((balanceOf(owner_id) ?? 0n) - amount))
  logEvent('nep141', '1.0.0', 'ft_burn', { owner_id, amount: String(amount), memo: 'the sender has left' })
}

/** `null` for an account that is not registered. */
function balanceOf(accountId: string): bigint | null {
  const balance = readRecord<string>(balanceRecord(accountId))
  return balance === null ? null : BigInt(balance)
}

/** What the receiver says it does not need; everything, when it failed or says nothing that makes sense. */
function unusedOf(amount: bigint): bigint {
  try {
    const answer = near.promiseResult(0)
    if (answer.length > MAX_AMOUNT_LENGTH) return amount
    return smaller(input.uint(JSON.parse(answer), 'unused', 128n), amount)
  } catch {
    return amount
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function balanceRecord(accountId: string): string {
  return `balance:${accountId}`
}

function sendBack(amount: bigint): void {
  near.promiseBatchActionTransfer(near.promiseBatchCreate(caller()), amount)
}
