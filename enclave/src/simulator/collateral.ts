import type { Collateral, QeIdentity, TcbInfo } from '../attestation/collateral.ts'
import { type Extension, X509CrlGenerator, X509CrlReason } from '../attestation/x509.ts'
import { ecdsaP256, type Pki, type PkiMember, pemOf, sign } from './pki.ts'
import {
  SIMULATED_FMSPC,
  SIMULATED_PCE_ID,
  SIMULATED_PCE_SVN,
  SIMULATED_QE,
  SIMULATED_SGX_SVNS,
} from './platform-svns.ts'

export interface CrlChanges {
  /** Members of the PKI or serial numbers in hex. */
  readonly revoked?: readonly (PkiMember | (string & {}))[]
  readonly thisUpdate?: Date
  /** null leaves the date out. */
  readonly nextUpdate?: Date | null
  readonly signedBy?: PkiMember
  readonly issuerName?: PkiMember
  readonly extensions?: readonly Extension[]
}

/** What a test wants different about the collateral; changed fields are signed like the others. */
export interface CollateralChanges {
  readonly nowSeconds?: number
  readonly validDays?: number
  readonly rootCrl?: CrlChanges
  readonly pckCrl?: CrlChanges
  readonly tcbInfo?: Readonly<Record<string, unknown>>
  readonly qeIdentity?: Readonly<Record<string, unknown>>
  readonly collateralSignedBy?: PkiMember
  readonly collateralChain?: readonly PkiMember[]
}

interface Window {
  readonly from: Date
  readonly until: Date
}

/** A day in the past, so that machines whose clocks differ agree that it is valid. */
const BACKDATED_SECONDS = 86_400

/** When the simulated TCB levels became known; nothing depends on it. */
const CURRENT = '2024-03-13T00:00:00Z'
const OLD = '2018-01-04T00:00:00Z'

export async function issueCollateral(pki: Pki, changes: CollateralChanges = {}): Promise<Collateral> {
  const { nowSeconds = Date.now() / 1000, validDays = 365 } = changes
  const window = {
    from: wholeSecond(nowSeconds - BACKDATED_SECONDS),
    until: wholeSecond(nowSeconds + validDays * 86_400),
  }
  const tcbInfo = JSON.stringify({ ...simulatedTcbInfo(window), ...changes.tcbInfo })
  const qeIdentity = JSON.stringify({ ...simulatedQeIdentity(window), ...changes.qeIdentity })
  const signer = pki[changes.collateralSignedBy ?? 'tcbSigner']
  const chain = pemChain(pki, changes.collateralChain ?? ['tcbSigner', 'root'])
  return {
    pck_crl_issuer_chain: pemChain(pki, ['pckCa', 'root']),
    root_ca_crl: await issueCrl(pki, 'root', window, changes.rootCrl),
    pck_crl: await issueCrl(pki, 'pckCa', window, changes.pckCrl),
    tcb_info_issuer_chain: chain,
    tcb_info: tcbInfo,
    tcb_info_signature: Buffer.from(await sign(signer.keys, Buffer.from(tcbInfo))).toString('hex'),
    qe_identity_issuer_chain: chain,
    qe_identity: qeIdentity,
    qe_identity_signature: Buffer.from(await sign(signer.keys, Buffer.from(qeIdentity))).toString('hex'),
  }
}

export function pemChain(pki: Pki, members: readonly PkiMember[]): string {
  return members.map((member) => pemOf(pki[member].certificate)).join('')
}

async function issueCrl(pki: Pki, issuer: PkiMember, window: Window, changes: CrlChanges = {}): Promise<string> {
  const { revoked = [], thisUpdate = window.from, nextUpdate = window.until, extensions = [] } = changes
  const crl = await X509CrlGenerator.create({
    issuer: pki[changes.issuerName ?? issuer].certificate.subject,
    thisUpdate,
    ...(nextUpdate === null ? {} : { nextUpdate }),
    signingAlgorithm: ecdsaP256,
    signingKey: pki[changes.signedBy ?? issuer].keys.privateKey,
    entries: revoked.map((member) => ({
      serialNumber: member in pki ? pki[member as PkiMember].certificate.serialNumber : member,
      revocationDate: thisUpdate,
      reason: X509CrlReason.keyCompromise,
    })),
    extensions: [...extensions],
  })
  return Buffer.from(crl.rawData).toString('hex')
}

function simulatedTcbInfo(window: Window): TcbInfo {
  const anyModule = { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) }
  const level = (sgx: readonly number[], tdx: readonly number[], pcesvn: number) => ({
    sgxtcbcomponents: sgx.map((svn) => ({ svn })),
    tdxtcbcomponents: tdx.map((svn) => ({ svn })),
    pcesvn,
  })
  const zeros = Array.from({ length: 16 }, () => 0)
  return {
    id: 'TDX',
    version: 3,
    ...dates(window),
    fmspc: SIMULATED_FMSPC,
    pceId: SIMULATED_PCE_ID,
    tcbType: 0,
    tdxModule: anyModule,
    tdxModuleIdentities: [
      {
        id: 'TDX_01',
        ...anyModule,
        tcbLevels: [
          { tcb: { isvsvn: 4 }, tcbDate: CURRENT, tcbStatus: 'UpToDate' },
          { tcb: { isvsvn: 2 }, tcbDate: OLD, tcbStatus: 'OutOfDate' },
        ],
      },
    ],
    tcbLevels: [
      {
        tcb: level(SIMULATED_SGX_SVNS, [5, 0, 2, ...zeros.slice(3)], SIMULATED_PCE_SVN),
        tcbDate: CURRENT,
        tcbStatus: 'UpToDate',
      },
      { tcb: level(zeros, zeros, 5), tcbDate: OLD, tcbStatus: 'OutOfDate', advisoryIDs: ['PARLEY-SA-1'] },
    ],
  }
}

function simulatedQeIdentity(window: Window): QeIdentity {
  return {
    id: 'TD_QE',
    version: 2,
    ...dates(window),
    miscselect: '00000000',
    miscselectMask: 'FFFFFFFF',
    attributes: `11${'00'.repeat(15)}`,
    attributesMask: `FBFFFFFFFFFFFFFF${'00'.repeat(8)}`,
    mrsigner: SIMULATED_QE.mrSigner,
    isvprodid: SIMULATED_QE.isvProdId,
    tcbLevels: [
      { tcb: { isvsvn: SIMULATED_QE.isvSvn }, tcbDate: CURRENT, tcbStatus: 'UpToDate' },
      { tcb: { isvsvn: 1 }, tcbDate: OLD, tcbStatus: 'OutOfDate' },
    ],
  }
}

function dates(window: Window) {
  return { issueDate: isoSeconds(window.from), nextUpdate: isoSeconds(window.until), tcbEvaluationDataNumber: 17 }
}

function wholeSecond(seconds: number): Date {
  return new Date(Math.floor(seconds) * 1000)
}

/** Intel's dates have no milliseconds. */
function isoSeconds(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
