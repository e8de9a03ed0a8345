import type { AccessKey, Account } from '../../primitives/account.ts'
import { formatKey } from '../../primitives/public-key.ts'
import { verifySignature } from '../../primitives/signing.ts'
import type { SignedTransaction, Transaction } from '../../primitives/transaction.ts'
import type { RuntimeConfig } from '../config.ts'
import { InvalidTransaction } from '../errors.ts'
import { getAccessKey, getAccount, setAccessKey, setAccount } from '../state/accounts.ts'
import type { StateUpdate } from '../state/state-update.ts'
import { missingStorageStake } from '../storage-stake.ts'
import { checkNonce } from './nonce.ts'
import { checkPermission } from './permission.ts'
import { type TransactionCost, transactionCost } from './transaction-cost.ts'
import { validateActions } from './validate-actions.ts'

/**
 * The checks that need no state: actions, size, signature. nearcore: `validate_transaction` in verifier.rs and
 * `check_valid_for_config` in core/primitives/src/transaction.rs. Throws InvalidTransaction.
 */
export function checkTransaction(config: RuntimeConfig, signed: SignedTransaction): void {
  const { transaction, signature, hash, size } = signed
  const error = validateActions(config, transaction.actions, transaction.receiverId)
  if (error) throw new InvalidTransaction({ ActionsValidation: error })

  const limit = config.limits.max_transaction_size
  if (size > limit) throw new InvalidTransaction({ TransactionSizeExceeded: { size, limit } })
  if (!verifySignature(signature, hash, transaction.publicKey)) throw new InvalidTransaction('InvalidSignature')
}

/**
 * Takes what a transaction costs from its signer and its key's allowance, and moves the key's nonce. Changes nothing when
 * it throws an InvalidTransaction. nearcore: `verify_and_charge_tx_ephemeral` in verifier.rs, in its order.
 */
export function chargeTransaction(
  config: RuntimeConfig,
  state: StateUpdate,
  transaction: Transaction,
  { height, gasPrice }: { height: bigint; gasPrice: bigint },
): TransactionCost {
  const { signerId, publicKey } = transaction
  const cost = transactionCost(config, transaction, gasPrice)
  const account = getAccount(state, signerId)
  if (!account) throw new InvalidTransaction({ SignerDoesNotExist: { signer_id: signerId } })
  const accessKey = getAccessKey(state, signerId, publicKey)
  if (!accessKey) throw keyNotFound(signerId, formatKey(publicKey))

  checkNonce(transaction, accessKey.nonce, height)
  const charged = chargeAccount(account, transaction, cost.totalCost)
  const chargedKey = chargeKey(accessKey, transaction, cost.totalCost)
  const missing = missingStorageStake(config, charged)
  if (missing > 0n)
    throw new InvalidTransaction({ LackBalanceForState: { signer_id: signerId, amount: String(missing) } })
  const permissionError = checkPermission(accessKey.permission, transaction.actions, transaction.receiverId)
  if (permissionError) throw new InvalidTransaction({ InvalidAccessKeyError: permissionError })

  setAccount(state, signerId, charged)
  setAccessKey(state, signerId, publicKey, chargedKey)
  return cost
}

function chargeAccount(account: Account, { signerId }: Transaction, cost: bigint): Account {
  if (account.amount < cost) {
    const figures = { signer_id: signerId, balance: String(account.amount), cost: String(cost) }
    throw new InvalidTransaction({ NotEnoughBalance: figures })
  }
  return { ...account, amount: account.amount - cost }
}

function chargeKey(accessKey: AccessKey, { signerId, publicKey, nonce }: Transaction, cost: bigint): AccessKey {
  const { permission } = accessKey
  if (permission.kind !== 'FunctionCall' || permission.allowance === null) return { ...accessKey, nonce: nonce.nonce }
  if (permission.allowance < cost) {
    const figures = {
      account_id: signerId,
      public_key: formatKey(publicKey),
      allowance: String(permission.allowance),
      cost: String(cost),
    }
    throw new InvalidTransaction({ InvalidAccessKeyError: { NotEnoughAllowance: figures } })
  }
  return { nonce: nonce.nonce, permission: { ...permission, allowance: permission.allowance - cost } }
}

function keyNotFound(accountId: string, publicKey: string): InvalidTransaction {
  return new InvalidTransaction({
    InvalidAccessKeyError: { AccessKeyNotFound: { account_id: accountId, public_key: publicKey } },
  })
}
