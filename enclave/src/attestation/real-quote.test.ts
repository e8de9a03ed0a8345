import { constants } from '@phala/dcap-qvl'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from './certificate.ts'
import { INTEL_SGX_ROOT_CA_SHA256, parseQuote, type QuoteToVerify, verifyQuote } from './index.ts'
import { expectRefusal, flipped, readRealCase, simulatedCase } from './testing.ts'

const real = readRealCase()

test('INTEL_SGX_ROOT_CA_SHA256 is the root that the library trusts', () => {
  expect(sha256Hex(constants.TRUSTED_ROOT_CA_DER)).toBe(INTEL_SGX_ROOT_CA_SHA256)
})

describe.skipIf(real === undefined)('a quote of real hardware', () => {
  const accepted: QuoteToVerify = {
    quote: real?.quote ?? new Uint8Array(),
    collateral: real?.collateral,
    rootSha256: INTEL_SGX_ROOT_CA_SHA256,
    nowSeconds: Date.parse('2025-06-20T00:00:00Z') / 1000,
  }

  test('is accepted under Intel’s root', async () => {
    const verified = await verifyQuote(accepted)

    expect(verified).toMatchObject({ status: 'UpToDate', advisoryIds: [], fmspc: 'B0C06F000000' })
    expect(new Date(verified.collateralExpiresAt * 1000).toISOString()).toBe('2025-07-19T10:00:35.000Z')
    expect([...verified.quote.body.teeTcbSvn.subarray(0, 3)]).toEqual([6, 1, 3])
  })

  test('is refused under a simulated root', async () => {
    const { accepted: simulated } = await simulatedCase()

    await expectRefusal({ ...accepted, rootSha256: simulated.rootSha256 }, 'RootUntrusted', /Intel SGX Root CA/)
    await expectRefusal({ ...accepted, collateral: simulated.collateral }, 'CrlInvalid', /issued by/)
  })

  test.each([
    ['before its collateral', '2025-06-19T09:00:00Z', 'CrlExpired'],
    ['between revocation list and TCB info', '2025-06-19T10:10:00Z', 'CollateralExpired'],
    ['after its collateral', '2025-07-20T00:00:00Z', 'CrlExpired'],
  ] as const)('is refused %s', async (_, time, code) => {
    await expectRefusal({ ...accepted, nowSeconds: Date.parse(time) / 1000 }, code)
  })

  test('is refused with its driver’s padding', async () => {
    await expectRefusal({ ...accepted, quote: real?.padded ?? new Uint8Array() }, 'QuoteMalformed', /70 bytes follow/)
  })

  test('is refused with a changed report', async () => {
    await expectRefusal({ ...accepted, quote: flipped(accepted.quote, 600) }, 'QuoteSignatureInvalid')
  })

  test('has the whole quote in its parts', () => {
    const quote = parseQuote(accepted.quote)

    expect(Buffer.concat(Object.values(quote.body))).toEqual(Buffer.from(accepted.quote.subarray(48, 632)))
    expect(Buffer.from(quote.header.userData).toString('hex')).toMatch(/^889b7d6f/)
  })
})
