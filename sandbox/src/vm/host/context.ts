import type { CallState } from '../call-state.ts'
import { type HostFunctions, returnsI64, returnsNothing } from './host-function.ts'

const utf8 = new TextEncoder()

/** Registers: bytes that travel between host functions and the contract's memory. */
export const registerFunctions: HostFunctions = {
  read_register: returnsNothing((call, registerId, address) => {
    call.gas.pay('base')
    call.memory.write(address, call.registers.read(registerId))
  }),

  register_len: returnsI64((call, registerId) => {
    call.gas.pay('base')
    return BigInt(call.registers.lengthOf(registerId) ?? -1)
  }),

  write_register: returnsNothing((call, registerId, length, address) => {
    call.gas.pay('base')
    call.registers.write(registerId, call.memory.read(address, length))
  }),
}

/** Who calls, with what, when. */
export const contextFunctions: HostFunctions = {
  current_account_id: returnsNothing((call, registerId) => {
    call.gas.pay('base')
    call.registers.write(registerId, utf8.encode(call.context.currentAccountId))
  }),

  chain_id: returnsNothing((call, registerId) => {
    call.gas.pay('base')
    call.registers.write(registerId, utf8.encode(call.external.chainId()))
  }),

  signer_account_id: returnsNothing((call, registerId) => {
    beginOutsideView(call, 'signer_account_id')
    call.registers.write(registerId, utf8.encode(call.context.signerAccountId))
  }),

  signer_account_pk: returnsNothing((call, registerId) => {
    beginOutsideView(call, 'signer_account_pk')
    call.registers.write(registerId, call.context.signerAccountPk)
  }),

  predecessor_account_id: returnsNothing((call, registerId) => {
    beginOutsideView(call, 'predecessor_account_id')
    call.registers.write(registerId, utf8.encode(call.context.predecessorAccountId))
  }),

  refund_to_account_id: returnsNothing((call, registerId) => {
    beginOutsideView(call, 'refund_to_account_id')
    call.registers.write(registerId, utf8.encode(call.context.refundToAccountId))
  }),

  input: returnsNothing((call, registerId) => {
    call.gas.pay('base')
    call.registers.writeShared(registerId, call.context.input)
  }),

  block_index: returnsI64((call) => {
    call.gas.pay('base')
    return call.context.blockHeight
  }),

  block_timestamp: returnsI64((call) => {
    call.gas.pay('base')
    return call.context.blockTimestamp
  }),

  epoch_height: returnsI64((call) => {
    call.gas.pay('base')
    return call.context.epochHeight
  }),

  storage_usage: returnsI64((call) => {
    call.gas.pay('base')
    return call.storageUsage
  }),

  random_seed: returnsNothing((call, registerId) => {
    call.gas.pay('base')
    call.registers.write(registerId, call.context.randomSeed)
  }),

  current_contract_code: returnsI64((call, registerId) => {
    call.gas.pay('base')
    const contract = call.context.accountContract
    switch (contract.kind) {
      case 'none':
        return 0n
      case 'local':
        call.registers.write(registerId, contract.codeHash)
        return 1n
      case 'global':
        call.registers.write(registerId, contract.codeHash)
        return 2n
      case 'globalByAccount':
        call.registers.write(registerId, utf8.encode(contract.accountId))
        return 3n
    }
  }),
}

/** Balances, gas and stakes. */
export const economicsFunctions: HostFunctions = {
  account_balance: returnsNothing((call, address) => {
    call.gas.pay('base')
    call.memory.writeU128(address, call.balance)
  }),

  account_locked_balance: returnsNothing((call, address) => {
    call.gas.pay('base')
    call.memory.writeU128(address, call.context.accountLockedBalance)
  }),

  attached_deposit: returnsNothing((call, address) => {
    call.gas.pay('base')
    call.memory.writeU128(address, call.context.attachedDeposit)
  }),

  prepaid_gas: returnsI64((call) => {
    beginOutsideView(call, 'prepaid_gas')
    return call.context.prepaidGas
  }),

  used_gas: returnsI64((call) => {
    beginOutsideView(call, 'used_gas')
    return call.gas.used
  }),

  validator_stake: returnsNothing((call, length, address, stakeAddress) => {
    call.gas.pay('base')
    const accountId = call.accountId(length, address)
    call.gas.pay('validator_stake_base')
    call.memory.writeU128(stakeAddress, call.external.validatorStake(accountId) ?? 0n)
  }),

  validator_total_stake: returnsNothing((call, stakeAddress) => {
    call.gas.pay('base')
    call.gas.pay('validator_total_stake_base')
    call.memory.writeU128(stakeAddress, call.external.validatorTotalStake())
  }),
}

function beginOutsideView(call: CallState, functionName: string): void {
  call.gas.pay('base')
  call.prohibitInView(functionName)
}
