import { formatHash } from '../../primitives/index.ts'
import type { Block, BlockReference, Node } from '../../runtime/types.ts'
import { RpcError } from '../errors.ts'
import type { Json } from '../json.ts'

/** What the methods need to answer. */
export type RpcContext = {
  node: Node
  /** The one producer of blocks. */
  validator: { accountId: string; publicKey: string }
  nodePublicKey: string
  /** Where the RPC listens: host and port. */
  rpcAddress: string
  /** In blocks. */
  epochLength: number
  /** What EXPERIMENTAL_genesis_config and EXPERIMENTAL_protocol_config answer. */
  genesisConfig: Json
  protocolConfig: Json
  /** How long `tx` and `send_tx` wait for the status that was asked for. */
  pollingTimeoutMilliseconds: number
  /** Unix milliseconds. */
  startedAt: number
}

/** A method: takes the params as they came and answers, or throws an RpcError. */
export type RpcMethod = (params: unknown, context: RpcContext) => Json | Promise<Json>

/** The block, or nearcore's UNKNOWN_BLOCK with the database's words. */
export function findBlock({ node }: RpcContext, reference: BlockReference): Block {
  const block = node.block(reference)
  if (block) return block
  throw RpcError.handler({ name: 'UNKNOWN_BLOCK', info: {} }, blockNotFound(reference))
}

/** What nearcore's database says of a block that is not there. */
export function blockNotFound(reference: BlockReference): string {
  const what =
    reference.kind === 'hash'
      ? `BLOCK HEADER: ${formatHash(reference.hash)}`
      : `BLOCK HEIGHT: ${reference.kind === 'height' ? reference.height : reference.kind}`
  return `DB Not Found Error: ${what} \n Cause: Unknown`
}
