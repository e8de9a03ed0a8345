import { domainSeparator, type Hex, type JobStatus, jobId, jobStatuses } from '@parley/protocol'
import { keccak256 } from 'viem'
import { acceptResult, attestEnclave, BODY_HASH, FULL, revokeEnclave } from './near-enclave.ts'
import { nearMoneyDeeds } from './near-money.ts'
import {
  ALICE,
  agentOf,
  BOB,
  CAROL,
  DOLLAR,
  functionCall,
  type NearActor,
  type NearNode,
  OWNER,
  STRANGER,
  TERA,
} from './near-node.ts'
import { WORKLOAD } from './test-chain.ts'

/**
 * Things that happen, by name. `pick`, any number, says to whom. They hand transactions in; what they come to shows when blocks are made. What is
 * impossible at the moment is refused by the contracts, which happens, too.
 */
export const nearDeeds = {
  registerAgent,
  changeAgent,
  hire,
  createJob,
  advanceJob,
  rejectJob,
  expireJob,
  attestEnclave,
  revokeEnclave,
  delegateHire,
  delegateRegistration,
  delegateNonsense,
  delegateElsewhere,
  beStrange,
  beSlow,
  ...nearMoneyDeeds,
} satisfies Record<string, (near: NearNode, pick: number) => void | Promise<void>>

export type NearDeed = keyof typeof nearDeeds

const BUDGET = '1000'
const REASON: Hex = `0x${'4e'.repeat(32)}`
const NO_JOB: Hex = `0x${'00'.repeat(31)}07`

/** In JSON, half of a surrogate pair is a text like any other. */
const ODD_TEXT = 'zero\0, half \ud83d, €, "quoted"\n'

interface JobView {
  readonly client: string
  readonly provider: string | null
  readonly evaluator: string
  readonly status: number
  readonly token: string | null
  readonly terms: Hex | null
}

function registerAgent({ call, deployment }: NearNode, pick: number): void {
  const metadata_key = pickOf(['skills', 'long'.repeat(60), ODD_TEXT], pick)
  const metadata = [{ metadata_key, metadata_value: '0x01' }]
  call(personOf(pick), deployment.agents, 'register', { agent_uri: `ipfs://${pick}${ODD_TEXT}`, metadata })
}

function changeAgent(near: NearNode, pick: number): void {
  const agent = agentOf(near, pick)
  if (!agent) return
  const { agents } = near.deployment
  const agent_id = agent.id
  near.call(agent.owner, agents, 'set_agent_uri', { agent_id, new_uri: `ipfs://changed-${pick}` })
  near.call(agent.owner, agents, 'set_metadata', { agent_id, metadata_key: 'skills', metadata_value: '0x02' })
  const receiver_id = personOf(pick).accountId
  near.call(agent.owner, agents, 'nft_transfer', { receiver_id, token_id: agent_id }, { deposit: 1n })
}

function hire(near: NearNode, pick: number): void {
  const client = pickOf([ALICE, CAROL], pick)
  near.submit(client, DOLLAR, [hiring(near, client, pick)])
}

/** A payment that hires; each fourth time for another job than the contract's next. */
function hiring({ view, deployment, now }: NearNode, client: NearActor, pick: number) {
  const agent = agentOf({ view, deployment }, pick)
  const next = view<Hex>(deployment.parley, 'next_job_id', { client: client.accountId })
  const terms = {
    provider: agent?.owner.accountId ?? BOB.accountId,
    expired_at: String(now() + 3_600n),
    description: `job ${pick} ${ODD_TEXT}`,
    provider_agent_id: agent?.id ?? '77',
    terms: { enclave: { body_hash: BODY_HASH, workload: WORKLOAD, observability: String(FULL) } },
    job_id: pick % 4 === 3 ? NO_JOB : next,
  }
  const args = { receiver_id: deployment.parley, amount: BUDGET, msg: JSON.stringify({ hire: terms }) }
  return functionCall('ft_transfer_call', args, { deposit: 1n, gas: 250n * TERA })
}

function createJob({ call, deployment, now, view }: NearNode, pick: number): void {
  const client = pickOf([ALICE, CAROL], pick)
  const agent = agentOf({ view, deployment }, pick)
  const evaluator = pick % 3 === 0 ? deployment.parley : OWNER.accountId
  const expired_at = String(now() + 3_600n)
  const job = { evaluator, expired_at, description: `job ${pick}`, provider_agent_id: agent?.id ?? '0' }
  const provider = pick % 2 === 0 ? agent?.owner.accountId : undefined
  call(client, deployment.parley, 'create_job', provider ? { ...job, provider } : { ...job, provider_agent_id: '0' })
}

