import { type EnclaveReport, type EnclaveResult, type Hex, requestHash } from '@parley/protocol'
import { type ContractFunctionArgs, keccak256 } from 'viem'
import { keccak } from '../src/keccak.ts'
import {
  type Actor,
  ALICE,
  addressOf,
  BOB,
  type Chain,
  type Contract,
  ENCLAVE,
  NOBODY,
  OPERATOR,
  OWNER,
  QUORUM,
  VERIFIERS,
  WORKLOAD,
} from './chain.ts'
import { signReport, signResult } from './signing.ts'

export const BUDGET = 2_500_000n
export const BODY_HASH: Hex = `0x${'b0'.repeat(32)}`
const RESPONSE: Hex = `0x${'c1'.repeat(120)}`
export const DAY = 86_400n

/** Bob's first agent. */
export async function registerAgent(chain: Chain, owner: Actor = BOB): Promise<bigint> {
  const { events } = await chain.send(owner, chain.agents, 'register', [])
  return events.find(({ name }) => name === 'Registered')?.args.agentId as bigint
}

/** Gives Alice dollars and the escrow her allowance. */
export async function giveDollars(chain: Chain, amount = 100n * BUDGET, owner: Actor = ALICE): Promise<void> {
  await chain.send(OWNER, chain.dollar, 'transfer', [addressOf(owner), amount])
  await chain.send(owner, chain.dollar, 'approve', [chain.escrow.address, 2n ** 256n - 1n])
}

type Hiring = ContractFunctionArgs<Chain['escrow']['abi'], 'nonpayable', 'hire'>[0]

export interface JobOptions {
  readonly client?: Actor
  readonly provider?: Actor
  readonly agentId?: bigint
  readonly evaluator?: Hex
  readonly budget?: bigint
  readonly token?: Contract
  readonly duration?: bigint
}

export async function createJob(chain: Chain, options: JobOptions = {}): Promise<bigint> {
  const { client = ALICE, provider = BOB, agentId = 0n, evaluator = chain.evaluator.address, duration = DAY } = options
  const jobId = await chain.read(chain.escrow, 'nextJobId', [addressOf(client)])
  const args = [addressOf(provider), evaluator, chain.now() + duration, 'Translate', NOBODY, agentId] as const
  await chain.send(client, chain.escrow, 'createJob', args)
  return jobId
}

/** The argument of `hire`: a job of Alice's for Bob's agent, as `createJob` and its like make it. */
export function hiringOf(chain: Chain, change: Partial<Hiring> = {}): Hiring {
  return {
    jobId: 0n,
    client: addressOf(ALICE),
    provider: addressOf(BOB),
    providerAgentId: 0n,
    evaluator: chain.evaluator.address,
    expiredAt: chain.now() + DAY,
    description: 'Translate',
    hook: NOBODY,
    token: chain.dollar.address,
    budget: BUDGET,
    isInLedger: false,
    terms: '0x',
    ...change,
  }
}

export async function createFundedJob(chain: Chain, options: JobOptions = {}): Promise<bigint> {
  const { client = ALICE, budget = BUDGET, token = chain.dollar } = options
  const jobId = await createJob(chain, options)
  await chain.send(client, chain.escrow, 'setBudget', [jobId, token.address, budget, '0x'])
  await chain.send(client, chain.escrow, 'fund', [jobId, budget, '0x'])
  return jobId
}

export async function createSubmittedJob(chain: Chain, options: JobOptions = {}): Promise<bigint> {
  const jobId = await createFundedJob(chain, options)
  await chain.send(options.provider ?? BOB, chain.escrow, 'submit', [jobId, BODY_HASH, '0x'])
  return jobId
}

export async function issueChallenge(chain: Chain): Promise<Hex> {
  const { events } = await chain.send(OPERATOR, chain.enclaves, 'issueChallenge', [])
  return events[0]?.args.challenge as Hex
}

export function reportOf(chain: Chain, challenge: Hex, change: Partial<EnclaveReport> = {}): EnclaveReport {
  return {
    enclave: addressOf(ENCLAVE),
    encryptionKey: `0x${'e1'.repeat(32)}`,
    operator: addressOf(OPERATOR),
    workload: WORKLOAD,
    quoteId: `0x${'0a'.repeat(32)}`,
    challenge,
    expiresAt: chain.now() + 5n * DAY,
    ...change,
  }
}

/** Allows the workload and registers an enclave that runs it. */
export async function registerEnclave(chain: Chain, change: Partial<EnclaveReport> = {}): Promise<void> {
  await chain.send(OWNER, chain.enclaves, 'setWorkload', [change.workload ?? WORKLOAD, true])
  const report = reportOf(chain, await issueChallenge(chain), change)
  const signatures = await signReport(chain, VERIFIERS.slice(0, QUORUM), report)
  await chain.send(OPERATOR, chain.enclaves, 'registerEnclave', [report, signatures])
}

export function requestHashOf(jobId: bigint, bodyHash = BODY_HASH, provider: Actor = BOB): Hex {
  const id: Hex = `0x${jobId.toString(16).padStart(64, '0')}`
  return requestHash({ jobId: id, provider: addressOf(provider), bodyHash }, keccak)
}

function resultOf(chain: Chain, jobId: bigint, change: Partial<EnclaveResult> = {}): EnclaveResult {
  return {
    requestHash: requestHashOf(jobId),
    responseHash: keccak256(RESPONSE),
    workload: WORKLOAD,
    observability: 0n,
    producedAt: chain.now(),
    ...change,
  }
}

/** Arguments of `acceptResult`, signed by the enclave. */
export async function acceptance(
  chain: Chain,
  jobId: bigint,
  change: Partial<EnclaveResult> = {},
  response = RESPONSE,
) {
  const result = resultOf(chain, jobId, change)
  const signature = await signResult(chain, ENCLAVE, result)
  const argument = { ...result, observability: Number(result.observability) }
  return [jobId, argument, addressOf(ENCLAVE), signature, response] as const
}
