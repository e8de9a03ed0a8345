/** ArbitratedEvaluator.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import * as arbitration from '../arbitration.ts'
import { requireOneYocto } from '../context.ts'
import * as input from '../input.ts'
import { Parley } from './state.ts'

@NearPart()
export class Arbitration extends Parley {
  /**
   * Says who judges an open job, and how. The job's client only, once, after the provider is known. Each window has an hour at least; the
   * arbiter is neither of the parties. `bond` and `stake` are in the job's token.
   */
  @call({})
  set_arbitration_terms(setting: { job_id: Hex; terms: arbitration.ArbitrationTerms }): void {
    arbitration.setArbitrationTerms(input.jobIdOf(setting), arbitration.readTerms(setting.terms, 'terms'))
  }

  /** Locks the stake of a funded job, from the provider's balance in the ledger. Provider only, once: it names what it has read. */
  @call({ payableFunction: true })
  lock_stake(stake: { job_id: Hex; arbiter: string; amount: string }): void {
    requireOneYocto()
    const arbiter = input.account(stake.arbiter, 'arbiter')
    arbitration.lockStake(input.jobIdOf(stake), arbiter, input.uint(stake.amount, 'amount'))
  }

  /** Pays the whole budget for submitted work, disputed or not. Client only. Bond and stake go back. */
  @call({})
  accept_work(job: { job_id: Hex }): void {
    arbitration.acceptWork(input.jobIdOf(job))
  }

  /** Asks the arbiter to judge submitted work, within the review window. Client only; the bond is taken from its balance in the ledger. */
  @call({ payableFunction: true })
  open_dispute(dispute: { job_id: Hex; reason: Hex }): void {
    requireOneYocto()
    arbitration.openDispute(input.jobIdOf(dispute), input.bytes32(dispute.reason, 'reason'))
  }

  /** Decides an open dispute within the ruling window: "0" refund, "1" pay, "2" split, "3" redo. The job's arbiter only. */
  @call({})
  rule(given: { job_id: Hex; ruling: string; share_bp: string; reason: Hex }): void {
    const [ruling, share] = [input.uint(given.ruling, 'ruling', 2n), input.uint(given.share_bp, 'share_bp')]
    arbitration.rule(input.jobIdOf(given), ruling, share, input.bytes32(given.reason, 'reason'))
  }

  /** Takes silence for an answer: the client's, after the review window, for a yes; the arbiter's for the declared share. Anyone. */
  @call({})
  settle_review(job: { job_id: Hex }): void {
    arbitration.settleReview(input.jobIdOf(job))
  }

  /** Gives back bond and stake of a job that ended without a ruling, by its expiry. Anyone. */
  @call({})
  release_bond_and_stake(job: { job_id: Hex }): void {
    arbitration.releaseBondAndStake(input.jobIdOf(job))
  }

  /** An arbitrated job's terms, and where it stands. Null for a job without them. */
  @view({})
  get_arbitration(job: { job_id: Hex }): arbitration.Arbitration | null {
    return arbitration.getArbitration(input.jobIdOf(job))
  }
}
