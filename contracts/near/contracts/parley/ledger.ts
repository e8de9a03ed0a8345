/** Ledger.sol, with NEP-245 for ERC-6909. */
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { caller, requireOneYocto, requireSelf } from '../context.ts'
import * as deposits from '../deposits.ts'
import * as input from '../input.ts'
import * as ledger from '../ledger.ts'
import * as multiToken from '../multi-token.ts'
import { Parley } from './state.ts'

@NearPart()
export class Ledger extends Parley {
  /** Sends `amount` of the caller's balance to `receiver`, in the token itself. What the token refuses is credited back: "0" is the answer then. */
  @call({ payableFunction: true })
  withdraw(withdrawal: { token: string; amount: string; receiver: string }): void {
    requireOneYocto()
    const token = input.account(withdrawal.token, 'token')
    const amount = input.uint(withdrawal.amount, 'amount', 128n)
    deposits.withdraw(caller(), token, amount, input.account(withdrawal.receiver, 'receiver'))
  }

  @call({})
  on_withdraw(withdrawal: deposits.Withdrawal): string {
    requireSelf()
    return deposits.onWithdraw(withdrawal)
  }

  /** Keeps the caller's balance of a token in its record, at most 32, or no longer: what is moved together costs less. */
  @call({})
  choose_token(chosen: { token: string; is_chosen: boolean }): void {
    const token = input.account(chosen.token, 'token')
    ledger.chooseToken(caller(), token, input.bool(chosen.is_chosen, 'is_chosen'))
  }

  /** Lets `spender` move all balances of the caller, or no longer. */
  @call({ payableFunction: true })
  set_operator({ spender, approved }: { spender: string; approved: boolean }): void {
    requireOneYocto()
    ledger.setOperator(caller(), input.account(spender, 'spender'), input.bool(approved, 'approved'))
  }

  /** NEP-245. With `approval`, the balance of an owner whose operator the caller is. */
  @call({ payableFunction: true })
  mt_transfer(sending: multiToken.Transfer): void {
    requireOneYocto()
    multiToken.transfer(sending)
  }

  @call({ payableFunction: true })
  mt_batch_transfer(sending: multiToken.BatchTransfer): void {
    requireOneYocto()
    multiToken.batchTransfer(sending)
  }

  /** The same, and asks the receiver (`mt_on_transfer`) how much it does not need. */
  @call({ payableFunction: true })
  mt_transfer_call(sending: multiToken.Transfer): void {
    requireOneYocto()
    multiToken.tellReceiver(multiToken.transfer(sending), sending.msg)
  }

  @call({ payableFunction: true })
  mt_batch_transfer_call(sending: multiToken.BatchTransfer): void {
    requireOneYocto()
    multiToken.tellReceiver(multiToken.batchTransfer(sending), sending.msg)
  }

  @call({})
  mt_resolve_transfer(sent: multiToken.Sent): string[] {
    requireSelf()
    return multiToken.resolveTransfer(sent)
  }

  @view({})
  is_operator({ owner, spender }: { owner: string; spender: string }): boolean {
    return ledger.isOperator(input.account(owner, 'owner'), input.account(spender, 'spender'))
  }

  @view({})
  mt_balance_of({ account_id, token_id }: { account_id: string; token_id: string }): string {
    return multiToken.balanceOfId(account_id, token_id)
  }

  @view({})
  mt_batch_balance_of({ account_id, token_ids }: { account_id: string; token_ids: string[] }): string[] {
    return input.list(token_ids, 'token_ids').map((tokenId) => multiToken.balanceOfId(account_id, tokenId))
  }

  @view({})
  mt_token({ token_ids }: { token_ids: string[] }) {
    return input.list(token_ids, 'token_ids').map(multiToken.describeToken)
  }
}
