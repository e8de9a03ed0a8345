import { ParleyError } from '@parley/protocol'
import type { Prepared } from '../chain.ts'
import { storedCall } from './call.ts'
import { requireAcceptable } from './checks.ts'
import { type Delegate, readDelegate } from './delegate.ts'
import { headOf, type NearNode } from './node.ts'
import { delegateEffect } from './order.ts'
import type { SponsoringLimits } from './sponsoring.ts'

/** Checks a signed delegate action as the chain would, and whether we pay for it. Throws the first refusal. */
export async function prepareTransaction(
  node: NearNode,
  limits: SponsoringLimits,
  { delegate: text }: { readonly delegate: string },
): Promise<Prepared> {
  const delegate = readDelegate(text)
  const { header } = await headOf(node, 'optimistic')
  requireTimely(delegate, header.height)
  const call = { delegate: text, since: header.height }
  await requireAcceptable(node, limits, call, 'optimistic')
  const { senderId, publicKey, nonce } = delegate
  return {
    call: storedCall(senderId, call),
    account: senderId,
    effect: delegateEffect(senderId, `${publicKey}`, nonce),
  }
}

/** A promise must end: whatever cannot be judged for about a day, at 0.6 seconds a block, is not good any more. */
const MAX_BLOCKS = 150_000n

function requireTimely({ maxBlockHeight }: Delegate, height: number): void {
  if (maxBlockHeight <= BigInt(height) + MAX_BLOCKS) return
  const field = 'delegate.maxBlockHeight'
  throw new ParleyError('InputInvalid', `${field}: is more than ${MAX_BLOCKS} blocks after ${height}`, { field })
}
