import { enclaveRegistryAbi } from '@parley/evm'
import { encodeFunctionData } from 'viem'
import { type EvmChain, estimateWithin } from '../chain/chain.ts'
import type { Prepared } from './prepared.ts'

/** A challenge for an enclave's quote; the answer is in the transaction's ChallengeIssued event. */
export async function prepareChallenge(chain: EvmChain, maxGas: bigint): Promise<Prepared> {
  const data = encodeFunctionData({ abi: enclaveRegistryAbi, functionName: 'issueChallenge' })
  const call = { to: chain.deployment.enclaveRegistry, data }
  await estimateWithin(chain, call, maxGas)
  return { call }
}
