/** Money that goes into the ledger by a token's `ft_transfer_call`, and out of it by `ft_transfer`. */
import { callThen, hasSucceeded } from './calls.ts'
import { self } from './context.ts'
import { require } from './contract-error.ts'
import { PAYOUT_CALLBACK_GAS, TOKEN_TRANSFER_GAS } from './gas.ts'
import * as ledger from './ledger.ts'
import { logBurn, logMint } from './multi-token-events.ts'

export interface Withdrawal {
  readonly account: string
  readonly token: string
  readonly receiver: string
  readonly amount: string
}

/**
 * Credits what a token says it has brought: it can lie about itself only. Who sent it is believed of a trusted token alone, and then pays
 * for a place that `receiver` does not have yet, and chooses the token by depositing it for itself; else the token pays.
 */
export function deposit(
  { token, sender, receiver, amount }: { token: string; sender: string; receiver: string; amount: bigint },
  isTrusted: boolean,
): void {
  require(amount > 0n, 'AmountZero')

  const choosesToken = isTrusted && sender === receiver && !ledger.hasPlace(receiver, token) && ledger.hasRoom(receiver)
  if (choosesToken) ledger.chooseToken(receiver, token, true)
  ledger.credit(receiver, token, amount, isTrusted ? sender : token)
  logMint(sender, receiver, { token, amount })
}

/** Sends an account's balance in the token itself; answers with what was sent, "0" when the token refused. */
export function withdraw(account: string, token: string, amount: bigint, receiver: string): void {
  require(amount > 0n, 'AmountZero')
  // Nobody could ever take out again what the ledger sent to itself.
  require(receiver !== self(), 'WithdrawalFailed', token, receiver, amount)

  ledger.debit(account, token, amount)
  logBurn(account, { token, amount })

  const withdrawal: Withdrawal = { account, token, receiver, amount: String(amount) }
  const transfer = { receiver_id: receiver, amount: withdrawal.amount }
  callThen(
    { contract: token, method: 'ft_transfer', args: transfer, deposit: 1n, gas: TOKEN_TRANSFER_GAS },
    { method: 'on_withdraw', args: withdrawal, gas: PAYOUT_CALLBACK_GAS },
  )
}

/** Must not fail: the account's place for the token is there still, so that nobody need pay for what comes back to it. */
export function onWithdraw({ account, token, amount }: Withdrawal): string {
  if (hasSucceeded()) return amount
  ledger.credit(account, token, BigInt(amount), account)
  logMint(account, account, { token, amount: BigInt(amount) }, 'refund')
  return '0'
}
