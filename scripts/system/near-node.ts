import { createNode, formatSecretKey, type Node, secretKeyFromSeed, serveNode } from '@parley/sandbox'

export interface NearNode {
  readonly url: string
  readonly node: Node
  /** Has nearly all there is. */
  readonly root: { readonly accountId: string; readonly secretKey: string }
  readonly stop: () => Promise<void>
}

export interface NearNodeOptions {
  readonly port: number
  readonly chainId: string
  /** How often there is a block; 0 for blocks with transactions only. */
  readonly blockMilliseconds: number
}

const ROOT = 'test.near'

/** A billion NEAR, in yoctoNEAR. */
const ROOT_BALANCE = 10n ** 33n

const EPOCH_BLOCKS = 500

/** A NEAR node in this process, on 127.0.0.1. */
export async function startNearNode({ port, chainId, blockMilliseconds }: NearNodeOptions): Promise<NearNode> {
  const key = secretKeyFromSeed()
  const node = createNode({
    chainId,
    epochLength: EPOCH_BLOCKS,
    genesisAccounts: [{ accountId: ROOT, amount: ROOT_BALANCE, publicKeys: [key.publicKey] }],
    ...(blockMilliseconds > 0 ? { blockIntervalMilliseconds: blockMilliseconds } : {}),
  })
  const server = await serveNode(node, { validator: { accountId: ROOT, publicKey: key.publicKey }, port })
  return {
    url: `http://${server.address}`,
    node,
    root: { accountId: ROOT, secretKey: formatSecretKey(key) },
    stop: async () => {
      await server.stop()
      node.stop()
    },
  }
}
