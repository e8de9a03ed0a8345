/** Completes jobs on enclave-signed results. Mirrors contracts/evm/contracts/EnclaveEvaluator.sol. */
import {
  concat,
  type EnclaveResult,
  fromHex,
  type Hex,
  hashTypedData,
  nearMessages,
  requestHash,
  toHex,
  wordFromUint,
} from '@parley/protocol'
import { near } from 'near-sdk-js'
import { self } from './context.ts'
import { require } from './contract-error.ts'
import { requireActive } from './enclaves.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { type Job, readJob, writeJob } from './job.ts'
import { complete, requireCompletable } from './jobs.ts'
import { recoverSigner } from './signatures.ts'
import { openJobOfClient } from './terms.ts'

/** None, partial, full. */
const MAX_OBSERVABILITY = 2n

/** What completes a job, but for the request: that contains the job's id. */
export interface EnclaveTerms {
  readonly bodyHash: Hex
  readonly workload: Hex
  readonly observability: bigint
}

export interface SignedResult {
  readonly jobId: Hex
  readonly result: EnclaveResult
  readonly enclave: Hex
  readonly signature: Hex
  readonly response: Hex
}

/** `path` is where the terms stand in the arguments, with a dot behind it. */
export function readTerms(terms: { body_hash: unknown; workload: unknown; observability: unknown }, path = '') {
  return {
    bodyHash: input.bytes32(terms.body_hash, `${path}body_hash`),
    workload: input.bytes32(terms.workload, `${path}workload`),
    observability: input.uint(terms.observability, `${path}observability`, 8n),
  }
}

export function setTerms(job_id: Hex, terms: EnclaveTerms): void {
  begin(job_id, openJobOfClient(job_id), terms)
}

/** Takes the terms of an open job. */
export function begin(job_id: Hex, job: Job, { bodyHash, workload, observability }: EnclaveTerms): void {
  require(observability <= MAX_OBSERVABILITY, 'ObservabilityInvalid', observability)
  // A provider must find the terms that it read.
  require(job.terms === null, 'TermsAlreadySet', job_id)

  const request_hash = requestHash({ jobId: job_id, provider: job.provider ?? '', bodyHash }, near.keccak256, 'near')
  writeJob(job_id, { ...job, terms: hashTerms(request_hash, workload, observability) })
  emit('terms_set', { job_id, request_hash, workload, observability: String(observability) })
}

export function acceptResult(signed: SignedResult, domainSeparator: Uint8Array): void {
  const { jobId, result, enclave } = signed
  const resultId = checkSignedResult(signed, domainSeparator)

  // Without the response, whose bytes would be dear in a log: readers take it from this call's arguments.
  emit('result_accepted', {
    job_id: jobId,
    enclave,
    result_id: resultId,
    response_hash: result.responseHash,
    produced_at: String(result.producedAt),
  })

  complete(jobId, resultId, self(), { response_hash: result.responseHash })
}

/** All that `acceptResult` checks. */
export function checkResult(signed: SignedResult, domainSeparator: Uint8Array): void {
  checkSignedResult(signed, domainSeparator)
  requireCompletable(signed.jobId, self())
}

function checkSignedResult(
  { jobId, result, enclave, signature, response }: SignedResult,
  domainSeparator: Uint8Array,
): Hex {
  const resultId = hashTypedData(domainSeparator, nearMessages.EnclaveResult, result, near.keccak256)

  const { requestHash, responseHash, workload, observability } = result
  const terms = hashTerms(requestHash, workload, observability)
  require(readJob(jobId)?.terms === terms, 'ResultForAnotherJob', jobId, requestHash)
  require(toHex(near.keccak256(fromHex(response))) === responseHash, 'ResponseMismatch', responseHash)
  const active = requireActive(enclave)
  require(active.workload === workload, 'WorkloadMismatch', active.workload, workload)
  require(recoverSigner(resultId, signature) === enclave, 'SignatureInvalid', enclave)
  return toHex(resultId)
}

/** keccak256(requestHash, workload, observability), each a word. */
function hashTerms(requestHash: Hex, workload: Hex, observability: bigint): Hex {
  return toHex(near.keccak256(concat([fromHex(requestHash), fromHex(workload), wordFromUint(observability)])))
}
