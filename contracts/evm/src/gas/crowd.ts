import { type Hex, type Payout, payoutTree } from '@parley/protocol'
import { ALICE, addressOf, BOB, CAROL, type Chain, RELAYER } from '../../test/chain.ts'
import { BODY_HASH, BUDGET, createJob } from '../../test/fixtures.ts'
import { keccak } from '../keccak.ts'
import type { Measure } from './measure.ts'

/** What one transaction may use (EIP-7825). */
export const LARGEST_TRANSACTION = 2n ** 24n

/** A crowd of 2,000 who have never been paid in the token before: each needs a slot of the ledger. */
export async function measureCrowd(chain: Chain, measure: Measure) {
  const { crowd, escrow, ledger, dollar } = chain
  const tree = payoutTree(
    Array.from({ length: 2000 }, (_, n) => ({ index: BigInt(n), account: payeeAt(n), amount: 1000n })),
    keccak,
    'evm',
  )
  await chain.send(ALICE, ledger, 'setOperator', [escrow.address, true])
  const jobId = await createJob(chain, { evaluator: addressOf(CAROL) })
  await chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x'])
  await chain.send(ALICE, escrow, 'fundFromLedger', [jobId, BUDGET])
  await measure('crowd: set payee', chain.send(BOB, escrow, 'setPayee', [jobId, crowd.address]))
  await measure('crowd: set payees', chain.send(BOB, crowd, 'setPayees', [jobId, tree.root, tree.total]))
  await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
  await chain.send(CAROL, escrow, 'complete', [jobId, BODY_HASH, '0x'])

  const claims = ['claim, first of the job', 'claim'].entries()
  for (const [n, name] of claims) {
    const { payout, proof } = tree.claim(n)
    const args = [jobId, { ...payout, account: payout.account as Hex }, proof] as const
    await measure(`crowd: ${name}`, chain.send(RELAYER, crowd, 'claimPayout', args))
  }
  for (const count of [1, 10, 100]) {
    const { payouts, proof, proofFlags } = tree.push(Array.from({ length: count }, (_, n) => 5 * count + n))
    const args = [jobId, payouts as readonly (Payout & { account: Hex })[], proof, proofFlags] as const
    await measure(`crowd: push ${count}`, chain.send(RELAYER, crowd, 'pushPayouts', args, LARGEST_TRANSACTION))
  }
  await measure('crowd: claim remainder', chain.send(RELAYER, crowd, 'claimRemainder', [jobId]))
}

function payeeAt(n: number): Hex {
  return `0x${(n + 1).toString(16).padStart(4, '0').repeat(10)}`
}
