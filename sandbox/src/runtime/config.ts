import type { ActionFees } from '../parameters/action-fees.ts'
import { type Limits, type ProtocolVersion, parametersOf } from '../parameters/index.ts'
import { ContractCache } from '../vm/contract-cache.ts'

/** What the runtime reads of the protocol's parameters. Amounts in yoctoNEAR. nearcore: `RuntimeConfig`. */
export interface RuntimeConfig {
  readonly protocolVersion: ProtocolVersion
  /** Contracts made ready to run by these parameters. */
  readonly contracts: ContractCache
  readonly fees: ActionFees
  readonly limits: Limits
  readonly storageAmountPerByte: bigint
  /** Bytes that an account counts before it holds anything. */
  readonly accountBytes: bigint
  /** Bytes that a key, and each record of a contract's storage, counts beyond its content. */
  readonly extraRecordBytes: bigint
  /** Of the gas that a function call burns, the contract's account gets this share. */
  readonly burntGasReward: { readonly numerator: bigint; readonly denominator: bigint }
  /** Gas that a receipt brings along costs at least this much (NEP-642); what is left of it is refunded. */
  readonly minGasPurchasePrice: bigint
  /** What making an account costs in all (NEP-642). */
  readonly accountCreationCharge: bigint
  readonly globalContractAmountPerByte: bigint
  readonly mlDsa65VerificationGas: bigint
  readonly registrarAccountId: string
  /** Shorter names without a dot are for the registrar to make. */
  readonly minTopLevelAccountLength: number
}

export function runtimeConfig(version: ProtocolVersion): RuntimeConfig {
  const parameters = parametersOf(version)
  const { view } = parameters
  const costs = view.transaction_costs
  const [numerator = 0, denominator = 1] = costs.burnt_gas_reward

  return {
    protocolVersion: version,
    contracts: new ContractCache(parameters),
    fees: parameters.actionFees,
    limits: parameters.limits,
    storageAmountPerByte: BigInt(view.storage_amount_per_byte),
    accountBytes: BigInt(costs.storage_usage_config.num_bytes_account),
    extraRecordBytes: parameters.extraBytesPerRecord,
    burntGasReward: { numerator: BigInt(numerator), denominator: BigInt(denominator) },
    minGasPurchasePrice: BigInt(view.min_gas_purchase_price),
    accountCreationCharge: BigInt(view.account_creation_charge),
    globalContractAmountPerByte: parameters.globalContractStorageAmountPerByte,
    mlDsa65VerificationGas: BigInt(costs.ml_dsa_65_verification_cost),
    registrarAccountId: view.account_creation_config.registrar_account_id,
    minTopLevelAccountLength: view.account_creation_config.min_allowed_top_level_account_length,
  }
}
