import { beforeAll, describe, expect, test } from 'vitest'
import type { SimulatedPlatform } from '../simulator/index.ts'
import { SIMULATED_SGX_SVNS, SIMULATED_TDX_SVNS } from '../simulator/platform-svns.ts'
import type { TcbInfo } from './collateral.ts'
import { parseQuote, type QuoteToVerify, type TcbStatus, tcbStatuses, verifyQuote } from './index.ts'
import { platformLevel } from './tcb.ts'
import { combineTcbStatuses } from './tcb-status.ts'
import { errorOf, expectError, expectRefusal, NOW, REPORT_DATA, simulatedCase } from './testing.ts'

let platform: SimulatedPlatform
let accepted: QuoteToVerify
let tcbInfo: TcbInfo
beforeAll(async () => {
  ;({ platform, accepted } = await simulatedCase())
  tcbInfo = JSON.parse(platform.collateral.tcb_info)
})

const imperfect = tcbStatuses.filter((status) => status !== 'UpToDate')

describe('the TCB status', () => {
  test.each(imperfect)('%s is refused unless the policy accepts it', async (tcbStatus) => {
    const tcbLevels = tcbInfo.tcbLevels.map((level) => ({ ...level, tcbStatus, advisoryIDs: ['PARLEY-SA-7'] }))
    const changed = await withTcbInfo({ tcbLevels })

    await expectRefusal(changed, 'TcbStatusRefused', new RegExp(tcbStatus))
    const policy = { acceptedStatuses: [tcbStatus] }
    if (tcbStatus === 'Revoked') await expectRefusal({ ...changed, policy }, 'TcbStatusRefused')
    else
      expect(await verifyQuote({ ...changed, policy })).toMatchObject({
        status: tcbStatus,
        advisoryIds: ['PARLEY-SA-7'],
      })
  })

  test.each(imperfect)(
    '%s of the TDX module or the quoting enclave counts for the whole platform',
    async (tcbStatus) => {
      const tcbLevels = [
        { tcb: { isvsvn: 1 }, tcbDate: '2024-03-13T00:00:00Z', tcbStatus, advisoryIDs: ['PARLEY-SA-8'] },
      ]
      const [identity] = tcbInfo.tdxModuleIdentities ?? []
      const ofModule = await withTcbInfo({ tdxModuleIdentities: [{ ...identity, tcbLevels }] })
      const ofQe = await platform.issueCollateral({ nowSeconds: NOW, qeIdentity: { tcbLevels } })

      await expectRefusal(ofModule, 'TcbStatusRefused', new RegExp(tcbStatus))
      await expectRefusal({ ...accepted, collateral: ofQe }, 'TcbStatusRefused', new RegExp(tcbStatus))
    },
  )

  test('is refused when no level fits', async () => {
    const [newest] = tcbInfo.tcbLevels
    const unreachable = { ...newest, tcb: { ...newest?.tcb, pcesvn: 12 } }

    await expectRefusal(await withTcbInfo({ tcbLevels: [unreachable] }), 'TcbStatusRefused', /No matching TCB level/)
    await expectRefusal(await withTcbInfo({ tcbLevels: [] }), 'TcbStatusRefused')
  })

  test('is OutOfDate with its advisories for a machine one version behind in any component', async () => {
    const policy = { acceptedStatuses: tcbStatuses }
    const behind = [
      { pki: { pck: { sgx: { sgxSvns: [3, 3, 2, 1, ...zeros(12)] } } } },
      { pki: { pck: { sgx: { pceSvn: 10 } } } },
    ]
    for (const options of behind) {
      const { accepted: old } = await simulatedCase({ platform: options })
      expect(await verifyQuote({ ...old, policy })).toMatchObject({ status: 'OutOfDate', advisoryIds: ['PARLEY-SA-1'] })
      await expectRefusal(old, 'TcbStatusRefused', /OutOfDate \(PARLEY-SA-1\)/)
    }
    await expectRefusal(await withTeeTcbSvn([6, 1, 1, ...zeros(13)]), 'TcbStatusRefused', /OutOfDate/)
  })

  test.each([
    ['ConfigurationNeeded', 'OutOfDate'],
    ['OutOfDate', 'ConfigurationNeeded'],
  ])('%s of the platform and %s of the quoting enclave are both complained about', async (ofPlatform, ofQe) => {
    const tcbLevels = tcbInfo.tcbLevels.map((level) => ({ ...level, tcbStatus: ofPlatform }))
    const qeLevels = [{ tcb: { isvsvn: 1 }, tcbDate: '2024-03-13T00:00:00Z', tcbStatus: ofQe }]
    const changes = { nowSeconds: NOW, tcbInfo: { tcbLevels }, qeIdentity: { tcbLevels: qeLevels } }
    const collateral = await platform.issueCollateral(changes)

    // The library alone says OutOfDate, which this policy would accept.
    const policy = { acceptedStatuses: ['UpToDate', 'OutOfDate'] as const }
    await expectRefusal({ ...accepted, collateral, policy }, 'TcbStatusRefused', /OutOfDateConfigurationNeeded/)
  })

  test('of several parts carries every complaint', () => {
    const combined: readonly (readonly [TcbStatus[], TcbStatus])[] = [
      [[], 'UpToDate'],
      [['OutOfDate', 'ConfigurationNeeded'], 'OutOfDateConfigurationNeeded'],
      [['SWHardeningNeeded', 'ConfigurationNeeded'], 'ConfigurationAndSWHardeningNeeded'],
      [['SWHardeningNeeded', 'OutOfDate'], 'OutOfDate'],
      [['OutOfDateConfigurationNeeded', 'Revoked'], 'Revoked'],
    ]
    for (const [statuses, expected] of combined) expect(combineTcbStatuses(statuses)).toBe(expected)
    for (const status of tcbStatuses) expect(combineTcbStatuses([status, 'UpToDate', status])).toBe(status)
  })
})

