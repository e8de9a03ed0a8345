/** Guardrails.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireOneYocto } from '../context.ts'
import { requireUnpaused } from '../guard.ts'
import * as guardrails from '../guardrails.ts'
import type { LedgerHiring } from '../hiring.ts'
import * as input from '../input.ts'
import { escrowOf } from '../job.ts'
import { Parley } from './state.ts'

@NearPart()
export class Guardrails extends Parley {
  /** Gives a key, another account, a policy for the caller's balances, or changes it; limits and counterparties stay as they are. */
  @call({ payableFunction: true })
  set_policy(policy: {
    key: string
    expires_at: string
    methods: string
    is_any_counterparty: boolean
    confirmers: string[]
    confirmations_needed: string
  }): void {
    requireOneYocto()
    guardrails.setPolicy(input.account(policy.key, 'key'), {
      expiresAt: input.uint(policy.expires_at, 'expires_at', 48n),
      methods: input.uint(policy.methods, 'methods', 8n),
      isAnyCounterparty: input.bool(policy.is_any_counterparty, 'is_any_counterparty'),
      confirmers: input.list(policy.confirmers, 'confirmers').map((one) => input.account(one, 'confirmers')),
      confirmationsNeeded: input.uint(policy.confirmations_needed, 'confirmations_needed', 8n),
    })
  }

  /** Lets a key of the caller spend `limit` of a token in each period; a single spending above `threshold` wants confirmations. */
  @call({ payableFunction: true })
  set_spend_limit(limit: {
    key: string
    token: string
    limit: string
    period_seconds: string
    threshold: string
  }): void {
    requireOneYocto()
    guardrails.setSpendLimit(input.account(limit.key, 'key'), input.account(limit.token, 'token'), {
      limit: input.uint(limit.limit, 'limit', 128n),
      periodSeconds: input.uint(limit.period_seconds, 'period_seconds', 32n),
      threshold: input.uint(limit.threshold, 'threshold', 128n),
    })
  }

  @call({ payableFunction: true })
  set_counterparty(chosen: { key: string; counterparty: string; is_allowed: boolean }): void {
    requireOneYocto()
    const counterparty = input.account(chosen.counterparty, 'counterparty')
    guardrails.setCounterparty(
      input.account(chosen.key, 'key'),
      counterparty,
      input.bool(chosen.is_allowed, 'is_allowed'),
    )
  }

  /** Takes everything from a key of the caller, at once. */
  @call({})
  revoke_policy({ key }: { key: string }): void {
    guardrails.revokePolicy(input.account(key, 'key'))
  }

  /** Confirms what `next_operation_id` says of a spending above a threshold. A confirmer's next word replaces its last. */
  @call({ payableFunction: true })
  confirm_spend(word: { account: string; key: string; operation_id: Hex }): void {
    requireOneYocto()
    const account = input.account(word.account, 'account')
    guardrails.confirmSpend(account, input.account(word.key, 'key'), input.bytes32(word.operation_id, 'operation_id'))
  }

  /** Moves a balance of `account`, whose policy names the caller as a key: one that may only call functions is enough. */
  @call({})
  spend_transfer(spending: { account: string; token: string; to: string; amount: string }): void {
    const transfer = spendingOf(spending, 'to')
    requireUnpaused(this)
    guardrails.spendTransfer(transfer)
  }

  @call({})
  spend_withdraw(spending: { account: string; token: string; amount: string; receiver: string }): void {
    const withdrawal = spendingOf(spending, 'receiver')
    requireUnpaused(this)
    guardrails.spendWithdraw(withdrawal)
  }

  /** Hires as `hire` does from the ledger: the budget is what is spent, the provider the counterparty. */
  @call({})
  spend_hire(spending: { account: string; hiring: LedgerHiring }): void {
    const account = input.account(spending.account, 'account')
    const hiring = input.object(spending.hiring, 'hiring')
    requireUnpaused(this)
    guardrails.spendHire(escrowOf(this), account, hiring)
  }

  @view({})
  get_policy({ account, key }: { account: string; key: string }) {
    return guardrails.getPolicy(input.account(account, 'account'), input.account(key, 'key'))
  }

  @view({})
  confirmers_of({ account, key }: { account: string; key: string }): string[] {
    return guardrails.confirmersOf(input.account(account, 'account'), input.account(key, 'key'))
  }

  /** With what has been spent in the period under way. */
  @view({})
  get_spend_limit(asked: { account: string; key: string; token: string }): guardrails.SpendLimit | null {
    const token = input.account(asked.token, 'token')
    return guardrails.getSpendLimit(input.account(asked.account, 'account'), input.account(asked.key, 'key'), token)
  }

  @view({})
  is_counterparty_allowed(asked: { account: string; key: string; counterparty: string }): boolean {
    const counterparty = input.account(asked.counterparty, 'counterparty')
    const key = input.account(asked.key, 'key')
    return guardrails.isCounterpartyAllowed(input.account(asked.account, 'account'), key, counterparty)
  }

  /** A hiring's part of an operation's id. */
  @view({})
  hash_hiring({ hiring }: { hiring: LedgerHiring }): Hex {
    return guardrails.hashHiring(input.object(hiring, 'hiring'))
  }

  @view({})
  next_operation_id(operation: {
    account: string
    key: string
    method: string
    token: string
    counterparty: string
    amount: string
    details: Hex
  }): Hex {
    const method = Number(input.uint(operation.method, 'method', 8n))
    const details = input.bytes32(operation.details, 'details')
    const key = input.account(operation.key, 'key')
    return guardrails.nextOperationId(key, method, spendingOf(operation, 'counterparty'), details)
  }
}

function spendingOf(spending: Readonly<Record<string, unknown>>, counterparty: string): guardrails.Spending {
  return {
    account: input.account(spending.account, 'account'),
    token: input.account(spending.token, 'token'),
    counterparty: input.account(spending[counterparty], counterparty),
    amount: input.uint(spending.amount, 'amount', 128n),
  }
}
