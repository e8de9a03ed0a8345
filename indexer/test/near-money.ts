import { type Hex, payoutLeaf, toHex } from '@parley/protocol'
import { keccak256 } from 'viem'
import { ALICE, agentOf, BOB, CAROL, DOLLAR, type NearActor, type NearNode, OWNER, TERA } from './near-node.ts'

/** Things that happen to money in the ledger, to jobs that others than enclaves judge, and to agents' names; as `nearDeeds`. Each makes its own blocks. */
export const nearMoneyDeeds = {
  useLedger,
  usePolicy,
  judgeTogether,
  payByMilestones,
  arbitrate,
  shareWithCrowd,
  backFeedback,
  owePayment,
  speakOfAgent,
  pause,
}

const BUDGET = '1000'
const HOUR = '3600'
const REASON: Hex = `0x${'4e'.repeat(32)}`
const DOLLAR_ID = `nep141:${DOLLAR}`
const YOCTO = { deposit: 1n }

function useLedger(near: NearNode, pick: number): void {
  const [from, to] = pick % 2 === 0 ? [ALICE, BOB] : [CAROL, ALICE]
  const { parley } = near.deployment
  deposit(near, from)
  inOrder(near, [
    [from, 'mt_transfer', { receiver_id: to.accountId, token_id: DOLLAR_ID, amount: String(1 + pick) }],
    [from, 'set_operator', { spender: parley, approved: pick % 3 !== 0 }],
    [from, 'withdraw', { token: DOLLAR, amount: '7', receiver: to.accountId }],
  ])
}

/** What CAROL may spend of ALICE's. */
function usePolicy(near: NearNode, pick: number): void {
  const [account, key, counterparty] = [ALICE, CAROL, BOB].map(({ accountId }) => accountId)
  const confirmers = pick % 2 === 0 ? [] : [BOB.accountId]
  const expires_at = String(near.now() + 3_600n)
  const counts = { confirmers, confirmations_needed: String(confirmers.length) }
  deposit(near, ALICE)
  inOrder(near, [
    [ALICE, 'set_policy', { key, expires_at, methods: '7', is_any_counterparty: pick % 3 === 0, ...counts }],
    [ALICE, 'set_spend_limit', { key, token: DOLLAR, limit: '500', period_seconds: HOUR, threshold: '100' }],
    [ALICE, 'set_counterparty', { key, counterparty, is_allowed: pick % 5 !== 0 }],
    [BOB, 'confirm_spend', { account, key, operation_id: REASON }],
  ])
  const amount = String(10 + (pick % 50))
  near.call(CAROL, near.deployment.parley, 'spend_transfer', { account, token: DOLLAR, to: counterparty, amount })
  near.settle()
  // That can be signed by any key of ALICE's, so no deposit may come with it.
  if (pick % 4 === 3) near.call(ALICE, near.deployment.parley, 'revoke_policy', { key })
  near.settle()
}

function judgeTogether(near: NearNode, pick: number): void {
  const job = open(near, pick)
  if (!job) return
  const members = [OWNER.accountId, CAROL.accountId]
  near.call(ALICE, near.deployment.parley, 'set_quorum_terms', { job_id: job.id, members, threshold: '2' })
  fundAndSubmit(near, job)
  const vote = { job_id: job.id, is_approval: pick % 4 > 0, reason: REASON }
  for (const member of [OWNER, CAROL]) near.call(member, near.deployment.parley, 'cast_vote', vote)
  near.settle()
}

function payByMilestones(near: NearNode, pick: number): void {
  const job = open(near, pick)
  if (!job) return
  const { parley } = near.deployment
  const job_id = job.id
  const terms = { judge: OWNER.accountId, review_seconds: HOUR, amounts: ['300', '700'] }
  near.call(ALICE, parley, 'set_milestone_terms', { job_id, terms })
  fundAndSubmit(near, job)
  near.call(OWNER, parley, 'approve_milestone', { job_id, milestone: '0' })
  near.settle()
  if (pick % 3 === 0) return
  near.call(job.provider, parley, 'submit', { job_id, deliverable: REASON })
  near.settle()
  near.call(OWNER, parley, 'approve_milestone', { job_id, milestone: '1' })
  near.settle()
}

