import { forwarderAbi } from '@parley/evm'
import { ForwardRequest, fromJson, type Hex, ParleyError } from '@parley/protocol'
import { decodeFunctionResult, encodeFunctionData } from 'viem'
import type { Prepared } from '../chain.ts'
import { type EvmCall, type EvmNode, estimateWithin, simulate, simulateForwarded } from './node.ts'
import { forwardEffect } from './receipt.ts'
import { requireSponsored } from './sponsoring.ts'

export interface SponsoringLimits {
  readonly maxGas: bigint
  /** Tokens that calls may name, lower-case; any when empty. */
  readonly tokens: readonly string[]
}

/** Checks a signed forward request as the chain would. Throws the first refusal. */
export async function prepareTransaction(
  node: EvmNode,
  limits: SponsoringLimits,
  body: { request: unknown; signature: Hex },
): Promise<Prepared> {
  const request = fromJson(ForwardRequest, body.request, 'request')
  if (request.calls.length === 0) throw invalid('request.calls', 'is empty')
  if (request.gas > limits.maxGas) throw invalid('request.gas', `is over ${limits.maxGas}`)
  await requireTimely(node, request.deadline)
  await requireSponsored(node, request.calls, limits.tokens)

  const args = [request, body.signature] as const
  const data = encodeFunctionData({ abi: forwarderAbi, functionName: 'execute', args })
  const call = { to: node.deployment.forwarder, data }
  await requireSuccess(node, call, request)
  await estimateWithin(node, call, limits.maxGas)
  return { call, account: request.from, effect: forwardEffect(request) }
}

/** A promise must end: whatever cannot be judged for a day is not good any more. */
const MAX_DEADLINE_SECONDS = 86_400n

async function requireTimely({ client }: EvmNode, deadline: bigint): Promise<void> {
  const { timestamp } = await client.getBlock()
  if (deadline <= timestamp + MAX_DEADLINE_SECONDS) return
  throw invalid('request.deadline', `is more than a day after the chain's time, ${timestamp}`)
}

/** The forwarder itself succeeds when the calls fail: it is asked whether they do, and then they are asked why. */
async function requireSuccess(node: EvmNode, call: EvmCall, request: ForwardRequest): Promise<void> {
  const data = await simulate(node, call)
  if (decodeFunctionResult({ abi: forwarderAbi, functionName: 'execute', data })) return
  await simulateForwarded(node, request.from, request.calls)
  throw new ParleyError('GasTooLow', `the calls need more than request.gas, ${request.gas}`, { field: 'request.gas' })
}

function invalid(field: string, problem: string): ParleyError {
  return new ParleyError('InputInvalid', `${field} ${problem}`, { field })
}
