import { readDeployment as readEvmDeployment } from '@parley/evm/deployment-file'
import { readDeployment as readNearDeployment } from '@parley/near/deployment-file'
import { privateKeyToAccount } from 'viem/accounts'
import type { Chain } from './chain.ts'
import type { Configuration } from './configuration.ts'
import { createEvmChain } from './evm/chain.ts'
import { openNode as openEvmNode } from './evm/node.ts'
import { createNearChain } from './near/chain.ts'
import { openNode as openNearNode } from './near/node.ts'
import type { Verifiers } from './verifiers.ts'

/** Connects to the chains that are configured. Refuses a node of another chain than the contracts are on. */
export async function openChains(configuration: Configuration, verifiers: Verifiers): Promise<Chain[]> {
  const opened = await Promise.all([openEvm(configuration, verifiers), openNear(configuration, verifiers)])
  return opened.filter((chain) => chain !== undefined)
}

async function openEvm(configuration: Configuration, verifiers: Verifiers): Promise<Chain | undefined> {
  const { EVM_RPC_URL: url, EVM_DEPLOYMENT: path, RELAYER_EVM_KEY: key } = configuration
  if (url === undefined || path === undefined || key === undefined) return undefined
  const node = await openEvmNode(url, await readEvmDeployment(path), privateKeyToAccount(key))
  return createEvmChain(node, {
    limits: {
      maxGas: configuration.MAX_REQUEST_GAS,
      tokens: configuration.SPONSORED_TOKENS.map((token) => token.toLowerCase()),
    },
    verifiers,
    finalityBlocks: configuration.FINALITY_BLOCKS,
    stuckMilliseconds: 1000 * configuration.STUCK_SECONDS,
  })
}

async function openNear(configuration: Configuration, verifiers: Verifiers): Promise<Chain | undefined> {
  const { NEAR_RPC_URL: url, NEAR_DEPLOYMENT: path, RELAYER_NEAR_ACCOUNT: account } = configuration
  const { RELAYER_NEAR_KEYS: keys } = configuration
  if (url === undefined || path === undefined || account === undefined || keys === undefined) return undefined
  const node = await openNearNode(url, await readNearDeployment(path), { account, keys })
  return createNearChain(node, {
    limits: {
      maxGas: configuration.MAX_NEAR_REQUEST_GAS,
      tokens: configuration.SPONSORED_TOKENS,
    },
    verifiers,
  })
}
