import { enclaveEvaluatorAbi } from '@parley/evm'
import { EnclaveResult, fromJson, type Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import type { Prepared } from '../chain.ts'
import { type EvmNode, estimateWithin } from './node.ts'
import { requireTokenOfJob } from './sponsoring.ts'
import type { SponsoringLimits } from './transactions.ts'

export interface ResultBody {
  readonly jobId: Hex
  readonly enclave: Hex
  readonly result: unknown
  readonly signature: Hex
  readonly response: Hex
}

/** Checks an enclave-signed result as the chain would: the evaluator's own checks, before they cost gas. */
export async function prepareResult(node: EvmNode, limits: SponsoringLimits, body: ResultBody): Promise<Prepared> {
  const { jobId, enclave, signature, response } = body
  const { requestHash, responseHash, workload, observability, producedAt } = fromJson(
    EnclaveResult,
    body.result,
    'result',
  )
  const result = { requestHash, responseHash, workload, observability: Number(observability), producedAt }
  const args = [BigInt(jobId), result, enclave, signature, response] as const
  const call = {
    to: node.deployment.enclaveEvaluator,
    data: encodeFunctionData({ abi: enclaveEvaluatorAbi, functionName: 'acceptResult', args }),
  }
  await requireTokenOfJob(node, BigInt(jobId), limits.tokens, 'jobId')
  await estimateWithin(node, call, limits.maxGas)
  return { call, account: enclave, effect: `result:${jobId}` }
}
