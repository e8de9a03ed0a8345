import { genesisJson } from './home/genesis.ts'
import { parametersOf } from './parameters/index.ts'
import { formatKey, type PublicKey } from './primitives/index.ts'
import { fieldsOf } from './rpc/fields.ts'
import { type RpcServer, startRpcServer } from './rpc/server.ts'
import type { Node } from './runtime/types.ts'

export interface ServingOptions {
  /** Named as the producer of blocks; what it may do is for the genesis accounts to say. */
  readonly validator: { readonly accountId: string; readonly publicKey: PublicKey }
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port?: number
  /** What the node was created with, in blocks; nodes tell it in EXPERIMENTAL_protocol_config. */
  readonly transactionValidityPeriod?: number
  /** How long `tx` and `send_tx` wait for the status that was asked for. */
  readonly pollingTimeoutMilliseconds?: number
}

const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
const EPOCH_BLOCKS = 500

/**
 * Serves the JSON-RPC of a node in this process, on 127.0.0.1; EXPERIMENTAL_protocol_config and genesis_config answer as for a home folder made
 * by `init`, with nearcore's defaults. Ending the server does not end the node. Rejects when it cannot listen.
 */
export function serveNode(node: Node, options: ServingOptions): Promise<RpcServer> {
  const { validator, port = 0, transactionValidityPeriod, pollingTimeoutMilliseconds = 10_000 } = options
  const publicKey = formatKey(validator.publicKey)
  const genesisTime = new Date()
  const { records: _, ...genesisConfig } = fieldsOf(
    genesisJson({ chainId: node.chainId, protocolVersion: 86, validator, isFast: false, genesisTime }),
  )
  const { validators: __, total_supply: ___, ...protocol } = genesisConfig
  const validity = transactionValidityPeriod && { transaction_validity_period: transactionValidityPeriod }
  const context = {
    node,
    validator: { accountId: validator.accountId, publicKey },
    nodePublicKey: publicKey,
    rpcAddress: `127.0.0.1:${port}`,
    epochLength: EPOCH_BLOCKS,
    genesisConfig,
    protocolConfig: { ...protocol, ...validity, runtime_config: parametersOf(86).view },
    pollingTimeoutMilliseconds,
    startedAt: genesisTime.getTime(),
  }
  return startRpcServer(context, { host: '127.0.0.1', port, maxPayloadBytes: MAX_PAYLOAD_BYTES })
}
