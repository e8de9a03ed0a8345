import { ParleyError } from '@parley/protocol'
import type { Prepared } from '../chain.ts'
import { storedCall } from './call.ts'
import { requireAcceptable } from './checks.ts'
import { type Delegate, readDelegate } from './delegate.ts'
import { headOf, type NearNode, view } from './node.ts'
import { delegateEffect } from './order.ts'
import { requireSponsored, requireToken, type SponsoringLimits } from './sponsoring.ts'

/** Checks a signed delegate action as the chain would. Throws the first refusal. */
export async function prepareTransaction(
  node: NearNode,
  limits: SponsoringLimits,
  { delegate: text }: { readonly delegate: string },
): Promise<Prepared> {
  const delegate = readDelegate(text)
  const jobs = requireSponsored(delegate, node.deployment, limits)
  for (const { jobId, field } of jobs) await requireTokenOfJob(node, jobId, limits.tokens, field)

  const { header } = await headOf(node, 'optimistic')
  requireTimely(delegate, header.height)
  const call = { delegate: text, since: header.height }
  await requireAcceptable(node, call, 'optimistic')
  const { senderId, publicKey, nonce } = delegate
  return {
    call: storedCall(senderId, call),
    account: senderId,
    effect: delegateEffect(senderId, `${publicKey}`, nonce),
  }
}

/** Throws MethodNotSponsored for a job in a token whose code is not to run at our cost. A job that does not exist has none. */
export async function requireTokenOfJob(
  node: NearNode,
  jobId: string,
  tokens: readonly string[],
  field: string,
): Promise<void> {
  if (tokens.length === 0) return
  type Job = { readonly token: string | null }
  const job = await view<Job | null>(node, node.deployment.parley, 'get_job', { job_id: jobId })
  if (job?.token) requireToken(job.token, tokens, field)
}

/** A promise must end: whatever cannot be judged for about a day, at 0.6 seconds a block, is not good any more. */
const MAX_BLOCKS = 150_000n

function requireTimely({ maxBlockHeight }: Delegate, height: number): void {
  if (maxBlockHeight <= BigInt(height) + MAX_BLOCKS) return
  const field = 'delegate.maxBlockHeight'
  throw new ParleyError('InputInvalid', `${field}: is more than ${MAX_BLOCKS} blocks after ${height}`, { field })
}
