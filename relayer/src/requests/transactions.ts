import { forwarderAbi } from '@parley/evm'
import { ForwardRequest, fromJson, type Hex, ParleyError } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { type EvmChain, estimate, simulateForwarded } from '../chain/chain.ts'
import type { Prepared } from './prepared.ts'
import { requireSponsored } from './sponsoring.ts'

export interface SponsoringLimits {
  readonly maxGas: bigint
  /** Tokens that calls may name, lower-case; any when empty. */
  readonly tokens: readonly string[]
}

/** Checks a signed forward request as the chain would. Throws the first refusal. */
export async function prepareTransaction(
  chain: EvmChain,
  limits: SponsoringLimits,
  body: { request: unknown; signature: string },
): Promise<Prepared> {
  const request = fromJson(ForwardRequest, body.request, 'request')
  if (request.calls.length === 0) throw invalid('request.calls', 'is empty')
  if (request.gas > limits.maxGas) throw invalid('request.gas', `is over ${limits.maxGas}`)
  requireSponsored(request.calls, chain.deployment, limits.tokens)

  const args = [request, body.signature as Hex] as const
  const call = {
    to: chain.deployment.forwarder,
    data: encodeFunctionData({ abi: forwarderAbi, functionName: 'execute', args }),
  }
  await estimate(chain, call)
  await simulateForwarded(chain, request.from, request.calls)
  return { call, account: request.from, effect: `forward:${request.from}:${request.nonce}` }
}

function invalid(field: string, problem: string): ParleyError {
  return new ParleyError('InputInvalid', `${field} ${problem}`, { field })
}
