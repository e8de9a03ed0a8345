import { enclaveEvaluatorAbi, forwarderAbi } from '@parley/evm'
import { decodeFunctionData, type Hash, type Hex, keccak256 } from 'viem'
import type { RequestRow } from '../store.ts'
import type { EvmChain } from './chain.ts'

/** The transaction, whoever sent it, that did what this request asks for. */
export async function findEvidence(chain: EvmChain, request: RequestRow): Promise<Hash | undefined> {
  const data = request.callData as Hex
  if (request.kind === 'transactions') return findForwarded(chain, data)
  if (request.kind === 'results') return findAcceptedResult(chain, data)
  return undefined
}

async function findForwarded({ client, deployment }: EvmChain, data: Hex): Promise<Hash | undefined> {
  const { args } = decodeFunctionData({ abi: forwarderAbi, data })
  const [request] = args as readonly [
    { from: Hex; calls: readonly { to: Hex; data: Hex }[]; gas: bigint; nonce: bigint; deadline: bigint },
  ]
  const forwarder = { address: deployment.forwarder, abi: forwarderAbi } as const
  const requestId = await client.readContract({ ...forwarder, functionName: 'hashRequest', args: [request] })
  const range = { ...forwarder, args: { requestId }, fromBlock: BigInt(deployment.fromBlock) } as const
  const executed = await client.getContractEvents({ ...range, eventName: 'RequestExecuted' })
  const failed = await client.getContractEvents({ ...range, eventName: 'RequestFailed' })
  return [...executed, ...failed][0]?.transactionHash
}

/** A job completes once: its result is this one only when the answer is the same, byte for byte. */
async function findAcceptedResult({ client, deployment }: EvmChain, data: Hex): Promise<Hash | undefined> {
  const { args } = decodeFunctionData({ abi: enclaveEvaluatorAbi, data })
  const [jobId, , , , response] = args as readonly [bigint, unknown, Hex, Hex, Hex]
  const range = {
    address: deployment.enclaveEvaluator,
    abi: enclaveEvaluatorAbi,
    fromBlock: BigInt(deployment.fromBlock),
  } as const
  const accepted = await client.getContractEvents({ ...range, eventName: 'ResultAccepted', args: { jobId } })
  return accepted.find((event) => event.args.responseHash === keccak256(response))?.transactionHash
}
