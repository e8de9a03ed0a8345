import type { AccessKey } from '../../primitives/account.ts'
import { accountKind } from '../../primitives/account-id.ts'
import type { PublicKey } from '../../primitives/public-key.ts'
import { isRefund, type ReceiptContext } from '../apply/context.ts'
import { ActionFailure } from '../errors.ts'
import { getAccessKey, setAccessKey } from '../state/accounts.ts'
import { initialNonce } from '../transaction/nonce.ts'
import { newAccount } from './create-account.ts'
import { accessKeyBytes } from './keys.ts'

const MAX_U128 = 2n ** 128n - 1n

/**
 * Adds tokens to the receiver. An implicit account that is not there is made, unless this is a refund or one of several
 * actions. nearcore: `action_transfer_or_implicit_account_creation` in actions.rs.
 */
export function transfer(context: ReceiptContext, deposit: bigint): void {
  const { receipt, action, account } = context
  if (!account) {
    createImplicitAccount(context, deposit)
    return
  }
  context.account = { ...account, amount: account.amount + deposit }
  const isGasRefund = isRefund(receipt) && action.signerId === receipt.receiverId
  if (isGasRefund) refundAllowance(context, action.signerPublicKey, deposit)
}

/**
 * An ETH-implicit account runs nearcore's wallet contract by its hash (NEP-518). The code is deployed on the public networks
 * only: elsewhere a call of such an account fails with `CodeDoesNotExist`.
 */
const ETH_WALLET_CODE_HASHES: Record<string, string> = {
  mainnet: '1daa835c4637f7ae3d924095ba3f0bf2829bcfa17b1068cd58bd853dcad7ceb5',
  testnet: '238feac1f86cc9f9f4003e3f6d5aebc04eaea9c394032bd29470e9609b67f6c5',
}
const ETH_WALLET_CODE_HASH_ELSEWHERE = 'd2884a900d4fa370e48f1e3d4865d4dc0dbd093c89f0e7baef2eddc142c49e8d'

function createImplicitAccount(context: ReceiptContext, deposit: bigint): void {
  const { block, state, receipt, action } = context
  const { receiverId: accountId } = receipt
  const kind = accountKind(accountId)
  if (kind === 'named' || isRefund(receipt) || action.actions.length > 1) {
    throw new ActionFailure({ AccountDoesNotExist: { account_id: accountId } })
  }

  context.actorId = accountId
  const account = newAccount(block.config, deposit)
  if (kind === 'nearDeterministic') context.account = account
  if (kind === 'ethImplicit') {
    const hash = Buffer.from(ETH_WALLET_CODE_HASHES[block.chainId] ?? ETH_WALLET_CODE_HASH_ELSEWHERE, 'hex')
    const storageUsage = account.storageUsage + BigInt(hash.length)
    context.account = { ...account, version: 2, storageUsage, contract: { kind: 'Global', hash } }
  }
  if (kind === 'nearImplicit') {
    const publicKey: PublicKey = { type: 'ed25519', bytes: Uint8Array.from(Buffer.from(accountId, 'hex')) }
    const accessKey: AccessKey = { nonce: initialNonce(block.height), permission: { kind: 'FullAccess' } }
    setAccessKey(state, accountId, publicKey, accessKey)
    const storageUsage = account.storageUsage + accessKeyBytes(block.config, publicKey, accessKey)
    context.account = { ...account, storageUsage }
  }
}

/** Gas that was not used belongs to the key that paid for it, if that is still there. */
function refundAllowance({ state, receipt }: ReceiptContext, publicKey: PublicKey, amount: bigint): void {
  const key = getAccessKey(state, receipt.receiverId, publicKey)
  if (key?.permission.kind !== 'FunctionCall' || key.permission.allowance === null) return
  const refunded = key.permission.allowance + amount
  const allowance = refunded > MAX_U128 ? MAX_U128 : refunded
  setAccessKey(state, receipt.receiverId, publicKey, { ...key, permission: { ...key.permission, allowance } })
}
