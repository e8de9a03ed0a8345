/** What happens to balances, as NEP-245 has it. `authorized_id` says who did it, when it was another than the owner. */
import { logEvent } from './events.ts'
import type { TokenAmount } from './ledger.ts'

/** The id of a NEP-141 token of that account. */
export function tokenIdOf(token: string): string {
  return `nep141:${token}`
}

/** `caller` is who deposited. */
export function logMint(caller: string, owner_id: string, amount: TokenAmount, memo?: string): void {
  log('mt_mint', caller, { owner_id }, owner_id, [amount], memo)
}

export function logBurn(owner_id: string, amount: TokenAmount): void {
  log('mt_burn', owner_id, { owner_id }, owner_id, [amount])
}

export function logTransfer(
  caller: string,
  old_owner_id: string,
  new_owner_id: string,
  amounts: readonly TokenAmount[],
): void {
  log('mt_transfer', caller, { old_owner_id, new_owner_id }, old_owner_id, amounts)
}

/** Many transfers of one token from one account, in one line. */
export function logTransfers(
  old_owner_id: string,
  token: string,
  shares: readonly { readonly account: string; readonly amount: bigint }[],
): void {
  const token_ids = [tokenIdOf(token)]
  const transfers = shares.map(({ account, amount }) => ({
    old_owner_id,
    new_owner_id: account,
    token_ids,
    amounts: [String(amount)],
  }))
  logEvent('nep245', '1.0.0', 'mt_transfer', ...transfers)
}

function log(
  event: string,
  caller: string,
  owners: object,
  owner: string,
  amounts: readonly TokenAmount[],
  memo?: string,
): void {
  logEvent('nep245', '1.0.0', event, {
    ...(caller === owner ? {} : { authorized_id: caller }),
    ...owners,
    token_ids: amounts.map(({ token }) => tokenIdOf(token)),
    amounts: amounts.map(({ amount }) => String(amount)),
    ...(memo === undefined ? {} : { memo }),
  })
}