async function advanceJob(near: NearNode, pick: number): Promise<void> {
  const found = jobOf(near, pick)
  if (!found) return
  const { job_id, job, client, provider } = found
  const { call, deployment } = near
  const { parley } = deployment
  switch (statusOf(job)) {
    case 'Open': {
      const agent = agentOf(near, pick)
      if (!provider && agent) {
        const args = { job_id, provider: agent.owner.accountId, agent_id: agent.id }
        call(client, parley, 'set_provider', args)
      }
      if (!job.token) call(client, parley, 'set_budget', { job_id, token: DOLLAR, amount: BUDGET })
      if (job.evaluator === parley && !job.terms && provider) {
        call(client, parley, 'set_terms', {
          job_id,
          body_hash: BODY_HASH,
          workload: WORKLOAD,
          observability: String(FULL),
        })
      }
      const msg = JSON.stringify({ fund: { job_id, expected_budget: BUDGET } })
      const args = { receiver_id: parley, amount: BUDGET, msg }
      call(client, DOLLAR, 'ft_transfer_call', args, { deposit: 1n, gas: 250n * TERA })
      break
    }
    case 'Funded':
      if (provider) call(provider, parley, 'submit', { job_id, deliverable: REASON })
      break
    case 'Submitted':
      if (job.evaluator === parley) await acceptResult(near, { job_id, provider: job.provider ?? '' }, pick)
      else call(OWNER, parley, 'complete', { job_id, reason: REASON })
      break
    default:
  }
}

function rejectJob(near: NearNode, pick: number): void {
  const found = jobOf(near, pick)
  if (!found) return
  const { job_id, job, client } = found
  near.call(statusOf(job) === 'Open' ? client : OWNER, near.deployment.parley, 'reject', { job_id, reason: REASON })
}

function expireJob(near: NearNode, pick: number): void {
  const found = jobOf(near, pick)
  if (!found) return
  near.warp(8_000n)
  near.call(BOB, near.deployment.parley, 'claim_refund', { job_id: found.job_id })
}

function delegateHire(near: NearNode, pick: number): void {
  const client = pickOf([ALICE, CAROL], pick)
  near.delegate(client, DOLLAR, [hiring(near, client, pick)])
}

function delegateRegistration(near: NearNode, pick: number): void {
  near.delegate(ALICE, near.deployment.agents, [functionCall('register', { agent_uri: `ipfs://${pick}` })])
}

/** Refused by the contract, and (each second time) with another call that is undone with it. */
function delegateNonsense({ delegate, deployment }: NearNode, pick: number): void {
  const refund = functionCall('claim_refund', { job_id: NO_JOB }, { gas: 60n * TERA })
  const challenge = functionCall('issue_challenge', {}, { gas: 30n * TERA })
  delegate(ALICE, deployment.parley, pick % 2 === 0 ? [refund] : [challenge, refund])
}

/** Delegate actions that are no requests of Parley's, or that nearcore refuses. */
function delegateElsewhere({ delegate, deployment }: NearNode, pick: number): void {
  switch (pick % 3) {
    case 0:
      return void delegate(ALICE, STRANGER, [functionCall('register', {})])
    case 1:
      return void delegate(ALICE, deployment.agents, [functionCall('register', {})], 1n)
    default:
      return void delegate(ALICE, deployment.agents, [{ kind: 'Transfer', deposit: 1n }])
  }
}

/** What somebody else's contract does: logs as if it were ours, fails after that, calls ours. */
function beStrange({ call }: NearNode, pick: number): void {
  const data = [{ agent_id: '0', agent_uri: 'stolen', owner: STRANGER }]
  const line = { standard: 'parley', version: '1.0.0', event: pickOf(['registered', 'nonsense'], pick), data }
  // The contract logs its input as it is.
  if (pick % 3 === 0) call(CAROL, STRANGER, 'log', line)
  if (pick % 3 === 1) call(CAROL, STRANGER, 'log_and_fail', line)
  if (pick % 3 === 2) call(CAROL, STRANGER, 'register', { agent_uri: `stranger-${pick}` })
}

/** A call of ours that comes 200 blocks later. */
function beSlow({ call }: NearNode, pick: number): void {
  call(CAROL, STRANGER, 'register_later', { agent_uri: `slow-${pick}` }, { gas: 200n * TERA })
}

/** One of the last jobs of ALICE or CAROL. */
function jobOf({ view, deployment, domain }: NearNode, pick: number) {
  const client = pickOf([ALICE, CAROL], pick)
  const ids = jobIdsOf({ view, deployment, domain }, client)
  const job_id = ids.at(-1 - (Math.floor(pick / 2) % Math.max(1, ids.length)))
  const job = job_id && view<JobView | null>(deployment.parley, 'get_job', { job_id })
  if (!job_id || !job) return undefined
  return { job_id, job, client, provider: [ALICE, BOB, CAROL].find(({ accountId }) => accountId === job.provider) }
}

function jobIdsOf({ view, deployment, domain }: Pick<NearNode, 'view' | 'deployment' | 'domain'>, client: NearActor) {
  const keccak = (bytes: Uint8Array) => keccak256(bytes, 'bytes')
  const next = view<Hex>(deployment.parley, 'next_job_id', { client: client.accountId })
  const ids: Hex[] = []
  for (let index = 0n; ; index++) {
    const id = jobId(domainSeparator(domain, keccak), client.accountId, index, keccak, 'near')
    if (id === next) return ids
    ids.push(id)
  }
}

function statusOf({ status }: JobView): JobStatus | undefined {
  return jobStatuses[status]
}

function personOf(pick: number): NearActor {
  return pickOf([ALICE, BOB, CAROL], pick)
}

function pickOf<Item>(items: readonly [Item, ...Item[]], pick: number): Item {
  return items[pick % items.length] ?? items[0]
}
