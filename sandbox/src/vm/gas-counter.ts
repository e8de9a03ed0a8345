import type { ActionCost, ExtCost, Fee, Parameters } from '../parameters/index.ts'
import { HostAbort } from './errors.ts'
import type { StorageAccessTracker } from './types.ts'

const MAX_U64 = 2n ** 64n - 1n

/** Gas to burn at once, and to be used altogether: what is not burnt is given to a promise. */
interface ActionGas {
  burn: bigint
  use: bigint
}

/** Counts what a call burns and what it gives to promises. nearcore: `logic/gas_counter.rs`. */
export class GasCounter implements StorageAccessTracker {
  /** Never above what was paid for: `burnt + promises <= prepaid` and `burnt <= maxBurnt`. */
  #burnt = 0n
  #promises = 0n
  readonly #prepaid: bigint
  readonly #maxBurnt: bigint
  readonly #costs: Record<ExtCost, bigint>
  readonly #profile = new Map<string, bigint>()

  constructor(parameters: Parameters, gas: { prepaid: bigint; viewLimit?: bigint | undefined }) {
    const limit = BigInt(parameters.limits.max_gas_burnt)
    this.#maxBurnt = gas.viewLimit ?? limit
    this.#prepaid = gas.viewLimit ?? gas.prepaid
    this.#costs = parameters.extCosts
  }

  get burnt(): bigint {
    return this.#burnt
  }

  get used(): bigint {
    return this.#burnt + this.#promises
  }

  get remaining(): bigint {
    return this.#prepaid > this.used ? this.#prepaid - this.used : 0n
  }

  /** Burns one of a host function's costs, `count` times. */
  pay(cost: ExtCost, count: bigint | number = 1n): void {
    const gas = checked(this.#costs[cost] * BigInt(count))
    this.#inProfile(cost, () => this.burn(gas))
  }

  /** Burns the part of a fee that is burnt when an action is sent, and reserves what executing it will burn. */
  payAction(action: ActionCost, gas: ActionGas): void {
    checked(gas.use)
    this.#inProfile(`action:${action}`, () => this.#deduct(gas.burn, gas.use))
  }

  /** `payAction` with the action's own fee, `count` times. */
  payFee(action: ActionCost, fee: Fee, isSenderReceiver: boolean, count: bigint | number = 1n): void {
    const burn = sendFee(fee, isSenderReceiver) * BigInt(count)
    this.payAction(action, { burn, use: burn + fee.execution * BigInt(count) })
  }

  /** Gives gas to a promise. */
  prepay(gas: bigint): void {
    this.#deduct(0n, gas)
  }

  /** Burns what the instructions cost. */
  burn(gas: bigint): void {
    this.#deduct(gas, gas)
  }

  trieNodeTouched(count: number): void {
    this.pay('touching_trie_node', count)
  }

  cachedTrieNodeAccess(count: number): void {
    this.pay('read_cached_trie_node', count)
  }

  derefWriteEvictedValueBytes(bytes: number): void {
    this.pay('storage_write_evicted_byte', bytes)
  }

  derefRemovedValueBytes(bytes: number): void {
    this.pay('storage_remove_ret_value_byte', bytes)
  }

  /** What was burnt, by cost; `wasm` is what no host function and no action took. */
  profile(): Map<string, bigint> {
    const paid = [...this.#profile].filter(([, gas]) => gas > 0n)
    const sum = paid.reduce((total, [, gas]) => total + gas, 0n)
    return new Map([['wasm', this.#burnt - sum], ...paid])
  }

  #inProfile(cost: string, pay: () => void): void {
    const before = this.#burnt
    try {
      pay()
    } finally {
      this.#profile.set(cost, (this.#profile.get(cost) ?? 0n) + this.#burnt - before)
    }
  }

  #deduct(burn: bigint, use: bigint): void {
    const burnt = checked(this.#burnt + burn)
    const used = checked(burnt + this.#promises + use - burn)
    if (burnt <= this.#maxBurnt && used <= this.#prepaid) {
      this.#burnt = burnt
      this.#promises = used - burnt
      return
    }

    this.#burnt = least(burnt, this.#prepaid, this.#maxBurnt)
    const usedAtMost = least(used, this.#prepaid)
    this.#promises = usedAtMost > this.#burnt ? usedAtMost - this.#burnt : 0n
    // When both limits are crossed, nearcore names this one.
    throw new HostAbort(burnt > this.#maxBurnt ? 'GasLimitExceeded' : 'GasExceeded')
  }
}

export function sendFee(fee: Fee, isSenderReceiver: boolean): bigint {
  return isSenderReceiver ? fee.sendSir : fee.sendNotSir
}

function checked(gas: bigint): bigint {
  if (gas > MAX_U64) throw new HostAbort('IntegerOverflow')
  return gas
}

function least(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((least, gas) => (gas < least ? gas : least), first)
}
