import { enclaveEvaluatorAbi, enclaveRegistryAbi, forwarderAbi } from '@parley/evm'
import { decodeFunctionData, type Hash, type Hex, keccak256 } from 'viem'
import type { RequestRow } from '../chain.ts'
import { type EvmNode, evmCallOf } from './node.ts'

/** The transaction, whoever sent it, that did what this request asks for. */
export async function findEvidence(node: EvmNode, request: RequestRow): Promise<Hash | undefined> {
  const { data } = evmCallOf(request)
  switch (request.kind) {
    case 'transactions':
      return findForwarded(node, data)
    case 'results':
      return findAcceptedResult(node, data)
    case 'enclaves':
      return findRegistration(node, data)
    case 'challenges':
      // Each is another one: nobody else can give ours.
      return undefined
  }
}

async function findForwarded(node: EvmNode, data: Hex): Promise<Hash | undefined> {
  const { functionName, args } = decodeFunctionData({ abi: forwarderAbi, data })
  if (functionName !== 'execute') return undefined
  const { client, deployment } = node
  const [{ from, nonce }] = args
  const forwarder = { address: deployment.forwarder, abi: forwarderAbi } as const
  if (!(await client.readContract({ ...forwarder, functionName: 'isNonceUsed', args: [from, nonce] }))) return undefined

  const requestId = await client.readContract({ ...forwarder, functionName: 'hashRequest', args: [args[0]] })
  return newestFirst(node, async (range) => {
    const sought = { ...forwarder, args: { requestId }, ...range } as const
    const executed = await client.getContractEvents({ ...sought, eventName: 'RequestExecuted' })
    const failed = await client.getContractEvents({ ...sought, eventName: 'RequestFailed' })
    return [...executed, ...failed][0]?.transactionHash
  })
}

/** A job completes once: its result is this one only when the answer is the same, byte for byte. */
async function findAcceptedResult(node: EvmNode, data: Hex): Promise<Hash | undefined> {
  const { functionName, args } = decodeFunctionData({ abi: enclaveEvaluatorAbi, data })
  if (functionName !== 'acceptResult') return undefined
  const { client, deployment } = node
  const [jobId, , , , response] = args
  return newestFirst(node, async (range) => {
    const evaluator = {
      address: deployment.enclaveEvaluator,
      abi: enclaveEvaluatorAbi,
      args: { jobId },
      ...range,
    } as const
    const accepted = await client.getContractEvents({ ...evaluator, eventName: 'ResultAccepted' })
    return accepted.find((event) => event.args.responseHash === keccak256(response))?.transactionHash
  })
}

async function findRegistration(node: EvmNode, data: Hex): Promise<Hash | undefined> {
  const { functionName, args } = decodeFunctionData({ abi: enclaveRegistryAbi, data })
  if (functionName !== 'registerEnclave') return undefined
  const { client, deployment } = node
  const [{ enclave, quoteId }] = args
  return newestFirst(node, async (range) => {
    const registry = {
      address: deployment.enclaveRegistry,
      abi: enclaveRegistryAbi,
      args: { enclave },
      ...range,
    } as const
    const registered = await client.getContractEvents({ ...registry, eventName: 'EnclaveRegistered' })
    return registered.find((event) => event.args.quoteId === quoteId)?.transactionHash
  })
}

interface BlockRange {
  readonly fromBlock: bigint
  readonly toBlock: bigint
}

/** What public nodes answer in one request. */
const RANGE_BLOCKS = 2_000n

/** How far back it is looked for: a day of blocks, more than a request is good for. */
const MAX_BLOCKS = 10_000n

async function newestFirst(
  { client, deployment }: EvmNode,
  look: (range: BlockRange) => Promise<Hash | undefined>,
): Promise<Hash | undefined> {
  const head = await client.getBlockNumber()
  const deployed = BigInt(deployment.fromBlock)
  const oldest = head - MAX_BLOCKS > deployed ? head - MAX_BLOCKS : deployed
  for (let toBlock = head; toBlock >= oldest; toBlock -= RANGE_BLOCKS) {
    const fromBlock = toBlock - RANGE_BLOCKS + 1n > oldest ? toBlock - RANGE_BLOCKS + 1n : oldest
    const found = await look({ fromBlock, toBlock })
    if (found) return found
  }
  return undefined
}
