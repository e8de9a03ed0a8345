/**
 * Completes and rejects jobs on the client's silence, an arbiter's ruling, or the arbiter's silence. Mirrors
 * contracts/evm/contracts/ArbitratedEvaluator.sol.
 */
import { arbitrationModel, type Hex, jobModel } from '@parley/protocol'
import { caller, now, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { type Job, JobStatus, knownJob, writeJob } from './job.ts'
import { complete, redo, reject, release, setEvaluationPeriod } from './jobs.ts'
import { move, openBalance } from './ledger.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeBytes, registeredAccount } from './storage.ts'
import { openJobOfClient } from './terms.ts'

const { MIN_WINDOW_SECONDS, SETTLEMENT_SECONDS } = jobModel
const { WHOLE_BP, rulings } = arbitrationModel

/** Decimal strings. */
export interface ArbitrationTerms {
  readonly arbiter: string | null
  readonly review_seconds: string
  readonly ruling_seconds: string
  readonly silence_share_bp: string
  readonly bond: string
  readonly stake: string
}

/** The terms, and where a job stands, as it is stored and as `get_arbitration` answers. */
export interface Arbitration extends ArbitrationTerms {
  /** "0" without an open dispute. */
  readonly disputed_at: string
  readonly is_bond_held: boolean
  readonly is_stake_held: boolean
  readonly has_redone: boolean
}

/**
 * A record at its longest, charged to the client with the terms: 78 bytes of key, 40 that NEAR adds, 64 of the arbiter, 96 of numbers, 176
 * of names.
 */
const ARBITRATION_BYTES = 454

const NO_REASON: Hex = `0x${'00'.repeat(32)}`

export function readTerms(value: unknown, field: string): ArbitrationTerms {
  const terms = input.object(value, field)
  const number = (name: string, bits: bigint) => String(input.uint(terms[name], `${field}.${name}`, bits))
  return {
    arbiter: input.optionalAccount(terms.arbiter, `${field}.arbiter`),
    review_seconds: number('review_seconds', 32n),
    ruling_seconds: number('ruling_seconds', 32n),
    silence_share_bp: number('silence_share_bp', 16n),
    bond: number('bond', 96n),
    stake: number('stake', 96n),
  }
}

export function setArbitrationTerms(job_id: Hex, terms: ArbitrationTerms): void {
  begin(job_id, openJobOfClient(job_id), terms)
}

/** Takes the terms of an open job, for which its client pays. */
export function begin(job_id: Hex, job: Job, terms: ArbitrationTerms): void {
  const { arbiter, review_seconds, ruling_seconds, silence_share_bp, bond, stake } = terms
  require(arbiter !== null, 'AddressZero')
  require(arbiter !== job.client && arbiter !== job.provider, 'ArbiterIsParty', arbiter)
  for (const window of [review_seconds, ruling_seconds])
    require(BigInt(window) >= MIN_WINDOW_SECONDS, 'WindowTooShort', window)
  require(BigInt(silence_share_bp) <= WHOLE_BP, 'ShareInvalid', silence_share_bp)
  // A provider must find the terms that it read.
  require(job.terms === null, 'TermsAlreadySet', job_id)

  writeJob(job_id, { ...job, terms: 'arbitration' })
  chargeBytes(job.client, registeredAccount(job.client), ARBITRATION_BYTES)
  const state = { disputed_at: '0', is_bond_held: false, is_stake_held: false, has_redone: false }
  write(job_id, { ...terms, ...state })
  emit('arbitration_terms_set', { job_id, arbiter, review_seconds, ruling_seconds, silence_share_bp, bond, stake })

  // Else `claim_refund` could overtake a ruling.
  setEvaluationPeriod(job_id, BigInt(review_seconds) + BigInt(ruling_seconds) + SETTLEMENT_SECONDS, self())
}

export function lockStake(job_id: Hex, arbiter: string, amount: bigint): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)

  require(caller() === job.provider, 'ProviderOnly', caller())
  require(job.status === JobStatus.Funded, 'JobNotFunded', job_id, job.status)
  const stake = BigInt(arbitration.stake)
  const isAgreed = arbiter === arbitration.arbiter && amount === stake && stake > 0n
  require(isAgreed, 'StakeMismatch', arbitration.arbiter ?? '', stake)
  require(!arbitration.is_stake_held, 'StakeAlreadyLocked', job_id)

  write(job_id, { ...arbitration, is_stake_held: true })
  emit('stake_locked', { job_id, provider: job.provider, amount: arbitration.stake })

  take(job, job.provider, stake, job.client)
}

export function acceptWork(job_id: Hex): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)

  require(caller() === job.client, 'ClientOnly', caller())
  requireSubmitted(job_id, job)

  end(job_id, job, arbitration, { share: WHOLE_BP, reason: NO_REASON, bondTo: job.client, stakeTo: job.provider })
}

export function openDispute(job_id: Hex, reason: Hex): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)

  require(caller() === job.client, 'ClientOnly', caller())
  requireSubmitted(job_id, job)
  require(arbitration.disputed_at === '0', 'DisputeAlreadyOpen', job_id)
  const endsAt = BigInt(job.submitted_at) + BigInt(arbitration.review_seconds)
  require(now() < endsAt, 'ReviewOver', job_id, endsAt)

  const bond = arbitration.is_bond_held ? 0n : BigInt(arbitration.bond)
  write(job_id, { ...arbitration, disputed_at: String(now()), is_bond_held: arbitration.bond !== '0' })
  emit('dispute_opened', { job_id, client: job.client, reason })

  if (bond > 0n) take(job, job.client, bond, job.provider)
}

