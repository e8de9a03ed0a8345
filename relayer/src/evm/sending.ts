import { revertDataOf } from '@parley/evm'
import type { Hex, ParleyError } from '@parley/protocol'
import type { RequestRow, Sign } from '../chain.ts'
import { takeNonce } from '../nonces.ts'
import { type EvmNode, estimateWithin, evmCallOf } from './node.ts'
import { signCall, signerOf } from './signing.ts'

/** Room for what the chain may have changed since the estimate. */
const GAS_MARGIN_PERCENT = 120n

/** No transaction may use more (EIP-7825). */
const MAX_TRANSACTION_GAS = 1n << 24n

/** Estimates a request's call now; throws its refusal. */
export async function judge(node: EvmNode, maxGas: bigint, request: RequestRow): Promise<Sign> {
  const { client, account } = node
  const call = evmCallOf(request)
  const limit = ((await estimateWithin(node, call, maxGas)) * GAS_MARGIN_PERCENT) / 100n
  const gas = limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS
  const { maxFeePerGas, maxPriorityFeePerGas } = await client.estimateFeesPerGas()
  const used = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  return async (tx) => {
    const nonce = await takeNonce(tx, node.id, signerOf(account), BigInt(used))
    return signCall(node, call, { nonce, gas, maxFeePerGas, maxPriorityFeePerGas })
  }
}

/** Nodes estimate on top of what waits in their pool: perhaps our request, from somebody else. The next block decides. */
export async function isRefusedForGood(
  { client, account }: EvmNode,
  request: RequestRow,
  refusal: ParleyError,
): Promise<boolean> {
  if (refusal.code === 'GasTooHigh') return true
  const { to, data } = evmCallOf(request)
  try {
    await client.call({ account: account.address, to, data, blockTag: 'latest' })
    return false
  } catch (error) {
    if (revertDataOf(error) === undefined) throw error
    return true
  }
}

/** Errors are not looked at: what counts is whether a receipt appears. */
export async function broadcast({ client }: EvmNode, raw: string): Promise<void> {
  await client.sendRawTransaction({ serializedTransaction: raw as Hex }).catch(() => {})
}
