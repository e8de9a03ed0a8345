import { payoutTree } from '@parley/protocol'
import { ALICE, BOB, CAROL, RELAYER } from '../../test/actors.ts'
import { type Chain, keccak } from '../../test/chain.ts'
import { BUDGET, createPricedJob, HASH, submit } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

/** A crowd of 2,000 who have never been paid in the token before: each needs a place in the ledger. */
export async function measureCrowd(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const payouts = Array.from({ length: 2000 }, (_, n) => ({
    index: BigInt(n),
    account: `worker-number-${n}.near`,
    amount: 1000n,
  }))
  const { root, total, claim, push } = payoutTree(payouts, keccak, 'near')
  const job_id = await createPricedJob(chain, dollar)
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, ''))
  await chain.send(ALICE, parley, 'fund_from_ledger', { job_id, expected_budget: BUDGET }, oneYocto)
  await measure('crowd: set payee', BOB, parley, 'set_payee', { job_id, payee: parley }, oneYocto)
  await measure('crowd: set payees', BOB, parley, 'set_payees', { job_id, root, total }, oneYocto)
  await submit(chain, job_id)
  await chain.send(CAROL, parley, 'complete', { job_id, reason: HASH })

  for (const [n, name] of ['claim, first of the job', 'claim'].entries())
    await measure(`crowd: ${name}`, RELAYER, parley, 'claim_payout', { job_id, ...claim(n) })
  for (const count of [1, 10, 100]) {
    const { proofFlags: proof_flags, ...batch } = push(Array.from({ length: count }, (_, n) => 5 * count + n))
    await measure(`crowd: push ${count}`, RELAYER, parley, 'push_payouts', { job_id, ...batch, proof_flags })
  }
  await measure('crowd: claim remainder', RELAYER, parley, 'claim_remainder', { job_id })
}
