import { ParleyError } from '@parley/protocol'
import { createReader, type Reader } from './reader.ts'

/** Offsets and names are those of Intel's "TDX DCAP Quoting Library API", quote format version 4. */
export interface Quote {
  readonly header: QuoteHeader
  readonly body: QuoteBody
  readonly auth: QuoteAuth
  /** The quote as it was parsed, to the last byte. */
  readonly bytes: Uint8Array
}

export type QuoteHeader = ReturnType<typeof readHeader>
export type QuoteBody = ReturnType<typeof readBody>
type QuoteAuth = ReturnType<typeof readAuth>
export type QeReport = ReturnType<typeof readQeReport>

const TDX = 0x81
const ECDSA_P256 = 2
const QE_REPORT_CERTIFICATION = 6
const PCK_CHAIN = 5
const INTEL_QE = '939a7233f79c4ca9940a0db3957f0607'

/** Throws QuoteMalformed on anything but a whole TDX quote of version 4 with a PCK chain inside, and nothing behind it. */
export function parseQuote(bytes: Uint8Array): Quote {
  const reader = createReader(bytes, malformed)
  const header = readHeader(reader)
  const body = readBody(reader)
  const authReader = createReader(reader.take(reader.u32('authentication length'), 'authentication'), malformed)
  reader.end('the quote')
  const auth = readAuth(authReader)
  return { header, body, auth, bytes }
}

/** The quote without the zeros that fill up the buffer some drivers hand out; parseQuote refuses them. */
export function withoutPadding(bytes: Uint8Array): Uint8Array {
  const reader = createReader(bytes, malformed)
  reader.take(48 + 584, 'header and body')
  const length = 636 + reader.u32('authentication length')
  return bytes.subarray(length).every((byte) => byte === 0) ? bytes.subarray(0, length) : bytes
}

function readHeader(reader: Reader) {
  const header = {
    version: reader.u16('version'),
    attestationKeyType: reader.u16('attestation key type'),
    teeType: reader.u32('TEE type'),
    reserved: reader.take(4, 'reserved header bytes'),
    qeVendorId: reader.take(16, 'QE vendor id'),
    userData: reader.take(20, 'user data'),
  }
  expect('version', header.version, 4)
  expect('attestation key type', header.attestationKeyType, ECDSA_P256)
  expect('TEE type', header.teeType, TDX)
  expect('QE vendor id', Buffer.from(header.qeVendorId).toString('hex'), INTEL_QE)
  return header
}

function readBody(reader: Reader) {
  return {
    teeTcbSvn: reader.take(16, 'teeTcbSvn'),
    mrSeam: reader.take(48, 'mrSeam'),
    mrSignerSeam: reader.take(48, 'mrSignerSeam'),
    seamAttributes: reader.take(8, 'seamAttributes'),
    tdAttributes: reader.take(8, 'tdAttributes'),
    xfam: reader.take(8, 'xfam'),
    mrTd: reader.take(48, 'mrTd'),
    mrConfigId: reader.take(48, 'mrConfigId'),
    mrOwner: reader.take(48, 'mrOwner'),
    mrOwnerConfig: reader.take(48, 'mrOwnerConfig'),
    rtMr0: reader.take(48, 'rtMr0'),
    rtMr1: reader.take(48, 'rtMr1'),
    rtMr2: reader.take(48, 'rtMr2'),
    rtMr3: reader.take(48, 'rtMr3'),
    reportData: reader.take(64, 'reportData'),
  }
}

function readAuth(reader: Reader) {
  const signature = reader.take(64, 'signature')
  const attestationKey = reader.take(64, 'attestation key')
  expect('certification data type', reader.u16('certification data type'), QE_REPORT_CERTIFICATION)
  const certification = createReader(reader.take(reader.u32('certification length'), 'certification data'), malformed)
  reader.end('the certification data')

  const qeReportBytes = certification.take(384, 'QE report')
  const qeReportSignature = certification.take(64, 'QE report signature')
  const qeAuthLength = certification.u16('QE authentication length')
  // The library hashes exactly 32 bytes of it, so more would be unsigned and less would be padded.
  expect('QE authentication length', qeAuthLength, 32)
  const qeAuthData = certification.take(qeAuthLength, 'QE authentication data')
  expect('inner certification data type', certification.u16('inner certification data type'), PCK_CHAIN)
  const pckChain = certification.take(certification.u32('PCK chain length'), 'PCK chain')
  certification.end('the PCK chain')
  const qeReport = readQeReport(createReader(qeReportBytes, malformed))
  return {
    signature,
    attestationKey,
    qeReport,
    qeReportSignature,
    qeAuthData,
    pckChain: Buffer.from(pckChain).toString('latin1'),
  }
}

function readQeReport(reader: Reader) {
  const cpuSvn = reader.take(16, 'cpuSvn')
  const miscSelect = reader.u32('miscSelect')
  reader.take(28, 'reserved')
  const attributes = reader.take(16, 'attributes')
  const mrEnclave = reader.take(32, 'mrEnclave')
  reader.take(32, 'reserved')
  const mrSigner = reader.take(32, 'mrSigner')
  reader.take(96, 'reserved')
  const isvProdId = reader.u16('isvProdId')
  const isvSvn = reader.u16('isvSvn')
  reader.take(60, 'reserved')
  const reportData = reader.take(64, 'reportData')
  return { cpuSvn, miscSelect, attributes, mrEnclave, mrSigner, isvProdId, isvSvn, reportData }
}

function expect(what: string, actual: number | string, expected: number | string): void {
  if (actual !== expected) throw malformed(`${what} is ${actual}, not ${expected}`)
}

function malformed(problem: string): ParleyError {
  return new ParleyError('QuoteMalformed', `The quote is not a TDX quote of version 4: ${problem}`)
}
