import { checkEnclave, type EnclaveRegistration } from '@parley/enclave/report'
import {
  createSimulatedPlatform,
  measurementOf,
  SIMULATED_MEASUREMENTS,
  type SimulatedPlatform,
} from '@parley/enclave/simulator'
import { keccak } from '@parley/evm'
import {
  EnclaveReport,
  fromJson,
  type Hex,
  nearMessages,
  quoteId,
  reportData,
  toHex,
  typedDataDomain,
  typedDataTypes,
  workloadId,
} from '@parley/protocol'
import { createLog, type Listening } from '@parley/service'
import { recoverTypedDataAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { INTEL_SGX_ROOT_CA_SHA256 } from '../src/attestation/index.ts'
import { createVerifier, type SignedReport } from '../src/verifier/server.ts'
import { EVM, eachChain, NEAR, post, type RefusalBody } from './client.ts'
import { serve } from './serve.ts'

const VERA = privateKeyToAccount(`0x${'01'.repeat(32)}`)
const VICTOR = privateKeyToAccount(`0x${'02'.repeat(32)}`)
const NOW_SECONDS = 1_800_000_000

const BINDING = {
  enclave: `0x${'e1'.repeat(20)}`,
  encryptionKey: `0x${'e2'.repeat(32)}`,
  challenge: `0x${'e3'.repeat(32)}`,
} as const

let platform: SimulatedPlatform
let vera: Listening
let victor: Listening

beforeAll(async () => {
  platform = await createSimulatedPlatform({ collateral: { nowSeconds: NOW_SECONDS } })
  vera = await serve(verifier(VERA, NOW_SECONDS))
  // An hour later by its clock.
  victor = await serve(verifier(VICTOR, NOW_SECONDS + 3600))
})

afterAll(() => Promise.all([vera.close(), victor.close()]))

describe.each(eachChain)('on %s', (_chain, on) => {
  let registration: EnclaveRegistration

  beforeAll(async () => {
    registration = await register(on, platform)
  })

  test('a verifier signs what a quote shows, for the registry', async () => {
    const { status, body } = await post<SignedReport>(`${vera.url}/v1/reports`, registration)

    expect(status).toBe(200)
    const report = fromJson(messageOf(on), body.report)
    expect(report).toEqual({
      ...BINDING,
      operator: on.operator,
      workload: toHex(workloadId(SIMULATED_MEASUREMENTS, keccak)),
      quoteId: toHex(quoteId(Buffer.from(registration.quote.slice(2), 'hex'), keccak)),
      expiresAt: BigInt(NOW_SECONDS + 365 * 86_400),
    })
    expect(body.verifier).toBe(VERA.address.toLowerCase())
    expect(await signerOf(body, on)).toBe(VERA.address)
  })

  test('two verifiers with clocks that differ sign the same report', async () => {
    const [one, other] = await Promise.all(
      [vera, victor].map(({ url }) => post<SignedReport>(`${url}/v1/reports`, registration)),
    )

    expect(other?.body.report).toEqual(one?.body.report)
    expect(other && (await signerOf(other.body, on))).toBe(VICTOR.address)
  })

  test('checkEnclave says the same as the verifiers, without a key', async () => {
    const options = { kind: on.kind, rootSha256: platform.rootSha256, nowSeconds: NOW_SECONDS + 60 }

    const report = await checkEnclave(registration, options)

    const { body } = await post<SignedReport>(`${vera.url}/v1/reports`, registration)
    expect(fromJson(messageOf(on), body.report)).toEqual(report)
  })

  test('another image is another workload', async () => {
    const changed = await register(on, platform, { mrTd: measurementOf('another build') })

    const { body } = await post<SignedReport>(`${vera.url}/v1/reports`, changed)

    expect(body.report.workload).not.toBe(toHex(workloadId(SIMULATED_MEASUREMENTS, keccak)))
  })

  describe('a verifier refuses', () => {
    test.each(['enclave', 'encryptionKey', 'operator', 'challenge'] as const)(
      'a quote that binds another %s',
      async (field) => {
        const digits = registration[field].length - 2

        const refusal = await refusedBy(vera, { ...registration, [field]: `0x${'9'.repeat(digits)}` })

        expect(refusal).toMatchObject({
          status: 422,
          body: { error: { code: 'ReportDataMismatch', isRetryable: false } },
        })
      },
    )

    test('a quote under a root that it does not trust', async () => {
      const stranger = await createSimulatedPlatform({ collateral: { nowSeconds: NOW_SECONDS } })

      const refusal = await refusedBy(vera, await register(on, stranger))

      expect(refusal).toMatchObject({ status: 422, body: { error: { code: 'RootUntrusted' } } })
    })

    test('the simulator, when it trusts Intel', async () => {
      const options = { kind: on.kind, rootSha256: INTEL_SGX_ROOT_CA_SHA256, nowSeconds: NOW_SECONDS }

      await expect(checkEnclave(registration, options)).rejects.toMatchObject({ code: 'RootUntrusted' })
    })

    test('a quote whose body was changed', async () => {
      // MRTD begins at byte 184 of the quote.
      const quote: Hex = `0x${registration.quote.slice(2, 370)}ffffffff${registration.quote.slice(378)}`

      const refusal = await refusedBy(vera, { ...registration, quote })

      expect(refusal).toMatchObject({ status: 422, body: { error: { code: 'QuoteSignatureInvalid' } } })
    })

    test('a machine that is out of date, unless its policy takes it', async () => {
      const collateral = await platform.issueCollateral({
        nowSeconds: NOW_SECONDS,
        tcbInfo: { tcbLevels: [oldLevel()] },
      })
      const outdated = { ...registration, collateral }

      expect(await refusedBy(vera, outdated)).toMatchObject({ body: { error: { code: 'TcbStatusRefused' } } })
      const options = { kind: on.kind, rootSha256: platform.rootSha256, nowSeconds: NOW_SECONDS }
      const report = await checkEnclave(outdated, { ...options, policy: { acceptedStatuses: ['OutOfDate'] } })
      expect(report.enclave).toBe(BINDING.enclave)
    })

    test.each([
      ['chain', { chain: undefined }],
      ['chain', { chain: 'near:mainnet' }],
      ['enclave', { enclave: '0x00' }],
      ['operator', { operator: 'No.Account' }],
      ['quote', { quote: 'AAAA' }],
      ['collateral.tcb_info', { collateral: { tcb_info: 7 } }],
      ['nonce', { nonce: 1 }],
    ])('a body in which %s is wrong, and names it', async (field, change) => {
      const changed: Record<string, unknown> = { ...registration, ...change }
      if ('collateral' in change) changed.collateral = { ...registration.collateral, ...change.collateral }

      const refusal = await refusedBy(vera, changed)

      expect(refusal).toMatchObject({ status: 400, body: { error: { code: 'InputInvalid', field } } })
    })

    test.each(['0x', '0x00', `0x${'00'.repeat(700)}`])('%s, which is no quote', async (quote) => {
      expect(await refusedBy(vera, { ...registration, quote })).toMatchObject({
        body: { error: { code: 'QuoteMalformed' } },
      })
    })
  })
})

function verifier(account: typeof VERA, nowSeconds: number) {
  return createVerifier({
    account,
    chains: [EVM, NEAR],
    rootSha256: platform.rootSha256,
    log: createLog('verifier', { level: 'silent' }),
    clock: () => nowSeconds * 1000,
  })
}

type Chain = typeof EVM | typeof NEAR

async function register(
  { chain, kind, operator }: Chain,
  machine: SimulatedPlatform,
  changes: Partial<typeof SIMULATED_MEASUREMENTS> = {},
): Promise<EnclaveRegistration> {
  const measurements = { ...SIMULATED_MEASUREMENTS, ...changes }
  const binding = { ...BINDING, operator }
  const quote = await machine.quote({ reportData: reportData(binding, keccak, kind), measurements })
  return { chain, ...binding, quote: toHex(quote), collateral: machine.collateral }
}

/** One that every machine reaches and that nobody should run any more. */
function oldLevel() {
  const zeros = Array.from({ length: 16 }, () => ({ svn: 0 }))
  const tcb = { sgxtcbcomponents: zeros, tdxtcbcomponents: zeros, pcesvn: 0 }
  return { tcb, tcbDate: '2018-01-04T00:00:00Z', tcbStatus: 'OutOfDate' }
}

function refusedBy({ url }: Listening, body: unknown) {
  return post<RefusalBody>(`${url}/v1/reports`, body)
}

function messageOf({ kind }: Chain) {
  return kind === 'near' ? nearMessages.EnclaveReport : EnclaveReport
}

function signerOf({ report, signature }: SignedReport, on: Chain): Promise<Hex> {
  return recoverTypedDataAddress({
    domain: typedDataDomain(on.registry),
    types: typedDataTypes(messageOf(on)),
    primaryType: 'EnclaveReport',
    message: { ...fromJson(messageOf(on), report) },
    signature,
  })
}
