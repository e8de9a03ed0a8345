import {
  EnclaveReport,
  type Hex,
  ParleyError,
  type SigningDomain,
  toJson,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import { type Log, parseInput } from '@parley/service'
import type { Hono } from 'hono'
import type { LocalAccount } from 'viem'
import type { AttestationPolicy } from '../attestation/index.ts'
import { createService, readJson } from '../worker/service.ts'
import { checkEnclave, enclaveRegistrationSchema } from './report.ts'

/** A quote with its collateral has 40 kB; revocation lists may grow to megabytes. */
const MAX_BODY_BYTES = 8 * 1024 * 1024

export interface VerifierParts {
  readonly account: LocalAccount
  /** Where its reports count: the enclave registry. */
  readonly registry: SigningDomain
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
export function createVerifier({ account, registry, log, clock = Date.now, ...trust }: VerifierParts): Hono {
  const onInternalError = (error: unknown) => log.error({ error }, 'failed to answer')
  const app = createService({ maxBodyBytes: MAX_BODY_BYTES, onInternalError })

  app.post('/v1/reports', async (c) => {
    const registration = parseInput(enclaveRegistrationSchema, await readJson(c))
    const { enclave, operator } = registration
    try {
      const report = await checkEnclave(registration, { ...trust, nowSeconds: Math.floor(clock() / 1000) })
      const signed = await signReport(report, account, registry)
      log.info({ enclave, operator, workload: report.workload, quoteId: report.quoteId }, 'signed a report')
      return c.json(signed)
    } catch (error) {
      if (error instanceof ParleyError) log.info({ enclave, operator, code: error.code }, 'refused a quote')
      throw error
    }
  })
  return app
}

async function signReport(
  report: EnclaveReport,
  account: LocalAccount,
  registry: SigningDomain,
): Promise<SignedReport> {
  const signature = await account.signTypedData({
    domain: typedDataDomain(registry),
    types: typedDataTypes(EnclaveReport),
    primaryType: 'EnclaveReport',
    message: { ...report },
  })
  return { report: toJson(EnclaveReport, report), signature, verifier: account.address.toLowerCase() as Hex }
}
