import { keccak } from '@parley/evm'
import { quoteId } from '@parley/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { measurementOf, SIMULATED_MEASUREMENTS } from '../simulator/index.ts'
import { bindsKey, INTEL_SGX_ROOT_CA_SHA256, parseQuote, type QuoteToVerify, verifyQuote } from './index.ts'
import {
  DAY,
  errorOf,
  expectError,
  expectRefusal,
  flipped,
  NOW,
  quoteOffsets,
  REPORT_DATA,
  simulatedCase,
  withOtherS,
} from './testing.ts'

let accepted: QuoteToVerify
beforeAll(async () => {
  accepted = (await simulatedCase()).accepted
})

describe('a good quote', () => {
  test('is accepted under its own root, with what it says about the platform', async () => {
    const verified = await verifyQuote(accepted)

    expect(verified.status).toBe('UpToDate')
    expect(verified.advisoryIds).toEqual([])
    expect(verified.fmspc).toBe('5041524C4559')
    expect(verified.collateralExpiresAt).toBe(NOW + 30 * DAY)
    expect(Buffer.from(verified.quote.body.mrTd)).toEqual(Buffer.from(SIMULATED_MEASUREMENTS.mrTd))
    expect(Buffer.from(verified.quote.body.reportData)).toEqual(Buffer.from(REPORT_DATA))
  })

  test('is refused under Intel’s root', async () => {
    await expectRefusal({ ...accepted, rootSha256: INTEL_SGX_ROOT_CA_SHA256 }, 'RootUntrusted', /Parley Simulator/)
  })

  test('is refused under another simulated root, and with another platform’s collateral', async () => {
    const other = (await simulatedCase()).accepted

    await expectRefusal({ ...accepted, rootSha256: other.rootSha256 }, 'RootUntrusted')
    await expectRefusal({ ...accepted, collateral: other.collateral }, 'CrlInvalid', /signature/)
    await expectRefusal({ ...accepted, quote: other.quote }, 'RootUntrusted')
  })

  test.each([undefined, '', null])('is refused when the trusted root is %j', async (rootSha256) => {
    // The library alone would fall back to Intel's root here.
    await expectRefusal({ ...accepted, rootSha256: rootSha256 as never }, 'RootUntrusted')
  })

  test('keeps the measurements it was asked for', async () => {
    const { platform } = await simulatedCase()
    const measurements = { ...SIMULATED_MEASUREMENTS, mrTd: measurementOf('another build') }

    const quote = parseQuote(await platform.quote({ reportData: REPORT_DATA, measurements }))

    expect(Buffer.from(quote.body.mrTd)).toEqual(Buffer.from(measurementOf('another build')))
    expect(Buffer.from(quote.body.rtMr0)).toEqual(Buffer.from(SIMULATED_MEASUREMENTS.rtMr0))
  })

  test('binds the report data it was made for and no other', async () => {
    const { quote } = await verifyQuote(accepted)

    expect(() => bindsKey(quote, REPORT_DATA)).not.toThrow()
    for (const other of [flipped(REPORT_DATA, 63), REPORT_DATA.subarray(0, 63), new Uint8Array(64)]) {
      expectError(
        errorOf(() => bindsKey(quote, other)),
        'ReportDataMismatch',
      )
    }
  })
})

describe('the clock', () => {
  test.each([Number.NaN, undefined, null, Number.POSITIVE_INFINITY, 0, -1, `${NOW}`])(
    'refuses %s for a time',
    async (time) => {
      await expectRefusal({ ...accepted, nowSeconds: time as number }, 'ClockInvalid')
    },
  )
})

