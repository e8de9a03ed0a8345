import { enclaveRegistryAbi } from '@parley/evm'
import { encodeFunctionData } from 'viem'
import type { Prepared } from '../chain.ts'
import { type EvmNode, estimateWithin } from './node.ts'

/** A challenge for an enclave's quote; the answer is in the transaction's ChallengeIssued event. */
export async function prepareChallenge(node: EvmNode, maxGas: bigint): Promise<Prepared> {
  const data = encodeFunctionData({ abi: enclaveRegistryAbi, functionName: 'issueChallenge' })
  const call = { to: node.deployment.enclaveRegistry, data }
  await estimateWithin(node, call, maxGas)
  return { call }
}
