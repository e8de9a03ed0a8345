import { ParleyError } from '@parley/protocol'
import type { QeIdentity, TcbInfo } from './collateral.ts'
import type { QeReport, QuoteBody } from './quote.ts'
import type { PckPlatform } from './sgx-extension.ts'
import type { TcbStatus } from './tcb-status.ts'

export interface TcbLevel {
  readonly tcbStatus: TcbStatus
  readonly advisoryIDs?: readonly string[] | undefined
}

/** The first level, newest first, that the platform reaches in every component (Intel PCS, "Get TDX TCB Info"). */
export function platformLevel(tcbInfo: TcbInfo, platform: PckPlatform, body: QuoteBody): TcbLevel {
  const tdxSvns = [...body.teeTcbSvn]
  // From module version 1 on, components 0 and 1 are the module's own SVN and version, which its identity judges.
  const firstTdx = moduleVersion(body) > 0 ? 2 : 0
  const level = tcbInfo.tcbLevels.find(({ tcb }) => {
    if (platform.pceSvn < tcb.pcesvn) return false
    if (!reaches(platform.sgxSvns, tcb.sgxtcbcomponents)) return false
    return reaches(tdxSvns.slice(firstTdx), tcb.tdxtcbcomponents.slice(firstTdx))
  })
  if (level === undefined)
    throw noLevel('The platform', `SGX ${platform.sgxSvns}, TDX ${tdxSvns}, PCE ${platform.pceSvn}`)
  return level
}

export function qeLevel(qeIdentity: QeIdentity, qeReport: QeReport): TcbLevel {
  const level = qeIdentity.tcbLevels.find(({ tcb }) => qeReport.isvSvn >= tcb.isvsvn)
  if (level === undefined) throw noLevel('The quoting enclave', `ISVSVN ${qeReport.isvSvn}`)
  return level
}

/**
 * Checks who signed the TDX module and its attributes, and returns its level. Module version 0 has no identity of its own:
 * `tdxModule` bounds it, and the platform's level counts for it.
 */
export function moduleLevel(tcbInfo: TcbInfo, body: QuoteBody): TcbLevel {
  const version = moduleVersion(body)
  if (version === 0) {
    checkModule(tcbInfo.tdxModule, body, 'TDX module')
    return { tcbStatus: 'UpToDate' }
  }
  const id = `TDX_${version.toString(16).padStart(2, '0').toUpperCase()}`
  const identity = tcbInfo.tdxModuleIdentities?.find((one) => one.id.toUpperCase() === id)
  if (identity === undefined) throw new ParleyError('TdxModuleInvalid', `The TCB info has no TDX module identity ${id}`)
  checkModule(identity, body, id)

  const [isvSvn = 0] = body.teeTcbSvn
  const level = identity.tcbLevels.find(({ tcb }) => isvSvn >= tcb.isvsvn)
  if (level === undefined) throw noLevel(`TDX module ${id}`, `ISVSVN ${isvSvn}`)
  return level
}

function moduleVersion(body: QuoteBody): number {
  return body.teeTcbSvn[1] ?? 0
}

function checkModule(
  expected: { mrsigner: string; attributes: string; attributesMask: string },
  body: QuoteBody,
  id: string,
): void {
  const signer = Buffer.from(body.mrSignerSeam).toString('hex').toUpperCase()
  if (signer !== expected.mrsigner.toUpperCase()) {
    throw new ParleyError('TdxModuleInvalid', `${id} is signed by ${signer}, not by ${expected.mrsigner}`)
  }
  const [attributes, mask] = [Buffer.from(expected.attributes, 'hex'), Buffer.from(expected.attributesMask, 'hex')]
  const fits = body.seamAttributes.every((byte, at) => (byte & (mask[at] ?? 0xff)) === attributes[at])
  if (!fits) {
    const actual = Buffer.from(body.seamAttributes).toString('hex').toUpperCase()
    throw new ParleyError('TdxModuleInvalid', `${id} has attributes ${actual}, not ${expected.attributes}`)
  }
}

function reaches(svns: readonly number[], required: readonly { svn: number }[]): boolean {
  return required.every(({ svn }, at) => (svns[at] ?? -1) >= svn)
}

function noLevel(what: string, svns: string): ParleyError {
  return new ParleyError('TcbStatusRefused', `${what} reaches no TCB level, with ${svns}`)
}
