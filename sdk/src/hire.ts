import { keccak } from '@parley/evm'
import { chainKind, type Hex, requestHash as hashRequest } from '@parley/protocol'
import { keccak256 } from 'viem'
import type { JobTerms, Party } from './party.ts'
import type { RelayedRequest } from './relayer.ts'
import { createSealingKey, open, seal } from './sealing.ts'
import type { EnclaveIdentity, TaskRequest } from './work.ts'

export interface HireOptions extends Omit<JobTerms, 'jobId' | 'expiredAt' | 'bodyHash' | 'workload'> {
  /** Who does the work, as the registry knows it. */
  readonly enclave: Pick<EnclaveIdentity, 'encryptionKey' | 'workload'>
  readonly task: TaskRequest['task']
  readonly input: string
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

/** Seals a task for an enclave and opens, describes and funds its job, all with one signed request. */
export async function hire(client: Party, options: HireOptions): Promise<HiredJob> {
  const { enclave, task, input, durationSeconds, ...terms } = options
  const { observability, provider } = terms
  const jobId = await client.nextJobId()
  const replyKey = await createSealingKey()
  const asked: TaskRequest = { task, input, replyTo: replyKey.publicKey, observability }
  const sealedRequest = await seal('parley/request/v1', enclave.encryptionKey, jobId, JSON.stringify(asked))

  const expiredAt = (await client.now()) + durationSeconds
  const bodyHash = keccak256(sealedRequest)
  const request = await client.hire({ ...terms, jobId, expiredAt, bodyHash, workload: enclave.workload })

  // From what was signed, not from what somebody says was emitted.
  const requestHash = hashRequest({ jobId, provider, bodyHash }, keccak, chainKind(client.chain))
  const openResponse = (response: Hex) => open('parley/response/v1', replyKey, requestHash, response)
  return { jobId, requestHash, sealedRequest, request, openResponse }
}