export function rule(job_id: Hex, ruling: bigint, shareBP: bigint, reason: Hex): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)
  const name = rulings[Number(ruling)]

  require(caller() === arbitration.arbiter, 'ArbiterOnly', caller())
  requireSubmitted(job_id, job)
  require(arbitration.disputed_at !== '0', 'DisputeNotOpen', job_id)
  const endsAt = BigInt(arbitration.disputed_at) + BigInt(arbitration.ruling_seconds)
  require(now() < endsAt, 'RulingOver', job_id, endsAt)
  const isShare = name === 'Split' ? shareBP > 0n && shareBP < WHOLE_BP : shareBP === 0n
  require(isShare, 'ShareInvalid', shareBP)
  require(name !== 'Redo' || !arbitration.has_redone, 'RedoUsed', job_id)

  emit('ruling_given', { job_id, arbiter: caller(), ruling: String(ruling), share_bp: String(shareBP), reason })

  if (name === 'Redo') {
    write(job_id, { ...arbitration, disputed_at: '0', has_redone: true })
    redo(job_id, reason, self())
    return
  }
  end(job_id, job, arbitration, {
    share: name === 'Pay' ? WHOLE_BP : shareBP,
    reason,
    bondTo: name === 'Pay' ? job.provider : job.client,
    stakeTo: name === 'Refund' ? job.client : job.provider,
  })
}

export function settleReview(job_id: Hex): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)
  const isDisputed = arbitration.disputed_at !== '0'

  requireSubmitted(job_id, job)
  const endsAt = isDisputed
    ? BigInt(arbitration.disputed_at) + BigInt(arbitration.ruling_seconds)
    : BigInt(job.submitted_at) + BigInt(arbitration.review_seconds)
  require(now() >= endsAt, 'ReviewNotOver', job_id, endsAt)
  require(arbitration.is_stake_held || arbitration.stake === '0', 'StakeMissing', job_id)

  const share = isDisputed ? BigInt(arbitration.silence_share_bp) : WHOLE_BP
  emit('review_settled', { job_id, share_bp: String(share) })

  end(job_id, job, arbitration, { share, reason: NO_REASON, bondTo: job.client, stakeTo: job.provider })
}

export function releaseBondAndStake(job_id: Hex): void {
  const arbitration = known(job_id)
  const job = knownJob(job_id)

  require(job.status > JobStatus.Submitted, 'JobNotEnded', job_id, job.status)
  require(arbitration.is_bond_held || arbitration.is_stake_held, 'NothingHeld', job_id)

  releaseTo(job_id, job, arbitration, job.client, job.provider)
}

export function getArbitration(job_id: Hex): Arbitration | null {
  return readRecord<Arbitration>(keyOf(job_id))
}

function known(job_id: Hex): Arbitration {
  const arbitration = getArbitration(job_id)
  require(arbitration !== null, 'TermsMissing', job_id)
  return arbitration
}

function requireSubmitted(job_id: Hex, { status }: Job): void {
  require(status === JobStatus.Submitted, 'JobNotSubmitted', job_id, status)
}

function end(
  job_id: Hex,
  job: Job,
  arbitration: Arbitration,
  {
    share,
    reason,
    bondTo,
    stakeTo,
  }: { readonly share: bigint; readonly reason: Hex; readonly bondTo: string | null; readonly stakeTo: string | null },
): void {
  releaseTo(job_id, job, arbitration, bondTo, stakeTo)

  if (share === WHOLE_BP) {
    complete(job_id, reason, self())
    return
  }
  const amount = (BigInt(job.budget) * share) / WHOLE_BP
  if (amount > 0n) release(job_id, amount, reason, self())
  reject(job_id, reason, self())
}

function releaseTo(
  job_id: Hex,
  job: Job,
  arbitration: Arbitration,
  bondTo: string | null,
  stakeTo: string | null,
): void {
  const { bond, stake, is_bond_held, is_stake_held } = arbitration
  if (!is_bond_held && !is_stake_held) return
  write(job_id, { ...arbitration, is_bond_held: false, is_stake_held: false })
  if (is_bond_held) {
    emit('bond_released', { job_id, receiver: bondTo, amount: bond })
    give(job, bondTo, BigInt(bond))
  }
  if (is_stake_held) {
    emit('stake_released', { job_id, receiver: stakeTo, amount: stake })
    give(job, stakeTo, BigInt(stake))
  }
}

/** Who pays opens the other's place in the ledger: a ruling must not fail for somebody's storage. */
function take({ token }: Job, from: string, amount: bigint, other: string | null): void {
  if (token === null || other === null) return
  move({ caller: from, from, to: self(), token, amount })
  openBalance(other, token, from)
}

function give({ token }: Job, to: string | null, amount: bigint): void {
  if (token !== null && to !== null) move({ caller: self(), from: self(), to, token, amount })
}

function write(job_id: Hex, arbitration: Arbitration): void {
  writeRecord(keyOf(job_id), arbitration)
}

function keyOf(job_id: Hex): string {
  return `arbitration:${job_id}`
}
