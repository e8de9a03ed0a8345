import { enclaveRegistryAbi } from '@parley/evm'
import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import type { Prepared } from '../chain.ts'
import type { Verifiers } from '../verifiers.ts'
import { type EvmNode, estimateWithin } from './node.ts'

/** Checks a quote, has a quorum of verifiers sign what it shows, and checks that the registry would accept it. */
export async function prepareEnclave(
  node: EvmNode,
  maxGas: bigint,
  verifiers: Verifiers,
  body: object,
): Promise<Prepared> {
  const report = await verifiers.check(body, 'evm')
  const { enclaveRegistry } = node.deployment
  const registry = { address: enclaveRegistry, abi: enclaveRegistryAbi } as const
  const quorum = Number(await node.client.readContract({ ...registry, functionName: 'quorum' }))
  const signatures = await verifiers.sign(body, quorum)
  const data = encodeFunctionData({
    abi: enclaveRegistryAbi,
    functionName: 'registerEnclave',
    args: [{ ...report, operator: report.operator as Hex }, signatures],
  })
  const call = { to: enclaveRegistry, data }
  await estimateWithin(node, call, maxGas)
  return { call, account: report.enclave, effect: `quote:${report.quoteId}` }
}
