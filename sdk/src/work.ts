import { type Hex, type Observability, ParleyError } from '@parley/protocol'
import { refusal } from './refusal.ts'

/** What a client asks of an enclave; sealed for it with the job's id as context. */
export interface TaskRequest {
  readonly task: 'invoice-totals'
  /** The file's text. */
  readonly input: string
  /** The X25519 key that the answer is sealed for, with the request's hash as context. */
  readonly replyTo: Hex
  /** What the enclave's operator may see of it. */
  readonly observability: Observability
}

/** The body of `POST /v1/jobs` on an enclave. */
export interface WorkOrder {
  /** CAIP-2; may be left out where the enclave serves one chain. */
  readonly chain?: string | undefined
  readonly jobId: Hex
  readonly provider: string
  readonly request: Hex
}

/** What an enclave answers, and the body of `POST /v1/results` on the relayer. `result` is EnclaveResult as JSON. */
export interface WorkResult {
  /** CAIP-2. */
  readonly chain: string
  readonly jobId: Hex
  readonly enclave: Hex
  readonly result: Readonly<Record<string, unknown>>
  readonly signature: Hex
  readonly response: Hex
}

/** Who an enclave says it is: `GET /v1/identity`. Believe it only when the registry says the same. */
export interface EnclaveIdentity {
  readonly enclave: Hex
  readonly encryptionKey: Hex
  /** Who runs it and may revoke it, on each chain that it serves, by CAIP-2 id. */
  readonly operators: Readonly<Record<string, string>>
  readonly workload: Hex
  readonly isSimulated: boolean
}

/** Who an enclave says it is. Throws Unavailable when it does not answer. */
export function readIdentity(enclaveUrl: string): Promise<EnclaveIdentity> {
  return ask(`${enclaveUrl}/v1/identity`)
}

/** Has an enclave do a job. Asking again gives the same signed result. Throws the refusal, or Unavailable; a ParleyError. */
export function orderWork(enclaveUrl: string, order: WorkOrder): Promise<WorkResult> {
  const headers = { 'content-type': 'application/json' }
  return ask(`${enclaveUrl}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(order) })
}

/** A task takes seconds at most. */
const TIMEOUT_MILLISECONDS = 60_000

async function ask<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }).catch((cause) => {
    throw new ParleyError('Unavailable', `the enclave at ${new URL(url).origin} does not answer`, { cause })
  })
  const answer = await response.json()
  if (!response.ok) throw refusal(answer.error)
  return answer
}
