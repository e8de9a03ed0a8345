import { block, chunk, gasPrice } from './blocks.ts'
import type { RpcMethod } from './context.ts'
import { genesisConfig, health, networkInfo, protocolConfig, status, validators } from './node-info.ts'
import { query } from './query.ts'
import { sandboxFastForward, sandboxPatchState } from './sandbox.ts'
import {
  broadcastTxAsync,
  broadcastTxCommit,
  experimentalReceipt,
  experimentalTxStatus,
  sendTx,
  tx,
} from './transactions.ts'

/** Every method that the node answers, by the name that nearcore has for it. */
export const METHODS: ReadonlyMap<string, RpcMethod> = new Map(
  Object.entries({
    block,
    broadcast_tx_async: broadcastTxAsync,
    broadcast_tx_commit: broadcastTxCommit,
    chunk,
    gas_price: gasPrice,
    genesis_config: genesisConfig,
    health,
    network_info: networkInfo,
    query,
    sandbox_fast_forward: sandboxFastForward,
    sandbox_patch_state: sandboxPatchState,
    send_tx: sendTx,
    status,
    tx,
    validators,
    EXPERIMENTAL_genesis_config: genesisConfig,
    EXPERIMENTAL_protocol_config: protocolConfig,
    EXPERIMENTAL_receipt: experimentalReceipt,
    EXPERIMENTAL_tx_status: experimentalTxStatus,
  }),
)
