/** A job as it is stored, and as `get_job` answers. */
import { fromHex, type Hex, type JobStatus as JobStatusName, jobId, jobStatuses } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { require } from './contract-error.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeBytes, readAccount, registeredAccount, writeAccount } from './storage.ts'

/** Times are in seconds, `budget` is in the token's smallest unit: decimal strings all. */
export interface Job {
  readonly client: string
  readonly expired_at: string
  /** "0" before the submission. */
  readonly submitted_at: string
  /** A place in protocol's `jobStatuses`. */
  readonly status: number
  readonly provider: string | null
  readonly provider_agent_id: string
  readonly evaluator: string
  readonly token: string | null
  readonly budget: string
  /** keccak256(requestHash, workload, observability) of the work that completes the job, or who judges it instead. */
  readonly terms: Hex | 'quorum' | 'milestones' | 'arbitration' | null
  /** Basis points of what the provider earns, from when the job was created; absent for none. */
  readonly platform_fee_bp?: string
  /** Whether its money comes from the ledger and goes there. */
  readonly is_in_ledger?: true
  /** Whether its end resumes its client's call. */
  readonly is_awaited?: true
  readonly hook?: string
  /** What the evaluator may take to judge a submission; absent for EVALUATION_GRACE_SECONDS. */
  readonly evaluation_period?: string
  /** Who gets what the job pays in the provider's place. */
  readonly payee?: string
  /** What the evaluator has released; absent for nothing, as the next two. */
  readonly released?: string
  /** What the token refused to move. Money that is on its way is in neither. */
  readonly owed_to_provider?: string
  readonly owed_to_client?: string
}

export const JobStatus = Object.fromEntries(jobStatuses.map((name, at) => [name, at])) as Record<JobStatusName, number>

/** What budgets and agent ids must fit, as in Solidity's slots. */
export const UINT96_MAX = 2n ** 96n - 1n
export const UINT32_MAX = 2n ** 32n - 1n

/**
 * A job's record at its longest, charged when it is created: so no later call, of whoever it is, fails for the client's deposit. 70 bytes
 * of key, 40 that NEAR adds, 384 of accounts, 66 of terms, 200 of numbers, 370 of names.
 */
const JOB_BYTES = 1130

export function readJob(id: Hex): Job | null {
  return readRecord<Job>(keyOf(id))
}

export function knownJob(id: Hex): Job {
  const job = readJob(id)
  require(job !== null, 'JobUnknown', id)
  return job
}

/** Returns what it wrote. */
export function writeJob(id: Hex, job: Job): Job {
  writeRecord(keyOf(id), job)
  return job
}

/** What a job is opened with, besides what its client says. */
export interface Escrow {
  /** The agent registry. */
  readonly agents: string
  readonly domainSeparator: Uint8Array
  /** The protocol's fee in basis points. */
  readonly feeBP: number
}

export function escrowOf(contract: { agents_id: string; domain_separator: string; fee_bp: number }): Escrow {
  return { agents: contract.agents_id, domainSeparator: fromHex(contract.domain_separator), feeBP: contract.fee_bp }
}

/** Charges the client for a job that is new, and is to be written. */
export function newJob(job: Pick<Job, 'client' | 'evaluator' | 'expired_at'> & Partial<Job>): Job {
  chargeBytes(job.client, registeredAccount(job.client), JOB_BYTES)
  return { ...NEW_JOB, ...job }
}

const NEW_JOB = {
  submitted_at: '0',
  status: JobStatus.Open,
  provider: null,
  provider_agent_id: '0',
  token: null,
  budget: '0',
  terms: null,
}

export function nextJobId(domainSeparator: Uint8Array, client: string): Hex {
  return jobIdOf(domainSeparator, client, readAccount(client)?.jobs ?? 0)
}

/** Counts a job that is about to be created, so that no other gets its id while the agent registry is asked. */
export function takeJobId(domainSeparator: Uint8Array, client: string): Hex {
  const account = registeredAccount(client, JOB_BYTES)
  writeAccount(client, { ...account, jobs: account.jobs + 1 })
  return jobIdOf(domainSeparator, client, account.jobs)
}

function jobIdOf(domainSeparator: Uint8Array, client: string, index: number): Hex {
  return jobId(domainSeparator, client, BigInt(index), near.keccak256, 'near')
}

function keyOf(id: Hex): string {
  return `job:${id}`
}
