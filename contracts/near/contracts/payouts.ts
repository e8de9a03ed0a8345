/**
 * What a job holds leaves it once: to the provider's side or to the client. The token moves the money in a call of its own, whose outcome
 * comes back to `on_payout`; what it refused to move stays owed until somebody claims it.
 */
import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { callThen, hasSucceeded } from './calls.ts'
import { self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { feeOn, takeFee } from './fees.ts'
import { CLAIM_GAS, MAX_TOKEN_TRANSFER_GAS, PAYOUT_CALLBACK_GAS, TOKEN_TRANSFER_GAS } from './gas.ts'
import { type Job, JobStatus, knownJob, readJob, writeJob } from './job.ts'
import * as ledger from './ledger.ts'

/** What the callback is called with: what was on its way, and to whom. */
export interface Payout {
  readonly job_id: Hex
  readonly amount: string
  readonly is_refund: boolean
}

/** `gross` is a part of what the job held, and no longer counted as held; `before` was paid already. */
export function payProvider(job_id: Hex, job: Job, gross: bigint, before: bigint): void {
  payOut(job_id, job, takeFee(job_id, job, gross, before), TOKEN_TRANSFER_GAS)
}

function payOut(job_id: Hex, job: Job, amount: bigint, gas: bigint): void {
  const payout = { job_id, amount: String(amount), is_refund: false }
  // Solidity tells of a payment of nothing, and of no refund.
  if (amount === 0n) emitPaid(job, payout)
  else send(job, payout, gas)
}

/** `gas` is the token's. */
export function refund(job_id: Hex, job: Job, amount: bigint, gas = TOKEN_TRANSFER_GAS): void {
  if (amount > 0n) send(job, { job_id, amount: String(amount), is_refund: true }, gas)
}

/** Never fails: a payout whose outcome got lost could neither be claimed nor be trusted. */
export function onPayout(payout: Payout): void {
  const { job_id, amount, is_refund } = payout
  const job = knownJob(job_id)
  if (hasSucceeded()) {
    emitPaid(job, payout)
    return
  }

  const side = is_refund ? 'owed_to_client' : 'owed_to_provider'
  writeJob(job_id, { ...job, [side]: String(BigInt(job[side] ?? 0) + BigInt(amount)) })
  emit('payment_owed', { job_id, payee: receiverOf(job, payout), amount })
}

/** Tries again. Anyone may, and bring more gas for a token that needs it. */
export function claimPayment(job_id: Hex): void {
  const { owed_to_provider, owed_to_client, ...job } = knownJob(job_id)

  require(owed_to_provider !== undefined || owed_to_client !== undefined, 'NothingOwed', job_id)

  // Before the promises: until their outcome is known nobody can send the same money again.
  writeJob(job_id, job)

  const gas = gasOfClaim(owed_to_provider !== undefined && owed_to_client !== undefined ? 2n : 1n)
  if (owed_to_provider !== undefined) payOut(job_id, job, BigInt(owed_to_provider), gas)
  refund(job_id, job, BigInt(owed_to_client ?? 0), gas)
}

/** What a token refused to move and can be claimed. */
export function owedOf(job_id: Hex): string {
  const job = readJob(job_id)
  return String(BigInt(job?.owed_to_provider ?? 0) + BigInt(job?.owed_to_client ?? 0))
}

/** What a funded job still holds. */
export function restOf({ budget, released }: Job): bigint {
  return BigInt(budget) - BigInt(released ?? 0)
}

/** What was paid, or is owed or on its way, to the provider's side so far. */
export function paymentOf(job_id: Hex): string {
  const job = readJob(job_id)
  return String(job === null ? 0n : grossOf(job) - feeOf(job))
}

/** What the protocol has taken of it. */
export function feeOf(job: Job | null): bigint {
  return job === null ? 0n : feeOn(grossOf(job), job)
}

/** Who gets what the job pays. */
export function payeeOf({ payee, provider }: Job): string | null {
  return payee ?? provider
}

function grossOf({ status, budget, released }: Job): bigint {
  return BigInt((status === JobStatus.Completed ? budget : released) ?? 0)
}

function send(job: Job, payout: Payout, gas: bigint): void {
  const transfer = { receiver_id: receiverOf(job, payout), amount: payout.amount }
  if (job.is_in_ledger && job.token !== null) {
    const { receiver_id: to, amount } = transfer
    ledger.move({ caller: self(), from: self(), to, token: job.token, amount: BigInt(amount) })
    emitPaid(job, payout)
    return
  }
  callThen(
    { contract: job.token ?? '', method: 'ft_transfer', args: transfer, deposit: 1n, gas },
    { method: 'on_payout', args: payout, gas: PAYOUT_CALLBACK_GAS },
  )
}

function emitPaid({ provider, client }: Job, { job_id, amount, is_refund }: Payout): void {
  if (is_refund) emit('refunded', { job_id, client, amount })
  else emit('payment_released', { job_id, provider, amount })
}

function receiverOf(job: Job, { is_refund }: Payout): string {
  return (is_refund ? null : payeeOf(job)) ?? job.client
}

function gasOfClaim(payouts: bigint): bigint {
  const left = (near.prepaidGas() - near.usedGas() - CLAIM_GAS) / payouts - PAYOUT_CALLBACK_GAS
  if (left < TOKEN_TRANSFER_GAS) return TOKEN_TRANSFER_GAS
  return left < MAX_TOKEN_TRANSFER_GAS ? left : MAX_TOKEN_TRANSFER_GAS
}
