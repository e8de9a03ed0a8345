import { agentRegistryAbi, jobEscrowAbi } from '@parley/evm'
import { type Hex, jobStatuses, ParleyError } from '@parley/protocol'
import { hexUpTo } from '@parley/service'
import { decodeFunctionResult, encodeFunctionData, parseAbi, recoverAddress, zeroAddress } from 'viem'
import type { MarketChain, Signed } from '../market/chain.ts'
import { answered, type EvmNode, simulate } from './node.ts'

/** The market's side of an EVM chain. */
export function createEvmMarket(node: EvmNode): MarketChain {
  const { client, chainId, deployment } = node
  return {
    domain: { chainId, verifyingContract: deployment.jobEscrow },
    now: async () => (await answered(client.getBlock())).timestamp,
    requireSigned: (signed) => requireSigned(node, signed),
    isAgentOf: (agentId, account) => isAgentOf(node, agentId, account as Hex),
    findJob: (jobId) => findJob(node, jobId),
  }
}

const erc1271Abi = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])
const ERC1271_MAGIC = '0x1626ba7e'

/** What a wallet may use to look at a signature. */
const SIGNATURE_GAS = 2_000_000n

const signatureSchema = hexUpTo(4096)

/** By the account's own key, or else by its code, as the forwarder does it. */
async function requireSigned(node: EvmNode, { account, id, signature, publicKey }: Signed): Promise<void> {
  if (publicKey !== undefined) throw invalid('publicKey', 'is for NEAR only')
  const parsed = signatureSchema.safeParse(signature)
  if (!parsed.success) throw invalid('signature', parsed.error.issues[0]?.message ?? 'is no signature')
  const signer = await recoverAddress({ hash: id, signature: parsed.data }).catch(() => undefined)
  if (signer?.toLowerCase() === account) return
  if (await isTakenByWallet(node, account as Hex, id, parsed.data)) return
  throw new ParleyError('SignatureInvalid', `signature: is not ${account}'s`, { field: 'signature' })
}

/** ERC-1271. An account without code answers nothing; so does a wallet that fails. */
async function isTakenByWallet(node: EvmNode, to: Hex, hash: Hex, signature: Hex): Promise<boolean> {
  const data = encodeFunctionData({ abi: erc1271Abi, functionName: 'isValidSignature', args: [hash, signature] })
  const answer = await unlessRefused(simulate(node, { to, data, gas: SIGNATURE_GAS }))
  // All 32 bytes: what answers anything to anybody must not sign by accident.
  return answer?.slice(0, 66) === ERC1271_MAGIC.padEnd(66, '0')
}

async function isAgentOf(node: EvmNode, agentId: bigint, account: Hex): Promise<boolean> {
  const asked = { abi: agentRegistryAbi, functionName: 'isAuthorizedOrOwner' } as const
  const data = encodeFunctionData({ ...asked, args: [account, agentId] })
  const answer = await unlessRefused(simulate(node, { to: node.deployment.agentRegistry, data }))
  return answer !== undefined && decodeFunctionResult({ ...asked, data: answer })
}

async function findJob({ client, deployment }: EvmNode, jobId: Hex): ReturnType<MarketChain['findJob']> {
  const escrow = { address: deployment.jobEscrow, abi: jobEscrowAbi } as const
  const job = await answered(client.readContract({ ...escrow, functionName: 'getJob', args: [BigInt(jobId)] }))
  const status = jobStatuses[job.status]
  if (status === undefined || job.client === zeroAddress) return undefined
  return {
    status,
    client: job.client.toLowerCase(),
    provider: known(job.provider),
    agentId: job.providerAgentId,
    evaluator: job.evaluator.toLowerCase(),
    token: known(job.token),
    budget: job.budget,
    expiredAt: BigInt(job.expiredAt),
  }
}

function known(address: Hex): string | null {
  return address === zeroAddress ? null : address.toLowerCase()
}

/** What a contract answers; undefined when it refuses. Throws ChainUnavailable. */
async function unlessRefused(asked: Promise<Hex>): Promise<Hex | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof ParleyError && !error.isRetryable) return undefined
    throw error
  })
}

function invalid(field: string, problem: string): ParleyError {
  return new ParleyError('InputInvalid', `${field}: ${problem}`, { field })
}
