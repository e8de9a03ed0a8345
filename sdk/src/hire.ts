import { keccak } from '@parley/evm'
import { chainKind, type Hex, requestHash as hashRequest, type Observability } from '@parley/protocol'
import { keccak256 } from 'viem'
import type { JobTerms } from './hiring.ts'
import type { Party } from './party.ts'
import type { RelayedRequest } from './relayer.ts'
import { createSealingKey, open, seal } from './sealing.ts'
import type { EnclaveIdentity, TaskRequest } from './work.ts'

/** What an enclave shall do, and for whom it is visible. */
export interface Assignment {
  /** Who does the work, as the registry knows it. */
  readonly enclave: Pick<EnclaveIdentity, 'encryptionKey' | 'workload'>
  readonly task: TaskRequest['task']
  readonly input: string
  readonly observability: Observability
}

/** How long the provider has, or until when; in seconds. */
type Duration = { readonly durationSeconds: bigint } | { readonly expiredAt: bigint }

export type HireOptions = Assignment & Duration & Omit<JobTerms, 'jobId' | 'expiredAt' | 'client'>

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
  const { enclave, task, input, observability, ...job } = options
  const jobId = await client.nextJobId()
  const replyKey = await createSealingKey()
  const asked: TaskRequest = { task, input, replyTo: replyKey.publicKey, observability }
  const sealedRequest = await seal('parley/request/v1', enclave.encryptionKey, jobId, JSON.stringify(asked))

  const expiredAt = 'expiredAt' in job ? job.expiredAt : (await client.now()) + job.durationSeconds
  const bodyHash = keccak256(sealedRequest)
  const terms = { enclave: { bodyHash, workload: enclave.workload, observability } }
  const request = await client.hire({ ...job, jobId, expiredAt, terms })

  // From what was signed, not from what somebody says was emitted.
  const requestHash = hashRequest({ jobId, provider: job.provider, bodyHash }, keccak, chainKind(client.chain))
  const openResponse = (response: Hex) => open('parley/response/v1', replyKey, requestHash, response)
  return { jobId, requestHash, sealedRequest, request, openResponse }
}
