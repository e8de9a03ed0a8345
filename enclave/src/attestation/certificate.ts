import { createHash, type KeyObject, X509Certificate as NodeCertificate } from 'node:crypto'
import { ParleyError } from '@parley/protocol'
import { readSignedDer, type SignedDer } from './signed-der.ts'
import { BasicConstraintsExtension, KeyUsagesExtension, X509Certificate } from './x509.ts'

/** A certificate, read to the end: parsers here are lazy, and their complaints belong to the reading. */
export interface Certificate extends SignedDer {
  readonly der: Uint8Array
  readonly commonName: string
  readonly subject: string
  readonly issuer: string
  readonly serial: bigint
  /** Unix seconds, as notAfter. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: KeyObject
  readonly isCa: boolean
  /** Bits of KeyUsageFlags. */
  readonly keyUsages: number
  /** Critical extensions that no check here looks at. */
  readonly unknownCritical: readonly string[]
  /** The value of 1.2.840.113741.1.13.1, in PCK certificates. */
  readonly sgxExtension: Uint8Array | undefined
}

export const SGX_EXTENSION = '1.2.840.113741.1.13.1'

const BASIC_CONSTRAINTS = '2.5.29.19'
const KEY_USAGE = '2.5.29.15'

/** The certificates of a PEM text, in its order. Throws CertificateChainInvalid when anything else is in it. */
export function readCertificates(pem: string, what: string): Certificate[] {
  // Intel's chains inside quotes end with a NUL.
  const text = pem.endsWith('\0') ? pem.slice(0, -1) : pem
  const armour = /-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END CERTIFICATE-----(?:\r?\n|$)/y
  const certificates: Certificate[] = []
  while (armour.lastIndex < text.length) {
    const at = armour.lastIndex
    const [, base64] = armour.exec(text) ?? []
    if (base64 === undefined) throw unreadable(what, `something else than a certificate stands at character ${at}`)
    certificates.push(readCertificate(base64.replaceAll(/\r?\n/g, ''), `${what}[${certificates.length}]`))
  }
  return certificates
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function readCertificate(base64: string, what: string): Certificate {
  const der = Buffer.from(base64, 'base64')
  // One text per certificate: base64 has spare bits.
  if (der.toString('base64') !== base64) throw unreadable(what, 'its base64 is not canonical')
  try {
    return readFields(der)
  } catch (cause) {
    throw unreadable(what, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function readFields(der: Uint8Array): Certificate {
  const x509 = new X509Certificate(new Uint8Array(der))
  const { publicKey } = new NodeCertificate(der)
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new RangeError('its key is not on P-256')
  const [commonName = ''] = x509.subjectName.getField('CN')
  const sgxExtension = x509.getExtension(SGX_EXTENSION)
  return {
    ...readSignedDer(der),
    der,
    commonName,
    subject: x509.subject,
    issuer: x509.issuer,
    serial: BigInt(`0x${x509.serialNumber}`),
    notBefore: x509.notBefore.getTime() / 1000,
    notAfter: x509.notAfter.getTime() / 1000,
    publicKey,
    isCa: x509.getExtension(BasicConstraintsExtension)?.ca ?? false,
    keyUsages: x509.getExtension(KeyUsagesExtension)?.usages ?? 0,
    unknownCritical: x509.extensions
      .filter(({ critical, type }) => critical && type !== BASIC_CONSTRAINTS && type !== KEY_USAGE)
      .map(({ type }) => type),
    sgxExtension: sgxExtension === null ? undefined : new Uint8Array(sgxExtension.value),
  }
}

function unreadable(what: string, problem: string, cause?: unknown): ParleyError {
  return new ParleyError('CertificateChainInvalid', `${what} is not readable: ${problem}`, { cause })
}
