import { enclaveEvaluatorAbi } from '@parley/evm'
import { EnclaveResult, fromJson, type Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { type EvmChain, estimate } from '../chain/chain.ts'
import type { Prepared } from './prepared.ts'

export interface ResultBody {
  readonly jobId: string
  readonly enclave: string
  readonly result: unknown
  readonly signature: string
  readonly response: string
}

/** Checks an enclave-signed result as the chain would: the evaluator's own checks, before they cost gas. */
export async function prepareResult(chain: EvmChain, body: ResultBody): Promise<Prepared> {
  const { requestHash, responseHash, workload, observability, producedAt } = fromJson(
    EnclaveResult,
    body.result,
    'result',
  )
  const result = { requestHash, responseHash, workload, observability: Number(observability), producedAt }
  const enclave = body.enclave.toLowerCase() as Hex
  const args = [BigInt(body.jobId), result, enclave, body.signature as Hex, body.response as Hex] as const
  const call = {
    to: chain.deployment.enclaveEvaluator,
    data: encodeFunctionData({ abi: enclaveEvaluatorAbi, functionName: 'acceptResult', args }),
  }
  await estimate(chain, call)
  return { call, account: enclave, effect: `result:${body.jobId.toLowerCase()}` }
}
