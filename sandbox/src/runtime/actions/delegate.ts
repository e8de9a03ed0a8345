import { type Action, delegateActionHash, delegateActionV2Hash } from '../../primitives/action.ts'
import { formatKey } from '../../primitives/public-key.ts'
import { verifySignature } from '../../primitives/signing.ts'
import type { ActionResult } from '../apply/action-result.ts'
import type { ReceiptContext } from '../apply/context.ts'
import { ActionFailure } from '../errors.ts'
import { totalPrepaidExecFees, totalPrepaidGas, totalPrepaidSendFees } from '../fees.ts'
import { getAccessKey, setAccessKey } from '../state/accounts.ts'
import { nonceUpperBound } from '../transaction/nonce.ts'
import { checkPermission } from '../transaction/permission.ts'
import type { ActionReceipt } from '../types.ts'

type SignedDelegateAction = Extract<Action, { kind: 'Delegate' | 'DelegateV2' }>

/**
 * Does what the receiver signed and somebody else paid for (NEP-366): a new receipt in the receiver's name, with the
 * payer as its signer, so that gas goes back to the payer, but deposits go back to the receiver.
 * nearcore: `apply_delegate_action` in actions.rs.
 */
export function delegate(context: ReceiptContext, signed: SignedDelegateAction, result: ActionResult): void {
  const { block, receipt, action } = context
  const { delegateAction } = signed
  const { senderId, receiverId, actions } = delegateAction
  if (!hasValidSignature(signed)) throw new ActionFailure('DelegateActionInvalidSignature')
  if (block.height > delegateAction.maxBlockHeight) throw new ActionFailure('DelegateActionExpired')
  if (senderId !== receipt.receiverId) {
    const ids = { sender_id: senderId, receiver_id: receipt.receiverId }
    throw new ActionFailure({ DelegateActionSenderDoesNotMatchTxReceiver: ids })
  }
  useKey(context, signed)

  const newAction: ActionReceipt = {
    ...action,
    version: 1,
    refundTo: null,
    outputDataReceivers: [],
    inputDataIds: [],
    actions,
  }
  result.newReceipts.push({ predecessorId: senderId, receiverId, receipt: { kind: 'Action', action: newAction } })

  const { fees } = block.config
  const sendFees = totalPrepaidSendFees(fees, action.actions)
  const givenAway =
    totalPrepaidExecFees(fees, actions, receiverId) + totalPrepaidGas(actions) + fees.new_action_receipt.execution
  result.gasBurnt += sendFees
  result.gasUsed += sendFees + givenAway
}

function hasValidSignature({ kind, delegateAction, signature }: SignedDelegateAction): boolean {
  const hash = kind === 'Delegate' ? delegateActionHash(delegateAction) : delegateActionV2Hash(delegateAction)
  return verifySignature(signature, hash, delegateAction.publicKey)
}

/** Checks the key's nonce and permission, and moves the nonce. nearcore: `validate_delegate_action_key`. */
function useKey({ block, state }: ReceiptContext, signed: SignedDelegateAction): void {
  const { senderId, receiverId, actions, publicKey } = signed.delegateAction
  const nonce = signed.kind === 'Delegate' ? signed.delegateAction.nonce : signed.delegateAction.nonce.nonce
  const accessKey = getAccessKey(state, senderId, publicKey)
  if (!accessKey) {
    const key = { account_id: senderId, public_key: formatKey(publicKey) }
    throw new ActionFailure({ DelegateActionAccessKeyError: { AccessKeyNotFound: key } })
  }

  if (nonce <= accessKey.nonce) {
    const nonces = { delegate_nonce: Number(nonce), ak_nonce: Number(accessKey.nonce) }
    throw new ActionFailure({ DelegateActionInvalidNonce: nonces })
  }
  const upperBound = nonceUpperBound(block.height)
  if (nonce >= upperBound) {
    const nonces = { delegate_nonce: Number(nonce), upper_bound: Number(upperBound) }
    throw new ActionFailure({ DelegateActionNonceTooLarge: nonces })
  }
  const error = checkPermission(accessKey.permission, actions, receiverId)
  if (error) throw new ActionFailure({ DelegateActionAccessKeyError: error })
  setAccessKey(state, senderId, publicKey, { ...accessKey, nonce })
}
