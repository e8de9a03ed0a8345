import { keccak } from '@parley/evm'
import {
  chainKind,
  EnclaveResult,
  type Hex,
  observabilityLevels,
  requestHash,
  toJson,
  typedDataDomain,
  typedDataTypes,
} from '@parley/protocol'
import { seal, type TaskRequest, type WorkResult } from '@parley/sdk'
import { keccak256 } from 'viem'
import { type Enclave, identityOf } from './enclave.ts'
import { runTask, type TaskAnswer } from './tasks/index.ts'
import { openRequest, type PlacedOrder, replyToInvalid } from './work-order.ts'

/** What became of an order, with all that was learnt on the way; who may see how much of it is for the job log to decide. */
export type WorkOutcome =
  | { readonly status: 'done'; readonly task: TaskRequest; readonly answer: TaskAnswer; readonly work: WorkResult }
  | { readonly status: 'failed'; readonly task?: TaskRequest; readonly error: unknown }

/** Opens an order, runs its task, seals the answer and signs for it. Does not throw. */
export async function performWork(order: PlacedOrder, enclave: Enclave, nowSeconds: number): Promise<WorkOutcome> {
  let task: TaskRequest | undefined
  try {
    task = await openRequest(order, enclave.sealingKey)
    const answer = runTask(task)
    const response = await sealAnswer(answer, task.replyTo, hashOf(order))
    return { status: 'done', task, answer, work: await signResult(order, task, response, { enclave, nowSeconds }) }
  } catch (error) {
    return { status: 'failed', ...(task ? { task } : {}), error }
  }
}

/** What a client's terms on chain name, and what the result is bound to. */
export function hashOf({ on, jobId, provider, request }: PlacedOrder): Hex {
  return requestHash({ jobId, provider, bodyHash: keccak256(request) }, keccak, chainKind(on.chain))
}

async function sealAnswer(answer: TaskAnswer, replyTo: Hex, context: Hex): Promise<Hex> {
  try {
    return await seal('parley/response/v1', replyTo, context, JSON.stringify(answer))
  } catch {
    // Nothing else in sealing depends on input: some points of the curve agree on the same secret with everybody.
    throw replyToInvalid()
  }
}

async function signResult(
  order: PlacedOrder,
  task: TaskRequest,
  response: Hex,
  { enclave, nowSeconds }: { enclave: Enclave; nowSeconds: number },
): Promise<WorkResult> {
  const { jobId, on } = order
  const result: EnclaveResult = {
    requestHash: hashOf(order),
    responseHash: keccak256(response),
    workload: enclave.workload,
    observability: BigInt(observabilityLevels.indexOf(task.observability)),
    producedAt: BigInt(nowSeconds),
  }
  const signature = await enclave.account.signTypedData({
    domain: typedDataDomain(on.evaluator),
    types: typedDataTypes(EnclaveResult),
    primaryType: 'EnclaveResult',
    message: { ...result },
  })
  const signed = { enclave: identityOf(enclave).enclave, result: toJson(EnclaveResult, result), signature, response }
  return { chain: on.chain, jobId, ...signed }
}
