import { type CheckedReport, checkEnclave, type EnclaveRegistration } from '@parley/enclave/report'
import { readRootSha256 } from '@parley/enclave/root'
import { type ChainKind, type Hex, ParleyError } from '@parley/protocol'
import { refusal } from '@parley/sdk'

export interface Verifiers {
  /** Checks a registration as each verifier will; throws the reason why a quote is not believed. */
  readonly check: (body: object, kind: ChainKind) => Promise<CheckedReport>
  /** Signatures of what a registration shows, of as many verifiers. Throws a verifier's refusal, or VerifiersUnavailable. */
  readonly sign: (body: object, quorum: number) => Promise<Hex[]>
}

/** The verifiers at these URLs, and their check, made here first under the same root: what they would refuse is not sent to them. */
export async function createVerifiers(urls: readonly string[], rootPath: string | undefined): Promise<Verifiers> {
  const rootSha256 = await readRootSha256(rootPath)
  return {
    check: (body, kind) =>
      checkEnclave(body as EnclaveRegistration, { kind, rootSha256, nowSeconds: Math.floor(Date.now() / 1000) }),
    sign: (body, quorum) => collectSignatures(urls, body, quorum),
  }
}

interface Vote {
  readonly verifier: Hex
  readonly signature: Hex
}

/** Signatures of the first `quorum` verifiers by address, as the registry wants them. Verifiers that do not answer are passed over. */
async function collectSignatures(urls: readonly string[], body: object, quorum: number): Promise<Hex[]> {
  const asked = await Promise.allSettled(urls.map((url) => askVerifier(url, body)))
  const votes = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  if (votes.length < quorum) throw shortfall(asked, votes.length, quorum)
  votes.sort((a, b) => (a.verifier.toLowerCase() < b.verifier.toLowerCase() ? -1 : 1))
  return votes.slice(0, quorum).map(({ signature }) => signature)
}

async function askVerifier(url: string, body: object): Promise<Vote> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) }
  const response = await fetch(`${url.replace(/\/$/, '')}/v1/reports`, init)
  const answer = await response.json()
  if (response.ok) return answer
  const unknown = new ParleyError('VerifierRefused', `verifier ${url} refused without a reason`)
  throw refusal(answer?.error, unknown)
}

/** What a verifier refused is the reason; that too few answered is one only when none refused. */
function shortfall(asked: readonly PromiseSettledResult<Vote>[], given: number, quorum: number): ParleyError {
  const reasons = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  const refused = reasons.find((reason) => reason instanceof ParleyError)
  if (refused) return refused
  const message = `${given} of the ${quorum} verifiers that it takes have answered; try again`
  return new ParleyError('VerifiersUnavailable', message, { cause: new AggregateError(reasons) })
}
