import { hash } from 'node:crypto'
import type { Parameters } from '../parameters/index.ts'
import { compilationError, linkError } from './errors.ts'
import type { HostFunctions } from './host/host-function.ts'
import { hostFunctions } from './host/imports.ts'
import { linkContract, type RunningCall } from './link-contract.ts'
import type { FunctionCallError } from './types.ts'
import type { Module } from './wasm/module.ts'
import { prepareContract } from './wasm/prepare-contract.ts'
import { PrepareFailure } from './wasm/prepare-failure.ts'

/** A contract that can run, or why it cannot. */
export type PreparedContract =
  | { status: 'ready'; module: Module; compiled: WebAssembly.Module; imports: WebAssembly.Imports }
  /** Found before its loading is charged. */
  | { status: 'invalid'; error: FunctionCallError }
  /** Found after that. */
  | { status: 'unlinkable'; error: FunctionCallError }

/** So many dead memories may wait: a call touches some hundred kilobytes of its own, rarely more. */
const CALLS_PER_HINT = 64

/** Contracts prepared for one protocol version: each code is read, instrumented and compiled once. */
export class ContractCache {
  readonly parameters: Parameters
  /** The call that host functions are working for. */
  readonly running: RunningCall = { call: undefined, gasGlobal: undefined }

  readonly #hostFunctions: HostFunctions
  readonly #byHash = new Map<string, PreparedContract>()
  /** Saves hashing code that comes as the same object again. */
  readonly #byCode = new WeakMap<Uint8Array, PreparedContract>()
  #callCount = 0

  constructor(parameters: Parameters) {
    this.parameters = parameters
    this.#hostFunctions = hostFunctions(parameters)
  }

  /** `code` must not change afterwards. */
  prepare(code: Uint8Array): PreparedContract {
    const known = this.#byCode.get(code)
    if (known !== undefined) return known

    const codeHash = hash('sha256', code, 'hex')
    const prepared = this.#byHash.get(codeHash) ?? this.#prepareNew(code)
    this.#byHash.set(codeHash, prepared)
    this.#byCode.set(code, prepared)
    return prepared
  }

  /** V8 does not see how large the shared memories are; an ordinary one, made and dropped, tells it to collect. */
  hintGarbage(): void {
    this.#callCount++
    if (this.#callCount % CALLS_PER_HINT !== 0) return
    const { initial_memory_pages, max_memory_pages } = this.parameters.limits
    new WebAssembly.Memory({ initial: initial_memory_pages, maximum: max_memory_pages })
  }

  #prepareNew(code: Uint8Array): PreparedContract {
    try {
      const { module, code: instrumented } = prepareContract(code, this.parameters)
      const compiled = new WebAssembly.Module(instrumented)
      const linked = linkContract(module, this.#hostFunctions, this.running)
      if (linked.status === 'failed') return { status: 'unlinkable', error: linkError(linked.msg) }
      return { status: 'ready', module, compiled, imports: linked.imports }
    } catch (error) {
      return { status: 'invalid', error: preparationError(error) }
    }
  }
}

function preparationError(error: unknown): FunctionCallError {
  if (error instanceof PrepareFailure) return compilationError({ kind: 'PrepareError', error: error.reason })
  if (error instanceof WebAssembly.CompileError) {
    return compilationError({ kind: 'WasmtimeCompileError', msg: error.message })
  }
  throw error
}
