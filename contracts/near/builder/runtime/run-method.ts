/** What an exported function does around its method, as near-sdk-js 2.0.0's `near-bindgen-exporter` generates it. */
import { native } from './native.ts'

/** What `@NearBindgen` adds to a class. */
interface BoundClass {
  _getState(): object | null
  _create(): object
  _load(): object
  _saveToStorage(contract: object): void
}

export function run_view(bound: BoundClass, method: string): void {
  returnValue(invoke(bound._load(), method))
}

export function run_call(bound: BoundClass, method: string): void {
  runAndSave(bound, bound._load(), method)
}

export function run_initialize(bound: BoundClass, method: string): void {
  if (bound._getState()) throw new Error('Contract already initialized')
  runAndSave(bound, bound._create(), method)
}

/** Starts from an empty contract: a migration reads the old state itself. */
export function run_migrate(bound: BoundClass, method: string): void {
  runAndSave(bound, bound._create(), method)
}

function runAndSave(bound: BoundClass, contract: object, method: string): void {
  const result = invoke(contract, method)
  bound._saveToStorage(contract)
  returnValue(result)
}

function invoke<Method extends string>(contract: object, method: Method): unknown {
  return (contract as Record<Method, (args: object) => unknown>)[method](native.parse_input() ?? {})
}

function returnValue(result: unknown): void {
  if (result === undefined) return
  if (isNearPromise(result)) result.onReturn()
  else native.return_json(result)
}

/** By name: importing the class would put it into every contract. */
function isNearPromise(result: unknown): result is { onReturn(): void } {
  return result !== null && (result as object).constructor?.name === 'NearPromise'
}
