import { ALICE, BOB, CAROL, OPERATOR, OWNER, RELAYER } from '../../test/actors.ts'
import { type Chain, type Receipt, TERA } from '../../test/chain.ts'
import {
  acceptance,
  BUDGET,
  createFundedJob,
  createPricedJob,
  createSubmittedJob,
  DAY,
  HASH,
  hiring,
  nextJobId,
  submit,
  WORKLOAD,
} from '../../test/steps.ts'
import { FEEDBACK } from './agents.ts'
import type { Measure } from './measure.ts'

/** What an agent and a client without gas do, and what anyone brings: the whole job in three transactions. */
export async function measureHiring(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  await measure('job: hire', ...chain.transferCall(ALICE, dollar, BUDGET, hiring(chain, job_id)))
  await measure('job: submit', BOB, parley, 'submit', { job_id, deliverable: HASH })
  await measure('job: accept result', RELAYER, parley, 'accept_result', await acceptance(chain, job_id))
}

/** The same one by one. */
export async function measureSteps(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  const creation = {
    evaluator: parley,
    expired_at: chain.now() + DAY,
    description: 'Translate',
    provider_agent_id: '0',
  }
  await measure('job: create', ALICE, parley, 'create_job', { ...creation, provider: BOB.accountId })
  await measure('job: set budget', ALICE, parley, 'set_budget', { job_id, token: dollar, amount: BUDGET })
  const terms = { job_id, body_hash: HASH, workload: WORKLOAD, observability: '0' }
  await measure('job: set terms', ALICE, parley, 'set_terms', terms)
  const funding = { fund: { job_id, expected_budget: BUDGET } }
  await measure('job: fund', ...chain.transferCall(ALICE, dollar, BUDGET, funding))
  const open = await nextJobId(chain)
  await measure('job: create without provider', ALICE, parley, 'create_job', creation)
  const chosen = { job_id: open, provider: BOB.accountId, agent_id: '0' }
  await measure('job: set provider', ALICE, parley, 'set_provider', chosen)
}

export async function measureEnds(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const [open, funded] = [await createPricedJob(chain, dollar), await createFundedJob(chain)]
  const [submitted, expiring] = [await createSubmittedJob(chain), await createFundedJob(chain)]
  await measure('job: reject while open', ALICE, parley, 'reject', { job_id: open, reason: HASH })
  await measure('job: reject with refund', CAROL, parley, 'reject', { job_id: funded, reason: HASH })
  await measure('job: complete', CAROL, parley, 'complete', { job_id: submitted, reason: HASH })
  chain.warp(DAY)
  await measure('job: claim refund', RELAYER, parley, 'claim_refund', { job_id: expiring })
}

/** Paid from the ledger, into the ledger, where both have a place already. */
export async function measureLedgerJob(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  const job_id = await nextJobId(chain)
  const { hire } = hiring(chain, job_id, { evaluator: CAROL.accountId, terms: null, token: dollar, budget: '10' })
  await measure('job from the ledger: hire', ALICE, parley, 'hire', { hiring: hire }, { deposit: 1n })
  await measure('job from the ledger: submit', BOB, parley, 'submit', { job_id, deliverable: HASH })
  await measure('job from the ledger: complete', CAROL, parley, 'complete', { job_id, reason: HASH })
}

/** Jobs that pay the protocol 2 %, and what their client says on it. */
export async function measureFees(chain: Chain, measure: Measure): Promise<void> {
  const { parley, dollar } = chain
  await chain.send(OWNER, parley, 'set_platform_fee', { fee_bp: '200', treasury: OPERATOR.accountId })
  await measure('feedback: set token price', OWNER, parley, 'set_token_price', { token: dollar, price: 10n ** 18n })
  await chain.send(OWNER, parley, 'set_weight_cap', { cap: '1000000' })
  for (const first of [', first of the token', '']) {
    const job_id = await createSubmittedJob(chain)
    await measure(`job with a fee: complete${first}`, CAROL, parley, 'complete', { job_id, reason: HASH })
    const giving = { job_id, ...FEEDBACK }
    const which = first && ', first of a client in a month'
    await measure(`feedback: backed${which}`, ALICE, parley, 'give_backed_feedback', giving, { gas: 60n * TERA })
  }
  await measure('job with a fee: collect', RELAYER, parley, 'collect_fees', { token: dollar })
}

/** One job that is judged, and one that nobody ends: its on_awaited is the last of all, which refunds. */
export async function measureAwaited(
  chain: Chain,
  measure: Measure,
  note: (name: string, transaction: Pick<Receipt, 'status'>) => void,
): Promise<void> {
  const { parley, dollar, node } = chain
  const { hire } = hiring(chain, HASH, { job_id: null, evaluator: CAROL.accountId, terms: null })
  const order = { hiring: { ...hire, token: dollar, budget: '10' } }
  for (const name of ['awaited: hire, to the answer', 'awaited: hire, to the last timeout']) {
    const job_id = await nextJobId(chain)
    const { status } = await chain.send(ALICE, parley, 'await_job', order, { gas: 45n * TERA, deposit: 1n })
    if (name.endsWith('answer')) {
      await submit(chain, job_id)
      await measure('awaited: complete', CAROL, parley, 'complete', { job_id, reason: HASH })
    }
    let transaction = node.transactionStatus(status.transactionHash)
    while (transaction?.isComplete === false) {
      node.fastForward(200)
      transaction = node.transactionStatus(status.transactionHash)
    }
    if (transaction) note(name, { status: transaction })
  }
}
