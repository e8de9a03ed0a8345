/** Enclaves, registered on the word of a quorum of verifiers. Mirrors contracts/evm/contracts/EnclaveRegistry.sol. */
import {
  concat,
  type Hex,
  hashTypedData,
  NOBODY,
  nearMessages,
  toHex,
  type ValueOf,
  wordFromUint,
} from '@parley/protocol'
import { near } from 'near-sdk-js'
import { caller, now } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import { readRecord, writeRecord } from './records.ts'
import { recoverSigner } from './signatures.ts'
import { chargeStorage } from './storage.ts'

/** How old a challenge may be when its quote is registered: a day. */
const CHALLENGE_AGE_SECONDS = 86_400n

/** What the registry was made with. `max_age_seconds` counts from an enclave's challenge, after which it must have been attested anew. */
export interface Settings {
  readonly max_age_seconds: number
  readonly quorum_size: number
}

export type Report = ValueOf<typeof nearMessages.EnclaveReport>

/** As it is stored, and as `get_enclave` answers. `attested_at` is when its challenge was given; times are seconds as decimal strings. */
export interface Enclave {
  readonly operator: string
  readonly expires_at: string
  readonly attested_at: string
  readonly is_revoked: boolean
  readonly workload: Hex
  readonly encryption_key: Hex
}

interface Challenge {
  readonly issued_at: string
  /** Who has paid for this record, and is credited when it is used up. */
  readonly issued_by: string
}

export function writeVerifiers(verifiers: readonly Hex[], quorum: bigint): void {
  require(quorum > 0n && quorum <= BigInt(verifiers.length), 'QuorumInvalid', quorum, verifiers.length)

  let previous: Hex | undefined
  for (const verifier of verifiers) {
    // A verifier listed twice would let a quorum be reached that does not exist.
    require(previous === undefined || verifier > previous, 'VerifiersOutOfOrder', verifier)
    previous = verifier
  }
  writeRecord(VERIFIERS, verifiers)
}

/** `count` is how many were given before: two in one block differ by it. */
export function issueChallenge(domainSeparator: Uint8Array, count: number): Hex {
  const unique = [domainSeparator, near.randomSeed(), wordFromUint(near.blockHeight()), wordFromUint(BigInt(count))]
  const challenge = toHex(near.keccak256(concat(unique)))
  const issued_at = String(now())
  const issued: Challenge = { issued_at, issued_by: caller() }

  chargeStorage(caller(), () => writeRecord(challengeRecord(challenge), issued))
  emit('challenge_issued', { challenge, issued_at })
  return challenge
}

export function registerEnclave(
  report: Report,
  signatures: readonly Hex[],
  domainSeparator: Uint8Array,
  settings: Settings,
): void {
  const { enclave, operator, workload, encryptionKey, quoteId } = report
  const { issuedAt, issuedBy, expiresAt } = checkReport(report, signatures, domainSeparator, settings)

  const registered: Enclave = {
    operator,
    expires_at: String(expiresAt),
    attested_at: String(issuedAt),
    is_revoked: false,
    workload,
    encryption_key: encryptionKey,
  }
  chargeStorage(issuedBy, () => near.storageRemove(challengeRecord(report.challenge)))
  chargeStorage(caller(), () => writeRecord(enclaveRecord(enclave), registered))
  emit('enclave_registered', {
    enclave,
    operator,
    workload,
    encryption_key: encryptionKey,
    quote_id: quoteId,
    expires_at: String(expiresAt),
  })
}

