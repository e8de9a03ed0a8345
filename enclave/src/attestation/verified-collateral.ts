import type { Certificate } from './certificate.ts'
import { type PckChain, verifyTcbSigner } from './chain.ts'
import { type Collateral, type QeIdentity, qeIdentitySchema, type TcbInfo, tcbInfoSchema } from './collateral.ts'
import { checkNotRevoked, verifyCrl } from './crl.ts'
import { expirySeconds, verifySignedJson } from './signed-json.ts'

export interface VerifiedCollateral {
  readonly tcbInfo: TcbInfo
  readonly qeIdentity: QeIdentity
  /** Unix seconds at which the first of its dates, or of the chain's, runs out. */
  readonly expiresAt: number
}

interface Limits {
  readonly nowSeconds: number
  readonly minimumEvaluation: number
}

/** Collateral under the authorities that the quote's own, already verified chain names; none of them may be revoked. */
export function verifyCollateral(
  collateral: Collateral,
  { pck, ca, root }: PckChain,
  limits: Limits,
): VerifiedCollateral {
  const { nowSeconds } = limits
  const rootCrl = verifyCrl(collateral.root_ca_crl, root, nowSeconds)
  const pckCrl = verifyCrl(collateral.pck_crl, ca, nowSeconds)
  const tcbSigner = verifyTcbSigner(collateral.tcb_info_issuer_chain, 'The TCB info chain', root, nowSeconds)
  const qeSigner = verifyTcbSigner(collateral.qe_identity_issuer_chain, 'The QE identity chain', root, nowSeconds)
  for (const certificate of [root, ca, tcbSigner, qeSigner]) checkNotRevoked(certificate, rootCrl)
  checkNotRevoked(pck, pckCrl)

  const { tcbInfo, qeIdentity } = verifySignedParts(collateral, { tcbSigner, qeSigner }, limits)
  const expiries = [
    rootCrl.expiresAt,
    pckCrl.expiresAt,
    expirySeconds(tcbInfo),
    expirySeconds(qeIdentity),
    ...[root, ca, pck, tcbSigner, qeSigner].map(({ notAfter }) => notAfter),
  ]
  return { tcbInfo, qeIdentity, expiresAt: Math.min(...expiries) }
}

function verifySignedParts(
  collateral: Collateral,
  { tcbSigner, qeSigner }: { tcbSigner: Certificate; qeSigner: Certificate },
  limits: Limits,
) {
  const { tcb_info, tcb_info_signature, qe_identity, qe_identity_signature } = collateral
  const tcbInfo = { what: 'tcb_info', json: tcb_info, signature: tcb_info_signature, schema: tcbInfoSchema }
  const qeIdentity = {
    what: 'qe_identity',
    json: qe_identity,
    signature: qe_identity_signature,
    schema: qeIdentitySchema,
  }
  return {
    tcbInfo: verifySignedJson(tcbInfo, tcbSigner, limits),
    qeIdentity: verifySignedJson(qeIdentity, qeSigner, limits),
  }
}
