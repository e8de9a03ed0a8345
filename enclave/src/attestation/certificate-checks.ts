import { ParleyError } from '@parley/protocol'
import type { Certificate } from './certificate.ts'
import { isSignedBy } from './signed-der.ts'
import { checkWindow } from './window.ts'
import { KeyUsageFlags } from './x509.ts'

export interface CertificateRole {
  /** What the certificate is in the chain, for messages: "PCK certificate". */
  readonly title: string
  /** How its common name must end; what stands before is the issuing company. */
  readonly commonNames: readonly string[]
  readonly isCa: boolean
}

/** Checks what a certificate says about itself: name, CA flag, key usage, no critical extension that nobody understands. */
export function checkRole(certificate: Certificate, { title, commonNames, isCa }: CertificateRole): void {
  const { commonName, keyUsages, unknownCritical } = certificate
  const who = `The ${title} "${commonName}"`
  const isNamed = commonNames.some((name) => commonName === name || commonName.endsWith(` ${name}`))
  if (!isNamed) throw invalid(`${who} is not named "… ${commonNames.join('" or "… ')}"`)
  if (certificate.isCa !== isCa) throw invalid(`${who} ${isCa ? 'is not' : 'is'} a certificate authority`)

  const authority = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
  const [needed, forbidden] = isCa ? [authority, 0] : [KeyUsageFlags.digitalSignature, authority]
  const isFit = (keyUsages & needed) === needed && (keyUsages & forbidden) === 0
  if (!isFit) throw invalid(`${who} has key usage ${keyUsages}, which does not fit`)
  const [unknown] = unknownCritical
  if (unknown !== undefined) throw invalid(`${who} has the unknown critical extension ${unknown}`)
}

export function checkIssuedBy(certificate: Certificate, issuer: Certificate): void {
  const { commonName } = certificate
  if (certificate.issuer !== issuer.subject) {
    throw invalid(`"${commonName}" names the issuer "${certificate.issuer}", not "${issuer.subject}"`)
  }
  if (!isSignedBy(certificate, issuer.publicKey)) {
    throw invalid(`"${commonName}" is not signed by "${issuer.commonName}"`)
  }
}

export function checkCertificateDates({ commonName, notBefore, notAfter }: Certificate, nowSeconds: number): void {
  checkWindow({ what: `"${commonName}"`, from: notBefore, until: notAfter }, nowSeconds, 'CertificateExpired')
}

function invalid(message: string): ParleyError {
  return new ParleyError('CertificateChainInvalid', message)
}
