import { createHash } from 'node:crypto'
import type { Collateral } from '../attestation/collateral.ts'
import { type CollateralChanges, issueCollateral } from './collateral.ts'
import { type Measurements, SIMULATED_MEASUREMENTS } from './measurements.ts'
import { createPki, type Pki, type PkiChanges, pemOf, restoreIssued, type StoredIssued, storeIssued } from './pki.ts'
import { type QuoteChanges, writeQuote } from './quote.ts'

export interface QuoteRequest {
  /** 64 bytes. */
  readonly reportData: Uint8Array
  readonly measurements?: Measurements
  /** For tests of refusals. */
  readonly changes?: QuoteChanges
}

/** A machine with TDX that exists only in software: whoever trusts `rootSha256` trusts nothing but this process. */
export interface SimulatedPlatform {
  readonly rootPem: string
  readonly rootDer: Uint8Array
  readonly rootSha256: string
  readonly collateral: Collateral
  quote(request: QuoteRequest): Promise<Uint8Array>
  /** New collateral under the same root: renewed, or changed as a test needs it. */
  issueCollateral(changes?: CollateralChanges): Promise<Collateral>
  /** Private keys included: for a file that the processes of one simulation share. */
  toJson(): Promise<StoredPlatform>
}

export interface SimulatedPlatformOptions {
  readonly pki?: PkiChanges
  readonly collateral?: CollateralChanges
}

export interface StoredPlatform {
  readonly notice: string
  readonly root: StoredIssued
  readonly pckCa: StoredIssued
  readonly tcbSigner: StoredIssued
  readonly pck: StoredIssued
  readonly collateral: Collateral
}

export async function createSimulatedPlatform(options: SimulatedPlatformOptions = {}): Promise<SimulatedPlatform> {
  const pki = await createPki(options.pki)
  return platformOf(pki, await issueCollateral(pki, options.collateral))
}

export async function loadSimulatedPlatform(stored: StoredPlatform): Promise<SimulatedPlatform> {
  const pki = {
    root: await restoreIssued(stored.root),
    pckCa: await restoreIssued(stored.pckCa),
    tcbSigner: await restoreIssued(stored.tcbSigner),
    pck: await restoreIssued(stored.pck),
  }
  return platformOf(pki, stored.collateral)
}

function platformOf(pki: Pki, collateral: Collateral): SimulatedPlatform {
  const rootDer = new Uint8Array(pki.root.certificate.rawData)
  return {
    rootPem: pemOf(pki.root.certificate),
    rootDer,
    rootSha256: createHash('sha256').update(rootDer).digest('hex'),
    collateral,
    async quote({ reportData, measurements = SIMULATED_MEASUREMENTS, changes }) {
      if (reportData.length !== 64) throw new RangeError(`reportData has ${reportData.length} bytes, not 64`)
      return writeQuote(pki, { reportData, measurements }, changes)
    },
    issueCollateral: (changes) => issueCollateral(pki, changes),
    async toJson() {
      return {
        notice: 'Keys of a simulated TDX platform. They protect nothing.',
        root: await storeIssued(pki.root),
        pckCa: await storeIssued(pki.pckCa),
        tcbSigner: await storeIssued(pki.tcbSigner),
        pck: await storeIssued(pki.pck),
        collateral,
      }
    },
  }
}