describe('a quote changed after it was signed', () => {
  // [field, first byte, length, code]: the tables of Intel's quote format, version 4.
  const headerFields = [
    ['version', 0, 2, 'QuoteMalformed'],
    ['attestation key type', 2, 2, 'QuoteMalformed'],
    ['TEE type', 4, 4, 'QuoteMalformed'],
    ['reserved header bytes', 8, 4, 'QuoteSignatureInvalid'],
    ['QE vendor id', 12, 16, 'QuoteMalformed'],
    ['user data', 28, 20, 'QuoteSignatureInvalid'],
  ] as const
  const bodyFields = [
    ['teeTcbSvn', 0, 16],
    ['mrSeam', 16, 48],
    ['mrSignerSeam', 64, 48],
    ['seamAttributes', 112, 8],
    ['tdAttributes', 120, 8],
    ['xfam', 128, 8],
    ['mrTd', 136, 48],
    ['mrConfigId', 184, 48],
    ['mrOwner', 232, 48],
    ['mrOwnerConfig', 280, 48],
    ['rtMr0', 328, 48],
    ['rtMr1', 376, 48],
    ['rtMr2', 424, 48],
    ['rtMr3', 472, 48],
    ['reportData', 520, 64],
  ] as const

  test.each(headerFields)('is refused for its %s', async (_, start, length, code) => {
    for (const at of [start, start + length - 1]) {
      await expectRefusal({ ...accepted, quote: flipped(accepted.quote, at) }, code)
    }
  })

  test.each(bodyFields)('is refused for its %s', async (_, start, length) => {
    for (const at of [start, start + length - 1]) {
      const quote = flipped(accepted.quote, quoteOffsets.body + at)
      await expectRefusal({ ...accepted, quote }, 'QuoteSignatureInvalid')
    }
  })

  test('is refused for one bit in any of the 632 bytes of header and body', async () => {
    for (let at = 0; at < 632; at++) {
      const quote = flipped(accepted.quote, at, 1 << (at % 8))
      const header = headerFields.find(([, start, length]) => at >= start && at < start + length)
      await expectRefusal({ ...accepted, quote }, header?.[3] ?? 'QuoteSignatureInvalid')
    }
  })

  test.each([
    ['signature', quoteOffsets.signature, 'QuoteSignatureInvalid'],
    ['attestation key', quoteOffsets.signature + 64, 'QeReportInvalid'],
    ['QE report', quoteOffsets.qeReport, 'QeReportInvalid'],
    ['QE report signature', quoteOffsets.qeReportSignature, 'QeReportInvalid'],
    ['QE authentication data', quoteOffsets.qeReportSignature + 66, 'QeReportInvalid'],
  ] as const)('is refused for its %s', async (_, at, code) => {
    await expectRefusal({ ...accepted, quote: flipped(accepted.quote, at) }, code)
  })

  test('stays valid with n − s for s, under the same quote id', async () => {
    for (const at of [quoteOffsets.signature, quoteOffsets.qeReportSignature]) {
      const quote = withOtherS(accepted.quote, at)

      expect(Buffer.from(quote).equals(Buffer.from(accepted.quote))).toBe(false)
      expect((await verifyQuote({ ...accepted, quote })).status).toBe('UpToDate')
      expect(quoteId(quote, keccak)).toEqual(quoteId(accepted.quote, keccak))
    }
  })
})

describe('a quote signed as it is', () => {
  test('is refused when the attestation key is not the one that the QE vouches for', async () => {
    const bodySignedBy = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    const { accepted: foreign } = await simulatedCase({ quote: { bodySignedBy } })

    await expectRefusal(foreign, 'QuoteSignatureInvalid')
  })

  test.each([
    ['a debug bit', '0100001000000000', 'DebugEnabled'],
    ['another bit under debug', '8000001000000000', 'DebugEnabled'],
    ['no SEPT_VE_DISABLE', '0000000000000000', 'TdAttributesInvalid'],
    ['a reserved bit', '0001001000000000', 'TdAttributesInvalid'],
  ] as const)('is refused for a TD with %s', async (_, hex, code) => {
    const { accepted: changed } = await simulatedCase({ quote: { body: { tdAttributes: Buffer.from(hex, 'hex') } } })

    await expectRefusal(changed, code)
  })

  test.each([
    ['in debug mode', { attributes: Buffer.from('1700000000000000e700000000000000', 'hex') }, 'QeReportInvalid'],
    ['with data behind the key’s hash', { reportDataTail: Buffer.alloc(32, 1) }, 'QeReportInvalid'],
    ['of another signer', { mrSigner: Buffer.alloc(32, 7) }, 'QeIdentityInvalid'],
    ['of another product', { isvProdId: 1 }, 'QeIdentityInvalid'],
    [
      'with other attributes',
      { attributes: Buffer.from('3100000000000000e700000000000000', 'hex') },
      'QeIdentityInvalid',
    ],
    ['that is out of date', { isvSvn: 3 }, 'TcbStatusRefused'],
    ['below every level', { isvSvn: 0 }, 'TcbStatusRefused'],
  ] as const)('is refused for a quoting enclave %s', async (_, qeReport, code) => {
    const { accepted: changed } = await simulatedCase({ quote: { qeReport } })

    await expectRefusal(changed, code)
  })
})