/** All that `registerEnclave` checks. */
export function checkReport(
  report: Report,
  signatures: readonly Hex[],
  domainSeparator: Uint8Array,
  { max_age_seconds, quorum_size }: Settings,
) {
  const challenge = readChallenge(report.challenge)

  require(challenge !== null, 'ChallengeUnknown', report.challenge)
  const issuedAt = BigInt(challenge.issued_at)
  require(now() <= issuedAt + CHALLENGE_AGE_SECONDS, 'ChallengeExpired', report.challenge, issuedAt)
  const latest = issuedAt + BigInt(max_age_seconds)
  const expiresAt = report.expiresAt < latest ? report.expiresAt : latest
  require(now() < expiresAt, 'ReportExpired', expiresAt)
  // An older attestation that was kept back must not undo a newer one.
  const known = getEnclave(report.enclave)
  const attestedAt = BigInt(known?.attested_at ?? 0)
  require(issuedAt >= attestedAt, 'ReportOutdated', issuedAt, attestedAt)
  require(isWorkloadAllowed(report.workload), 'WorkloadNotAllowed', report.workload)
  require(known?.is_revoked !== true, 'EnclaveIsRevoked', report.enclave)
  // A signature that is none recovers to nobody: it would be this enclave's.
  require(report.enclave !== NOBODY, 'AddressZero')
  const digest = hashTypedData(domainSeparator, nearMessages.EnclaveReport, report, near.keccak256)
  requireQuorum(digest, signatures, quorum_size)
  return { issuedAt, issuedBy: challenge.issued_by, expiresAt }
}

/** `isWarden`: the caller is the owner or the guardian. */
export function revokeEnclave(enclave: Hex, isWarden: boolean): void {
  const known = knownEnclave(enclave)

  require(caller() === known.operator || isWarden, 'RevokerOnly', caller())
  require(!known.is_revoked, 'EnclaveIsRevoked', enclave)

  // One byte shorter than `false`: nobody is charged.
  writeRecord(enclaveRecord(enclave), { ...known, is_revoked: true })
  emit('enclave_revoked', { enclave, revoked_by: caller() })
}

/** The caller has been checked. `owner` pays for what is allowed. */
export function setWorkload(workload: Hex, isAllowed: boolean, owner: string): void {
  chargeStorage(owner, () => {
    if (isAllowed) writeRecord(workloadRecord(workload), true)
    else near.storageRemove(workloadRecord(workload))
  })
  emit('workload_set', { workload, is_allowed: isAllowed })
}

export function requireActive(enclave: Hex): Enclave {
  const known = knownEnclave(enclave)
  require(!known.is_revoked, 'EnclaveIsRevoked', enclave)
  require(now() < BigInt(known.expires_at), 'EnclaveExpired', enclave, known.expires_at)
  return known
}

export function getEnclave(enclave: Hex): Enclave | null {
  return readRecord<Enclave>(enclaveRecord(enclave))
}

export function isVerifier(verifier: Hex): boolean {
  return verifiers().includes(verifier)
}

export function isWorkloadAllowed(workload: Hex): boolean {
  return near.storageHasKey(workloadRecord(workload))
}

/** Seconds; "0" when it was never given or is used up. */
export function challengeIssuedAt(challenge: Hex): string {
  return readChallenge(challenge)?.issued_at ?? '0'
}

function readChallenge(challenge: Hex): Challenge | null {
  return readRecord<Challenge>(challengeRecord(challenge))
}

const VERIFIERS = 'verifiers'

function verifiers(): readonly Hex[] {
  return readRecord<readonly Hex[]>(VERIFIERS) ?? []
}

function knownEnclave(enclave: Hex): Enclave {
  const known = getEnclave(enclave)
  require(known !== null, 'EnclaveUnknown', enclave)
  return known
}

function requireQuorum(digest: Uint8Array, signatures: readonly Hex[], quorum: number): void {
  require(signatures.length >= quorum, 'QuorumNotReached', signatures.length, quorum)
  const known = verifiers()

  let previous: Hex = NOBODY
  for (const signature of signatures) {
    const verifier = recoverSigner(digest, signature)
    require(known.includes(verifier), 'VerifierUnknown', verifier)
    require(verifier > previous, 'VerifiersOutOfOrder', verifier)
    previous = verifier
  }
}

function enclaveRecord(enclave: Hex): string {
  return `enclave:${enclave}`
}

function workloadRecord(workload: Hex): string {
  return `workload:${workload}`
}

function challengeRecord(challenge: Hex): string {
  return `challenge:${challenge}`
}
