import { createHash } from 'node:crypto'
import { keccak } from '@parley/evm'
import { encodeNep413, type Hex, jobStatuses, nearDomain, nep413Market, ParleyError } from '@parley/protocol'
import { utils } from 'near-api-js'
import type { MarketChain, Signed } from '../market/chain.ts'
import { findAccessKey, headOf, type NearNode, view } from './node.ts'

const NANOSECONDS = 1_000_000_000n

/** The market's side of NEAR. */
export function createNearMarket(node: NearNode): MarketChain {
  const { chainId, parley } = node.deployment
  return {
    domain: nearDomain(chainId, parley, keccak),
    now: async () => BigInt((await headOf(node, 'optimistic')).header.timestamp_nanosec) / NANOSECONDS,
    requireSigned: (signed) => requireSigned(node, signed),
    isAgentOf: (agentId, account) => isAgentOf(node, agentId, account),
    findJob: (jobId) => findJob(node, jobId),
  }
}

/** NEP-413, by a key of full access: one that is for some calls does not speak for the account. */
async function requireSigned(
  node: NearNode,
  { account, name, value, id, signature, publicKey }: Signed,
): Promise<void> {
  const key = publicKeyOf(publicKey)
  const bytes = Buffer.from(signature, 'base64')
  if (bytes.toString('base64') !== signature) throw refused('InputInvalid', 'signature', 'is not base64')
  const message = encodeNep413(nep413Market(name, value, id, node.deployment.parley))
  if (!isSignedBy(key, createHash('sha256').update(message).digest(), bytes))
    throw refused('SignatureInvalid', 'signature', `is not ${key}'s of this message`)
  const found = await findAccessKey(node, account, key.toString(), { finality: 'optimistic' })
  if (found?.permission !== 'FullAccess')
    throw refused('SignatureInvalid', 'publicKey', `${key} is no full access key of ${account}`)
}

function publicKeyOf(text: string | undefined): utils.PublicKey {
  if (text === undefined) throw refused('InputInvalid', 'publicKey', 'is missing')
  try {
    const key = utils.PublicKey.fromString(text)
    if (key.toString() === text) return key
  } catch {
    // Said below.
  }
  throw refused('InputInvalid', 'publicKey', 'is no public key of NEAR: ed25519: or secp256k1: and base58')
}

function isSignedBy(key: utils.PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return key.verify(message, signature)
  } catch {
    // Of another length, or not even a point on the curve.
    return false
  }
}

async function isAgentOf(node: NearNode, agentId: bigint, account: string): Promise<boolean> {
  const args = { spender: account, agent_id: String(agentId) }
  return view<boolean>(node, node.deployment.agents, 'is_authorized_or_owner', args).catch((error: unknown) => {
    if (error instanceof ParleyError && !error.isRetryable) return false
    throw error
  })
}

/** As `get_job` answers. */
interface JobView {
  readonly status: number
  readonly client: string
  readonly provider: string | null
  readonly provider_agent_id: string
  readonly evaluator: string
  readonly token: string | null
  readonly budget: string
  readonly expired_at: string
}

async function findJob(node: NearNode, job_id: Hex): ReturnType<MarketChain['findJob']> {
  const job = await view<JobView | null>(node, node.deployment.parley, 'get_job', { job_id })
  const status = job === null ? undefined : jobStatuses[job.status]
  if (job === null || status === undefined) return undefined
  const { client, provider, evaluator, token } = job
  return {
    status,
    client,
    provider,
    agentId: BigInt(job.provider_agent_id),
    evaluator,
    token,
    budget: BigInt(job.budget),
    expiredAt: BigInt(job.expired_at),
  }
}

function refused(code: 'InputInvalid' | 'SignatureInvalid', field: string, problem: string): ParleyError {
  return new ParleyError(code, `${field}: ${problem}`, { field })
}
