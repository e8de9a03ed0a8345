import type { Parameters } from '../parameters/index.ts'
import { isValidAccountId } from '../primitives/index.ts'
import { HostAbort } from './errors.ts'
import type { GasCounter } from './gas-counter.ts'
import type { GuestMemory } from './guest-memory.ts'
import { Registers } from './registers.ts'
import type { External, HostErrorName, PromisedReceipt, PromisedResume, ReturnData, VMContext } from './types.ts'

/** A length of 2⁶⁴ − 1 says that the address is a register. */
const IN_REGISTER = 2n ** 64n - 1n

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What a promise index stands for: a receipt, or several that are waited for together. */
export type Promised = { kind: 'receipt'; receipt: number } | { kind: 'joint'; receipts: number[] }

/** A call in progress: what host functions read and change. nearcore: `HostCtx` and `ExecutionResultState`. */
export class CallState {
  readonly context: VMContext
  readonly external: External
  readonly parameters: Parameters
  readonly gas: GasCounter
  readonly memory: GuestMemory
  readonly registers: Registers

  readonly logs: string[] = []
  logBytes = 0
  returnData: ReturnData = { kind: 'none' }
  balance: bigint
  subsidizedAmount = 0n
  storageUsage: bigint
  readonly promises: Promised[] = []
  readonly receipts: PromisedReceipt[] = []
  readonly resumes: PromisedResume[] = []

  constructor(setup: {
    context: VMContext
    external: External
    parameters: Parameters
    gas: GasCounter
    memory: GuestMemory
  }) {
    this.context = setup.context
    this.external = setup.external
    this.parameters = setup.parameters
    this.gas = setup.gas
    this.memory = setup.memory
    this.registers = new Registers(setup.gas, setup.parameters.limits)
    this.balance = setup.context.accountBalance + setup.context.attachedDeposit
    this.storageUsage = setup.context.storageUsage
  }

  prohibitInView(functionName: string): void {
    if (this.context.viewConfig !== undefined) throw new HostAbort('ProhibitedInView', { method_name: functionName })
  }

  /** Bytes that the contract names by length and address, or by register. */
  bytes(length: bigint, address: bigint): Uint8Array {
    return length === IN_REGISTER ? this.registers.read(address) : this.memory.read(address, length)
  }

  accountId(length: bigint, address: bigint): string {
    const bytes = this.bytes(length, address)
    this.gas.pay('utf8_decoding_base')
    this.gas.pay('utf8_decoding_byte', bytes.length)
    const accountId = decodeUtf8(bytes)
    if (!isValidAccountId(accountId)) throw new HostAbort('InvalidAccountId')
    return accountId
  }

  /** Yocto that leave the account with a promise. */
  deductBalance(amount: bigint): void {
    if (amount > this.balance) throw new HostAbort('BalanceExceeded')
    this.balance -= amount
  }
}

/** Throws `error` for bytes that are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, error: HostErrorName = 'BadUTF8'): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new HostAbort(error)
  }
}
