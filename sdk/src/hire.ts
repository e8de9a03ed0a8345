import { jobEscrowAbi, keccak } from '@parley/evm'
import { type Hex, requestHash as hashRequest, type Observability } from '@parley/protocol'
import { keccak256 } from 'viem'
import { hireCalls, signPermit, stepGas } from './calls.ts'
import type { Party } from './party.ts'
import type { RelayedRequest } from './relayer.ts'
import { createSealingKey, open, seal } from './sealing.ts'
import type { EnclaveIdentity, TaskRequest } from './work.ts'

export interface HireOptions {
  /** The agent and the account that acts for it. */
  readonly agentId: bigint
  readonly provider: Hex
  /** Who does the work, as the registry knows it. */
  readonly enclave: Pick<EnclaveIdentity, 'encryptionKey' | 'workload'>
  readonly task: TaskRequest['task']
  readonly input: string
  readonly observability: Observability
  readonly description: string
  readonly token: Hex
  readonly amountAtoms: bigint
  /** How long the provider has. */
  readonly durationSeconds: bigint
}

/** A funded job, and what its client needs to go on. */
export interface HiredJob {
  readonly jobId: Hex
  readonly requestHash: Hex
  /** What the provider passes to the enclave. */
  readonly sealedRequest: Hex
  readonly request: RelayedRequest
  /** Reads the answer, which nobody else can. Throws RequestUndecryptable. */
  readonly openResponse: (response: Hex) => Promise<string>
}

/** Seals a task for an enclave and opens, describes and funds its job, all with one signed request and one permit. */
export async function hire(client: Party, options: HireOptions): Promise<HiredJob> {
  const { reader, deployment, account } = client
  const { enclave, task, input, observability, token, amountAtoms, durationSeconds } = options
  const jobId = await nextJobId(client)
  const replyKey = await createSealingKey()
  const asked: TaskRequest = { task, input, replyTo: replyKey.publicKey, observability }
  const sealedRequest = await seal('parley/request/v1', enclave.encryptionKey, jobId, JSON.stringify(asked))

  const { timestamp } = await reader.getBlock()
  const expiredAt = timestamp + durationSeconds
  const spender = deployment.jobEscrow
  const permit = await signPermit(reader, account, { token, spender, amountAtoms, deadline: timestamp + 3600n })
  const bodyHash = keccak256(sealedRequest)
  const terms = { bodyHash, workload: enclave.workload, observability }
  const { agentId, provider, description } = options
  const calls = hireCalls(deployment, {
    jobId,
    agentId,
    provider,
    description,
    expiredAt,
    token,
    amountAtoms,
    permit,
    ...terms,
  })
  const request = await client.perform(calls, stepGas.hire)

  // From what was signed, not from what somebody says was emitted.
  const requestHash = hashRequest({ jobId, provider, bodyHash }, keccak)
  const openResponse = (response: Hex) => open('parley/response/v1', replyKey, requestHash, response)
  return { jobId, requestHash, sealedRequest, request, openResponse }
}

async function nextJobId({ reader, deployment, address }: Party): Promise<Hex> {
  const escrow = { address: deployment.jobEscrow, abi: jobEscrowAbi } as const
  const id = await reader.readContract({ ...escrow, functionName: 'nextJobId', args: [address] })
  return `0x${id.toString(16).padStart(64, '0')}`
}
