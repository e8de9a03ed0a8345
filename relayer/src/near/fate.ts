import { ParleyError } from '@parley/protocol'
import type { Fate, SignerView, StoredTransaction } from '../chain.ts'
import { readSigner } from './keys.ts'
import { findAccessKey, findBlock, headOf, type NearNode } from './node.ts'
import { findRefusal } from './refusal.ts'
import { blockHashOf } from './signed.ts'

/** What the final blocks say of a key: nothing can undo that. */
export async function viewSigner(node: NearNode, signer: string): Promise<SignerView> {
  const { account, publicKey } = readSigner(signer)
  const { header } = await headOf(node, 'final')
  const key = await findAccessKey(node, account, publicKey, { block_id: header.hash })
  return { fateOf: (transaction) => fateOf(node, { height: header.height, nonce: key?.nonce }, transaction) }
}

interface FinalKey {
  readonly height: number
  /** The last that was used; undefined when the key is gone. It would come back with a nonce above all that it had. */
  readonly nonce: bigint | undefined
}

/** After this, most transactions are included: whatever is not, the node is asked about. */
const SLOW_MILLISECONDS = 10_000

/**
 * A transaction that is not in the final blocks never will be when its nonce is used, or when the block that it names is too old. Until then
 * it waits, whatever the node says of it; unless it says what no other node, and no later block, can see otherwise.
 */
async function fateOf(node: NearNode, final: FinalKey, { nonce, raw, createdAt }: StoredTransaction): Promise<Fate> {
  const isUsed = final.nonce === undefined || final.nonce >= nonce
  const named = await findBlock(node, blockHashOf(raw))
  // A node that has forgotten that block may have forgotten the transaction, too: nothing is known then.
  if (!named)
    throw new ParleyError('ChainUnavailable', 'the node has forgotten blocks that matter: take one that keeps all')
  if (isUsed) return { status: 'lost', reason: 'its nonce was used by another transaction' }
  if (final.height > named.header.height + node.validityBlocks)
    return { status: 'lost', reason: 'the block that its transaction names is too old' }
  const refusal = Date.now() - createdAt.getTime() > SLOW_MILLISECONDS ? await findRefusal(node, raw) : undefined
  return refusal ? { status: 'refused', refusal } : { status: 'waiting' }
}
