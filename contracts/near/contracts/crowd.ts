/** Shares what a job pays among thousands. Mirrors contracts/evm/contracts/CrowdPayout.sol. */
import { fromHex, type Hex, type Payout, payoutLeaf, rootOfMultiproof, rootOfProof, toHex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { caller, self } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { type Job, JobStatus, knownJob } from './job.ts'
import * as ledger from './ledger.ts'
import { paymentOf } from './payouts.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeBytes, registeredAccount } from './storage.ts'

/** Numbers are decimal strings. `pot` is "0" and `token` null before the first claim. */
export interface Crowd {
  readonly root: Hex
  readonly total: string
  readonly claimed: string
  readonly is_remainder_claimed: boolean
  readonly token: string | null
  readonly pot: string
}

interface SettledCrowd extends Crowd {
  readonly token: string
}

/** A record at its longest: 72 bytes of key, 40 that NEAR adds, 66 of root, 64 of token, 87 of numbers, 101 of names. */
const CROWD_BYTES = 430

/** A call's logs hold 16,384 bytes: some of them frame what tells of the payouts. */
const MAX_LOG_BYTES = 15_900
/** What a payout takes in the logs besides accounts and numbers. */
const PAYOUT_LOG_BYTES = 81

const NO_ROOT: Hex = `0x${'00'.repeat(32)}`
const NEW_CROWD: Crowd = { root: NO_ROOT, total: '0', claimed: '0', is_remainder_claimed: false, token: null, pot: '0' }

export function readPayout(value: unknown, field: string): Payout {
  const { index, account, amount } = input.object(value, field)
  return {
    index: input.uint(index, `${field}.index`),
    account: input.account(account, `${field}.account`),
    amount: input.uint(amount, `${field}.amount`),
  }
}

export function setPayees(job_id: Hex, root: Hex, total: bigint): void {
  const job = knownJob(job_id)

  require(caller() === job.provider, 'ProviderOnly', caller())
  require(job.status === JobStatus.Funded, 'JobNotFunded', job_id, job.status)
  require(paymentOf(job_id) === '0', 'PaymentStarted', job_id)
  requirePayee(job_id, job)
  const isValid = root !== NO_ROOT && total > 0n && total <= BigInt(job.budget)
  require(isValid, 'PayeesInvalid', root, total, job.budget)

  write(job_id, { ...NEW_CROWD, root, total: String(total) })
  emit('payees_set', { job_id, root, total: String(total) })
}

export function claimPayout(job_id: Hex, payout: Payout, proof: readonly Hex[]): void {
  const crowd = settledCrowd(job_id)

  const leaf = payoutLeaf(payout, near.keccak256, 'near')
  require(toHex(rootOfProof(leaf, proof.map(fromHex), near.keccak256)) === crowd.root, 'ProofInvalid', job_id)
  require(!isPayoutMade(job_id, payout.index), 'PayoutAlreadyMade', job_id, payout.index)

  pay(job_id, crowd, [payout])
}

export function pushPayouts(
  job_id: Hex,
  payouts: readonly Payout[],
  { proof, proofFlags }: { readonly proof: readonly Hex[]; readonly proofFlags: readonly boolean[] },
): void {
  const crowd = settledCrowd(job_id)

  const leaves = payouts.map((payout) => payoutLeaf(payout, near.keccak256, 'near'))
  const root = rootOfMultiproof(leaves, { proof: proof.map(fromHex), proofFlags }, near.keccak256)
  require(root !== undefined && toHex(root) === crowd.root, 'ProofInvalid', job_id)

  pay(job_id, crowd, payouts)
}

export function claimRemainder(job_id: Hex): void {
  const crowd = settledCrowd(job_id)
  const { provider } = knownJob(job_id)

  const remainder = BigInt(crowd.pot) - BigInt(crowd.total)
  require(remainder > 0n && !crowd.is_remainder_claimed && provider !== null, 'NothingOwed', job_id)

  write(job_id, { ...crowd, is_remainder_claimed: true })
  emit('remainder_claimed', { job_id, provider, amount: String(remainder) })

  ledger.move({ caller: self(), from: self(), to: provider, token: crowd.token, amount: remainder }, caller())
}

export function getCrowd(job_id: Hex): Crowd | null {
  return readRecord<Crowd>(keyOf(job_id))
}

export function isPayoutMade(job_id: Hex, index: bigint): boolean {
  return isSet(readWord(job_id, wordOf(index)) ?? 0n, index)
}

/** The crowd of a job that has ended and paid something. What it has paid never changes then: the job is asked once. */
function settledCrowd(job_id: Hex): SettledCrowd {
  const crowd = getCrowd(job_id) ?? NEW_CROWD
  if (crowd.token !== null) return { ...crowd, token: crowd.token }
  const job = knownJob(job_id)

  require(job.status >= JobStatus.Completed, 'JobNotEnded', job_id, job.status)
  requirePayee(job_id, job)
  const pot = paymentOf(job_id)
  require(pot !== '0' && job.token !== null, 'NothingOwed', job_id)
  return { ...crowd, token: job.token, pot }
}

/** What another payee was paid is not in this contract's balance: that is others' money. A payee is paid in the ledger. */
function requirePayee(job_id: Hex, { payee, provider }: Job): void {
  require(payee === self(), 'PayeeMismatch', job_id, payee ?? provider ?? '')
}

/** Pays those that are not paid yet. Sums are rounded down, not shares: all of them together are all there is. */
function pay(job_id: Hex, crowd: SettledCrowd, payouts: readonly Payout[]): void {
  const total = BigInt(crowd.total)
  const pot = BigInt(crowd.pot)
  const payable = pot < total ? pot : total
  let claimed = BigInt(crowd.claimed)
  const words: Record<string, bigint> = {}
  let wordBytes = 0
  const indexes: string[] = []
  const shares: ledger.Share[] = []
  let logBytes = 0
  for (const { index, account, amount } of payouts) {
    const at = wordOf(index)
    const stored = words[at] ?? readWord(job_id, at)
    const word = stored ?? 0n
    if (isSet(word, index)) continue
    require(amount <= total - claimed, 'TotalExceeded', job_id, total)

    if (stored === null) wordBytes += WORD_BYTES + at.length
    words[at] = word | bitOf(index)
    const before = claimed
    claimed += amount
    const share = { account, amount: (claimed * payable) / total - (before * payable) / total }
    shares.push(share)
    indexes.push(String(index))
    const numbers = String(index).length + String(share.amount).length
    logBytes += PAYOUT_LOG_BYTES + self().length + account.length + crowd.token.length + numbers
  }
  if (shares.length === 0) return
  input.requireLogSize(logBytes, 'payouts', 'logs', MAX_LOG_BYTES)
  for (const [at, word] of Object.entries(words)) writeWord(job_id, at, word)
  writeRecord(keyOf(job_id), { ...crowd, claimed: String(claimed) })
  emit('payouts_made', { job_id, indexes })

  ledger.transferBatch(self(), crowd.token, shares, { payer: caller(), moreBytes: wordBytes })
}

/** Who begins a record pays for it. */
function write(job_id: Hex, crowd: Crowd): void {
  if (!near.storageHasKey(keyOf(job_id))) chargeBytes(caller(), registeredAccount(caller()), CROWD_BYTES)
  writeRecord(keyOf(job_id), crowd)
}

function keyOf(job_id: Hex): string {
  return `crowd:${job_id}`
}

/** What a word takes up besides its number: 72 bytes of key, 66 of value, 40 that NEAR adds. */
const WORD_BYTES = 178

/** A word of the state says of 256 indexes which are paid. */
function wordOf(index: bigint): string {
  return String(index >> 8n)
}

function bitOf(index: bigint): bigint {
  return 1n << (index & 255n)
}

function isSet(word: bigint, index: bigint): boolean {
  return (word & bitOf(index)) !== 0n
}

function readWord(job_id: Hex, at: string): bigint | null {
  const word = near.storageRead(wordKey(job_id, at))
  return word === null ? null : BigInt(word)
}

/** Always as long, so that who begins a word has paid for it. */
function writeWord(job_id: Hex, at: string, word: bigint): void {
  near.storageWrite(wordKey(job_id, at), `0x${word.toString(16).padStart(64, '0')}`)
}

function wordKey(job_id: Hex, at: string): string {
  return `paid:${job_id}:${at}`
}
