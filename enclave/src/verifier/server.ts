import {
  type ChainKind,
  chainKind,
  EnclaveReport,
  type Hex,
  nearMessages,
  ParleyError,
  type SigningDomain,
  toJson,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import { type Log, parseInput, pickChain } from '@parley/service'
import type { Hono } from 'hono'
import type { LocalAccount } from 'viem'
import type { AttestationPolicy } from '../attestation/index.ts'
import type { SigningChain } from '../chains.ts'
import { createService, readJson } from '../worker/service.ts'
import { type CheckedReport, checkEnclave, enclaveRegistrationSchema } from './report.ts'

/** A quote with its collateral has 40 kB; revocation lists may grow to megabytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

export interface VerifierParts {
  readonly account: LocalAccount
  /** The chains that it serves: its reports count at the registry of each. */
  readonly chains: readonly Pick<SigningChain, 'chain' | 'registry'>[]
  readonly rootSha256: string
  readonly policy?: AttestationPolicy
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

/** What a verifier answers. `report` is EnclaveReport as JSON. */
export interface SignedReport {
  readonly report: ReturnType<typeof toJson>
  readonly signature: Hex
  readonly verifier: Hex
}

/** The verifier's HTTP: a quote in, a signed report out. */
export function createVerifier({ account, chains, log, clock = Date.now, ...trust }: VerifierParts): Hono {
  const onInternalError = (error: unknown) => log.error({ error }, 'failed to answer')
  const app = createService({ maxBodyBytes: MAX_BODY_BYTES, onInternalError })

  app.post('/v1/reports', async (c) => {
    const registration = parseInput(enclaveRegistrationSchema, await readJson(c))
    const { chain, registry } = pickChain(registration.chain, chains)
    const kind = chainKind(chain)
    const { enclave, operator } = registration
    try {
      const report = await checkEnclave(registration, { ...trust, nowSeconds: Math.floor(clock() / 1000), kind })
      const signed = await signReport(report, kind, registry, account)
      log.info({ chain, enclave, operator, workload: report.workload, quoteId: report.quoteId }, 'signed a report')
      return c.json(signed)
    } catch (error) {
      if (error instanceof ParleyError) log.info({ chain, enclave, operator, code: error.code }, 'refused a quote')
      throw error
    }
  })
  return app
}

async function signReport(
  report: CheckedReport,
  kind: ChainKind,
  registry: SigningDomain,
  account: LocalAccount,
): Promise<SignedReport> {
  const message = kind === 'near' ? nearMessages.EnclaveReport : EnclaveReport
  const signature = await account.signTypedData({
    domain: typedDataDomain(registry),
    types: typedDataTypes(message),
    primaryType: 'EnclaveReport',
    message: { ...report },
  })
  return { report: toJson(message, report), signature, verifier: account.address.toLowerCase() as Hex }
}
