import type { Limits } from '../parameters/index.ts'
import { HostAbort } from './errors.ts'
import type { GasCounter } from './gas-counter.ts'

/** Bytes that a register counts beyond its content: the size of its id. */
const OVERHEAD = 8

/** Where host functions leave bytes for the contract. nearcore: `logic/vmstate.rs`. */
export class Registers {
  readonly #content = new Map<bigint, Uint8Array>()
  readonly #gas: GasCounter
  readonly #limits: Limits
  #memoryUsage = 0

  constructor(gas: GasCounter, limits: Limits) {
    this.#gas = gas
    this.#limits = limits
  }

  read(id: bigint): Uint8Array {
    const content = this.#content.get(id)
    if (content === undefined) throw new HostAbort('InvalidRegisterId', { register_id: id })
    this.#gas.pay('read_register_base')
    this.#gas.pay('read_register_byte', content.length)
    return content
  }

  /** Free of charge. */
  lengthOf(id: bigint): number | undefined {
    return this.#content.get(id)?.length
  }

  /** Keeps `content` itself: it must not change afterwards. */
  write(id: bigint, content: Uint8Array): void {
    this.#gas.pay('write_register_base')
    this.#gas.pay('write_register_byte', content.length)
    this.#store(id, content)
  }

  /** Without the cost of the bytes: for what somebody has paid for already, such as the input. */
  writeShared(id: bigint, content: Uint8Array): void {
    this.#gas.pay('write_register_base')
    this.#store(id, content)
  }

  #store(id: bigint, content: Uint8Array): void {
    const { max_register_size, max_number_registers, registers_memory_limit } = this.#limits
    if (content.length > max_register_size) throw new HostAbort('MemoryAccessViolation')
    // Even when the register exists: at the limit, none can be replaced. That is the protocol.
    if (this.#content.size >= max_number_registers) throw new HostAbort('MemoryAccessViolation')

    const replaced = this.#content.get(id)
    const freed = replaced === undefined ? 0 : replaced.length + OVERHEAD
    const usage = this.#memoryUsage - freed + content.length + OVERHEAD
    if (usage > registers_memory_limit) throw new HostAbort('MemoryAccessViolation')
    this.#memoryUsage = usage
    this.#content.set(id, content)
  }
}
