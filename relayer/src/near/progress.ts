import type { Progress, RequestRow, StoredTransaction } from '../chain.ts'
import { findElsewhere } from './evidence.ts'
import { readSigner } from './keys.ts'
import type { NearNode } from './node.ts'
import { hasEffect, readOutcome } from './outcome.ts'
import { findStatus } from './status.ts'

/** How far a transaction of ours is. One that had no effect because another did the same is that other's success. */
export async function findProgress(
  node: NearNode,
  request: RequestRow,
  { hash, signer }: StoredTransaction,
): Promise<Progress> {
  const found = await findStatus(node, hash, readSigner(signer).account)
  if (found.status !== 'executed') return found
  const elsewhere = hasEffect(found.executed) ? undefined : await findElsewhere(node, request)
  if (elsewhere === 'running') return { status: 'running' }
  return { status: 'done', outcome: elsewhere ?? (await readOutcome(node, found.executed)) }
}
