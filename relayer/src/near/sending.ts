/**
 * Why a request happens once, wherever this process ends. The signed bytes are committed together with the request's new status, before
 * anybody sees them. So an end
 *  - before the commit leaves nothing behind: the request is accepted, and nobody has seen a transaction for it;
 *  - after the commit, whether the bytes were sent or not, leaves a request that is sent: whoever comes next sends the same bytes until they
 *    are included, and the chain takes a nonce once.
 * It is signed anew only when these bytes can never be included (`fate.ts`), and while the row is still as it was when that was found out.
 */
import { ParleyError } from '@parley/protocol'
import { transactions } from 'near-api-js'
import { callOf, type RequestRow, type Sign } from '../chain.ts'
import { type ContractCall, type NearCall, nearCallOf } from './call.ts'
import { requireAcceptable } from './checks.ts'
import { delegateActionOf } from './delegate.ts'
import { takeKey } from './keys.ts'
import { headOf, listAccessKeys, type NearNode } from './node.ts'
import { mustWait } from './order.ts'
import { signTransaction } from './signed.ts'
import type { SponsoringLimits } from './sponsoring.ts'

const TGAS = 10n ** 12n

/**
 * What our own calls attach; what they do not use comes back. A result can carry a long response, and pays the provider by a call of the token.
 */
const methodGas: Readonly<Record<ContractCall['method'], bigint>> = {
  issue_challenge: 10n * TGAS,
  register_enclave: 30n * TGAS,
  accept_result: 100n * TGAS,
}

/** Checks a request's call now; throws its refusal. */
export async function judge(node: NearNode, limits: SponsoringLimits, request: RequestRow): Promise<Sign> {
  const call = nearCallOf(request)
  await requireAcceptable(node, limits, call, 'optimistic')
  const known = await listAccessKeys(node, { finality: 'optimistic' })
  // A block that stays: what names one that a reorg takes away can not be included.
  const { header } = await headOf(node, 'final')
  return async (tx) => {
    if (await mustWait(tx, request)) return undefined
    const taken = await takeKey(tx, node, known)
    if (!taken) return undefined
    const terms = { account: node.account, to: callOf(request).to, blockHash: header.hash, actions: [actionOf(call)] }
    return signTransaction({ ...terms, ...taken })
  }
}

/** Whether the final blocks say so, too: what only the newest ones say may still change. */
export async function isRefusedForGood(
  node: NearNode,
  limits: SponsoringLimits,
  request: RequestRow,
): Promise<boolean> {
  try {
    await requireAcceptable(node, limits, nearCallOf(request), 'final')
    return false
  } catch (error) {
    if (error instanceof ParleyError && !error.isRetryable) return true
    throw error
  }
}

/** Errors are not looked at: what counts is whether the transaction is included. `fate.ts` asks about one that takes too long. */
export async function broadcast({ rpc }: NearNode, raw: string): Promise<void> {
  await rpc('send_tx', { signed_tx_base64: raw, wait_until: 'NONE' }).catch(() => {})
}

function actionOf(call: NearCall): transactions.Action {
  if ('delegate' in call) return delegateActionOf(call.delegate)
  return transactions.functionCall(call.method, call.args, methodGas[call.method], 0n)
}
