import { ParleyError } from '@parley/protocol'
import type { ContractCall, NearCall } from './call.ts'
import { type Delegate, readDelegate } from './delegate.ts'
import { type AccessKey, type Finality, findAccessKey, headOf, type NearNode, view } from './node.ts'
import { requireSponsored, type SponsoringLimits } from './sponsoring.ts'
import { requireTokens } from './tokens.ts'

/**
 * Throws what the chain would refuse a call for, were it included after the newest block of this finality, and what we do not pay for: the
 * token of a job may be another than it was.
 */
export async function requireAcceptable(
  node: NearNode,
  limits: SponsoringLimits,
  call: NearCall,
  finality: Finality,
): Promise<void> {
  if ('delegate' in call) {
    const delegate = readDelegate(call.delegate)
    await requireTokens(node, limits.tokens, requireSponsored(delegate, node, limits), finality)
    return requireUsable(node, delegate, finality)
  }
  if (call.method === 'accept_result') {
    const paid = { jobId: call.args.job_id, field: 'jobId' }
    await requireTokens(node, limits.tokens, [paid], finality)
  }
  return requireAccepted(node, call, finality)
}

/** The contract's own checks, by the views that make them. */
async function requireAccepted(node: NearNode, call: ContractCall, finality: Finality): Promise<void> {
  const { parley } = node.deployment
  switch (call.method) {
    case 'accept_result':
      return view(node, parley, 'check_result', call.args, { finality })
    case 'register_enclave':
      return view(node, parley, 'check_report', call.args, { finality })
    case 'issue_challenge':
      return
  }
}

/** nearcore's checks in its order (apply_delegate_action in runtime/runtime/src/actions.rs); the signature was verified when it was read. */
async function requireUsable(node: NearNode, delegate: Delegate, finality: Finality): Promise<void> {
  const { header } = await headOf(node, finality)
  const { senderId, publicKey, nonce, maxBlockHeight } = delegate
  if (BigInt(header.height) >= maxBlockHeight)
    throw refused('RequestExpired', 'maxBlockHeight', `is ${maxBlockHeight}, and the chain is at ${header.height}`)

  const key = await findAccessKey(node, senderId, publicKey.toString(), { block_id: header.hash })
  if (!key) throw refused('SignatureInvalid', 'publicKey', `${publicKey} is no access key of ${senderId}`)
  if (nonce <= key.nonce) throw refused('RequestReplayed', 'nonce', `is ${nonce}, and ${key.nonce} was used`)
  if (nonce >= nonceLimit(header.height))
    throw refused('InputInvalid', 'nonce', `is not below ${nonceLimit(header.height)}`)
  requirePermission(delegate, key)
}

/** Nonces stay below a million a block (nearcore: ACCESS_KEY_NONCE_RANGE_MULTIPLIER). */
function nonceLimit(height: number): bigint {
  return BigInt(height) * 1_000_000n
}

/** A key that may only call functions signs one call, of its contract, without a deposit. */
function requirePermission({ receiverId, calls }: Delegate, { permission }: AccessKey): void {
  if (permission === 'FullAccess') return
  const { receiver_id: receiver, method_names: methods = [] } = permission.FunctionCall ?? {}
  const [call] = calls
  const isAllowed =
    calls.length === 1 &&
    call !== undefined &&
    call.deposit === 0n &&
    receiver === receiverId &&
    (methods.length === 0 || methods.includes(call.methodName))
  if (!isAllowed) throw refused('SignatureInvalid', 'publicKey', 'is a key that may not sign these calls')
}

function refused(code: ParleyError['code'], name: string, problem: string): ParleyError {
  const field = `delegate.${name}`
  return new ParleyError(code, `${field}: ${problem}`, { field })
}
