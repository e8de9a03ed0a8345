/** The protocol's share of what providers earn, kept until somebody sends it to the treasury. Mirrors contracts/evm/contracts/JobPayments.sol. */
import type { Hex } from '@parley/protocol'
import { jobModel } from '@parley/protocol'
import { callThen, hasSucceeded } from './calls.ts'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { PAYOUT_CALLBACK_GAS, TOKEN_TRANSFER_GAS } from './gas.ts'
import type { Job } from './job.ts'
import * as ledger from './ledger.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

/** What was taken of payments in a token and not collected yet; that of jobs funded from the ledger is a balance there. */
export interface Fees {
  readonly direct: string
  readonly in_ledger: string
}

export interface Collection extends Fees {
  readonly token: string
  readonly treasury: string
}

const BASIS = 10_000n
/** A balance at its longest, so that what grows later is paid for. */
const LONGEST = '0'.repeat(39)
const NOTHING: Fees = { direct: '0', in_ledger: '0' }

/** The caller has been checked: it is the owner. Answers what jobs are created with from now on. */
export function setPlatformFee(feeBP: bigint, treasury: string | null): number {
  require(feeBP <= jobModel.MAX_PLATFORM_FEE_BP, 'FeeTooHigh', feeBP, jobModel.MAX_PLATFORM_FEE_BP)
  require(treasury !== null, 'AddressZero')

  writeRecord(TREASURY, treasury)
  emit('platform_fee_set', { fee_bp: String(feeBP), treasury })
  return Number(feeBP)
}

export function platformTreasury(): string | null {
  return readRecord<string>(TREASURY)
}

/** Rounded down. */
export function feeOn(gross: bigint, { platform_fee_bp }: Pick<Job, 'platform_fee_bp'>): bigint {
  return (gross * BigInt(platform_fee_bp ?? 0)) / BASIS
}

/** Makes a place for a token's fees, for which the first client pays whose job may bring any. */
export function openFees(token: string, { platform_fee_bp, client }: Job): void {
  if (platform_fee_bp === undefined || readRecord(feesIn(token)) !== null) return
  chargeStorage(client, () => writeRecord(feesIn(token), { direct: LONGEST, in_ledger: LONGEST }))
  writeRecord(feesIn(token), NOTHING)
}

/** What is left to the provider. */
export function takeFee(job_id: Hex, job: Job, gross: bigint, before: bigint): bigint {
  // On the sum: parts pay no less than the whole.
  const fee = feeOn(before + gross, job) - feeOn(before, job)
  if (fee === 0n || job.token === null) return gross

  add(job.token, job.is_in_ledger ? 'in_ledger' : 'direct', fee)
  emit('platform_fee_paid', { job_id, platform_treasury: platformTreasury(), amount: String(fee) })
  return gross - fee
}

export function accruedFees(token: string): Fees {
  return readRecord<Fees>(feesIn(token)) ?? NOTHING
}

/** Sends what was taken in a token to the treasury: what is in the ledger at once, the rest as the token moves it. */
export function collectFees(token: string): void {
  const { direct, in_ledger } = accruedFees(token)
  const treasury = platformTreasury() ?? ''

  require(direct !== '0' || in_ledger !== '0', 'AmountZero')

  writeRecord(feesIn(token), NOTHING)

  const collection: Collection = { token, treasury, direct, in_ledger }
  const amount = BigInt(in_ledger)
  if (amount > 0n) ledger.move({ caller: self(), from: self(), to: treasury, token, amount }, caller())
  if (direct === '0') {
    emitCollected(collection)
    return
  }
  callThen(
    {
      contract: token,
      method: 'ft_transfer',
      args: { receiver_id: treasury, amount: direct },
      deposit: 1n,
      gas: TOKEN_TRANSFER_GAS,
    },
    { method: 'on_collect_fees', args: collection, gas: PAYOUT_CALLBACK_GAS },
  )
}

/** Must not fail: what the token refused to move is there to be collected again. */
export function onCollectFees(collection: Collection): void {
  const hasMoved = hasSucceeded()
  if (!hasMoved) add(collection.token, 'direct', BigInt(collection.direct))
  if (hasMoved || collection.in_ledger !== '0')
    emitCollected({ ...collection, direct: hasMoved ? collection.direct : '0' })
}

const TREASURY = 'treasury'

function add(token: string, kind: keyof Fees, amount: bigint): void {
  const fees = accruedFees(token)
  writeRecord(feesIn(token), { ...fees, [kind]: String(BigInt(fees[kind]) + amount) })
}

function emitCollected({ token, treasury, direct, in_ledger }: Collection): void {
  emit('fees_collected', { token, treasury, direct, in_ledger })
}

function feesIn(token: string): string {
  return `fees:${token}`
}
