import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { verifyQuote } from '../attestation/index.ts'
import { createSimulatedPlatform, loadSimulatedPlatform } from './index.ts'

const REPORT_DATA = new Uint8Array(64).fill(7)

test('a platform restored from its JSON makes quotes under the same root', async () => {
  const platform = await createSimulatedPlatform()
  const text = JSON.stringify(await platform.toJson())

  const restored = await loadSimulatedPlatform(JSON.parse(text))
  const quote = await restored.quote({ reportData: REPORT_DATA })

  expect(restored.rootSha256).toBe(platform.rootSha256)
  expect(JSON.stringify(await restored.toJson())).toBe(text)
  const { collateral, rootSha256 } = platform
  const verified = await verifyQuote({ quote, collateral, rootSha256, nowSeconds: Date.now() / 1000 })
  expect(verified.status).toBe('UpToDate')
})

test('a restored platform renews its collateral', async () => {
  const restored = await loadSimulatedPlatform(await (await createSimulatedPlatform()).toJson())
  const nowSeconds = Date.parse('2040-01-01T00:00:00Z') / 1000

  const collateral = await restored.issueCollateral({ nowSeconds })

  const quote = await restored.quote({ reportData: REPORT_DATA })
  const verified = await verifyQuote({ quote, collateral, rootSha256: restored.rootSha256, nowSeconds })
  expect(verified.collateralExpiresAt).toBe(nowSeconds + 365 * 86_400)
})

test('every simulated certificate says what it is', async () => {
  const { root, pckCa, tcbSigner, pck } = await (await createSimulatedPlatform()).toJson()

  for (const { certificate } of [root, pckCa, tcbSigner, pck]) {
    const { subject, issuer } = new X509Certificate(certificate)
    expect(subject).toMatch(/CN=Parley Simulator SGX /)
    expect(subject + issuer).not.toMatch(/Intel/)
  }
})

test('two platforms share nothing', async () => {
  const [one, two] = await Promise.all([createSimulatedPlatform(), createSimulatedPlatform()])

  expect(one.rootSha256).not.toBe(two.rootSha256)
  await expect(one.quote({ reportData: new Uint8Array(63) })).rejects.toThrow(/63 bytes/)
})
