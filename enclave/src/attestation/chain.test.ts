import { describe, expect, test } from 'vitest'
import type { CertificateChanges, PkiMember } from '../simulator/index.ts'
import { readCertificates } from './certificate.ts'
import { verifyQuote } from './index.ts'
import { DAY, dateAt, errorOf, expectError, expectRefusal, NOW, quoteOffsets, simulatedCase } from './testing.ts'
import { Extension, KeyUsageFlags } from './x509.ts'

const members: readonly PkiMember[] = ['root', 'pckCa', 'tcbSigner', 'pck']

describe('a certificate chain', () => {
  test.each([
    ['without the root', ['pck', 'pckCa']],
    ['without the CA', ['pck', 'root']],
    ['of nothing but the root', ['root']],
    ['with a certificate too many', ['pck', 'pckCa', 'root', 'root']],
    ['in another order', ['pckCa', 'pck', 'root']],
    ['that ends elsewhere', ['pck', 'pckCa', 'tcbSigner']],
    ['with the TCB signer for a CA', ['pck', 'tcbSigner', 'root']],
  ] as const)('is refused %s', async (_, pckChain) => {
    const { accepted } = await simulatedCase({ quote: { pckChain } })

    const code = pckChain[2] === 'tcbSigner' ? 'RootUntrusted' : 'CertificateChainInvalid'
    await expectRefusal(accepted, code)
  })

  test('is refused when the TCB signer issued the PCK certificate', async () => {
    const { accepted } = await simulatedCase({
      platform: { pki: { pck: { issuer: 'tcbSigner' } } },
      quote: { pckChain: ['pck', 'tcbSigner', 'root'] },
    })

    await expectRefusal(accepted, 'CertificateChainInvalid', /TCB Signing/)
  })

  test('is refused when the TCB signer issued the PCK certificate under a CA’s name', async () => {
    const { accepted } = await simulatedCase({
      platform: { pki: { pck: { issuer: 'tcbSigner' }, tcbSigner: { commonName: 'X SGX PCK Platform CA' } } },
      quote: { pckChain: ['pck', 'tcbSigner', 'root'] },
    })

    await expectRefusal(accepted, 'CertificateChainInvalid', /is not a certificate authority/)
  })

  test('is refused when the PCK certificate comes straight from the root', async () => {
    const { accepted } = await simulatedCase({ platform: { pki: { pck: { issuer: 'root' } } } })

    await expectRefusal(accepted, 'CertificateChainInvalid', /names the issuer/)
  })

  test('is refused when the TCB signer issued the PCK CA', async () => {
    const { accepted } = await simulatedCase({ platform: { pki: { pckCa: { issuer: 'tcbSigner' } } } })

    await expectRefusal(accepted, 'CertificateChainInvalid', /names the issuer/)
  })

  test('is refused when a name is right and the signature is another’s', async () => {
    const { accepted } = await simulatedCase({
      // The root under the CA's name: only the signature tells them apart.
      platform: {
        pki: {
          root: { commonName: 'Parley Simulator SGX Root CA' },
          pck: { issuer: 'tcbSigner' },
          tcbSigner: { commonName: 'Parley Simulator SGX PCK Platform CA' },
        },
      },
    })

    await expectRefusal(accepted, 'CertificateChainInvalid', /is not signed by/)
  })

  test('is refused when its text holds more than certificates', async () => {
    const { accepted } = await simulatedCase()
    const chain = String(accepted.collateral.tcb_info_issuer_chain)
    const changed = [
      `text ${chain}`,
      `${chain}text`,
      `${chain}\n`,
      chain.replace('-----\nM', '-----\n M'),
      chain.replace('-----BEGIN', '-----BEGIN TRUSTED'),
    ]

    for (const tcb_info_issuer_chain of changed) {
      const collateral = { ...accepted.collateral, tcb_info_issuer_chain }
      await expectRefusal({ ...accepted, collateral }, 'CertificateChainInvalid')
    }
  })
})

test('readCertificates refuses base64 with spare bits set, which says the same bytes', async () => {
  const withPadding = /([A-Za-z0-9+/])(==?\n-----END)/
  let chain = ''
  // How long a certificate is depends on its signature; two in three end with padding.
  while (!withPadding.test(chain)) chain = (await simulatedCase()).accepted.collateral.tcb_info_issuer_chain
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const other = chain.replace(withPadding, (_, last, rest) => `${alphabet[alphabet.indexOf(last) + 1]}${rest}`)

  expect(readCertificates(chain, 'chain')).toHaveLength(2)
  expectError(
    errorOf(() => readCertificates(other, 'chain')),
    'CertificateChainInvalid',
    /base64 is not canonical/,
  )
})

