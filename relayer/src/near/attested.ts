/** What enclaves bring: their results, their registration, and the wish for a challenge. All of it happens in the relayer's own name. */
import { EnclaveResult, fromJson, type Hex, toSnakeCase } from '@parley/protocol'
import type { Prepared } from '../chain.ts'
import type { Verifiers } from '../verifiers.ts'
import { type Method, storedCall } from './call.ts'
import { requireAcceptable } from './checks.ts'
import { headOf, type NearNode, view } from './node.ts'
import type { SponsoringLimits } from './sponsoring.ts'

export interface ResultBody {
  readonly jobId: Hex
  readonly enclave: Hex
  readonly result: unknown
  readonly signature: Hex
  readonly response: Hex
}

/** Checks an enclave-signed result as the chain would. */
export async function prepareResult(node: NearNode, limits: SponsoringLimits, body: ResultBody): Promise<Prepared> {
  const { jobId, enclave, signature, response } = body
  const result = argumentsOf(fromJson(EnclaveResult, body.result, 'result'))
  const args = { job_id: jobId, result, enclave, signature, response }
  const call = await prepareCall(node, limits, { method: 'accept_result', args })
  return { call, account: enclave, effect: `result:${jobId}` }
}

/** Checks a quote, has a quorum of verifiers sign what it shows, and checks that the registry would accept it. */
export async function prepareEnclave(
  node: NearNode,
  { limits, verifiers }: { readonly limits: SponsoringLimits; readonly verifiers: Verifiers },
  body: object,
): Promise<Prepared> {
  const report = await verifiers.check(body, 'near')
  const quorum = Number(await view(node, node.deployment.parley, 'quorum', {}))
  const signatures = await verifiers.sign(body, quorum)
  const args = { report: argumentsOf(report), signatures }
  const call = await prepareCall(node, limits, { method: 'register_enclave', args })
  return { call, account: report.enclave, effect: `quote:${report.quoteId}` }
}

/** A challenge for an enclave's quote; the answer is in the transaction's challenge_issued event. */
export async function prepareChallenge(node: NearNode, limits: SponsoringLimits): Promise<Prepared> {
  return { call: await prepareCall(node, limits, { method: 'issue_challenge', args: {} }) }
}

async function prepareCall(node: NearNode, limits: SponsoringLimits, method: Method) {
  const { header } = await headOf(node, 'optimistic')
  const call = { ...method, since: header.height }
  await requireAcceptable(node, limits, call, 'optimistic')
  return storedCall(node.deployment.parley, call)
}

/** A message as a contract's argument: names in snake_case, numbers as decimal strings. */
function argumentsOf(message: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [toSnakeCase(name), String(value)]))
}
