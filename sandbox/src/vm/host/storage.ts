import type { CallState } from '../call-state.ts'
import { HostAbort } from '../errors.ts'
import { type HostFunctions, returnsI64 } from './host-function.ts'

/** Values up to this length stand beside their key in flat storage. nearcore: `INLINE_DISK_VALUE_THRESHOLD`. */
const INLINE_VALUE_BYTES = 4000

/** The contract's own keys and values. */
export const storageFunctions: HostFunctions = {
  storage_write: returnsI64((call, keyLength, keyAddress, valueLength, valueAddress, registerId) => {
    call.gas.pay('base')
    call.prohibitInView('storage_write')
    call.gas.pay('storage_write_base')
    const key = readKey(call, keyLength, keyAddress)
    const value = readValue(call, valueLength, valueAddress)
    call.gas.pay('storage_write_key_byte', key.length)
    call.gas.pay('storage_write_value_byte', value.length)

    const evicted = call.external.storageSet(key, value, call.gas)
    if (evicted === undefined) {
      call.storageUsage += recordBytes(call, key, value)
      return 0n
    }
    call.storageUsage += BigInt(value.length - evicted.length)
    call.registers.write(registerId, evicted)
    return 1n
  }),

  storage_read: returnsI64((call, keyLength, keyAddress, registerId) => {
    call.gas.pay('base')
    call.gas.pay('storage_read_base')
    const key = readKey(call, keyLength, keyAddress)
    call.gas.pay('storage_read_key_byte', key.length)

    const value = call.external.storageGet(key, call.gas)
    if (value === undefined) return 0n
    call.gas.pay('storage_read_value_byte', value.length)
    if (value.length > INLINE_VALUE_BYTES) {
      call.gas.pay('storage_large_read_overhead_base')
      call.gas.pay('storage_large_read_overhead_byte', value.length)
    }
    call.registers.write(registerId, value)
    return 1n
  }),

  storage_remove: returnsI64((call, keyLength, keyAddress, registerId) => {
    call.gas.pay('base')
    call.prohibitInView('storage_remove')
    call.gas.pay('storage_remove_base')
    const key = readKey(call, keyLength, keyAddress)
    call.gas.pay('storage_remove_key_byte', key.length)

    const removed = call.external.storageRemove(key, call.gas)
    if (removed === undefined) return 0n
    call.storageUsage -= recordBytes(call, key, removed)
    call.registers.write(registerId, removed)
    return 1n
  }),

  storage_has_key: returnsI64((call, keyLength, keyAddress) => {
    call.gas.pay('base')
    call.gas.pay('storage_has_key_base')
    const key = readKey(call, keyLength, keyAddress)
    call.gas.pay('storage_has_key_byte', key.length)
    return call.external.storageHasKey(key, call.gas) ? 1n : 0n
  }),

  storage_iter_prefix: returnsI64((_call, _prefixLength, _prefixAddress) => deprecated('storage_iter_prefix')),
  storage_iter_range: returnsI64((_call, _startLength, _start, _endLength, _end) => deprecated('storage_iter_range')),
  storage_iter_next: returnsI64((_call, _iterator, _keyRegister, _valueRegister) => deprecated('storage_iter_next')),
}

function readKey(call: CallState, length: bigint, address: bigint): Uint8Array {
  const key = call.bytes(length, address)
  const limit = call.parameters.limits.max_length_storage_key
  if (key.length > limit) throw tooLong('KeyLengthExceeded', key, limit)
  return key
}

function readValue(call: CallState, length: bigint, address: bigint): Uint8Array {
  const value = call.bytes(length, address)
  const limit = call.parameters.limits.max_length_storage_value
  if (value.length > limit) throw tooLong('ValueLengthExceeded', value, limit)
  return value
}

function tooLong(name: 'KeyLengthExceeded' | 'ValueLengthExceeded', bytes: Uint8Array, limit: number): HostAbort {
  return new HostAbort(name, { length: BigInt(bytes.length), limit: BigInt(limit) })
}

function recordBytes(call: CallState, key: Uint8Array, value: Uint8Array): bigint {
  return BigInt(key.length + value.length) + call.parameters.extraBytesPerRecord
}

function deprecated(functionName: string): never {
  throw new HostAbort('Deprecated', { method_name: functionName })
}
