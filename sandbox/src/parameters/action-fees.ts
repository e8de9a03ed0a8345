import type { ParametersView } from './index.ts'

/** Gas of sending a receipt's part (to oneself, to another), burnt at once, and of executing it, burnt there. */
export interface Fee {
  sendSir: bigint
  sendNotSir: bigint
  execution: bigint
}

export type ActionFees = Record<ActionCost, Fee>

/** nearcore: `ActionCosts`, without universal accounts. */
export type ActionCost =
  | 'create_account'
  | 'delete_account'
  | 'deploy_contract_base'
  | 'deploy_contract_byte'
  | 'function_call_base'
  | 'function_call_byte'
  | 'transfer'
  | 'stake'
  | 'add_full_access_key'
  | 'add_function_call_key_base'
  | 'add_function_call_key_byte'
  | 'delete_key'
  | 'new_action_receipt'
  | 'new_data_receipt_base'
  | 'new_data_receipt_byte'
  | 'delegate'
  | 'deploy_global_contract_base'
  | 'deploy_global_contract_byte'
  | 'use_global_contract_base'
  | 'use_global_contract_byte'
  | 'deterministic_state_init_base'
  | 'deterministic_state_init_byte'
  | 'deterministic_state_init_entry'
  | 'gas_key_transfer_base'
  | 'gas_key_byte'
  | 'gas_key_nonce_write_base'

type Costs = ParametersView['transaction_costs']

/** Every action's fee; those that a node's answer lacks are nearcore's parameters.yaml, 77.yaml and 85.yaml. */
export function actionFees(costs: Costs): ActionFees {
  const actions = costs.action_creation_config

  return {
    create_account: fee(actions.create_account_cost),
    delete_account: fee(actions.delete_account_cost),
    deploy_contract_base: fee(actions.deploy_contract_cost),
    deploy_contract_byte: fee(actions.deploy_contract_cost_per_byte),
    function_call_base: fee(actions.function_call_cost),
    function_call_byte: fee(actions.function_call_cost_per_byte),
    transfer: fee(actions.transfer_cost),
    stake: fee(actions.stake_cost),
    add_full_access_key: fee(actions.add_key_cost.full_access_cost),
    add_function_call_key_base: fee(actions.add_key_cost.function_call_cost),
    add_function_call_key_byte: fee(actions.add_key_cost.function_call_cost_per_byte),
    delete_key: fee(actions.delete_key_cost),
    new_action_receipt: fee(costs.action_receipt_creation_config),
    new_data_receipt_base: fee(costs.data_receipt_creation_config.base_cost),
    new_data_receipt_byte: fee(costs.data_receipt_creation_config.cost_per_byte),
    delegate: fee(actions.delegate_cost),
    deploy_global_contract_base: same(184_765_750_000n),
    deploy_global_contract_byte: { sendSir: 6_812_999n, sendNotSir: 47_683_715n, execution: 70_000_000n },
    use_global_contract_base: same(184_765_750_000n),
    use_global_contract_byte: { sendSir: 6_812_999n, sendNotSir: 47_683_715n, execution: 64_572_944n },
    deterministic_state_init_base: {
      sendSir: 500_000_000_000n,
      sendNotSir: 500_000_000_000n,
      execution: 7_430_000_000_000n,
    },
    deterministic_state_init_byte: { sendSir: 72_000_000n, sendNotSir: 72_000_000n, execution: 70_000_000n },
    deterministic_state_init_entry: { sendSir: 0n, sendNotSir: 0n, execution: 200_000_000_000n },
    gas_key_transfer_base: {
      sendSir: 115_123_062_500n,
      sendNotSir: 115_123_062_500n,
      execution: 235_676_644_250n,
    },
    gas_key_byte: { sendSir: 59_357_464n, sendNotSir: 59_357_464n, execution: 101_435_400n },
    gas_key_nonce_write_base: { sendSir: 0n, sendNotSir: 0n, execution: 64_196_736_000n },
  }
}

function fee(published: { send_sir: number; send_not_sir: number; execution: number }): Fee {
  return {
    sendSir: BigInt(published.send_sir),
    sendNotSir: BigInt(published.send_not_sir),
    execution: BigInt(published.execution),
  }
}

function same(gas: bigint): Fee {
  return { sendSir: gas, sendNotSir: gas, execution: gas }
}