function arbitrate(near: NearNode, pick: number): void {
  const job = open(near, pick)
  if (!job) return
  const { parley } = near.deployment
  const job_id = job.id
  const windows = { review_seconds: HOUR, ruling_seconds: HOUR, silence_share_bp: '5000' }
  const terms = { arbiter: OWNER.accountId, ...windows, bond: '10', stake: '20' }
  near.call(ALICE, parley, 'set_arbitration_terms', { job_id, terms })
  deposit(near, ALICE)
  inOrder(near, [[ALICE, 'mt_transfer', { receiver_id: job.provider.accountId, token_id: DOLLAR_ID, amount: '20' }]])
  fundAndSubmit(near, job, () =>
    inOrder(near, [[job.provider, 'lock_stake', { job_id, arbiter: OWNER.accountId, amount: '20' }]]),
  )
  inOrder(near, [[ALICE, 'open_dispute', { job_id, reason: REASON }]])
  const [ruling, share_bp] = pick % 2 === 0 ? ['2', '4000'] : ['3', '0']
  near.call(OWNER, parley, 'rule', { job_id, ruling, share_bp, reason: REASON })
  near.settle()
  if (pick % 4 !== 3) return
  near.call(job.provider, parley, 'submit', { job_id, deliverable: REASON })
  near.settle()
  near.warp(7_200n)
  near.call(BOB, parley, 'settle_review', { job_id })
  near.settle()
}

/** A job that is hired from the ledger in one call, pays a fee, and whose provider shares the rest. */
function shareWithCrowd(near: NearNode, pick: number): void {
  const agent = agentOf(near, pick)
  if (!agent || agent.owner === ALICE) return
  const { parley } = near.deployment
  const call = (who: NearActor, method: string, args: object, deposit = 0n) => {
    near.call(who, parley, method, args, { gas: 250n * TERA, deposit })
    near.settle()
  }
  call(OWNER, 'set_platform_fee', { fee_bp: String(1 + (pick % 500)), treasury: BOB.accountId })
  call(OWNER, 'set_hook_whitelist', { hook: CAROL.accountId, status: pick % 2 === 0 })
  deposit(near, ALICE)
  const job_id = near.view<Hex>(parley, 'next_job_id', { client: ALICE.accountId })
  const parties = { provider: agent.owner.accountId, provider_agent_id: agent.id, evaluator: OWNER.accountId }
  const rest = { expired_at: String(near.now() + 3_600n), description: '', token: DOLLAR, budget: BUDGET }
  call(ALICE, 'hire', { hiring: { ...parties, ...rest } }, 1n)
  const payout = { index: BigInt(pick), account: CAROL.accountId, amount: 500n }
  const root = toHex(payoutLeaf(payout, (bytes) => keccak256(bytes, 'bytes'), 'near'))
  call(agent.owner, 'set_payee', { job_id, payee: parley }, 1n)
  call(agent.owner, 'set_payees', { job_id, root, total: '500' }, 1n)
  call(agent.owner, 'submit', { job_id, deliverable: REASON })
  call(OWNER, 'complete', { job_id, reason: REASON })
  const inJson = { ...payout, index: String(payout.index), amount: String(payout.amount) }
  call(BOB, 'claim_payout', { job_id, payout: inJson, proof: [] })
  call(BOB, 'claim_remainder', { job_id })
  call(BOB, 'collect_fees', { token: DOLLAR })
}

/** What ALICE says of an agent whose job paid a fee. */
function backFeedback(near: NearNode, pick: number): void {
  const { parley } = near.deployment
  inOrder(
    near,
    [
      [OWNER, 'set_platform_fee', { fee_bp: '200', treasury: BOB.accountId }],
      [OWNER, 'set_token_price', { token: DOLLAR, price: String(10n ** 18n) }],
      [OWNER, 'set_weight_cap', { cap: String(1 + (pick % 50)) }],
    ],
    0n,
  )
  const job = open(near, pick, OWNER.accountId)
  if (!job) return
  fundAndSubmit(near, job)
  near.call(OWNER, parley, 'complete', { job_id: job.id, reason: REASON })
  near.settle()
  const said = { value: String(pick), value_decimals: '0', tag1: `tag-${pick}`, tag2: '', endpoint: '' }
  const feedback = { job_id: job.id, agent_id: job.agentId, ...said, feedback_uri: '', feedback_hash: REASON }
  near.call(ALICE, parley, 'give_backed_feedback', feedback, { gas: 250n * TERA })
  near.settle()
}

