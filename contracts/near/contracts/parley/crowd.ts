/** CrowdPayout.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { requireOneYocto } from '../context.ts'
import * as crowd from '../crowd.ts'
import * as input from '../input.ts'
import { Parley } from './state.ts'

@NearPart()
export class Crowd extends Parley {
  /** Says who shares in what a funded job pays: the root of the payees' tree, and what they get together. Provider only, until it submits. */
  @call({ payableFunction: true })
  set_payees(payees: { job_id: Hex; root: Hex; total: string }): void {
    requireOneYocto()
    const total = input.uint(payees.total, 'total')
    crowd.setPayees(input.jobIdOf(payees), input.bytes32(payees.root, 'root'), total)
  }

  /** Pays one payee of a job that has ended. Anyone, for ever; who calls pays for the payee's place in the ledger. */
  @call({})
  claim_payout(claim: { job_id: Hex; payout: object; proof: Hex[] }): void {
    const jobId = input.jobIdOf(claim)
    crowd.claimPayout(jobId, crowd.readPayout(claim.payout, 'payout'), hashesOf(claim.proof, 'proof'))
  }

  /** Pays many payees with one proof; skips who has been paid already. Anyone, as above. */
  @call({})
  push_payouts(push: { job_id: Hex; payouts: object[]; proof: Hex[]; proof_flags: boolean[] }): void {
    const jobId = input.jobIdOf(push)
    const payouts = input.list(push.payouts, 'payouts').map((payout) => crowd.readPayout(payout, 'payouts'))
    const proof = hashesOf(push.proof, 'proof')
    const proofFlags = input.list(push.proof_flags, 'proof_flags').map((flag) => input.bool(flag, 'proof_flags'))
    crowd.pushPayouts(jobId, payouts, { proof, proofFlags })
  }

  /** Gives the provider what the job has paid beyond its payees' total: everything, when there are none. Anyone, once. */
  @call({})
  claim_remainder(job: { job_id: Hex }): void {
    crowd.claimRemainder(input.jobIdOf(job))
  }

  /** The payees of a job, and how much of what it has paid they have. Null for a job without them. */
  @view({})
  get_crowd(job: { job_id: Hex }): crowd.Crowd | null {
    return crowd.getCrowd(input.jobIdOf(job))
  }

  @view({})
  is_payout_made(asked: { job_id: Hex; index: string }): boolean {
    return crowd.isPayoutMade(input.jobIdOf(asked), input.uint(asked.index, 'index'))
  }
}

function hashesOf(hashes: unknown, field: string): readonly Hex[] {
  return input.list(hashes, field).map((hash) => input.bytes32(hash, field))
}
