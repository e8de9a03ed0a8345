/** What an exported function does around its method, as near-sdk-js 2.0.0's `near-bindgen-exporter` generates it. */
import { native } from './native.ts'

/** What `@NearBindgen` adds to a class. */
interface BoundClass {
  _getState(): object | null
  _create(): object
  _reconstruct(contract: object, state: object): object
  _getArgs(): object
  _requireInit(): boolean
  _saveToStorage(contract: object): void
  _serialize(value: unknown, forReturn: boolean): Uint8Array | string
}

export function run_view(bound: BoundClass, method: string): void {
  returnValue(bound, invoke(bound, loadContract(bound), method))
}

export function run_call(bound: BoundClass, method: string): void {
  runAndSave(bound, loadContract(bound), method)
}

export function run_initialize(bound: BoundClass, method: string): void {
  if (bound._getState()) throw new Error('Contract already initialized')
  runAndSave(bound, bound._create(), method)
}

/** Starts from an empty contract: a migration reads the old state itself. */
export function run_migrate(bound: BoundClass, method: string): void {
  runAndSave(bound, bound._create(), method)
}

function loadContract(bound: BoundClass): object {
  const state = bound._getState()
  if (!state && bound._requireInit()) throw new Error('Contract must be initialized')
  const contract = bound._create()
  if (state) bound._reconstruct(contract, state)
  return contract
}

function runAndSave(bound: BoundClass, contract: object, method: string): void {
  const result = invoke(bound, contract, method)
  bound._saveToStorage(contract)
  returnValue(bound, result)
}

function invoke<Method extends string>(bound: BoundClass, contract: object, method: Method): unknown {
  return (contract as Record<Method, (args: object) => unknown>)[method](bound._getArgs())
}

function returnValue(bound: BoundClass, result: unknown): void {
  if (result === undefined) return
  if (isNearPromise(result)) result.onReturn()
  else native.value_return(bound._serialize(result, true))
}

/** By name: importing the class would put it into every contract. */
function isNearPromise(result: unknown): result is { onReturn(): void } {
  return result !== null && (result as object).constructor?.name === 'NearPromise'
}
