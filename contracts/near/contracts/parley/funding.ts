/** What brings a job its money: `fund` and `hire` of JobEscrow.sol, and which tokens may. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { caller, requireOneYocto, requireSelf } from '../context.ts'
import { isTokenTrusted, onTransfer, setToken } from '../funding.ts'
import { requireMayAllow, requireUnpaused } from '../guard.ts'
import { type Hiring, hireFromLedger, type LedgerHiring, onHire } from '../hiring.ts'
import * as input from '../input.ts'
import { escrowOf } from '../job.ts'
import * as jobs from '../jobs.ts'
import { onAwaited, type Wait, type WaitAnswer } from '../timeouts.ts'
import { Parley } from './state.ts'

@NearPart()
export class Funding extends Parley {
  /**
   * Lets clients hire and fund by this token (owner only), or no longer (guardian and owner): it is believed when it says who sends. What
   * jobs hold of it is paid out all the same.
   */
  @call({})
  set_token({ token, is_trusted }: { token: string; is_trusted: boolean }): void {
    const tokenId = input.account(token, 'token')
    const isTrusted = input.bool(is_trusted, 'is_trusted')
    requireMayAllow(this, isTrusted)

    setToken(tokenId, isTrusted)
  }

  /** Funds a job that pays nothing. Money that a job pays comes by `ft_on_transfer`. Client only. */
  @call({})
  fund(funding: { job_id: Hex; expected_budget: string }): void {
    const expectedBudget = input.uint(funding.expected_budget, 'expected_budget')
    requireUnpaused(this)
    jobs.fund(input.jobIdOf(funding), expectedBudget, { client: caller(), token: null, received: 0n })
  }

  /** The same from the client's balance in the ledger; what the job pays or refunds goes to balances there. Client only. */
  @call({ payableFunction: true })
  fund_from_ledger(funding: { job_id: Hex; expected_budget: string }): void {
    requireOneYocto()
    const expectedBudget = input.uint(funding.expected_budget, 'expected_budget')
    requireUnpaused(this)
    jobs.fundFromLedger(input.jobIdOf(funding), expectedBudget)
  }

  /**
   * Creates, describes, prices and funds a job from the client's balance in the ledger; answers its id. The client, or its operator there.
   * With the token's money instead, the hiring is the message of `ft_transfer_call`.
   */
  @call({ payableFunction: true })
  hire({ hiring }: { hiring: LedgerHiring }): void {
    requireOneYocto()
    const read = input.object(hiring, 'hiring')
    requireUnpaused(this)
    hireFromLedger(escrowOf(this), read)
  }

  /**
   * The same for a contract that goes on with the result: answers `{"job_id", "status", "reason", "response_hash"}` when the job has ended.
   * After 200 blocks it waits again while gas is left. Then a job that is not submitted ends too, and the answer's status is `timeout`. The
   * client only.
   */
  @call({ payableFunction: true })
  await_job({ hiring }: { hiring: LedgerHiring }): void {
    requireOneYocto()
    const read = input.object(hiring, 'hiring')
    requireUnpaused(this)
    hireFromLedger(escrowOf(this), read, true)
  }

  /** Takes a token's money for `fund`, for `hire` or into the ledger; answers how much of it is not needed (NEP-141). The caller is the token. */
  @call({})
  ft_on_transfer({ sender_id, amount, msg }: { sender_id: string; amount: string; msg: string }): string | undefined {
    const client = input.account(sender_id, 'sender_id')
    const transfer = { client, amount: input.uint(amount, 'amount', 128n), msg }
    return onTransfer(escrowOf(this), transfer, () => requireUnpaused(this))
  }

  @call({})
  on_hire(hiring: Hiring): string | undefined {
    requireSelf()
    requireUnpaused(this)
    return onHire(hiring)
  }

  /** When the job has ended, or nobody has ended it in time. */
  @call({})
  on_awaited(wait: Wait): WaitAnswer | undefined {
    requireSelf()
    return onAwaited(wait)
  }

  @view({})
  is_token_trusted({ token }: { token: string }): boolean {
    return isTokenTrusted(input.account(token, 'token'))
  }
}
