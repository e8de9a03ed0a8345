/**
 * Every host function of protocol 86 (nearcore, runtime/near-vm-runner/src/imports.rs), by nearcore's name. The engine's C
 * bindings are generated from this interface: a `Bytes` or `Text` becomes length and pointer, a `U128` a pointer, and a
 * `U128` result an out pointer behind the arguments. An argument of another type throws a TypeError, a number that does
 * not fit a RangeError; what nearcore refuses ends the call with nearcore's error.
 *
 * Results that are bytes arrive in a register, whose number the caller chooses: `read_register` fetches them.
 */
export interface HostFunctions extends EngineFunctions {
  register_len(registerId: U64): bigint
  write_register(registerId: U64, value: Bytes): void

  current_account_id(registerId: U64): void
  chain_id(registerId: U64): void
  signer_account_id(registerId: U64): void
  signer_account_pk(registerId: U64): void
  predecessor_account_id(registerId: U64): void
  refund_to_account_id(registerId: U64): void
  input(registerId: U64): void
  block_index(): bigint
  /** Nanoseconds. */
  block_timestamp(): bigint
  epoch_height(): bigint
  storage_usage(): bigint

  account_balance(): U128
  account_locked_balance(): U128
  attached_deposit(): U128
  prepaid_gas(): bigint
  used_gas(): bigint

  random_seed(registerId: U64): void
  sha256(value: Bytes, registerId: U64): void
  keccak256(value: Bytes, registerId: U64): void
  keccak512(value: Bytes, registerId: U64): void
  ripemd160(value: Bytes, registerId: U64): void
  /** 1n, and 64 bytes of public key in the register, when the signature recovers to one. `v` is 0 to 3. */
  ecrecover(hash: Bytes, signature: Bytes, v: U64, malleability: U64, registerId: U64): bigint
  /** 1n when the signature is right. Small-order keys pass: refuse them where users bring keys. */
  ed25519_verify(signature: Bytes, message: Bytes, key: Bytes): bigint
  /** Over a 32-byte digest, with a compressed key. A high s passes. */
  p256_verify(signature: Bytes, digest: Bytes, key: Bytes): bigint

  value_return(value: Bytes): void
  panic_utf8(message: Bytes): void
  log_utf8(message: Bytes): void
  log_utf16(message: Bytes): void

  promise_create(account: Text, method: Text, args: Bytes, amount: U128, gas: U64): bigint
  promise_then(promise: U64, account: Text, method: Text, args: Bytes, amount: U128, gas: U64): bigint
  promise_batch_create(account: Text): bigint
  promise_batch_then(promise: U64, account: Text): bigint
  promise_set_refund_to(promise: U64, account: Text): void
  promise_batch_action_state_init(promise: U64, codeHash: Bytes, amount: U128): bigint
  promise_batch_action_state_init_by_account_id(promise: U64, account: Text, amount: U128): bigint
  set_state_init_data_entry(promise: U64, action: U64, key: Bytes, value: Bytes): void
  current_contract_code(registerId: U64): bigint

  promise_batch_action_create_account(promise: U64): void
  promise_batch_action_deploy_contract(promise: U64, code: Bytes): void
  promise_batch_action_deploy_global_contract(promise: U64, code: Bytes): void
  promise_batch_action_deploy_global_contract_by_account_id(promise: U64, code: Bytes): void
  promise_batch_action_use_global_contract(promise: U64, codeHash: Bytes): void
  promise_batch_action_use_global_contract_by_account_id(promise: U64, account: Text): void
  promise_batch_action_function_call(promise: U64, method: Text, args: Bytes, amount: U128, gas: U64): void
  promise_batch_action_function_call_weight(
    promise: U64,
    method: Text,
    args: Bytes,
    amount: U128,
    gas: U64,
    weight: U64,
  ): void
  promise_batch_action_transfer(promise: U64, amount: U128): void
  promise_batch_action_stake(promise: U64, amount: U128, key: Bytes): void
  promise_batch_action_add_key_with_full_access(promise: U64, key: Bytes, nonce: U64): void
  promise_batch_action_add_key_with_function_call(
    promise: U64,
    key: Bytes,
    nonce: U64,
    allowance: U128,
    receiver: Text,
    methods: Text,
  ): void
  promise_batch_action_delete_key(promise: U64, key: Bytes): void
  promise_batch_action_delete_account(promise: U64, beneficiary: Text): void
  promise_batch_action_transfer_to_gas_key(promise: U64, key: Bytes, amount: U128): void
  promise_batch_action_add_gas_key_with_full_access(promise: U64, key: Bytes, nonces: U64): void
  promise_batch_action_add_gas_key_with_function_call(
    promise: U64,
    key: Bytes,
    nonces: U64,
    allowance: U128,
    receiver: Text,
    methods: Text,
  ): void

  /** The promise; its data id goes into the register. */
  promise_yield_create(method: Text, args: Bytes, gas: U64, weight: U64, registerId: U64): bigint
  promise_yield_create_with_id(method: Text, args: Bytes, amount: U128, gas: U64, weight: U64, yieldId: Bytes): bigint
  /** 1 when a yield waited for this data id. */
  promise_yield_resume(dataId: Bytes, payload: Bytes): number
  promise_yield_resume_with_yield_id(yieldId: Bytes, payload: Bytes): number

  promise_results_count(): bigint
  /** 0n not ready, 1n successful (the value is in the register), 2n failed. */
  promise_result(index: U64, registerId: U64): bigint
  promise_return(promise: U64): void

  /** 1n when there was a value before; it goes into the register. */
  storage_write(key: Bytes, value: Bytes, registerId: U64): bigint
  storage_read(key: Bytes, registerId: U64): bigint
  storage_remove(key: Bytes, registerId: U64): bigint
  storage_has_key(key: Bytes): bigint

  validator_stake(account: Text): U128
  validator_total_stake(): U128

  alt_bn128_g1_multiexp(value: Bytes, registerId: U64): void
  alt_bn128_g1_sum(value: Bytes, registerId: U64): void
  alt_bn128_pairing_check(value: Bytes): bigint
  bls12381_p1_sum(value: Bytes, registerId: U64): bigint
  bls12381_p2_sum(value: Bytes, registerId: U64): bigint
  bls12381_g1_multiexp(value: Bytes, registerId: U64): bigint
  bls12381_g2_multiexp(value: Bytes, registerId: U64): bigint
  bls12381_map_fp_to_g1(value: Bytes, registerId: U64): bigint
  bls12381_map_fp2_to_g2(value: Bytes, registerId: U64): bigint
  bls12381_pairing_check(value: Bytes): bigint
  bls12381_p1_decompress(value: Bytes, registerId: U64): bigint
  bls12381_p2_decompress(value: Bytes, registerId: U64): bigint
}

export type Bytes = Uint8Array
export type Text = string
export type U64 = bigint | number
export type U128 = bigint

/** What is written by hand in the engine, because it does more than pass values on (engine/src/env.c). */
interface EngineFunctions {
  /** What a register holds, or undefined when it is empty. */
  read_register(registerId: U64): Uint8Array
  promise_and(...promises: U64[]): bigint
  log(text: Text): void
  panic(text: Text): void
  utf8_string_to_uint8array(text: Text): Uint8Array
  uint8array_to_utf8_string(bytes: Bytes): string
  latin1_string_to_uint8array(text: Text): Uint8Array
  uint8array_to_latin1_string(bytes: Bytes): string
}

declare const env: HostFunctions

/** The host functions that this contract runs on. */
export const host: HostFunctions = env
