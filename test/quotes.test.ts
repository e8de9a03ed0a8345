/** A quote that is not to be believed gets its enclave no registration, and the relayer says why. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createSimulatedPlatform,
  loadSimulatedPlatform,
  type QuoteRequest,
  SIMULATED_MEASUREMENTS,
  type SimulatedPlatform,
} from '@parley/enclave/simulator'
import { keccak } from '@parley/evm'
import { type ChainKind, fromHex, type Hex, reportData, toHex } from '@parley/protocol'
import { eventArgument, query, Relayer } from '@parley/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chainKinds } from './chains/chain.ts'
import { type Running, startRunning } from './running.ts'

let running: Running
let relayer: Relayer
let platform: SimulatedPlatform

beforeAll(async () => {
  running = await startRunning()
  relayer = new Relayer({ url: running.relayer.url })
  platform = await loadSimulatedPlatform(
    JSON.parse(await readFile(join(running.logs, 'simulator-platform.json'), 'utf8')),
  )
})
afterAll(() => running?.stop())

const KEYS = {
  enclave: `0x${'e1'.repeat(20)}`,
  encryptionKey: `0x${'e2'.repeat(32)}`,
} as const

const operators = { evm: `0x${'e3'.repeat(20)}`, near: 'operator.test.near' } as const

interface Registration {
  readonly chain: string
  readonly enclave: Hex
  readonly encryptionKey: Hex
  readonly operator: string
  readonly challenge: Hex
  readonly quote: Hex
  readonly collateral: object
}

function flip(hex: Hex, at: number): Hex {
  const bytes = fromHex(hex)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return toHex(bytes)
}

/** Offsets into the quote: 48 bytes of header, then the body. */
const MR_TD = 48 + 136

/** A registration that the relayer would take. */
async function registerOn(
  kind: ChainKind,
  from = platform,
  changes: Partial<QuoteRequest> = {},
): Promise<Registration> {
  const { chain } = running[kind]
  const asked = await relayer.perform('challenges', { chain })
  const challenge = eventArgument(asked, 'ChallengeIssued', 'challenge') as Hex
  const binding = { ...KEYS, operator: operators[kind], challenge }
  const quote = toHex(await from.quote({ reportData: reportData(binding, keccak, kind), ...changes }))
  return { chain, ...binding, quote, collateral: from.collateral }
}

describe.each(chainKinds)('on %s', (kind) => {
  const register = (from?: SimulatedPlatform, changes?: Partial<QuoteRequest>) => registerOn(kind, from, changes)

  const refusals: [what: string, make: () => Promise<Registration>, code: string][] = [
    ['of another root', async () => register(await createSimulatedPlatform()), 'RootUntrusted'],
    [
      'made for the other chain',
      async () => {
        const { chain, operator } = await register()
        const elsewhere = await registerOn(kind === 'evm' ? 'near' : 'evm')
        return { ...elsewhere, chain, operator }
      },
      'ReportDataMismatch',
    ],
    [
      'that binds another key',
      async () => ({ ...(await register()), encryptionKey: `0x${'ff'.repeat(32)}` }),
      'ReportDataMismatch',
    ],
    [
      'for another challenge',
      async () => ({ ...(await register()), challenge: `0x${'01'.repeat(32)}` as const }),
      'ReportDataMismatch',
    ],
    [
      'whose measurement was changed',
      async () => {
        const registration = await register()
        return { ...registration, quote: flip(registration.quote, MR_TD) }
      },
      'QuoteSignatureInvalid',
    ],
    [
      'whose certificate is revoked',
      async () => ({
        ...(await register()),
        collateral: await platform.issueCollateral({ pckCrl: { revoked: ['pck'] } }),
      }),
      'CertificateRevoked',
    ],
    [
      'of a machine that its operator may debug',
      async () => register(platform, { changes: { body: { tdAttributes: fromHex('0x0100001000000000') } } }),
      'DebugEnabled',
    ],
    [
      'of a program that is not allowed',
      async () => register(platform, { measurements: { ...SIMULATED_MEASUREMENTS, mrTd: new Uint8Array(48).fill(7) } }),
      'WorkloadNotAllowed',
    ],
  ]

  test.each(refusals)('a quote %s is refused with its reason', async (_what, make, code) => {
    await expect(relayer.perform('enclaves', await make())).rejects.toMatchObject({ code })

    const { chain } = running[kind]
    const asked = `query ($error: ErrorName!) {
      requests(filter: { kind: ENCLAVES, error: $error }) { nodes { chain status } }
    }`
    const { requests } = await query<{ requests: { nodes: unknown[] } }>(running.graphqlUrl, asked, { error: code })
    expect(requests.nodes).toContainEqual({ chain, status: 'REFUSED' })
  })

  test('a quote counts once', async () => {
    const registration = await register()
    await relayer.perform('enclaves', registration)

    await expect(relayer.perform('enclaves', registration)).rejects.toMatchObject({ code: 'ChallengeUnknown' })
  })
})

test('two of three verifiers are enough, one is not', async () => {
  const [first, second] = running.verifiers
  const registrations = await Promise.all(chainKinds.map((kind) => registerOn(kind)))

  await first?.stop()
  for (const registration of registrations) await relayer.perform('enclaves', registration)
  await second?.stop()

  const late = new Relayer({ url: running.relayer.url, patienceMilliseconds: 500 })
  for (const kind of chainKinds) {
    const accepting = late.accept('enclaves', await registerOn(kind))
    await expect(accepting).rejects.toMatchObject({ code: 'VerifiersUnavailable' })
  }
})
