import { type Hex, type Message, nearMessages, requestHash, typedDataDomain, typedDataTypes } from '@parley/protocol'
import { parseHash } from '@parley/sandbox'
import { keccak256, toBytes } from 'viem'
import { BOB, CAROL, functionCall, type NearNode, OWNER } from './near-node.ts'
import { type Actor, ENCLAVES, VERIFIER, WORKLOAD } from './test-chain.ts'

export const FULL = 2n
export const BODY_HASH: Hex = `0x${'b0'.repeat(32)}`
const RESPONSE: Hex = '0xc0ffee'

/** Takes a few blocks of its own, for a challenge must be known before it is signed. */
export async function attestEnclave(near: NearNode, pick: number): Promise<void> {
  const { parley } = near.deployment
  near.call(OWNER, parley, 'set_workload', { workload: WORKLOAD, is_allowed: true })
  const transaction = near.call(BOB, parley, 'issue_challenge', {})
  near.settle()
  const issued = near.node.transactionStatus(parseHash(transaction))?.finalStatus
  if (issued?.kind !== 'SuccessValue') throw new Error(`no challenge: ${JSON.stringify(issued)}`)
  const report = {
    enclave: lower(ENCLAVES[pick % 2 === 0 ? 0 : 1].address),
    encryptionKey: keccak256(toBytes(pick)),
    operator: BOB.accountId,
    workload: WORKLOAD,
    quoteId: keccak256(toBytes(pick + 1)),
    challenge: JSON.parse(Buffer.from(issued.value).toString()) as Hex,
    expiresAt: near.now() + 50_000n,
  }
  const signatures = [await sign(near, VERIFIER, nearMessages.EnclaveReport, report)]
  const { encryptionKey: encryption_key, quoteId: quote_id, expiresAt, ...rest } = report
  const written = { ...rest, encryption_key, quote_id, expires_at: String(expiresAt) }
  near.call(BOB, parley, 'register_enclave', { report: written, signatures })
}

export function revokeEnclave({ call, deployment }: NearNode): void {
  // Never the first: there would be no results any more.
  call(BOB, deployment.parley, 'revoke_enclave', { enclave: lower(ENCLAVES[1].address) })
}

/** Each second result is in capitals, as some write hexadecimal; and each comes in a receipt with another call. */
export async function acceptResult(
  near: NearNode,
  { job_id, provider }: { readonly job_id: Hex; readonly provider: string },
  pick: number,
): Promise<void> {
  await attestEnclave(near, 0)
  const request = { jobId: job_id, provider, bodyHash: BODY_HASH }
  const result = {
    requestHash: requestHash(request, (bytes) => keccak256(bytes, 'bytes'), 'near'),
    responseHash: keccak256(RESPONSE),
    workload: WORKLOAD,
    observability: FULL,
    // Nobody checks it, so an enclave may say anything.
    producedAt: pick % 2 === 0 ? near.now() : 2n ** 64n - 1n,
  }
  const enclave = lower(ENCLAVES[0].address)
  const signature = await sign(near, ENCLAVES[0], nearMessages.EnclaveResult, result)
  const written = {
    request_hash: result.requestHash,
    response_hash: result.responseHash,
    workload: result.workload,
    observability: String(result.observability),
    produced_at: String(result.producedAt),
  }
  const isLoud = pick % 2 === 0
  const [id, response] = isLoud ? [capitals(job_id), capitals(RESPONSE)] : [job_id, RESPONSE]
  near.submit(CAROL, near.deployment.parley, [
    functionCall('issue_challenge', {}),
    functionCall('accept_result', { job_id: id, result: written, enclave, signature, response }),
  ])
}

function sign<M extends Message>({ domain }: NearNode, signer: Actor, message: M, value: object): Promise<Hex> {
  return signer.signTypedData({
    domain: typedDataDomain(domain),
    types: typedDataTypes(message),
    primaryType: message.name,
    message: value as Record<string, unknown>,
  })
}

function lower(hex: Hex): Hex {
  return hex.toLowerCase() as Hex
}

function capitals(hex: Hex): Hex {
  return `0x${hex.slice(2).toUpperCase()}`
}
