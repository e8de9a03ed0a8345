import type { Hex } from '@parley/protocol'
import { ALICE, BOB, CAROL, OPERATOR, RELAYER } from '../../test/actors.ts'
import type { Chain } from '../../test/chain.ts'
import { BUDGET, createPricedJob, DAY, HASH, submit } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

/** Two of three, with the third's silence. */
export async function measureQuorum(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await createPricedJob(chain, dollar, { evaluator: parley })
  const members = [ALICE, CAROL, OPERATOR].map(({ accountId }) => accountId)
  await measure('quorum: set terms, 3 members', ALICE, parley, 'set_quorum_terms', { job_id, members, threshold: '2' })
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  await submit(chain, job_id)
  const vote = { job_id, is_approval: true, reason: HASH }
  await measure('quorum: vote', CAROL, parley, 'cast_vote', vote)
  await measure('quorum: vote that completes', OPERATOR, parley, 'cast_vote', vote)
}

/** One after the other of three, on the judge's word. */
export async function measureMilestones(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await createPricedJob(chain, dollar, { evaluator: parley, duration: 10n * DAY })
  const amounts = [500_000n, 500_000n, BUDGET - 1_000_000n]
  const terms = { judge: CAROL.accountId, review_seconds: '7200', amounts }
  await measure('milestones: set terms, 3', ALICE, parley, 'set_milestone_terms', { job_id, terms })
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
  for (const [milestone, name] of ['first', 'second', 'last'].entries()) {
    await submit(chain, job_id)
    const approval = { job_id, milestone: String(milestone) }
    await measure(`milestones: approve the ${name}`, CAROL, parley, 'approve_milestone', approval)
  }
}

/** Every way in which an arbitrated job ends, with bond and stake. */
export async function measureArbitration(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const oneYocto = { deposit: 1n }
  const windows = { review_seconds: '3600', ruling_seconds: '3600', silence_share_bp: '5000' }
  const terms = { arbiter: CAROL.accountId, ...windows, bond: '1000', stake: '2000' }
  await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { deposit: { receiver_id: BOB.accountId } }))

  async function createDisputed(note: Measure): Promise<Hex> {
    const job_id = await createPricedJob(chain, dollar, { evaluator: parley, duration: 5n * DAY })
    await note('arbitration: set terms', ALICE, parley, 'set_arbitration_terms', { job_id, terms })
    await chain.send(...chain.transferCall(ALICE, dollar, BUDGET, { fund: { job_id, expected_budget: BUDGET } }))
    const stake = { job_id, arbiter: CAROL.accountId, amount: '2000' }
    await note('arbitration: lock stake', BOB, parley, 'lock_stake', stake, oneYocto)
    await submit(chain, job_id)
    await note('arbitration: open dispute', ALICE, parley, 'open_dispute', { job_id, reason: HASH }, oneYocto)
    return job_id
  }

  // The evaluator's and the parties' places in the ledger are there already, as they are in a live one.
  await createDisputed((_name, ...call) => chain.send(...call))
  const redone = await createDisputed(measure)
  const rule = (ruling: string, share_bp = '0') => ({ ruling, share_bp, reason: HASH })
  await measure('arbitration: rule redo', CAROL, parley, 'rule', { job_id: redone, ...rule('3') })
  for (const [name, ruling] of [['refund', rule('0')] as const, ['split', rule('2', '5000')] as const]) {
    const job_id = await createDisputed((_name, ...call) => chain.send(...call))
    await measure(`arbitration: rule ${name}`, CAROL, parley, 'rule', { job_id, ...ruling })
  }
  await submit(chain, redone)
  chain.warp(3600n)
  await measure('arbitration: settle review', RELAYER, parley, 'settle_review', { job_id: redone })
}
