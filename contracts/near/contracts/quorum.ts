/** Completes and rejects jobs on the word of m of n members. Mirrors contracts/evm/contracts/QuorumEvaluator.sol. */
import { type Hex, quorumModel } from '@parley/protocol'
import { caller, self } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { type Job, JobStatus, knownJob, writeJob } from './job.ts'
import { complete, reject } from './jobs.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'
import { openJobOfClient } from './terms.ts'

/** A job's quorum as it is stored. */
interface Quorum {
  readonly threshold: number
  readonly members: readonly string[]
  /** One digit for each member, its standing: as long at the beginning as at the end, and so paid for. */
  readonly standings: string
}

/** Solidity's Quorum, in decimal strings. */
export interface QuorumCount {
  readonly members: string
  readonly threshold: string
  readonly approvals: string
  readonly rejections: string
}

/** What an account is to a job, by Solidity's numbers. */
const STRANGER = '0'
const MEMBER = '1'
const APPROVED = '2'
const REJECTED = '3'

export interface QuorumTerms {
  readonly members: readonly string[]
  readonly threshold: bigint
}

/** `path` is where the terms stand in the arguments, with a dot behind it. */
export function readTerms({ members, threshold }: { members: unknown; threshold: unknown }, path = ''): QuorumTerms {
  return {
    members: input.list(members, `${path}members`).map((member) => input.account(member, `${path}members`)),
    threshold: input.uint(threshold, `${path}threshold`),
  }
}

export function setQuorumTerms(job_id: Hex, terms: QuorumTerms): void {
  begin(job_id, openJobOfClient(job_id), terms)
}

/** Takes the terms of an open job, for which its client pays. */
export function begin(job_id: Hex, job: Job, { members, threshold }: QuorumTerms): void {
  const count = BigInt(members.length)
  require(threshold > 0n && threshold <= count && count <= quorumModel.MAX_MEMBERS, 'QuorumInvalid', threshold, count)
  // A provider must find the terms that it read.
  require(job.terms === null, 'TermsAlreadySet', job_id)
  for (const [at, member] of members.entries()) {
    require(member !== job.provider, 'ProviderIsEvaluator', member)
    // A member listed twice would let a quorum be reached that does not exist.
    require(members.indexOf(member) === at, 'MemberRepeated', member)
  }

  writeJob(job_id, { ...job, terms: 'quorum' })
  chargeStorage(job.client, () => {
    writeQuorum(job_id, { threshold: Number(threshold), members, standings: MEMBER.repeat(members.length) })
  })
  emit('quorum_terms_set', { job_id, members, threshold: String(threshold) })
}

export function castVote(job_id: Hex, is_approval: boolean, reason: Hex): void {
  const member = caller()
  const quorum = readQuorum(job_id)
  const at = quorum?.members.indexOf(member) ?? -1

  if (quorum === null || at < 0) throw new ContractError('MemberOnly', member)
  require(quorum.standings[at] === MEMBER, 'AlreadyVoted', job_id, member)
  const { status } = knownJob(job_id)
  require(status === JobStatus.Submitted, 'JobNotSubmitted', job_id, status)

  const standings = quorum.standings.slice(0, at) + (is_approval ? APPROVED : REJECTED) + quorum.standings.slice(at + 1)
  writeQuorum(job_id, { ...quorum, standings })
  emit('vote_cast', { job_id, member, is_approval, reason })

  const { threshold } = quorum
  if (count(standings, APPROVED) === threshold) complete(job_id, reason, self())
  else if (count(standings, REJECTED) > standings.length - threshold) reject(job_id, reason, self())
}

export function getQuorum(job_id: Hex): QuorumCount | null {
  const quorum = readQuorum(job_id)
  if (quorum === null) return null
  const { threshold, standings } = quorum
  return {
    members: String(standings.length),
    threshold: String(threshold),
    approvals: String(count(standings, APPROVED)),
    rejections: String(count(standings, REJECTED)),
  }
}

export function standingOf(job_id: Hex, account: string): string {
  const quorum = readQuorum(job_id)
  return quorum?.standings[quorum.members.indexOf(account)] ?? STRANGER
}

function count(standings: string, standing: string): number {
  return standings.split(standing).length - 1
}

function readQuorum(job_id: Hex): Quorum | null {
  return readRecord<Quorum>(keyOf(job_id))
}

function writeQuorum(job_id: Hex, quorum: Quorum): void {
  writeRecord(keyOf(job_id), quorum)
}

function keyOf(job_id: Hex): string {
  return `quorum:${job_id}`
}