/** The provider has left the token, which refuses to pay it, and comes back. */
function owePayment(near: NearNode, pick: number): void {
  const job = open(near, pick, OWNER.accountId)
  if (!job) return
  const { call, settle, view } = near
  const account_id = job.provider.accountId
  fundAndSubmit(near, job)
  const amount = view<string>(DOLLAR, 'ft_balance_of', { account_id })
  const send = (from: NearActor, receiver_id: string) => {
    if (amount !== '0') call(from, DOLLAR, 'ft_transfer', { receiver_id, amount }, YOCTO)
    settle()
  }
  send(job.provider, OWNER.accountId)
  call(job.provider, DOLLAR, 'storage_unregister', {}, YOCTO)
  settle()
  call(OWNER, near.deployment.parley, 'complete', { job_id: job.id, reason: REASON })
  settle()
  call(job.provider, DOLLAR, 'storage_deposit', {}, { deposit: 10n ** 24n })
  settle()
  send(OWNER, account_id)
  call(BOB, near.deployment.parley, 'claim_payment', { job_id: job.id }, { gas: 250n * TERA })
  settle()
}

function speakOfAgent(near: NearNode, pick: number): void {
  const agent = agentOf(near, pick)
  if (!agent) return
  const { agents } = near.deployment
  const client = agent.owner === CAROL ? BOB : CAROL
  const text = pick % 2 === 0 ? `tag-${pick}` : 'zero\0, half \ud83d'
  const [agent_id, client_address, feedback_index] = [agent.id, client.accountId, '1']
  const said = { value: String(-5 - pick), value_decimals: String(pick % 19), tag1: text, tag2: '', endpoint: text }
  const request_hash: Hex = `0x${pick.toString(16).padStart(64, '0')}`
  const answer = { response: String(pick % 101), response_uri: text, response_hash: REASON }
  const call = (who: NearActor, method: string, args: object) => {
    near.call(who, agents, method, args)
    near.settle()
  }
  call(client, 'give_feedback', { agent_id, ...said, feedback_uri: text, feedback_hash: REASON })
  call(agent.owner, 'append_response', {
    ...{ agent_id, client_address, feedback_index, response_uri: text, response_hash: REASON },
  })
  if (pick % 3 !== 0) call(client, 'revoke_feedback', { agent_id, feedback_index })
  call(agent.owner, 'validation_request', {
    validator_address: client_address,
    agent_id,
    request_uri: text,
    request_hash,
  })
  call(client, 'validation_response', { request_hash, ...answer, tag: text })
}

/** And back again: nothing would happen any more. */
function pause(near: NearNode): void {
  for (const method of ['pause', 'unpause']) near.call(OWNER, near.deployment.parley, method, {})
  near.settle()
}

interface OpenJob {
  readonly id: Hex
  readonly agentId: string
  readonly provider: NearActor
}

/** A job of ALICE for an agent that is somebody else's. */
function open(near: NearNode, pick: number, evaluator = near.deployment.parley): OpenJob | undefined {
  const { parley } = near.deployment
  const agent = agentOf(near, pick)
  if (!agent || agent.owner === ALICE) return undefined
  const id = near.view<Hex>(parley, 'next_job_id', { client: ALICE.accountId })
  const details = { expired_at: String(near.now() + 864_000n), description: `job ${pick}` }
  const provider = { provider: agent.owner.accountId, provider_agent_id: agent.id }
  near.call(ALICE, parley, 'create_job', { evaluator, ...details, ...provider })
  near.settle()
  near.call(ALICE, parley, 'set_budget', { job_id: id, token: DOLLAR, amount: BUDGET })
  near.settle()
  return { id, agentId: agent.id, provider: agent.owner }
}

function fundAndSubmit(near: NearNode, { id, provider }: OpenJob, between?: () => void): void {
  near.settle()
  pay(near, ALICE, JSON.stringify({ fund: { job_id: id, expected_budget: BUDGET } }))
  between?.()
  near.call(provider, near.deployment.parley, 'submit', { job_id: id, deliverable: REASON })
  near.settle()
}

function deposit(near: NearNode, from: NearActor): void {
  pay(near, from, '')
}

function pay({ call, settle, deployment }: NearNode, from: NearActor, msg: string): void {
  const args = { receiver_id: deployment.parley, amount: BUDGET, msg }
  call(from, DOLLAR, 'ft_transfer_call', args, { ...YOCTO, gas: 250n * TERA })
  settle()
}

function inOrder(near: NearNode, calls: readonly (readonly [NearActor, string, object])[], deposit = 1n): void {
  for (const [from, method, args] of calls) {
    near.call(from, near.deployment.parley, method, args, { deposit, gas: 250n * TERA })
    near.settle()
  }
}
