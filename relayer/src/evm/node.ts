import { type Deployment, forwarderAbi, readRevert, revertDataOf } from '@parley/evm'
import { type Hex, ParleyError } from '@parley/protocol'
import { ConfigurationError } from '@parley/service'
import {
  BaseError,
  BlockNotFoundError,
  createPublicClient,
  defineChain,
  encodeFunctionData,
  HttpRequestError,
  http,
  type LocalAccount,
  type PublicClient,
  RpcRequestError,
  TimeoutError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import { callOf, type RequestRow } from '../chain.ts'

/** A call that the relayer pays for. */
export interface EvmCall {
  readonly to: Hex
  readonly data: Hex
}

/** A node of a chain, its contracts, and the key that pays for gas there. */
export interface EvmNode {
  /** CAIP-2. */
  readonly id: string
  readonly chainId: number
  readonly deployment: Deployment
  readonly client: PublicClient
  readonly account: LocalAccount
}

/** Connects to a node and refuses one of another chain than the deployment's. */
export async function openNode(url: string, deployment: Deployment, account: LocalAccount): Promise<EvmNode> {
  const { chainId } = deployment
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  const chain = defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency,
    rpcUrls: { default: { http: [url] } },
  })
  const client = createPublicClient({ chain, transport: http(url, { retryCount: 1, timeout: 10_000 }), cacheTime: 0 })
  const found = await client.getChainId()
  if (found !== chainId)
    throw new ConfigurationError(
      `EVM_RPC_URL is chain ${found}, EVM_DEPLOYMENT is of chain ${chainId}: set one of them to the other's chain.`,
    )
  return { id: `eip155:${chainId}`, chainId, deployment, client, account }
}

/** Gas that a call would use now. Throws the contract's refusal, by its name, without spending anything. */
async function estimate({ client, account }: EvmNode, { to, data }: EvmCall): Promise<bigint> {
  return refusing(client.estimateGas({ account: account.address, to, data }))
}

/** What a transaction may use besides the calls of its request: checks, events and the bytes themselves. */
const OVERHEAD_GAS = 400_000n

/** Same, and throws GasTooHigh for what would cost us more than `maxGas` and a fixed overhead: a signature check can be made dear, too. */
export async function estimateWithin(node: EvmNode, call: EvmCall, maxGas: bigint): Promise<bigint> {
  const gas = await estimate(node, call)
  if (gas <= maxGas + OVERHEAD_GAS) return gas
  throw new ParleyError('GasTooHigh', `it would use ${gas} gas; at most ${maxGas + OVERHEAD_GAS} is paid for`)
}

/** What a call would return now, with `gas` at most. Throws the contract's refusal, by its name. */
export async function simulate({ client, account }: EvmNode, call: EvmCall & { readonly gas?: bigint }): Promise<Hex> {
  const { data = '0x' } = await refusing(client.call({ account: account.address, ...call }))
  return data
}

/** Throws what the calls of a forward request would fail with: the forwarder, asked alone, would only record it. */
export async function simulateForwarded(
  { client, deployment }: EvmNode,
  from: Hex,
  calls: readonly EvmCall[],
): Promise<void> {
  const { forwarder } = deployment
  const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'executeCalls', args: [from, calls] })
  await refusing(client.call({ account: forwarder, to: forwarder, data }))
}

/** The receipt of a transaction, once it is mined. */
export async function findReceipt({ client }: EvmNode, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash })
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined
    throw error
  }
}

/** The hash of the block at this height now; undefined when the chain is not that long. */
export async function findBlockHash({ client }: EvmNode, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await client.getBlock({ blockNumber })).hash
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined
    throw error
  }
}

/** Why a mined transaction reverted: the same call against the state before its block gives the same name. */
export async function whyReverted(node: EvmNode, call: EvmCall, blockNumber: bigint): Promise<ParleyError> {
  try {
    await refusing(node.client.call({ account: node.account.address, ...call, blockNumber: blockNumber - 1n }))
    return new ParleyError('TransactionReverted', 'the transaction reverted because of another in the same block')
  } catch (error) {
    if (error instanceof ParleyError && error.code !== 'ChainUnavailable') return error
    return new ParleyError('TransactionReverted', 'the transaction reverted and the node does not say why', {
      cause: error,
    })
  }
}

/** What a request of an EVM chain sends. */
export function evmCallOf(request: RequestRow): EvmCall {
  const { to, data } = callOf(request)
  return { to: to as Hex, data: data as Hex }
}

/** Passes an answer on; ChainUnavailable when a node did not answer, or said that it cannot. */
export async function answered<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch (cause) {
    if (!isOutage(cause)) throw cause
    throw new ParleyError('ChainUnavailable', 'the chain does not answer; try again', { cause })
  }
}

function isOutage(error: unknown): boolean {
  const isIt = (cause: unknown) =>
    cause instanceof HttpRequestError || cause instanceof TimeoutError || cause instanceof RpcRequestError
  return error instanceof BaseError && error.walk(isIt) !== null
}

/** A revert becomes the contract's error, anything else ChainUnavailable: nothing is known then, and asking again may help. */
async function refusing<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked
  } catch (cause) {
    const data = revertDataOf(cause)
    if (data === undefined) throw new ParleyError('ChainUnavailable', 'the chain does not answer; try again', { cause })
    const { name, reason } = readRevert(data)
    throw new ParleyError(name ?? 'TransactionReverted', reason, { cause })
  }
}
