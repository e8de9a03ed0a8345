/** Feedback that stands on a job: what it weighs is the fee that the job paid. Mirrors contracts/evm/contracts/FeedbackRights.sol. */
import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { callThen, hasSucceeded } from './calls.ts'
import { caller, now } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { AGENT_CALLBACK_GAS, KEEP_FEEDBACK_GAS } from './gas.ts'
import { type Job, readJob } from './job.ts'
import { feeOf } from './payouts.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage, creditBytes } from './storage.ts'

const CAP_PERIOD = 30n * 86_400n
const PRICE_UNIT = 10n ** 18n

/** What an account's feedback has given an agent in a period. */
interface Bought {
  readonly period: string
  readonly weight: string
}

/** What is undone when the feedback is not taken. */
export interface Taken {
  readonly job_id: Hex
  readonly agent_id: string
  readonly party: string
  readonly period: string
  readonly weight: string
}

export function setTokenPrice(token: string, price: bigint): void {
  writeRecord(priceRecord(token), String(price))
  emit('token_price_set', { token, price: String(price) })
}

export function tokenPrice(token: string): string {
  return readRecord<string>(priceRecord(token)) ?? '0'
}

export function setWeightCap(cap: bigint): void {
  writeRecord(WEIGHT_CAP, String(cap))
  emit('weight_cap_set', { cap: String(cap) })
}

export function weightCap(): string {
  return readRecord<string>(WEIGHT_CAP) ?? '0'
}

export function hasRight(jobId: Hex, party: string): boolean {
  const job = readJob(jobId)
  const isParty = job !== null && (party === job.client || party === job.provider)
  return isParty && readRecord(rightRecord(jobId, party)) === null && worthOf(job) > 0n
}

/** Uses up the caller's right, and has the registry keep the feedback, which it reads; `onFeedback` gives the right back if it does not. */
export function giveBacked(agents: string, jobId: Hex, agentId: string, feedback: object): void {
  const party = caller()
  const job = readJob(jobId)
  const worth = worthOf(job)
  const period = String(now() / CAP_PERIOD)
  const before = boughtIn(period, agentId, party)
  const room = BigInt(weightCap()) - before

  require(readRecord(rightRecord(jobId, party)) === null, 'FeedbackRightUsed', jobId, party)
  const isOfProvider = party === job?.client && agentId === job.provider_agent_id
  const isParty = isOfProvider || party === job?.provider
  require(worth > 0n && isParty, 'FeedbackRightMissing', jobId, party, agentId)
  require(room > 0n, 'WeightCapReached', agentId, party)

  const weight = worth < room ? worth : room
  chargeStorage(party, () => {
    writeRecord(rightRecord(jobId, party), true)
    writeRecord(boughtRecord(agentId, party), { period, weight: String(before + weight) })
  })
  // What the provider says is about an agent of the client, which the registry knows.
  const owner = isOfProvider ? null : job.client
  const taken: Taken = { job_id: jobId, agent_id: agentId, party, period, weight: String(weight) }
  const args = { feedback, client: party, owner, job_id: jobId, weight: String(weight) }
  callThen(
    { contract: agents, method: 'keep_backed_feedback', args, gas: KEEP_FEEDBACK_GAS },
    { method: 'on_backed_feedback', args: taken, gas: AGENT_CALLBACK_GAS },
  )
}

export function onFeedback({ job_id, agent_id, party, period, weight }: Taken): void {
  if (hasSucceeded()) return

  const before = near.storageUsage()
  near.storageRemove(rightRecord(job_id, party))
  const bought = boughtIn(period, agent_id, party)
  if (bought > 0n) writeRecord(boughtRecord(agent_id, party), { period, weight: String(bought - BigInt(weight)) })
  creditBytes(party, Number(before - near.storageUsage()))
}

/** Nothing in another period. */
function boughtIn(period: string, agentId: string, party: string): bigint {
  const bought = readRecord<Bought>(boughtRecord(agentId, party))
  return bought?.period === period ? BigInt(bought.weight) : 0n
}

function worthOf(job: Job | null): bigint {
  const fee = feeOf(job)
  // Most jobs pay none: no price needs to be read then.
  return fee === 0n ? 0n : (fee * BigInt(tokenPrice(job?.token ?? ''))) / PRICE_UNIT
}

const WEIGHT_CAP = 'weight_cap'

function priceRecord(token: string): string {
  return `price:${token}`
}

function rightRecord(jobId: Hex, party: string): string {
  return `right:${jobId}:${party}`
}

function boughtRecord(agentId: string, party: string): string {
  return `bought:${agentId}:${party}`
}
