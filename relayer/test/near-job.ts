import { type Hex, toSnakeCase } from '@parley/protocol'
import { keccak256, toHex } from 'viem'
import { signReport, WORKLOAD } from './near-enclave.ts'
import { ALICE, actionOf, BOB, logsOf, type NearGround, ROOT, read, send, TGAS } from './near-ground.ts'

const BUDGET = '5'

/** A job of ALICE's that BOB has submitted, and that waits for a result of an enclave that is registered. */
export async function submitJob(ground: NearGround): Promise<{ readonly jobId: Hex; readonly bodyHash: Hex }> {
  const { agents, parley } = ground.deployment
  await attestEnclave(ground)
  act(ground, BOB, agents, 'register', { agent_uri: 'ipfs://bob' })
  act(ground, ROOT, ground.dollar, 'ft_transfer', { receiver_id: ALICE.account, amount: BUDGET }, 1n)

  const jobId = read<Hex>(ground, parley, 'next_job_id', { client: ALICE.account })
  const bodyHash = keccak256(toHex('what is asked'))
  const seconds = ground.node.latestBlock().timestampNanoseconds / 1_000_000_000n
  const hire = {
    job_id: jobId,
    provider: BOB.account,
    provider_agent_id: '0',
    expired_at: String(seconds + 86_400n),
    description: 'job',
    terms: { enclave: { body_hash: bodyHash, workload: WORKLOAD, observability: '2' } },
  }
  const transfer = { receiver_id: parley, amount: BUDGET, msg: JSON.stringify({ hire }) }
  act(ground, ALICE, ground.dollar, 'ft_transfer_call', transfer, 1n)
  act(ground, BOB, parley, 'submit', { job_id: jobId, deliverable: bodyHash })
  const { status } = read<{ readonly status: number }>(ground, parley, 'get_job', { job_id: jobId })
  if (status !== 2) throw new Error(`the job's status is ${status}, not Submitted`)
  return { jobId, bodyHash }
}

/** Registers ENCLAVE. */
async function attestEnclave(ground: NearGround): Promise<void> {
  const { parley } = ground.deployment
  act(ground, ROOT, parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
  const { report, signatures } = await signReport(parley, BOB.account, issueChallenge(ground))
  const entries = Object.entries(report).map(([name, value]) => [toSnakeCase(name), String(value)])
  act(ground, ROOT, parley, 'register_enclave', { report: Object.fromEntries(entries), signatures })
}

/** A challenge of the contract's. */
export function issueChallenge(ground: NearGround): Hex {
  act(ground, ROOT, ground.deployment.parley, 'issue_challenge', {})
  const line = logsOf(ground, 'challenge_issued').at(-1) ?? ''
  return JSON.parse(line.slice('EVENT_JSON:'.length)).data[0].challenge
}

function act(
  ground: NearGround,
  from: typeof ALICE,
  contract: string,
  method: string,
  args: object,
  deposit = 0n,
): void {
  send(ground, from, contract, [actionOf({ method, args, deposit, gas: 150n * TGAS })])
}
