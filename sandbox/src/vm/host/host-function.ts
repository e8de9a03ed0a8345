import type { CallState } from '../call-state.ts'
import { type FunctionType, ValueType } from '../wasm/module.ts'

/** Arguments are unsigned, whatever their WebAssembly type. */
type Run<Result> = (call: CallState, ...args: bigint[]) => Result

/** A function that a contract can import from `env`. nearcore: `imports.rs`, `logic/host.rs`. */
export interface HostFunction {
  type: FunctionType
  run: Run<bigint | undefined>
}

export type HostFunctions = Record<string, HostFunction>

export function returnsNothing(run: Run<void>): HostFunction {
  const type = { params: i64s(run.length - 1), results: [] }
  return {
    type,
    run(call, ...args) {
      run(call, ...args)
      return undefined
    },
  }
}

export function returnsI64(run: Run<bigint>): HostFunction {
  return { type: { params: i64s(run.length - 1), results: [ValueType.i64] }, run }
}

export function returnsI32(run: Run<bigint>): HostFunction {
  return { type: { params: i64s(run.length - 1), results: [ValueType.i32] }, run }
}

/** The same with i32 arguments. */
export function takesI32s(hostFunction: HostFunction): HostFunction {
  const params = hostFunction.type.params.map(() => ValueType.i32)
  return { ...hostFunction, type: { ...hostFunction.type, params } }
}

function i64s(count: number): FunctionType['params'] {
  return Array.from({ length: count }, () => ValueType.i64)
}
