import type { Action } from '../../primitives/action.ts'
import type { PublicKey } from '../../primitives/public-key.ts'
import type { Transaction } from '../../primitives/transaction.ts'
import type { RuntimeConfig } from '../config.ts'
import { InvalidTransaction } from '../errors.ts'
import { totalDeposit, totalPrepaidExecFees, totalPrepaidGas, totalPrepaidSendFees, totalSendFees } from '../fees.ts'

/** What it takes to make a receipt of a transaction. Gas in gas units, the rest in yoctoNEAR. */
export interface TransactionCost {
  /** Burnt at once. */
  readonly gasBurnt: bigint
  readonly burntAmount: bigint
  /** The price at which the gas that goes with the receipt was bought. */
  readonly receiptGasPrice: bigint
  /** All that the signer pays: burnt gas, gas that goes along, deposits. */
  readonly totalCost: bigint
}

const MAX_U64 = 2n ** 64n - 1n
const MAX_U128 = 2n ** 128n - 1n

/** nearcore: `calculate_tx_cost` in runtime/runtime/src/config.rs. Throws InvalidTransaction `CostOverflow`. */
export function transactionCost(config: RuntimeConfig, transaction: Transaction, gasPrice: bigint): TransactionCost {
  const { fees, minGasPurchasePrice } = config
  const { actions, receiverId, signerId, publicKey } = transaction
  const isSir = signerId === receiverId

  const gasBurnt = inU64(
    fees.new_action_receipt[isSir ? 'sendSir' : 'sendNotSir'] +
      totalSendFees(fees, actions, { isSir, receiverId }) +
      signatureGas(config, publicKey, actions),
  )
  const gasRemaining = inU64(
    totalPrepaidGas(actions) +
      totalPrepaidSendFees(fees, actions) +
      totalPrepaidExecFees(fees, actions, receiverId) +
      fees.new_action_receipt.execution,
  )

  const burntAmount = gasBurnt * gasPrice
  const receiptGasPrice = gasPrice > minGasPurchasePrice ? gasPrice : minGasPurchasePrice
  const totalCost = inU128(burntAmount + gasRemaining * receiptGasPrice + totalDeposit(actions))
  return { gasBurnt, burntAmount, receiptGasPrice, totalCost }
}

/** The older key types cost nothing extra to verify. */
function signatureGas(config: RuntimeConfig, publicKey: PublicKey, actions: readonly Action[]): bigint {
  const keys = actions.flatMap((action) => ('delegateAction' in action ? [action.delegateAction.publicKey] : []))
  const count = [publicKey, ...keys].filter(({ type }) => type === 'ml-dsa-65').length
  return BigInt(count) * config.mlDsa65VerificationGas
}

function inU64(value: bigint): bigint {
  if (value > MAX_U64) throw new InvalidTransaction('CostOverflow')
  return value
}

function inU128(value: bigint): bigint {
  if (value > MAX_U128) throw new InvalidTransaction('CostOverflow')
  return value
}
