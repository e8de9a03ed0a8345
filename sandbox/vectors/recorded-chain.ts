import { sha256 } from '../src/primitives/index.ts'
import type { External } from '../src/vm/types.ts'

/**
 * The chain that the vectors were recorded on: nearcore's `MockedExternal`, a flat map that charges for no trie nodes
 * and numbers its data ids.
 */
export class RecordedChain implements External {
  readonly #state: Map<string, Uint8Array>
  readonly #validators: Record<string, string>
  #yieldCount = 0n

  constructor(state: Map<string, Uint8Array>, validators: Record<string, string>) {
    this.#state = new Map(state)
    this.#validators = validators
  }

  get state(): Map<string, Uint8Array> {
    return this.#state
  }

  storageGet(key: Uint8Array): Uint8Array | undefined {
    return this.#state.get(hex(key))
  }

  storageSet(key: Uint8Array, value: Uint8Array): Uint8Array | undefined {
    const replaced = this.storageGet(key)
    this.#state.set(hex(key), value)
    return replaced
  }

  storageRemove(key: Uint8Array): Uint8Array | undefined {
    const removed = this.storageGet(key)
    this.#state.delete(hex(key))
    return removed
  }

  storageHasKey(key: Uint8Array): boolean {
    return this.#state.has(hex(key))
  }

  generateDataId(purpose: 'dependency' | 'yield'): Uint8Array {
    if (purpose === 'dependency') return new Uint8Array(32)
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64LE(this.#yieldCount++)
    return sha256(counter)
  }

  hasPromiseYield(): boolean {
    return false
  }

  dataIdOfYield(): undefined {
    return undefined
  }

  validatorStake(accountId: string): bigint | undefined {
    const stake = this.#validators[accountId]
    return stake === undefined ? undefined : BigInt(stake)
  }

  validatorTotalStake(): bigint {
    return Object.values(this.#validators).reduce((sum, stake) => sum + BigInt(stake), 0n)
  }

  chainId(): string {
    return 'test'
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