describe('a certificate', () => {
  const unfit: readonly (readonly [string, PkiMember, CertificateChanges, RegExp])[] = [
    ['root with a foreign name', 'root', { commonName: 'SGX Root CA of mine' }, /named/],
    ['CA with a foreign name', 'pckCa', { commonName: 'SGX PCK Platform CA 2' }, /named/],
    ['PCK with a foreign name', 'pck', { commonName: 'PCK' }, /named/],
    ['TCB signer with a foreign name', 'tcbSigner', { commonName: 'ASGX TCB Signing' }, /named/],
    ['root that is not a CA', 'root', { isCa: false }, /not a certificate authority/],
    ['CA that is not one', 'pckCa', { isCa: false }, /not a certificate authority/],
    ['PCK that is a CA', 'pck', { isCa: true }, /is a certificate authority/],
    ['TCB signer that is a CA', 'tcbSigner', { isCa: true }, /is a certificate authority/],
    ['CA that may not sign certificates', 'pckCa', { keyUsages: KeyUsageFlags.cRLSign }, /key usage/],
    ['CA that may not sign revocation lists', 'pckCa', { keyUsages: KeyUsageFlags.keyCertSign }, /key usage/],
    ['PCK that may not sign', 'pck', { keyUsages: KeyUsageFlags.keyAgreement }, /key usage/],
    [
      'PCK that may sign certificates',
      'pck',
      { keyUsages: KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign },
      /key usage/,
    ],
    ['TCB signer that may not sign', 'tcbSigner', { keyUsages: KeyUsageFlags.keyAgreement }, /key usage/],
    [
      'PCK with an unknown critical extension',
      'pck',
      { extensions: [criticalExtension()] },
      /critical extension 1\.2\.3/,
    ],
    ['PCK without a readable FMSPC', 'pck', { sgx: { fmspc: '00' } }, /FMSPC has 1 bytes/],
    ['PCK with another kind of PCEID', 'pck', { sgx: { pceId: '000000' } }, /PCEID has 3 bytes/],
  ]

  test.each(unfit)('is refused: a %s', async (_, member, changes, reason) => {
    const { accepted } = await simulatedCase({ platform: { pki: { [member]: changes } } })

    await expectRefusal(accepted, 'CertificateChainInvalid', reason)
  })

  test.each(members)('is refused when the %s certificate is expired or not yet valid', async (member) => {
    const expired = await simulatedCase({ platform: { pki: { [member]: { notAfter: dateAt(NOW - 1) } } } })
    const early = await simulatedCase({ platform: { pki: { [member]: { notBefore: dateAt(NOW + 1) } } } })

    await expectRefusal(expired.accepted, 'CertificateExpired')
    await expectRefusal(early.accepted, 'CertificateExpired')
  })

  test.each(members)('is accepted at the first and the last second of the %s certificate', async (member) => {
    const window = { notBefore: dateAt(NOW), notAfter: dateAt(NOW) }
    const { accepted } = await simulatedCase({ platform: { pki: { [member]: window } } })

    await expectRefusal({ ...accepted, nowSeconds: NOW + DAY }, 'CertificateExpired')
    expect((await verifyQuote(accepted)).status).toBe('UpToDate')
  })

  test.each(members)('bounds how long the verdict lasts: the %s certificate', async (member) => {
    const { accepted } = await simulatedCase({ platform: { pki: { [member]: { notAfter: dateAt(NOW + DAY) } } } })

    expect((await verifyQuote(accepted)).collateralExpiresAt).toBe(NOW + DAY)
  })

  test('is refused with one bit of its signature changed', async () => {
    const { accepted } = await simulatedCase()
    const chain = Buffer.from(accepted.quote.subarray(quoteOffsets.pckChain)).toString('latin1')
    const end = chain.indexOf('\n-----END')
    const at = quoteOffsets.pckChain + end - 12
    const quote = Uint8Array.from(accepted.quote)
    quote[at] = quote[at] === 0x41 ? 0x42 : 0x41

    await expectRefusal({ ...accepted, quote }, 'CertificateChainInvalid', /is not signed by/)
  })
})

function criticalExtension(): Extension {
  return new Extension('1.2.3', true, new Uint8Array([5, 0]))
}
