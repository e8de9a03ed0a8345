import { createHash } from 'node:crypto'
import type { QuoteBody } from '../attestation/quote.ts'
import { pemChain } from './collateral.ts'
import type { Measurements } from './measurements.ts'
import { generateKeys, type Pki, type PkiMember, sign } from './pki.ts'
import { SIMULATED_QE, SIMULATED_SGX_SVNS, SIMULATED_TDX_SVNS } from './platform-svns.ts'

/** What a test wants different about a quote; everything is signed after the change. */
export interface QuoteChanges {
  readonly body?: Partial<QuoteBody>
  readonly qeReport?: Partial<QeReportFields>
  readonly pckChain?: readonly PkiMember[]
  readonly qeAuthData?: Uint8Array
  /** Signs header and body instead of the attestation key that the QE report vouches for. */
  readonly bodySignedBy?: CryptoKeyPair
}

interface QeReportFields {
  readonly attributes: Uint8Array
  readonly mrSigner: Uint8Array
  readonly isvProdId: number
  readonly isvSvn: number
  readonly reportDataTail: Uint8Array
}

const INTEL_QE_VENDOR = Buffer.from('939a7233f79c4ca9940a0db3957f0607', 'hex')

/** SEPT_VE_DISABLE set, as every TD must have it, and no debug bit. */
const TD_ATTRIBUTES = Buffer.from('0000001000000000', 'hex')

export async function writeQuote(
  pki: Pki,
  { reportData, measurements }: { reportData: Uint8Array; measurements: Measurements },
  changes: QuoteChanges = {},
): Promise<Uint8Array> {
  const attestation = await generateKeys()
  const attestationKey = await rawPublicKey(attestation)
  const qeAuthData = changes.qeAuthData ?? Buffer.from('Parley Simulator quoting enclave')
  const qeReport = writeQeReport(attestationKey, qeAuthData, changes.qeReport)
  // Intel's chain ends with a NUL.
  const chain = Buffer.from(`${pemChain(pki, changes.pckChain ?? ['pck', 'pckCa', 'root'])}\0`)
  const certification = Buffer.concat([
    qeReport,
    await sign(pki.pck.keys, qeReport),
    u16(qeAuthData.length),
    qeAuthData,
    u16(5),
    u32(chain.length),
    chain,
  ])

  const signed = Buffer.concat([header(), body(reportData, measurements, changes.body)])
  const auth = Buffer.concat([
    await sign(changes.bodySignedBy ?? attestation, signed),
    attestationKey,
    u16(6),
    u32(certification.length),
    certification,
  ])
  return new Uint8Array(Buffer.concat([signed, u32(auth.length), auth]))
}

function header(): Uint8Array {
  return Buffer.concat([u16(4), u16(2), u32(0x81), Buffer.alloc(4), INTEL_QE_VENDOR, Buffer.alloc(20)])
}

function body(reportData: Uint8Array, measurements: Measurements, changes: Partial<QuoteBody> = {}): Uint8Array {
  const { mrTd, mrConfigId, rtMr0, rtMr1, rtMr2, rtMr3 } = measurements
  const fields: QuoteBody = {
    teeTcbSvn: Uint8Array.from(SIMULATED_TDX_SVNS),
    mrSeam: Buffer.alloc(48, 0x5b),
    mrSignerSeam: Buffer.alloc(48),
    seamAttributes: Buffer.alloc(8),
    tdAttributes: TD_ATTRIBUTES,
    xfam: Buffer.from('e702060000000000', 'hex'),
    mrTd,
    mrConfigId,
    mrOwner: Buffer.alloc(48),
    mrOwnerConfig: Buffer.alloc(48),
    rtMr0,
    rtMr1,
    rtMr2,
    rtMr3,
    reportData,
  }
  // The order above is the order on the wire, and changing a field keeps its place.
  return Buffer.concat(Object.values({ ...fields, ...changes }))
}

function writeQeReport(
  attestationKey: Uint8Array,
  qeAuthData: Uint8Array,
  changes: Partial<QeReportFields> = {},
): Uint8Array {
  const { attributes, mrSigner, isvProdId, isvSvn, reportDataTail } = {
    attributes: Buffer.from('1500000000000000e700000000000000', 'hex'),
    mrSigner: Buffer.from(SIMULATED_QE.mrSigner, 'hex'),
    isvProdId: SIMULATED_QE.isvProdId,
    isvSvn: SIMULATED_QE.isvSvn,
    reportDataTail: Buffer.alloc(32),
    ...changes,
  }
  return Buffer.concat([
    Uint8Array.from(SIMULATED_SGX_SVNS),
    u32(0),
    Buffer.alloc(28),
    attributes,
    Buffer.alloc(32, 0xe5),
    Buffer.alloc(32),
    mrSigner,
    Buffer.alloc(96),
    u16(isvProdId),
    u16(isvSvn),
    Buffer.alloc(60),
    createHash('sha256').update(attestationKey).update(qeAuthData).digest(),
    reportDataTail,
  ])
}

async function rawPublicKey(keys: CryptoKeyPair): Promise<Uint8Array> {
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey))
  return point.subarray(1)
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8)
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24)
}
