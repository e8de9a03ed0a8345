/** The money of the escrow's model: who is paid what, and what stays owed when a token refuses. */
import { type Account, balanceKey, ESCROW, type EscrowState, inLedger, type Job, withJob } from './job-state.ts'

const BASIS = 10_000n

/** What a funded job still holds. */
export function restOf({ budget, released }: Job): bigint {
  return budget - (released ?? 0n)
}

/** The protocol's share of what a job paid. */
export function feeOn(gross: bigint, { platformFeeBP }: Job): bigint {
  return (gross * platformFeeBP) / BASIS
}

/** What a job paid so far, fee and all. */
export function grossOf({ status, budget, released }: Job): bigint {
  return status === 'Completed' ? budget : (released ?? 0n)
}

/** Takes the fee on `gross`, after `before` was paid, and sends the rest to the provider's side. On the sum: parts pay no less than the whole. */
export function paidProvider(state: EscrowState, jobId: string, job: Job, gross: bigint, before: bigint): EscrowState {
  const fee = feeOn(before + gross, job) - feeOn(before, job)
  const { direct, inLedger } = state.fees.get(job.token ?? '') ?? { direct: 0n, inLedger: 0n }
  const fees = job.isInLedger ? { direct, inLedger: inLedger + fee } : { direct: direct + fee, inLedger }
  const taken = fee > 0n ? { ...state, fees: new Map(state.fees).set(job.token ?? '', fees) } : state
  return paidNet(taken, jobId, job, gross - fee)
}

/** Writes the job, and sends `amount` to the provider's side: what the token refuses to move stays owed. */
export function paidNet(state: EscrowState, jobId: string, job: Job, amount: bigint): EscrowState {
  const paid = paidOut(state, job, job.payee ?? job.provider ?? '', amount)
  if (paid) return withJob(paid, jobId, job)
  return withJob(state, jobId, { ...job, owedToProvider: job.owedToProvider + amount })
}

export function refunded(state: EscrowState, jobId: string, job: Job, amount: bigint): EscrowState {
  const paid = paidOut(state, job, job.client, amount)
  if (paid) return withJob(paid, jobId, job)
  return withJob(state, jobId, { ...job, owedToClient: job.owedToClient + amount })
}

function paidOut(state: EscrowState, job: Job, to: Account, amount: bigint): EscrowState | undefined {
  const isRefused = amount > 0n && job.token !== undefined && !job.isInLedger && state.refusing.has(job.token)
  return isRefused ? undefined : transferred(state, job, ESCROW, to, amount)
}

export function transferred(
  state: EscrowState,
  { token, isInLedger }: Job,
  from: Account,
  to: Account,
  amount: bigint,
): EscrowState | undefined {
  if (token === undefined) return state
  return moved(state, isInLedger ? inLedger(token) : token, from, to, amount)
}

/** Undefined when there is not so much. */
export function moved(
  state: EscrowState,
  token: Account,
  from: Account,
  to: Account,
  amount: bigint,
): EscrowState | undefined {
  if (amount === 0n) return state
  const available = state.balances.get(balanceKey(token, from)) ?? 0n
  if (available < amount) return undefined

  const balances = new Map(state.balances).set(balanceKey(token, from), available - amount)
  balances.set(balanceKey(token, to), (balances.get(balanceKey(token, to)) ?? 0n) + amount)
  return { ...state, balances }
}
