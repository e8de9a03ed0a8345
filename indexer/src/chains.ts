import { readDeployment as readEvmDeployment } from '@parley/evm/deployment-file'
import { readDeployment as readNearDeployment } from '@parley/near/deployment-file'
import type { Log } from '@parley/service'
import type { z } from 'zod'
import type { Chain } from './chain.ts'
import type { configurationSchema } from './configuration.ts'
import { createEvmChain, requireEvmChainId } from './evm/evm-chain.ts'
import { createRpc } from './evm/rpc.ts'
import { createNearChain, requireNearChainId } from './near/near-chain.ts'
import { createNearRpc } from './near/near-rpc.ts'

export interface OpenChain {
  readonly chain: Chain
  /** Throws a ConfigurationError when the node is on another chain than the deployment. Asks until it answers. */
  requireChain(): Promise<void>
  /** Names the chain in each line. */
  readonly log: Log
}

interface Surroundings {
  readonly log: Log
  readonly signal: AbortSignal
}

/** Every chain that the settings name. Throws a ConfigurationError for a deployment that cannot be read. */
export async function openChains(
  settings: z.output<typeof configurationSchema>,
  surroundings: Surroundings,
): Promise<OpenChain[]> {
  const { EVM_RPC_URL, EVM_DEPLOYMENT, NEAR_RPC_URL, NEAR_DEPLOYMENT, POLL_MILLISECONDS, FINALITY_BLOCKS } = settings
  const options = { ...surroundings, pollMilliseconds: POLL_MILLISECONDS, finalityBlocks: FINALITY_BLOCKS }
  const chains: OpenChain[] = []
  if (EVM_RPC_URL && EVM_DEPLOYMENT) chains.push(await openEvm(EVM_RPC_URL, EVM_DEPLOYMENT, options))
  if (NEAR_RPC_URL && NEAR_DEPLOYMENT) chains.push(await openNear(NEAR_RPC_URL, NEAR_DEPLOYMENT, options))
  return chains
}

interface OpenOptions extends Surroundings {
  readonly pollMilliseconds: number
  readonly finalityBlocks: number
}

async function openEvm(url: string, path: string, { signal, ...options }: OpenOptions): Promise<OpenChain> {
  const deployment = await readEvmDeployment(path)
  const rpc = createRpc(url, signal)
  const log = options.log.child({ chain: `eip155:${deployment.chainId}` })
  const chain = createEvmChain({ ...options, rpc, deployment, log })
  return { chain, log, requireChain: () => requireEvmChainId(rpc, deployment, { log, signal }) }
}

async function openNear(url: string, path: string, { signal, ...options }: OpenOptions): Promise<OpenChain> {
  const deployment = await readNearDeployment(path)
  const rpc = createNearRpc(url, signal)
  const log = options.log.child({ chain: `near:${deployment.chainId}` })
  const chain = createNearChain({ ...options, rpc, deployment, log })
  return { chain, log, requireChain: () => requireNearChainId(rpc, deployment, { log, signal }) }
}
