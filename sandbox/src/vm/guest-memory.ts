import { HostAbort } from './errors.ts'
import type { GasCounter } from './gas-counter.ts'

/** The contract's memory, at a price. Addresses and lengths are the contract's u64. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory
  readonly #gas: GasCounter
  #view: Uint8Array

  constructor(memory: WebAssembly.Memory, gas: GasCounter) {
    this.#memory = memory
    this.#gas = gas
    this.#view = new Uint8Array(memory.buffer)
  }

  /** A copy: what the contract does next does not change it. */
  read(address: bigint, length: bigint): Uint8Array {
    this.#gas.pay('read_memory_base')
    this.#gas.pay('read_memory_byte', length)
    return this.readFree(address, length)
  }

  readFree(address: bigint, length: bigint): Uint8Array {
    return this.#at(address, length).slice()
  }

  readU128(address: bigint): bigint {
    return littleEndian(this.read(address, 16n))
  }

  write(address: bigint, content: Uint8Array): void {
    this.#gas.pay('write_memory_base')
    this.#gas.pay('write_memory_byte', content.length)
    this.#at(address, BigInt(content.length)).set(content)
  }

  writeU128(address: bigint, value: bigint): void {
    const content = new Uint8Array(16)
    const view = new DataView(content.buffer)
    view.setBigUint64(0, BigInt.asUintN(64, value), true)
    view.setBigUint64(8, value >> 64n, true)
    this.write(address, content)
  }

  #at(address: bigint, length: bigint): Uint8Array {
    // The buffer is another one after the memory has grown.
    if (address + length > BigInt(this.#view.length)) this.#view = new Uint8Array(this.#memory.buffer)
    if (address + length > BigInt(this.#view.length)) throw new HostAbort('MemoryAccessViolation')
    return this.#view.subarray(Number(address), Number(address + length))
  }
}

export function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

export function bigEndian(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
