import { type AccessKey, accessKeyCodec } from '../../primitives/account.ts'
import type { Action } from '../../primitives/action.ts'
import { encode } from '../../primitives/borsh.ts'
import { formatKey, type PublicKey, publicKeyCodec } from '../../primitives/public-key.ts'
import type { ReceiptContext } from '../apply/context.ts'
import type { RuntimeConfig } from '../config.ts'
import { ActionFailure } from '../errors.ts'
import { getAccessKey, removeAccessKey, setAccessKey } from '../state/accounts.ts'
import { initialNonce } from '../transaction/nonce.ts'
import { existingAccount } from './existing-account.ts'

/** nearcore: `action_add_key` in access_keys.rs. The nonce that the action names does not count. */
export function addKey(context: ReceiptContext, { publicKey, accessKey }: Extract<Action, { kind: 'AddKey' }>): void {
  const { block, state, receipt } = context
  const account = existingAccount(context)
  if (getAccessKey(state, receipt.receiverId, publicKey)) {
    throw new ActionFailure({ AddKeyAlreadyExists: ofKey(receipt.receiverId, publicKey) })
  }

  const added = { ...accessKey, nonce: initialNonce(block.height) }
  setAccessKey(state, receipt.receiverId, publicKey, added)
  const storageUsage = account.storageUsage + accessKeyBytes(block.config, publicKey, added)
  context.account = { ...account, storageUsage }
}

/** nearcore: `action_delete_key` in access_keys.rs. */
export function deleteKey(context: ReceiptContext, { publicKey }: Extract<Action, { kind: 'DeleteKey' }>): void {
  const { block, state, receipt } = context
  const account = existingAccount(context)
  const accessKey = getAccessKey(state, receipt.receiverId, publicKey)
  if (!accessKey) throw new ActionFailure({ DeleteKeyDoesNotExist: ofKey(receipt.receiverId, publicKey) })

  removeAccessKey(state, receipt.receiverId, publicKey)
  const freed = accessKeyBytes(block.config, publicKey, accessKey)
  context.account = { ...account, storageUsage: account.storageUsage > freed ? account.storageUsage - freed : 0n }
}

/** Bytes that an account pays for a key. */
export function accessKeyBytes(config: RuntimeConfig, publicKey: PublicKey, accessKey: AccessKey): bigint {
  const bytes = encode(publicKeyCodec, publicKey).length + encode(accessKeyCodec, accessKey).length
  return BigInt(bytes) + config.extraRecordBytes
}

function ofKey(accountId: string, publicKey: PublicKey): { account_id: string; public_key: string } {
  return { account_id: accountId, public_key: formatKey(publicKey) }
}
