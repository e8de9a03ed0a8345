/** What an exported function does around its method, as near-sdk-js 2.0.0's `near-bindgen-exporter` generates it. */
import { host } from './host.ts'
import { native } from './native.ts'
import { currentAccountId, predecessorAccountId } from './sdk-api.ts'

/** What `@NearBindgen` adds to a class. */
interface BoundClass {
  _getState(): object | null
  _create(): object
  _load(): object
  _saveToStorage(contract: object): void
}

type Run = (bound: BoundClass, method: string) => void

/** How methods run that do not run as their kind does, by name: an exported name is no other contract's. */
const runs: Record<string, Run> = {}

/** For `call` of contract.ts. */
export function setRun(method: string, run: Run): void {
  runs[method] = run
}

/** What a call of a method is: a function with its arguments, as engine/src/image.c takes it. */
export function entry(run: Run, bound: BoundClass, method: string): readonly [Run, BoundClass, string] {
  return [runs[method] ?? run, bound, method]
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

/** Of `call` in contract.ts, by what it checks. */
export function run_unpaid_call(bound: BoundClass, method: string): void {
  requireUnpaid()
  run_call(bound, method)
}

export function run_private_call(bound: BoundClass, method: string): void {
  requirePrivate()
  run_call(bound, method)
}

export function run_private_unpaid_call(bound: BoundClass, method: string): void {
  requirePrivate()
  run_unpaid_call(bound, method)
}

function requireUnpaid(): void {
  if (host.attached_deposit() > 0n) throw new Error('Function is not payable')
}

function requirePrivate(): void {
  if (predecessorAccountId() !== currentAccountId()) throw new Error('Function is private')
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
