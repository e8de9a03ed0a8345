/** What jobs pay, to whom, and the fee of it: JobPayments.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireSelf } from '../context.ts'
import * as fees from '../fees.ts'
import * as input from '../input.ts'
import { readJob } from '../job.ts'
import { requireOwner } from '../ownership.ts'
import { claimPayment, feeOf, onPayout, owedOf, type Payout, payeeOf, paymentOf } from '../payouts.ts'
import { Parley } from './state.ts'

@NearPart()
export class Payments extends Parley {
  /** Sets the share of what providers earn that goes to the protocol, in basis points, for jobs that are created from now on, and who gets it. Owner only. */
  @call({})
  set_platform_fee(policy: { fee_bp: string; treasury: string | null }): void {
    const feeBP = input.uint(policy.fee_bp, 'fee_bp')
    const treasury = input.optionalAccount(policy.treasury, 'treasury')
    requireOwner(this)

    this.fee_bp = fees.setPlatformFee(feeBP, treasury)
  }

  /** Sends the fees that were taken in a token to the treasury. Anyone. */
  @call({})
  collect_fees({ token }: { token: string }): void {
    fees.collectFees(input.account(token, 'token'))
  }

  @call({})
  on_collect_fees(collection: fees.Collection): void {
    requireSelf()
    fees.onCollectFees(collection)
  }

  /** Tries again to pay what a token refused to move. Anyone. */
  @call({})
  claim_payment(job: { job_id: Hex }): void {
    claimPayment(input.jobIdOf(job))
  }

  @call({})
  on_payout(payout: Payout): void {
    requireSelf()
    onPayout(payout)
  }

  /** Who gets what the job pays: the provider, unless it said otherwise. */
  @view({})
  payee_of(job: { job_id: Hex }): string | null {
    const known = readJob(input.jobIdOf(job))
    return known === null ? null : payeeOf(known)
  }

  /** What was paid, or is owed, to the provider's side so far. */
  @view({})
  payment_of(job: { job_id: Hex }): string {
    return paymentOf(input.jobIdOf(job))
  }

  /** What the protocol has taken of what the job paid so far. */
  @view({})
  fee_of(job: { job_id: Hex }): string {
    return String(feeOf(readJob(input.jobIdOf(job))))
  }

  /** What a token refused to move: "0" when nothing is owed, or it is on its way. */
  @view({})
  owed(job: { job_id: Hex }): string {
    return owedOf(input.jobIdOf(job))
  }

  /** Basis points, for jobs that are created now. */
  @view({})
  platform_fee_bp(): string {
    return String(this.fee_bp)
  }

  @view({})
  platform_treasury(): string | null {
    return fees.platformTreasury()
  }

  /** What was taken of payments in a token and not collected yet. */
  @view({})
  accrued_fees({ token }: { token: string }): fees.Fees {
    return fees.accruedFees(input.account(token, 'token'))
  }
}
