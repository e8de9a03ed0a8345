import type { CallState } from './call-state.ts'
import type { HostFunction, HostFunctions } from './host/host-function.ts'
import { type FunctionType, type Module, ValueType } from './wasm/module.ts'

/** Who host functions work for: calls do not overlap, so that imports are made once for each contract. */
export interface RunningCall {
  call: CallState | undefined
  /** Gas left, as the contract's own code counts it. */
  gasGlobal: WebAssembly.Global<'i64'> | undefined
}

export type Linked = { status: 'linked'; imports: WebAssembly.Imports } | { status: 'failed'; msg: string }

/** Finds what the contract imports. The messages are Wasmtime's: unknown names come before wrong types. */
export function linkContract(module: Module, hostFunctions: HostFunctions, running: RunningCall): Linked {
  if (module.imports.some(({ name }) => !Object.hasOwn(hostFunctions, name))) {
    return { status: 'failed', msg: 'unknown or invalid import' }
  }

  const env: Record<string, WebAssembly.ImportValue> = {}
  for (const { name, type } of module.imports) {
    const hostFunction = hostFunctions[name]
    if (hostFunction === undefined) continue
    const expected = describe(type)
    const found = describe(hostFunction.type)
    if (expected !== found) {
      return { status: 'failed', msg: `types incompatible: expected type \`${expected}\`, found type \`${found}\`` }
    }
    env[name] = bind(hostFunction, running)
  }
  return { status: 'linked', imports: { env } }
}

/** As Wasmtime prints a type: `(func (param i64 i64) (result i64))`. */
function describe({ params, results }: FunctionType): string {
  const names = (types: ValueType[]) => types.map((type) => VALUE_TYPE_NAMES[type]).join(' ')
  const param = params.length > 0 ? ` (param ${names(params)})` : ''
  const result = results.length > 0 ? ` (result ${names(results)})` : ''
  return `(func${param}${result})`
}

const VALUE_TYPE_NAMES: Record<ValueType, string> = {
  [ValueType.i32]: 'i32',
  [ValueType.i64]: 'i64',
  [ValueType.f32]: 'f32',
  [ValueType.f64]: 'f64',
  [ValueType.funcref]: 'funcref',
}

/** A function for V8: takes over the gas that the contract's code has counted, and hands back what is left. */
function bind({ type, run }: HostFunction, running: RunningCall) {
  const returnsI32 = type.results[0] === ValueType.i32

  return (...given: (bigint | number)[]) => {
    const { call, gasGlobal } = running
    if (call === undefined || gasGlobal === undefined) throw new Error('a host function was called outside of a call')
    const args = given.map((value) => (typeof value === 'bigint' ? BigInt.asUintN(64, value) : BigInt(value >>> 0)))

    const remaining = call.gas.remaining
    const counted = gasGlobal.value
    if (counted !== remaining) call.gas.burn(remaining - counted)
    const result = run(call, ...args)
    const left = call.gas.remaining
    if (counted !== left) gasGlobal.value = left
    return returnsI32 && result !== undefined ? Number(result) : result
  }
}
