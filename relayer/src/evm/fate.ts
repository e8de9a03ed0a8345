import { type Hex, ParleyError } from '@parley/protocol'
import { parseTransaction } from 'viem'
import type { Fate, SignerView, StoredTransaction } from '../chain.ts'
import type { EvmNode } from './node.ts'
import { signCall, signerOf } from './signing.ts'

/** What the chain says of a signer now. A transaction that waits for longer than `stuckMilliseconds` pays too little. */
export async function viewSigner(node: EvmNode, stuckMilliseconds: number, signer: string): Promise<SignerView> {
  const count = await node.client.getTransactionCount({ address: signer as Hex, blockTag: 'latest' })
  const nextNonce = BigInt(count)
  return { nextNonce, fateOf: (transaction) => fateOf(node, { nextNonce, stuckMilliseconds }, transaction) }
}

async function fateOf(
  node: EvmNode,
  { nextNonce, stuckMilliseconds }: { readonly nextNonce: bigint; readonly stuckMilliseconds: number },
  { nonce, signer, raw, createdAt }: StoredTransaction,
): Promise<Fate> {
  if (nonce < nextNonce) return { status: 'lost', reason: 'its nonce was used by another transaction' }
  // The key may have been another before a restart.
  const isOurs = signer === signerOf(node.account)
  const isStuck = isOurs && Date.now() - createdAt.getTime() > stuckMilliseconds
  // Those behind it wait for it, not for a better fee.
  return isStuck && nonce === nextNonce ? raiseFee(node, raw as Hex) : { status: 'waiting' }
}

/**
 * The same call and nonce with a higher fee, when the market asks for more than it pays: whichever is mined, it happens once. A chain that
 * stands still is no reason to bid against oneself.
 */
async function raiseFee(node: EvmNode, raw: Hex): Promise<Fate> {
  const { to, data, nonce, gas, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } = parseTransaction(raw)
  if (!to || !data || nonce === undefined || gas === undefined)
    throw new ParleyError('Internal', `a stored transaction of ours lacks what every one has: ${raw}`)
  const market = await node.client.estimateFeesPerGas()
  if (market.maxFeePerGas <= maxFeePerGas && market.maxPriorityFeePerGas <= maxPriorityFeePerGas)
    return { status: 'waiting' }

  const fees = {
    maxFeePerGas: raised(maxFeePerGas, market.maxFeePerGas),
    maxPriorityFeePerGas: raised(maxPriorityFeePerGas, market.maxPriorityFeePerGas),
  }
  const by = await signCall(node, { to, data }, { nonce: BigInt(nonce), gas, ...fees })
  return { status: 'replaced', by }
}

/** Nodes take a replacement that pays a tenth more; an eighth leaves room for rounding. */
function raised(before: bigint, market: bigint): bigint {
  const least = before + before / 8n + 1n
  return market > least ? market : least
}