describe('platformLevel', () => {
  const zeroSvns = zeros(16)
  const machine = { fmspc: '', pceId: '', pceSvn: 11, sgxSvns: SIMULATED_SGX_SVNS }

  test.each([
    ['as it is', machine, SIMULATED_TDX_SVNS, 'UpToDate'],
    ['with an older PCE', { ...machine, pceSvn: 10 }, SIMULATED_TDX_SVNS, 'OutOfDate'],
    [
      'with one older SGX component',
      { ...machine, sgxSvns: SIMULATED_SGX_SVNS.with(4, 3) },
      SIMULATED_TDX_SVNS,
      'OutOfDate',
    ],
    ['with one older TDX component', machine, SIMULATED_TDX_SVNS.with(2, 1), 'OutOfDate'],
    ['with an older TDX module of version 0', machine, [4, 0, ...SIMULATED_TDX_SVNS.slice(2)], 'OutOfDate'],
    ['with a TDX module whose own identity counts', machine, [4, 1, ...SIMULATED_TDX_SVNS.slice(2)], 'UpToDate'],
    ['with a PCE below every level', { ...machine, pceSvn: 4 }, zeroSvns, 'TcbStatusRefused'],
  ] as const)('judges a machine %s', (_, pck, svns, expected) => {
    const body = { ...parseQuote(accepted.quote).body, teeTcbSvn: Uint8Array.from(svns) }
    const judge = () => platformLevel(tcbInfo, pck, body).tcbStatus

    if (expected === 'TcbStatusRefused') expectError(errorOf(judge), expected)
    else expect(judge()).toBe(expected)
  })
})

describe('the TDX module', () => {
  test('is refused with another signer', async () => {
    await expectRefusal(await withBody({ mrSignerSeam: Buffer.alloc(48, 1) }), 'TdxModuleInvalid', /is signed by 01/)
  })

  test('is refused with another attribute, unless the mask hides it', async () => {
    const changed = await withBody({ seamAttributes: Buffer.from('0000000000000001', 'hex') })
    const [identity] = tcbInfo.tdxModuleIdentities ?? []
    const attributesMask = 'FFFFFFFFFFFFFF00'
    const { collateral } = await withTcbInfo({ tdxModuleIdentities: [{ ...identity, attributesMask }] })

    await expectRefusal(changed, 'TdxModuleInvalid', /has attributes/)
    expect((await verifyQuote({ ...changed, collateral })).status).toBe('UpToDate')
  })

  test('is refused in a version without identity', async () => {
    await expectRefusal(await withTeeTcbSvn([6, 2, 3, ...zeros(13)]), 'TdxModuleInvalid', /TDX_02/)
    await expectRefusal(await withTcbInfo({ tdxModuleIdentities: undefined }), 'TdxModuleInvalid', /TDX_01/)
  })

  test('is refused below every level of its identity', async () => {
    const zeroLevels = tcbInfo.tcbLevels.map((level) => ({
      ...level,
      tcb: { ...level.tcb, tdxtcbcomponents: zeros(16).map((svn) => ({ svn })) },
    }))
    const { collateral } = await withTcbInfo({ tcbLevels: zeroLevels })
    const changed = await withTeeTcbSvn([1, 1, 3, ...zeros(13)])

    await expectRefusal({ ...changed, collateral }, 'TcbStatusRefused', /TDX_01 reaches no TCB level, with ISVSVN 1/)
  })

  test('of version 0 is held against tdxModule', async () => {
    const changed = await withTeeTcbSvn([6, 0, 3, ...zeros(13)])
    const other = { ...tcbInfo.tdxModule, mrsigner: '01'.repeat(48) }
    const { collateral } = await withTcbInfo({ tdxModule: other })

    expect((await verifyQuote(changed)).status).toBe('UpToDate')
    await expectRefusal({ ...changed, collateral }, 'TdxModuleInvalid', /is signed by 00/)
  })
})

describe('the collateral’s platform', () => {
  test('is refused for another FMSPC or PCEID', async () => {
    await expectRefusal(await withTcbInfo({ fmspc: '00906ED50000' }), 'CollateralMismatch', /FMSPC 00906ED50000/)
    await expectRefusal(await withTcbInfo({ pceId: '0001' }), 'CollateralMismatch', /PCEID 0001/)
    const { accepted: moved } = await simulatedCase({ platform: { pki: { pck: { sgx: { pceId: '0100' } } } } })
    await expectRefusal(moved, 'CollateralMismatch', /PCEID 0000, the PCK certificate has 0100/)
  })

  test('is the same in lower-case hex', async () => {
    expect((await verifyQuote(await withTcbInfo({ fmspc: '5041524c4559' }))).fmspc).toBe('5041524C4559')
  })
})

async function withTcbInfo(changes: Record<string, unknown>): Promise<QuoteToVerify> {
  return { ...accepted, collateral: await platform.issueCollateral({ nowSeconds: NOW, tcbInfo: changes }) }
}

async function withBody(body: Record<string, Uint8Array>): Promise<QuoteToVerify> {
  return { ...accepted, quote: await platform.quote({ reportData: REPORT_DATA, changes: { body } }) }
}

function withTeeTcbSvn(svns: readonly number[]): Promise<QuoteToVerify> {
  return withBody({ teeTcbSvn: Uint8Array.from(svns) })
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0)
}
