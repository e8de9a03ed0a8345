import { ParleyError } from '@parley/protocol'
import { verifyPckChain } from './chain.ts'
import { parseCollateral } from './collateral.ts'
import { verifyWithLibrary } from './library.ts'
import { parseQuote, type QeReport, type Quote } from './quote.ts'
import { readPckPlatform } from './sgx-extension.ts'
import { moduleLevel, platformLevel, qeLevel } from './tcb.ts'
import { combineTcbStatuses, type TcbStatus, tcbStatuses } from './tcb-status.ts'
import { verifyCollateral } from './verified-collateral.ts'

export interface AttestationPolicy {
  readonly acceptedStatuses?: readonly TcbStatus[]
  /** Intel's TCB recoveries are numbered: collateral from before one is refused, even while its dates still allow it. */
  readonly minimumTcbEvaluationDataNumber?: number
}

export interface QuoteToVerify {
  readonly quote: Uint8Array
  /** As received: it is parsed here. */
  readonly collateral: unknown
  /** SHA-256 of the trusted root certificate's DER, lower-case hex; Intel's is INTEL_SGX_ROOT_CA_SHA256. */
  readonly rootSha256: string
  readonly nowSeconds: number
  readonly policy?: AttestationPolicy
}

export interface VerifiedQuote {
  readonly quote: Quote
  readonly status: TcbStatus
  readonly advisoryIds: readonly string[]
  /** Upper-case hex. */
  readonly fmspc: string
  /** Unix seconds of the first moment at which some date in chain or collateral runs out. */
  readonly collateralExpiresAt: number
}

/** SHA-256 of "Intel SGX Root CA", serial number 22650cd65a9d3489f383b49552bf501b392706ac, valid to the end of 2049. */
export const INTEL_SGX_ROOT_CA_SHA256 = '44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3'

/**
 * Verifies a TDX quote from its first byte to the trusted root, offline. Resolves only when the hardware, its TCB and the
 * collateral are all believed; what runs inside (measurements) and for whom (report data) is for the caller to judge.
 */
export async function verifyQuote(input: QuoteToVerify): Promise<VerifiedQuote> {
  const { rootSha256, nowSeconds } = input
  const { acceptedStatuses = ['UpToDate'], minimumTcbEvaluationDataNumber = 0 } = input.policy ?? {}
  checkClock(nowSeconds)
  const collateral = parseCollateral(input.collateral)
  // A copy: what was verified must not change with the caller's buffer.
  const quote = parseQuote(Uint8Array.from(input.quote))

  const chain = verifyPckChain(quote.auth.pckChain, rootSha256, nowSeconds)
  const limits = { nowSeconds, minimumEvaluation: minimumTcbEvaluationDataNumber }
  const { tcbInfo, qeIdentity, expiresAt } = verifyCollateral(collateral, chain, limits)

  const platform = readPckPlatform(chain.pck)
  checkSamePlatform('FMSPC', tcbInfo.fmspc, platform.fmspc)
  checkSamePlatform('PCEID', tcbInfo.pceId, platform.pceId)
  checkQeReport(quote.auth.qeReport)
  const report = verifyWithLibrary(quote, collateral, chain.root, nowSeconds)

  const levels = [
    platformLevel(tcbInfo, platform, quote.body),
    moduleLevel(tcbInfo, quote.body),
    qeLevel(qeIdentity, quote.auth.qeReport),
  ]
  const status = combineTcbStatuses([...levels.map((level) => level.tcbStatus), knownStatus(report.status)])
  const advisoryIds = [...new Set([...levels.flatMap((level) => level.advisoryIDs ?? []), ...report.advisory_ids])]
  if (!acceptedStatuses.includes(status)) throw statusRefused(status, advisoryIds, acceptedStatuses)
  return { quote, status, advisoryIds, fmspc: platform.fmspc, collateralExpiresAt: expiresAt }
}

/** Throws ReportDataMismatch unless the quote was made for exactly these 64 bytes. */
export function bindsKey(quote: Quote, expectedReportData: Uint8Array): void {
  const [actual, expected] = [quote.body.reportData, expectedReportData].map((bytes) =>
    Buffer.from(bytes).toString('hex'),
  )
  if (actual === expected) return
  throw new ParleyError('ReportDataMismatch', `The quote binds 0x${actual}, not the expected 0x${expected}`)
}

/** NaN would make every comparison with a date false, and the library takes that for "not expired". */
function checkClock(nowSeconds: unknown): void {
  if (typeof nowSeconds === 'number' && Number.isFinite(nowSeconds) && nowSeconds > 0) return
  throw new ParleyError('ClockInvalid', `The time is ${nowSeconds}, not Unix seconds`)
}

function checkSamePlatform(what: string, inTcbInfo: string, inCertificate: string): void {
  if (inTcbInfo.toUpperCase() === inCertificate) return
  const message = `The TCB info is for ${what} ${inTcbInfo}, the PCK certificate has ${inCertificate}`
  throw new ParleyError('CollateralMismatch', message)
}

/** Before the library, whose word for a quoting enclave in debug mode is the one it has for a TD. */
function checkQeReport({ attributes, reportData }: QeReport): void {
  const isDebug = ((attributes[0] ?? 0) & 0x02) !== 0
  if (isDebug) throw new ParleyError('QeReportInvalid', 'The quoting enclave runs in debug mode')
  const hasTail = reportData.subarray(32).some((byte) => byte !== 0)
  if (hasTail) throw new ParleyError('QeReportInvalid', 'The QE report has data behind the hash of the attestation key')
}

function knownStatus(status: string): TcbStatus {
  return tcbStatuses.find((known) => known === status) ?? 'Revoked'
}

function statusRefused(status: TcbStatus, advisoryIds: string[], accepted: readonly TcbStatus[]): ParleyError {
  const advisories = advisoryIds.length === 0 ? '' : ` (${advisoryIds.join(', ')})`
  const message = `The platform's TCB status is ${status}${advisories}; accepted: ${accepted.join(', ')}`
  return new ParleyError('TcbStatusRefused', message)
}
