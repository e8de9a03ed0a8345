import { ALICE, addressOf, BOB, CAROL, type Chain, OPERATOR, RELAYER } from '../../test/chain.ts'
import { BODY_HASH, BUDGET, createJob, DAY } from '../../test/fixtures.ts'
import { ignore, type Measure } from './measure.ts'

/** Two of three, with the third's silence. */
export async function measureQuorum(chain: Chain, measure: Measure) {
  const { quorum, escrow } = chain
  const jobId = await createJob(chain, { evaluator: quorum.address })
  const members = [addressOf(ALICE), addressOf(CAROL), addressOf(OPERATOR)]
  await measure('quorum: set terms, 3 members', chain.send(ALICE, quorum, 'setQuorumTerms', [jobId, members, 2n]))
  await chain.send(ALICE, escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
  await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
  await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
  await measure('quorum: vote', chain.send(CAROL, quorum, 'castVote', [jobId, true, BODY_HASH]))
  await measure('quorum: vote that completes', chain.send(OPERATOR, quorum, 'castVote', [jobId, true, BODY_HASH]))
}

/** Every way in which an arbitrated job ends, with bond and stake. */
export async function measureArbitration(chain: Chain, measure: Measure) {
  const { arbitrated, escrow, ledger, dollar } = chain
  const windows = { reviewSeconds: 3600, rulingSeconds: 3600, silenceShareBP: 5000 }
  const terms = { arbiter: addressOf(CAROL), ...windows, bond: 1000n, stake: 2000n }
  await chain.send(ALICE, ledger, 'deposit', [dollar.address, BUDGET, addressOf(BOB)])
  for (const actor of [ALICE, BOB]) await chain.send(actor, ledger, 'setOperator', [arbitrated.address, true])

  async function createDisputed(note: Measure): Promise<bigint> {
    const jobId = await createJob(chain, { evaluator: arbitrated.address, duration: 5n * DAY })
    await chain.send(ALICE, escrow, 'setBudget', [jobId, dollar.address, BUDGET, '0x'])
    await note('arbitration: set terms', chain.send(ALICE, arbitrated, 'setArbitrationTerms', [jobId, terms]))
    await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
    const staking = chain.send(BOB, arbitrated, 'lockStake', [jobId, terms.arbiter, terms.stake])
    await note('arbitration: lock stake', staking)
    await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
    await note('arbitration: open dispute', chain.send(ALICE, arbitrated, 'openDispute', [jobId, BODY_HASH]))
    return jobId
  }
  const rule = (jobId: bigint, ruling: number, shareBP = 0n) =>
    chain.send(CAROL, arbitrated, 'rule', [jobId, ruling, shareBP, BODY_HASH])

  // The evaluator's balance in the ledger is there already, as it is in a live one.
  await createDisputed(ignore)
  const redone = await createDisputed(measure)
  await measure('arbitration: rule redo', rule(redone, 3))
  await measure('arbitration: rule refund', rule(await createDisputed(ignore), 0))
  await measure('arbitration: rule split', rule(await createDisputed(ignore), 2, 5000n))
  await chain.send(BOB, escrow, 'submit', [redone, BODY_HASH, '0x'])
  chain.warp(3600n)
  await measure('arbitration: settle review', chain.send(RELAYER, arbitrated, 'settleReview', [redone]))
}

/** One after the other of three, on the judge's word. */
export async function measureMilestones(chain: Chain, measure: Measure) {
  const { milestones, escrow } = chain
  const jobId = await createJob(chain, { evaluator: milestones.address, duration: 10n * DAY })
  await chain.send(ALICE, escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x'])
  const terms = { judge: addressOf(CAROL), reviewSeconds: 7200, amounts: [500_000n, 500_000n, BUDGET - 1_000_000n] }
  await measure('milestones: set terms, 3', chain.send(ALICE, milestones, 'setMilestoneTerms', [jobId, terms]))
  await chain.send(ALICE, escrow, 'fund', [jobId, BUDGET, '0x'])
  for (const [milestone, name] of ['first', 'second', 'last'].entries()) {
    await chain.send(BOB, escrow, 'submit', [jobId, BODY_HASH, '0x'])
    const approving = chain.send(CAROL, milestones, 'approveMilestone', [jobId, BigInt(milestone)])
    await measure(`milestones: approve the ${name}`, approving)
  }
}
