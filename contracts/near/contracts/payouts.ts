/**
 * What an ended job holds leaves it once: to the provider of a completed job, to the client of another. The token moves the money in a
 * call of its own, whose outcome comes back to `on_payout`; what it refused to move stays owed until somebody claims it.
 */
import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { callThen, hasSucceeded } from './calls.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { CLAIM_GAS, MAX_TOKEN_TRANSFER_GAS, PAYOUT_CALLBACK_GAS, TOKEN_TRANSFER_GAS } from './gas.ts'
import { type Job, JobStatus, knownJob, readJob, writeJob } from './job.ts'

/** Writes the ended job, and sends what it holds. `gas` is the token's. */
export function payOut(job_id: Hex, job: Job, gas = TOKEN_TRANSFER_GAS): void {
  if (job.budget === '0' || job.token === null) {
    writeJob(job_id, job)
    // Solidity tells of a payment of nothing, and of no refund.
    if (job.status === JobStatus.Completed) emitPaid(job_id, job)
    return
  }

  // Before the promise: until its outcome is known nobody can send the same money again.
  writeJob(job_id, { ...job, payout: 'sending' })

  const transfer = { receiver_id: payeeOf(job), amount: job.budget }
  callThen(
    { contract: job.token, method: 'ft_transfer', args: transfer, deposit: 1n, gas },
    { method: 'on_payout', args: { job_id }, gas: PAYOUT_CALLBACK_GAS },
  )
}

/** Never fails: a payout whose outcome got lost could neither be claimed nor be trusted. */
export function onPayout(job_id: Hex): void {
  const job = knownJob(job_id)
  const isPaid = hasSucceeded()

  writeJob(job_id, { ...job, payout: isPaid ? null : 'owed' })
  if (isPaid) emitPaid(job_id, job)
}

/** Tries again. Anyone may, and bring more gas for a token that needs it. */
export function claimPayment(job_id: Hex): void {
  const job = knownJob(job_id)

  require(job.payout === 'owed', 'NothingOwed', job_id)

  payOut(job_id, job, gasOfClaim())
}

/** What a token refused to move and can be claimed. */
export function owedOf(job_id: Hex): string {
  const job = readJob(job_id)
  return job?.payout === 'owed' ? job.budget : '0'
}

function emitPaid(job_id: Hex, job: Job): void {
  const payee = payeeOf(job)
  if (job.status === JobStatus.Completed) emit('payment_released', { job_id, provider: payee, amount: job.budget })
  else emit('refunded', { job_id, client: payee, amount: job.budget })
}

function payeeOf({ status, provider, client }: Job): string {
  return status === JobStatus.Completed && provider !== null ? provider : client
}

function gasOfClaim(): bigint {
  const left = near.prepaidGas() - near.usedGas() - CLAIM_GAS - PAYOUT_CALLBACK_GAS
  if (left < TOKEN_TRANSFER_GAS) return TOKEN_TRANSFER_GAS
  return left < MAX_TOKEN_TRANSFER_GAS ? left : MAX_TOKEN_TRANSFER_GAS
}
