import { beforeAll, describe, expect, test } from 'vitest'
import type { SimulatedPlatform } from '../simulator/index.ts'
import { type Certificate, readCertificates } from './certificate.ts'
import { verifyCrl } from './crl.ts'
import { type Collateral, type QuoteToVerify, verifyQuote } from './index.ts'
import { DAY, dateAt, errorOf, expectError, expectRefusal, flipped, flippedHex, NOW, simulatedCase } from './testing.ts'
import { Extension } from './x509.ts'

let platform: SimulatedPlatform
let accepted: QuoteToVerify
beforeAll(async () => {
  ;({ platform, accepted } = await simulatedCase())
})

const lists = [
  ['root_ca_crl', 'rootCrl'],
  ['pck_crl', 'pckCrl'],
] as const

describe('revocation', () => {
  test.each([
    ['PCK certificate', 'pckCrl', 'pck'],
    ['PCK CA', 'rootCrl', 'pckCa'],
    ['TCB signer', 'rootCrl', 'tcbSigner'],
    ['root', 'rootCrl', 'root'],
  ] as const)('of the %s is seen', async (_, list, member) => {
    const collateral = await platform.issueCollateral({ nowSeconds: NOW, [list]: { revoked: ['11', member, '22'] } })

    await expectRefusal({ ...accepted, collateral }, 'CertificateRevoked')
  })

  test('of other certificates changes nothing', async () => {
    const revoked = ['01', '00ff', '7f'.repeat(20)]
    const changes = { nowSeconds: NOW, rootCrl: { revoked }, pckCrl: { revoked } }

    const verified = await verifyQuote({ ...accepted, collateral: await platform.issueCollateral(changes) })

    expect(verified.status).toBe('UpToDate')
  })

  test('cannot be undone by a bit in the serial number', async () => {
    const { pck_crl } = await platform.issueCollateral({ nowSeconds: NOW, pckCrl: { revoked: ['pck'] } })

    for (const at of [150, 180, 200, -1])
      await expectRefusal(withLists({ pck_crl: flippedHex(pck_crl, at) }), 'CrlInvalid')
    await expectRefusal(withLists({ pck_crl }), 'CertificateRevoked')
  })
})

describe.each(lists)('%s', (field, changed) => {
  test('is refused when any one bit of it is changed', () => {
    const [ca, root] = readCertificates(platform.collateral.pck_crl_issuer_chain, 'chain')
    const issuer = (field === 'pck_crl' ? ca : root) as Certificate
    const hex = platform.collateral[field]

    expect(verifyCrl(hex, issuer, NOW).expiresAt).toBeGreaterThan(NOW)
    for (let bit = 0; bit < hex.length * 4; bit++) {
      const changed = flipped(Buffer.from(hex, 'hex'), bit >> 3, 1 << (bit & 7))
      const refusal = errorOf(() => verifyCrl(Buffer.from(changed).toString('hex'), issuer, NOW))
      expectError(refusal, 'CrlInvalid')
    }
  })

  test('is refused when it is not a list', async () => {
    const { root_ca_crl } = platform.collateral
    for (const hex of [
      '00',
      '3000',
      platform.collateral[field].slice(0, -2),
      `${root_ca_crl}00`,
      root_ca_crl + root_ca_crl,
    ]) {
      await expectRefusal(withLists({ [field]: hex }), 'CrlInvalid')
    }
    for (const text of ['', 'not hex', '123', undefined]) {
      await expectRefusal(withLists({ [field]: text as string }), 'CollateralInvalid')
    }
  })

  test('is refused when it comes from elsewhere', async () => {
    const other = (await simulatedCase()).platform.collateral
    const swapped = field === 'pck_crl' ? platform.collateral.root_ca_crl : platform.collateral.pck_crl

    await expectRefusal(withLists({ [field]: other[field] }), 'CrlInvalid', /signature/)
    await expectRefusal(withLists({ [field]: swapped }), 'CrlInvalid', /issued by/)
  })

  test.each([
    ['signed by the TCB signer', { signedBy: 'tcbSigner' }, 'CrlInvalid', /signature/],
    ['issued in the TCB signer’s name', { issuerName: 'tcbSigner' }, 'CrlInvalid', /issued by/],
    ['expired', { nextUpdate: dateAt(NOW - 1) }, 'CrlExpired', /valid from/],
    ['not yet valid', { thisUpdate: dateAt(NOW + 1) }, 'CrlExpired', /valid from/],
    ['without a nextUpdate', { nextUpdate: null }, 'CrlInvalid', /no nextUpdate/],
    ['with a critical extension', { extensions: [partialList()] }, 'CrlInvalid', /critical extension 2\.5\.29\.28/],
  ] as const)('is refused %s', async (_, changes, code, reason) => {
    const collateral = await platform.issueCollateral({ nowSeconds: NOW, [changed]: changes })

    await expectRefusal({ ...accepted, collateral }, code, reason)
  })

  test('bounds how long the collateral lasts', async () => {
    const nextUpdate = dateAt(NOW + DAY)
    const collateral = await platform.issueCollateral({ nowSeconds: NOW, [changed]: { nextUpdate } })

    const verified = await verifyQuote({ ...accepted, collateral })

    expect(verified.collateralExpiresAt).toBe(NOW + DAY)
  })
})

function withLists(changes: Partial<Collateral>): QuoteToVerify {
  return { ...accepted, collateral: { ...platform.collateral, ...changes } }
}

/** issuingDistributionPoint: a list that says it covers only some certificates. */
function partialList(): Extension {
  return new Extension('2.5.29.28', true, new Uint8Array([0x30, 0x00]))
}
