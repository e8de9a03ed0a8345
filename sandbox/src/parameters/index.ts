/**
 * The protocol's parameters, as data. `86.json` and `88.json` are what a node of that protocol version answers to
 * `EXPERIMENTAL_protocol_config`; what that answer leaves out is below. Names are nearcore's, in its own case.
 */
import view86 from './86.json' with { type: 'json' }
import view88 from './88.json' with { type: 'json' }
import { type ActionFees, actionFees } from './action-fees.ts'

export type { ActionCost, Fee } from './action-fees.ts'

export type ProtocolVersion = 86 | 88

export type ParametersView = typeof view86

/** A cost of a host function or of loading a contract. nearcore: `ExtCosts`. */
export type ExtCost = keyof ParametersView['wasm_config']['ext_costs']

/** Counts and bytes, in nearcore's names. */
export type Limits = ParametersView['wasm_config']['limit_config'] & {
  /** From protocol 87: a contract may declare one local per so many of its bytes. */
  min_contract_size_per_local?: number
}

export interface Parameters {
  protocolVersion: ProtocolVersion
  /** As a node prints them, for JSON-RPC. */
  view: ParametersView
  /** Gas per call, byte, element or node. */
  extCosts: Record<ExtCost, bigint>
  actionFees: ActionFees
  /** Gas of a WebAssembly instruction. */
  regularOpCost: number
  /** Gas of a bulk instruction, and of each byte, element or page that it touches. */
  linearOpBaseCost: number
  linearOpUnitCost: number
  limits: Limits
  features: Features
  /** Bytes that a record of a contract's storage counts beyond its key and value. */
  extraBytesPerRecord: bigint
  /** Yocto burnt for each byte of a global contract (NEP-591). nearcore: 77.yaml. */
  globalContractStorageAmountPerByte: bigint
}

/** Host functions and rules that not every protocol version has. */
interface Features {
  sha3: boolean
  mlDsaVerify: boolean
  oneYoctoOnPromise: boolean
  ethImplicitAccounts: boolean
  bls12381NotInGroupFix: boolean
}

/** The parameters of a protocol version; the same object each time. */
export function parametersOf(version: ProtocolVersion): Parameters {
  return version === 86 ? PARAMETERS_86 : PARAMETERS_88
}

function readView(protocolVersion: ProtocolVersion, view: ParametersView): Parameters {
  const config = view.wasm_config

  return {
    protocolVersion,
    view,
    extCosts: inBigInts(config.ext_costs),
    actionFees: actionFees(view.transaction_costs),
    regularOpCost: config.regular_op_cost,
    linearOpBaseCost: config.linear_op_base_cost,
    linearOpUnitCost: config.linear_op_unit_cost,
    limits: config.limit_config,
    features: {
      sha3: config.sha3_host_fns,
      mlDsaVerify: config.ml_dsa_verify_host_fn,
      oneYoctoOnPromise: config.one_yocto_on_promise,
      ethImplicitAccounts: config.eth_implicit_accounts,
      bls12381NotInGroupFix: config.bls12381_not_in_group_fix,
    },
    extraBytesPerRecord: BigInt(view.transaction_costs.storage_usage_config.num_extra_bytes_record),
    globalContractStorageAmountPerByte: 10n ** 20n,
  }
}

function inBigInts<Name extends string>(numbers: Record<Name, number>): Record<Name, bigint> {
  const entries = Object.entries<number>(numbers).map(([name, value]) => [name, BigInt(value)])
  return Object.fromEntries(entries)
}

const PARAMETERS_86 = readView(86, view86)
const PARAMETERS_88 = readView(88, view88)
