/** Runs built contracts on the sandbox's VM, which burns nearcore's gas: one account, its state, no other accounts. */
import { createHash } from 'node:crypto'
import { parametersOf } from '../../../sandbox/src/parameters/index.ts'
import { ContractCache } from '../../../sandbox/src/vm/contract-cache.ts'
import { runContract } from '../../../sandbox/src/vm/run-contract.ts'
import type { External, VMContext, VMOutcome } from '../../../sandbox/src/vm/types.ts'

export interface CallOptions {
  readonly isView?: boolean
  readonly deposit?: bigint
  readonly predecessor?: string
}

export interface CallResult {
  /** The result as JSON has it, or what it is when it is no JSON. */
  readonly value: unknown
  readonly logs: readonly string[]
  /** The panic's message or the VM's error, when the call failed. */
  readonly error: string | undefined
  readonly gasTera: number
  readonly outcome: VMOutcome
}

export class DeployedContract {
  readonly state = new Map<string, Uint8Array>()
  readonly #wasm: Uint8Array
  readonly #cache = new ContractCache(parametersOf(86))

  constructor(wasm: Uint8Array) {
    this.#wasm = wasm
  }

  call(method: string, args: object | Uint8Array = {}, options: CallOptions = {}): CallResult {
    const before = new Map(this.state)
    const outcome = runContract({
      code: this.#wasm,
      method,
      context: contextOf(args, options),
      external: externalOf(this.state),
      cache: this.#cache,
    })
    if (outcome.error !== undefined) {
      this.state.clear()
      for (const [key, value] of before) this.state.set(key, value)
    }
    const { returnData } = outcome
    return {
      value: returnData.kind === 'value' ? parsed(Buffer.from(returnData.value).toString()) : undefined,
      logs: outcome.logs,
      error: outcome.error && errorText(outcome.error),
      gasTera: Number(outcome.gasBurnt) / 1e12,
      outcome,
    }
  }
}

function errorText(error: NonNullable<VMOutcome['error']>): string {
  return JSON.stringify(error).match(/"panic_?[mM]sg":("(?:[^"\\]|\\.)*")/)?.[1] ?? JSON.stringify(error)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function contextOf(args: object | Uint8Array, { isView, deposit, predecessor }: CallOptions): VMContext {
  return {
    currentAccountId: 'contract.near',
    signerAccountId: 'alice.near',
    signerAccountPk: new Uint8Array(33),
    predecessorAccountId: predecessor ?? 'alice.near',
    refundToAccountId: 'alice.near',
    input: args instanceof Uint8Array ? args : Buffer.from(JSON.stringify(args)),
    promiseResults: [],
    blockHeight: 10n,
    blockTimestamp: 1_700_000_000_000_000_000n,
    epochHeight: 1n,
    accountBalance: 10n ** 25n,
    accountLockedBalance: 0n,
    storageUsage: 1_000n,
    accountContract: { kind: 'none' },
    attachedDeposit: deposit ?? 0n,
    prepaidGas: 10n ** 15n,
    randomSeed: new Uint8Array(32),
    outputDataReceivers: [],
    ...(isView && { viewConfig: { maxGasBurnt: 10n ** 15n } }),
  }
}

function externalOf(state: Map<string, Uint8Array>): External {
  let ids = 0
  const keyOf = (key: Uint8Array) => Buffer.from(key).toString('hex')
  return {
    storageGet: (key) => state.get(keyOf(key)),
    storageSet(key, value) {
      const old = state.get(keyOf(key))
      state.set(keyOf(key), value)
      return old
    },
    storageRemove(key) {
      const old = state.get(keyOf(key))
      state.delete(keyOf(key))
      return old
    },
    storageHasKey: (key) => state.has(keyOf(key)),
    generateDataId: () => createHash('sha256').update(String(ids++)).digest(),
    hasPromiseYield: () => false,
    dataIdOfYield: () => undefined,
    validatorStake: () => undefined,
    validatorTotalStake: () => 0n,
    chainId: () => 'test',
  }
}
