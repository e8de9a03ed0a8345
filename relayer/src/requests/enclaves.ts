import { enclaveRegistryAbi } from '@parley/evm'
import { type EnclaveReport, type Hex, ParleyError } from '@parley/protocol'
import { refusal } from '@parley/sdk'
import { encodeFunctionData } from 'viem'
import { type EvmChain, estimateWithin } from '../chain/chain.ts'
import type { Prepared } from './prepared.ts'

export interface Verifiers {
  readonly urls: readonly string[]
  /** Checks a registration as each verifier will; throws the reason why a quote is not believed. */
  readonly check: (body: unknown) => Promise<EnclaveReport>
}

/** Checks a quote, has a quorum of verifiers sign what it shows, and checks that the registry would accept it. */
export async function prepareEnclave(
  chain: EvmChain,
  maxGas: bigint,
  verifiers: Verifiers,
  body: unknown,
): Promise<Prepared> {
  const report = await verifiers.check(body)
  const { enclaveRegistry } = chain.deployment
  const registry = { address: enclaveRegistry, abi: enclaveRegistryAbi } as const
  const quorum = Number(await chain.client.readContract({ ...registry, functionName: 'quorum' }))
  const signatures = await collectSignatures(verifiers.urls, body, quorum)
  const data = encodeFunctionData({
    abi: enclaveRegistryAbi,
    functionName: 'registerEnclave',
    args: [report, signatures],
  })
  const call = { to: enclaveRegistry, data }
  await estimateWithin(chain, call, maxGas)
  return { call, account: report.enclave, effect: `quote:${report.quoteId}` }
}

interface Vote {
  readonly verifier: Hex
  readonly signature: Hex
}

/** Signatures of the first `quorum` verifiers by address, as the registry wants them. Verifiers that do not answer are passed over. */
async function collectSignatures(urls: readonly string[], body: unknown, quorum: number): Promise<Hex[]> {
  const asked = await Promise.allSettled(urls.map((url) => askVerifier(url, body)))
  const votes = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  if (votes.length < quorum) throw shortfall(asked, votes.length, quorum)
  votes.sort((a, b) => (a.verifier.toLowerCase() < b.verifier.toLowerCase() ? -1 : 1))
  return votes.slice(0, quorum).map(({ signature }) => signature)
}

async function askVerifier(url: string, body: unknown): Promise<Vote> {
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
