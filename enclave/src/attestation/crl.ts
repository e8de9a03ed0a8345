import { ParleyError } from '@parley/protocol'
import type { Certificate } from './certificate.ts'
import { isSignedBy, readSignedDer } from './signed-der.ts'
import { checkWindow } from './window.ts'
import { X509Crl } from './x509.ts'

/** A revocation list that was checked against the one certificate that may issue it. */
export interface RevocationList {
  readonly issuer: Certificate
  readonly revokedSerials: ReadonlySet<bigint>
  /** Unix seconds. */
  readonly expiresAt: number
}

/** `issuer` comes from a chain that is verified already, never from what travels with the list. */
export function verifyCrl(hex: string, issuer: Certificate, nowSeconds: number): RevocationList {
  const crl = readCrl(hex, issuer)
  if (crl.issuer !== issuer.subject)
    throw invalid(issuer, `it is issued by "${crl.issuer}", not by "${issuer.subject}"`)
  if (!isSignedBy(crl, issuer.publicKey)) throw invalid(issuer, 'its signature is not the issuer’s')
  // An indirect or partial list says so in a critical extension: it would leave out certificates that it must revoke.
  if (crl.critical !== undefined) throw invalid(issuer, `it has the unknown critical extension ${crl.critical.type}`)
  if (crl.until === undefined) throw invalid(issuer, 'it has no nextUpdate')

  const window = { what: `The revocation list of "${issuer.commonName}"`, from: crl.from, until: crl.until }
  checkWindow(window, nowSeconds, 'CrlExpired')
  return { issuer, revokedSerials: crl.serials, expiresAt: crl.until }
}

export function checkNotRevoked({ commonName, issuer, serial }: Certificate, list: RevocationList): void {
  // A serial number means something only together with its issuer.
  if (issuer !== list.issuer.subject) throw new Error(`"${commonName}" is not issued by "${list.issuer.commonName}"`)
  if (!list.revokedSerials.has(serial)) return
  const message = `"${commonName}", serial number ${serial.toString(16)}, is revoked by "${list.issuer.commonName}"`
  throw new ParleyError('CertificateRevoked', message)
}

/** Reads every part at once: the parser is lazy, and its complaints belong here. */
function readCrl(hex: string, issuer: Certificate) {
  try {
    const der = new Uint8Array(Buffer.from(hex, 'hex'))
    const crl = new X509Crl(der)
    const extensions = [...crl.extensions, ...crl.entries.flatMap((entry) => entry.extensions)]
    return {
      ...readSignedDer(der),
      issuer: crl.issuer,
      from: crl.thisUpdate.getTime() / 1000,
      until: crl.nextUpdate === undefined ? undefined : crl.nextUpdate.getTime() / 1000,
      // As numbers: the same serial is written with and without a leading zero byte.
      serials: new Set(crl.entries.map((entry) => BigInt(`0x${entry.serialNumber}`))),
      critical: extensions.find((extension) => extension.critical),
    }
  } catch (cause) {
    throw invalid(issuer, `it is not readable: ${cause instanceof Error ? cause.message : cause}`, cause)
  }
}

function invalid(issuer: Certificate, problem: string, cause?: unknown): ParleyError {
  const message = `The revocation list of "${issuer.commonName}" is refused: ${problem}`
  return new ParleyError('CrlInvalid', message, { cause })
}
