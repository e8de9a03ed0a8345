/** The calls of each step of a job, ready to be signed as a forward request. */
import { agentRegistryAbi, type Deployment, demoDollarAbi, enclaveEvaluatorAbi, jobEscrowAbi } from '@parley/evm'
import { type Call, type Hex, observabilityLevels } from '@parley/protocol'
import { encodeFunctionData, getAddress, type LocalAccount, type PublicClient, parseSignature, zeroAddress } from 'viem'
import type { JobTerms } from '../party.ts'

/** What the calls of each step may use: their measured gas with room for first uses of storage. */
export const stepGas = { register: 600_000n, hire: 900_000n, submit: 200_000n, claimRefund: 250_000n } as const

/** Registers the signer as owner of a new agent (ERC-8004). `metadata` values are hex. */
export function registerCalls(
  deployment: Deployment,
  agentURI: string,
  metadata: Readonly<Record<string, Hex>> = {},
): Call[] {
  const entries = Object.entries(metadata).map(([metadataKey, metadataValue]) => ({ metadataKey, metadataValue }))
  const data = encodeFunctionData({ abi: agentRegistryAbi, functionName: 'register', args: [agentURI, entries] })
  return [{ to: deployment.agentRegistry, data }]
}

/** Opens, describes and funds a job in one request. */
export function hireCalls(deployment: Deployment, job: JobTerms, permit: Permit): Call[] {
  const { jobEscrow, enclaveEvaluator } = deployment
  const { amountAtoms, expiredAt, description, agentId } = job
  const id = BigInt(job.jobId)
  const token = getAddress(job.token)
  const created = [getAddress(job.provider), enclaveEvaluator, expiredAt, description, zeroAddress, agentId] as const
  const terms = [id, job.bodyHash, job.workload, observabilityLevels.indexOf(job.observability)] as const
  const permitted = [token, amountAtoms, permit.deadline, permit.v, permit.r, permit.s] as const
  const escrow = (data: Hex): Call => ({ to: jobEscrow, data })
  return [
    escrow(encodeFunctionData({ abi: jobEscrowAbi, functionName: 'usePermit', args: permitted })),
    escrow(encodeFunctionData({ abi: jobEscrowAbi, functionName: 'createJob', args: created })),
    {
      to: enclaveEvaluator,
      data: encodeFunctionData({ abi: enclaveEvaluatorAbi, functionName: 'setTerms', args: terms }),
    },
    escrow(encodeFunctionData({ abi: jobEscrowAbi, functionName: 'setBudget', args: [id, token, amountAtoms, '0x'] })),
    escrow(encodeFunctionData({ abi: jobEscrowAbi, functionName: 'fund', args: [id, amountAtoms, '0x'] })),
  ]
}

/** The provider says that the work is done. `deliverable` is its hash. */
export function submitCalls(deployment: Deployment, jobId: Hex, deliverable: Hex): Call[] {
  const args = [BigInt(jobId), deliverable, '0x'] as const
  return [{ to: deployment.jobEscrow, data: encodeFunctionData({ abi: jobEscrowAbi, functionName: 'submit', args }) }]
}

/** Returns the budget of an expired job to its client. */
export function claimRefundCalls(deployment: Deployment, jobId: Hex): Call[] {
  const args = [BigInt(jobId)] as const
  return [
    { to: deployment.jobEscrow, data: encodeFunctionData({ abi: jobEscrowAbi, functionName: 'claimRefund', args }) },
  ]
}

/** An ERC-2612 permit, split as `permit` takes it. `deadline` is in seconds. */
export interface Permit {
  readonly deadline: bigint
  readonly v: number
  readonly r: Hex
  readonly s: Hex
}

/** Signs that the escrow may take `amountAtoms` of `token` from the account. Reads name and nonce from the token. */
export async function signPermit(
  reader: PublicClient,
  account: LocalAccount,
  { token, spender, amountAtoms, deadline }: { token: Hex; spender: Hex; amountAtoms: bigint; deadline: bigint },
): Promise<Permit> {
  const read = { address: token, abi: demoDollarAbi } as const
  const [name, nonce, chainId] = await Promise.all([
    reader.readContract({ ...read, functionName: 'name' }),
    reader.readContract({ ...read, functionName: 'nonces', args: [account.address] }),
    reader.getChainId(),
  ])
  const signature = await account.signTypedData({
    domain: { name, version: '1', chainId, verifyingContract: token },
    types: {
      Permit: [
        { name: 'owner', type: 'address' },
        { name: 'spender', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'Permit',
    message: { owner: account.address, spender, value: amountAtoms, nonce, deadline },
  })
  const { r, s, yParity } = parseSignature(signature)
  return { deadline, v: 27 + yParity, r, s }
}
