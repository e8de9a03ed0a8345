import { parametersOf } from '../../parameters/index.ts'
import { ContractCache } from '../contract-cache.ts'
import { runContract } from '../run-contract.ts'
import type { External, VMContext, VMOutcome } from '../types.ts'

const cache = new ContractCache(parametersOf(86))

/** Calls `main` of a contract, by alice, with 300 Tgas and no state but `storage`. */
export function callMain(
  code: Uint8Array,
  { context, storage, method = 'main' }: { context?: Partial<VMContext>; storage?: Storage; method?: string } = {},
): VMOutcome {
  return runContract({ code, method, context: { ...CONTEXT, ...context }, external: chain(storage), cache })
}

/** Values by key, as text. */
export type Storage = Map<string, Uint8Array>

const CONTEXT: VMContext = {
  currentAccountId: 'contract.test.near',
  signerAccountId: 'alice.test.near',
  signerAccountPk: new Uint8Array(33),
  predecessorAccountId: 'alice.test.near',
  refundToAccountId: 'alice.test.near',
  input: new Uint8Array(0),
  promiseResults: [],
  blockHeight: 100n,
  blockTimestamp: 0n,
  epochHeight: 1n,
  accountBalance: 10n ** 25n,
  accountLockedBalance: 0n,
  storageUsage: 1000n,
  accountContract: { kind: 'none' },
  attachedDeposit: 0n,
  prepaidGas: 300_000_000_000_000n,
  randomSeed: new Uint8Array(32),
  outputDataReceivers: [],
}

function chain(storage: Storage = new Map()): External {
  const text = (key: Uint8Array) => Buffer.from(key).toString()
  return {
    storageGet: (key) => storage.get(text(key)),
    storageSet(key, value, tracker) {
      tracker.trieNodeTouched(1)
      const replaced = storage.get(text(key))
      storage.set(text(key), value)
      return replaced
    },
    storageRemove(key) {
      const removed = storage.get(text(key))
      storage.delete(text(key))
      return removed
    },
    storageHasKey: (key) => storage.has(text(key)),
    generateDataId: () => new Uint8Array(32),
    hasPromiseYield: () => false,
    dataIdOfYield: () => undefined,
    validatorStake: () => undefined,
    validatorTotalStake: () => 0n,
    chainId: () => 'test',
  }
}
