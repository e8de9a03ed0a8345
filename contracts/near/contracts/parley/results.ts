/** EnclaveEvaluator.sol. */
import { fromHex, type Hex, nearMessages } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import * as input from '../input.ts'
import { type Job, readJob } from '../job.ts'
import * as results from '../results.ts'
import { Parley } from './state.ts'

interface ResultArguments {
  job_id: Hex
  result: { request_hash: Hex; response_hash: Hex; workload: Hex; observability: string; produced_at: string }
  enclave: Hex
  signature: Hex
  response: Hex
}

const readResult = input.messageReader(nearMessages.EnclaveResult)

@NearPart()
export class Results extends Parley {
  /** Says which work completes an open job. The job's client only, once, after the provider is known. */
  @call({})
  set_terms(terms: { job_id: Hex; body_hash: Hex; workload: Hex; observability: string }): void {
    results.setTerms(input.jobIdOf(terms), results.readTerms(terms))
  }

  /** Completes a job on a result that an active enclave signed (EIP-712), with the response that it is of. Anyone may bring it. */
  @call({})
  accept_result(signed: ResultArguments): void {
    results.acceptResult(signedResultOf(signed), fromHex(this.domain_separator))
  }

  /** keccak256(requestHash, workload, observability) of a job's terms, or who judges it instead; null when it has none. */
  @view({})
  terms_of(job: { job_id: Hex }): Job['terms'] {
    return readJob(input.jobIdOf(job))?.terms ?? null
  }

  /** Throws what `accept_result` would. */
  @view({})
  check_result(signed: ResultArguments): void {
    results.checkResult(signedResultOf(signed), fromHex(this.domain_separator))
  }
}

function signedResultOf({ job_id, result, enclave, signature, response }: ResultArguments): results.SignedResult {
  return {
    jobId: input.bytes32(job_id, 'job_id'),
    result: readResult(result, 'result'),
    enclave: input.address(enclave, 'enclave'),
    signature: input.bytes(signature, 'signature'),
    response: input.bytes(response, 'response'),
  }
}
