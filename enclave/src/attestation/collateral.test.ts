import type { ErrorName } from '@parley/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CollateralChanges, SimulatedPlatform } from '../simulator/index.ts'
import { collateralSchema, type QuoteToVerify, verifyQuote } from './index.ts'
import { DAY, expectRefusal, flippedHex, isoAt, NOW, simulatedCase } from './testing.ts'

let platform: SimulatedPlatform
let accepted: QuoteToVerify
beforeAll(async () => {
  ;({ platform, accepted } = await simulatedCase())
})

const parts = [
  ['tcb_info', 'tcbInfo'],
  ['qe_identity', 'qeIdentity'],
] as const

describe('the shape of the collateral', () => {
  test('is nine fields of text', () => {
    expect(collateralSchema.safeParse(platform.collateral).success).toBe(true)
    expect(Object.keys(platform.collateral)).toHaveLength(9)
  })

  test('allows no other field, least of all a chain that would replace the quote’s', async () => {
    const pck_certificate_chain = platform.collateral.pck_crl_issuer_chain
    const collateral = { ...platform.collateral, pck_certificate_chain }

    await expectRefusal({ ...accepted, collateral }, 'CollateralInvalid', /pck_certificate_chain/)
  })

  test.each(Object.keys(collateralSchema.shape))('demands %s as text', async (field) => {
    for (const value of [undefined, null, '', [1, 2, 3], 7]) {
      const collateral = { ...platform.collateral, [field]: value }
      await expectRefusal({ ...accepted, collateral }, 'CollateralInvalid', new RegExp(field))
    }
  })

  test.each([null, undefined, 'text', []])('is not %j', async (collateral) => {
    await expectRefusal({ ...accepted, collateral }, 'CollateralInvalid')
  })
})

describe.each(parts)('%s', (field, changed) => {
  test('is refused when its text or its signature is changed', async () => {
    const signature = `${field}_signature` as const
    const text = platform.collateral[field].replace('UpToDate', 'OutOfDate')
    const other = platform.collateral[field === 'tcb_info' ? 'qe_identity' : 'tcb_info']
    for (const change of [
      { [field]: text },
      { [field]: `${platform.collateral[field]} ` },
      { [field]: other },
      { [signature]: flippedHex(platform.collateral[signature], 40) },
      { [signature]: '00'.repeat(64) },
    ]) {
      const collateral = { ...platform.collateral, ...change }
      await expectRefusal({ ...accepted, collateral }, 'CollateralInvalid', /is not signed by/)
    }
  })

  test.each([
    ['expired', { nextUpdate: isoAt(NOW - 1) }, 'CollateralExpired'],
    ['not yet valid', { issueDate: isoAt(NOW + 1) }, 'CollateralExpired'],
    ['without an issueDate', { issueDate: undefined }, 'CollateralInvalid'],
    ['without a nextUpdate', { nextUpdate: undefined }, 'CollateralInvalid'],
    ['with a nextUpdate that is no date', { nextUpdate: 'never' }, 'CollateralInvalid'],
    ['with a nextUpdate on the 45th', { nextUpdate: '2026-06-45T00:00:00Z' }, 'CollateralInvalid'],
    ['for SGX', { id: 'SGX' }, 'CollateralInvalid'],
    ['of another version', { version: 1 }, 'CollateralInvalid'],
    ['without an evaluation number', { tcbEvaluationDataNumber: undefined }, 'CollateralInvalid'],
    ['with a level of an unknown status', { tcbLevels: [{ tcbStatus: 'Fine' }] }, 'CollateralInvalid'],
  ] as const)('is refused when it is %s', async (_, value, code) => {
    await expectRefusalWith({ [changed]: value }, code, new RegExp(field))
  })

  test('is refused below the policy’s evaluation number', async () => {
    const collateral = await platform.issueCollateral({ nowSeconds: NOW, [changed]: { tcbEvaluationDataNumber: 20 } })
    const at = (minimumTcbEvaluationDataNumber: number) => ({ ...accepted, policy: { minimumTcbEvaluationDataNumber } })

    expect((await verifyQuote(at(17))).status).toBe('UpToDate')
    await expectRefusal(at(18), 'CollateralExpired', /evaluation data number 17, below 18/)
    // The other part still has 17.
    await expectRefusal({ ...at(20), collateral }, 'CollateralExpired', /evaluation data number 17, below 20/)
  })

  test('bounds how long the collateral lasts', async () => {
    const nextUpdate = isoAt(NOW + DAY)
    const collateral = await platform.issueCollateral({ nowSeconds: NOW, [changed]: { nextUpdate } })

    expect((await verifyQuote({ ...accepted, collateral })).collateralExpiresAt).toBe(NOW + DAY)
    expect((await verifyQuote({ ...accepted, collateral, nowSeconds: NOW + DAY })).status).toBe('UpToDate')
    await expectRefusal({ ...accepted, collateral, nowSeconds: NOW + DAY + 1 }, 'CollateralExpired')
  })

  test('is refused when its chain ends at another root', async () => {
    const other = (await simulatedCase()).platform.collateral
    const collateral = { ...platform.collateral, [`${field}_issuer_chain`]: other[`${field}_issuer_chain`] }

    await expectRefusal({ ...accepted, collateral }, 'RootUntrusted')
  })

  test('is refused when its chain is too long, too short or in another order', async () => {
    const [signer, root] = platform.collateral[`${field}_issuer_chain`].split(/(?<=END CERTIFICATE-----\n)/)
    for (const chain of [`${signer}`, `${root}`, `${signer}${root}${root}`, `${root}${signer}`, `${root}${root}`]) {
      const collateral = { ...platform.collateral, [`${field}_issuer_chain`]: chain }
      const code = chain === `${root}${signer}` ? 'RootUntrusted' : 'CertificateChainInvalid'
      await expectRefusal({ ...accepted, collateral }, code)
    }
  })
})

describe('collateral signed by another certificate', () => {
  test.each([
    [
      'the PCK key, with the PCK chain',
      { collateralSignedBy: 'pck', collateralChain: ['pck', 'pckCa', 'root'] },
      /exactly/,
    ],
    ['the PCK key, with the root', { collateralSignedBy: 'pck', collateralChain: ['pck', 'root'] }, /named/],
    ['the PCK CA', { collateralSignedBy: 'pckCa', collateralChain: ['pckCa', 'root'] }, /named/],
    ['the root', { collateralSignedBy: 'root', collateralChain: ['root', 'root'] }, /named/],
  ] as const)('is refused: %s', async (_, changes, reason) => {
    await expectRefusalWith(changes, 'CertificateChainInvalid', reason)
  })

  test('is refused: the PCK key, under the TCB signer’s certificate', async () => {
    await expectRefusalWith({ collateralSignedBy: 'pck' }, 'CollateralInvalid', /is not signed by/)
  })

  test('is refused: a TCB signer that the PCK CA issued', async () => {
    const { accepted: changed } = await simulatedCase({ platform: { pki: { tcbSigner: { issuer: 'pckCa' } } } })

    await expectRefusal(changed, 'CertificateChainInvalid', /names the issuer/)
  })
})

async function expectRefusalWith(changes: CollateralChanges, code: ErrorName, reason: RegExp) {
  const collateral = await platform.issueCollateral({ nowSeconds: NOW, ...changes })
  await expectRefusal({ ...accepted, collateral }, code, reason)
}
