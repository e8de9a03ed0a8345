/** The ledger as a multi-token contract (NEP-245): `nep141:<account>` is the token of that account. */
import { near } from 'near-sdk-js'
import { callThen } from './calls.ts'
import { caller } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { FT_TRANSFER_CALL_GAS, resolveGas } from './gas.ts'
import * as input from './input.ts'
import { balanceOf, isOperator, moveAll, type TokenAmount } from './ledger.ts'
import { tokenIdOf } from './multi-token-events.ts'

/** As many as a record holds. */
const MAX_BATCH = 32

/** Of an amount in JSON, with its quotes and a comma. */
const MAX_AMOUNT_LENGTH = 42

/** Arguments of `mt_transfer`, and of `mt_transfer_call` with `msg`. */
export interface Transfer {
  readonly receiver_id: string
  readonly token_id: string
  readonly amount: string
  /** Whose balance, when the caller is its operator. Approvals have no numbers here: any does. */
  readonly approval?: readonly [owner_id: string, approval_id: number] | null
  readonly memo?: string | null
  readonly msg?: string
}

/** The same of `mt_batch_transfer` and `mt_batch_transfer_call`: always the caller's balances. */
export interface BatchTransfer {
  readonly receiver_id: string
  readonly token_ids: readonly string[]
  readonly amounts: readonly string[]
  readonly approvals?: null
  readonly memo?: string | null
  readonly msg?: string
}

/** What `mt_resolve_transfer` is called with. */
export interface Sent {
  readonly sender_id: string
  readonly receiver_id: string
  readonly token_ids: readonly string[]
  readonly amounts: readonly string[]
}

export function transfer({ receiver_id, token_id, amount, approval }: Transfer): Sent {
  return send(ownerOf(approval), receiver_id, [token_id], [amount])
}

export function batchTransfer({ receiver_id, token_ids, amounts, approvals }: BatchTransfer): Sent {
  if (approvals !== undefined && approvals !== null) throw new ContractError('InputInvalid', 'approvals is not null')
  return send(caller(), receiver_id, token_ids, amounts)
}

/** Tells the receiver what it was sent and asks what it does not need, which comes back. Answers how much it took of each token. */
export function tellReceiver(sent: Sent, msg: unknown): void {
  const { sender_id, receiver_id, token_ids, amounts } = sent
  const message = input.text(msg, 'msg')
  const notice = { sender_id: caller(), previous_owner_ids: token_ids.map(() => sender_id), token_ids, amounts }
  const gasToResolve = resolveGas(token_ids.length)
  const gas = near.prepaidGas() - near.usedGas() - gasToResolve - FT_TRANSFER_CALL_GAS
  callThen(
    { contract: receiver_id, method: 'mt_on_transfer', args: { ...notice, msg: message }, gas },
    { method: 'mt_resolve_transfer', args: sent, gas: gasToResolve },
  )
}

/** Takes back what the receiver did not need, all if it failed, as far as it has not spent it. */
export function resolveTransfer({ sender_id, receiver_id, token_ids, amounts }: Sent): string[] {
  const unused = unusedOf(amounts.map(BigInt))
  // A batch may have a token twice.
  const left: Record<string, bigint> = {}
  const back = token_ids.map((token_id, at) => {
    const token = tokenOf(token_id)
    const held = left[token_id] ?? balanceOf(receiver_id, token)
    const amount = smaller(unused[at] ?? 0n, held)
    left[token_id] = held - amount
    return { token, amount }
  })

  const moving = back.filter(({ amount }) => amount > 0n)
  if (moving.length > 0) moveAll(receiver_id, receiver_id, sender_id, moving)
  return amounts.map((amount, at) => String(BigInt(amount) - (back[at]?.amount ?? 0n)))
}

export function balanceOfId(accountId: unknown, token_id: unknown): string {
  const account = input.account(accountId, 'account_id')
  const token = tokenIn(input.text(token_id, 'token_id'))
  return token === null ? '0' : String(balanceOf(account, token))
}

/** Every token's id is known, whether anybody has it or not. */
export function describeToken(token_id: unknown): { token_id: string; owner_id: null } | null {
  const id = input.text(token_id, 'token_ids')
  return tokenIn(id) === null ? null : { token_id: id, owner_id: null }
}

function send(from: string, receiver: unknown, tokenIds: unknown, atoms: unknown): Sent {
  const receiver_id = input.account(receiver, 'receiver_id')
  const ids = input.list(tokenIds, 'token_ids')
  const numbers = input.list(atoms, 'amounts')
  require(ids.length === numbers.length && ids.length <= MAX_BATCH, 'BatchMalformed', ids.length, numbers.length)
  const amounts: TokenAmount[] = ids.map((id, at) => ({
    token: tokenOf(input.text(id, 'token_ids')),
    amount: input.uint(numbers[at], 'amounts', 128n),
  }))
  // Only `mt_transfer` names another owner, and has one amount. Nothing may be moved by anybody, as in ERC-6909.
  const [{ token, amount } = { token: '', amount: 0n }] = amounts
  const isAllowed = caller() === from || amount === 0n || isOperator(from, caller())
  require(isAllowed, 'AllowanceTooLow', from, caller(), token, 0, amount)

  moveAll(caller(), from, receiver_id, amounts)
  return {
    sender_id: from,
    receiver_id,
    token_ids: amounts.map(({ token }) => tokenIdOf(token)),
    amounts: amounts.map(({ amount }) => String(amount)),
  }
}

function ownerOf(approval: unknown): string {
  return approval === undefined || approval === null
    ? caller()
    : input.account(input.list(approval, 'approval')[0], 'approval')
}

function tokenOf(tokenId: string): string {
  const token = tokenIn(tokenId)
  require(token !== null, 'TokenUnknown', tokenId)
  return token
}

function tokenIn(tokenId: string): string | null {
  const token = tokenId.slice(PREFIX.length)
  return tokenId.startsWith(PREFIX) && input.isAccount(token) ? token : null
}

const PREFIX = tokenIdOf('')

/** What the receiver says it does not need of each; everything, when it failed or says nothing that makes sense. */
function unusedOf(amounts: readonly bigint[]): readonly bigint[] {
  try {
    const answer = near.promiseResult(0)
    if (answer.length > MAX_AMOUNT_LENGTH * (amounts.length + 1)) return amounts
    const unused = input.list(JSON.parse(answer), 'unused')
    if (unused.length !== amounts.length) return amounts
    return amounts.map((amount, at) => smaller(input.uint(unused[at], 'unused', 128n), amount))
  } catch {
    return amounts
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
