import { ParleyError } from '@parley/protocol'
import { type Certificate, readCertificates, sha256Hex } from './certificate.ts'
import { type CertificateRole, checkCertificateDates, checkIssuedBy, checkRole } from './certificate-checks.ts'

export interface PckChain {
  readonly pck: Certificate
  readonly ca: Certificate
  readonly root: Certificate
}

const rootRole: CertificateRole = { title: 'root', commonNames: ['SGX Root CA'], isCa: true }
const caRole: CertificateRole = {
  title: 'PCK authority',
  commonNames: ['SGX PCK Platform CA', 'SGX PCK Processor CA'],
  isCa: true,
}
const pckRole: CertificateRole = { title: 'PCK certificate', commonNames: ['SGX PCK Certificate'], isCa: false }
const tcbSignerRole: CertificateRole = { title: 'TCB signer', commonNames: ['SGX TCB Signing'], isCa: false }

/** The quote's own chain: exactly [PCK, platform or processor CA, root], the root known by the hash of its bytes. */
export function verifyPckChain(pem: string, rootSha256: string, nowSeconds: number): PckChain {
  const [pck, ca, root, ...others] = readCertificates(pem, 'The PCK chain')
  if (pck === undefined || ca === undefined || root === undefined || others.length > 0) {
    throw invalid('The PCK chain is not exactly [PCK, platform or processor CA, root]')
  }
  checkRoot(root, rootSha256)
  checkRole(root, rootRole)
  checkRole(ca, caRole)
  checkRole(pck, pckRole)
  checkIssuedBy(ca, root)
  checkIssuedBy(pck, ca)
  for (const certificate of [root, ca, pck]) checkCertificateDates(certificate, nowSeconds)
  return { pck, ca, root }
}

/** Who signed TCB info or QE identity: exactly [TCB signing, root], under the very root of the PCK chain. */
export function verifyTcbSigner(pem: string, what: string, root: Certificate, nowSeconds: number): Certificate {
  const [signer, itsRoot, ...others] = readCertificates(pem, what)
  if (signer === undefined || itsRoot === undefined || others.length > 0) {
    throw invalid(`${what} is not exactly [TCB signing, root]`)
  }
  checkRoot(itsRoot, sha256Hex(root.der))
  checkRole(signer, tcbSignerRole)
  checkIssuedBy(signer, root)
  checkCertificateDates(signer, nowSeconds)
  return signer
}

function checkRoot(root: Certificate, expectedSha256: string): void {
  const actual = sha256Hex(root.der)
  if (actual !== expectedSha256) {
    throw new ParleyError(
      'RootUntrusted',
      `"${root.commonName}" has SHA-256 ${actual}, not the trusted ${expectedSha256}`,
    )
  }
}

function invalid(message: string): ParleyError {
  return new ParleyError('CertificateChainInvalid', message)
}
