import { CallState } from './call-state.ts'
import type { ContractCache, PreparedContract } from './contract-cache.ts'
import { HostAbort, methodResolveError, wasmTrap } from './errors.ts'
import { GasCounter } from './gas-counter.ts'
import { GuestMemory } from './guest-memory.ts'
import type { External, FunctionCallError, VMContext, VMOutcome, WasmTrap } from './types.ts'
import { InternalExport, METHOD_PREFIX } from './wasm/instrument.ts'
import { ExternalKind, type Module } from './wasm/module.ts'

/** A call of a contract. */
export interface ContractCall {
  code: Uint8Array
  method: string
  context: VMContext
  external: External
  cache: ContractCache
}

type ReadyContract = Extract<PreparedContract, { status: 'ready' }>

/**
 * Runs a method of a contract as nearcore's near-vm-runner does: the same gas, also at a failure, the same errors in
 * the same order. What the contract changed in `external` is the caller's to undo when the outcome has an error.
 */
export function runContract({ code, method, context, external, cache }: ContractCall): VMOutcome {
  const { parameters } = cache
  const gas = new GasCounter(parameters, { prepaid: context.prepaidGas, viewLimit: context.viewConfig?.maxGasBurnt })
  const prepared = cache.prepare(code)

  if (method === '') return failedBefore(gas, methodResolveError('MethodEmptyName'))
  if (prepared.status === 'invalid') return failedBefore(gas, prepared.error)
  const unpaid = payForLoading(gas, code)
  if (unpaid !== undefined) return failedBefore(gas, unpaid)
  if (prepared.status === 'unlinkable') return failedBefore(gas, prepared.error)
  const unresolved = resolveMethod(prepared.module, method)
  // nearcore forgets what the loading cost when there is no such method.
  if (unresolved !== undefined) return failedBefore(new GasCounter(parameters, { prepaid: 0n }), unresolved)

  return runPrepared(prepared, { method, context, external, cache, gas })
}

/** Why a call ended before the contract began. */
function failedBefore(gas: GasCounter, error: FunctionCallError): VMOutcome {
  return {
    gasBurnt: gas.burnt,
    gasUsed: gas.used,
    balance: 0n,
    subsidizedAmount: 0n,
    storageUsage: 0n,
    returnData: { kind: 'none' },
    logs: [],
    profile: gas.profile(),
    receipts: [],
    resumes: [],
    error,
  }
}

function payForLoading(gas: GasCounter, code: Uint8Array): FunctionCallError | undefined {
  try {
    gas.pay('contract_loading_bytes', code.length)
    gas.pay('contract_loading_base')
    return undefined
  } catch {
    // Whichever limit it was, nearcore says this.
    return new HostAbort('GasExceeded').error
  }
}

function resolveMethod(module: Module, method: string): FunctionCallError | undefined {
  const exported = module.exports.find(({ name }) => name === method)
  if (exported?.kind !== ExternalKind.function) return methodResolveError('MethodNotFound')
  const type = module.types[module.functionTypes[exported.index] ?? -1]
  const isProper = type?.params.length === 0 && type.results.length === 0
  return isProper ? undefined : methodResolveError('MethodInvalidSignature')
}

interface PreparedCall extends Omit<ContractCall, 'code'> {
  gas: GasCounter
}

function runPrepared(contract: ReadyContract, { method, context, external, cache, gas }: PreparedCall): VMOutcome {
  const { parameters, running } = cache
  cache.hintGarbage()
  let instance: Instance
  try {
    instance = instantiate(contract)
  } catch (error) {
    return failedBefore(gas, trapOf(error, undefined))
  }

  const memory = new GuestMemory(instance.memory, gas)
  const call = new CallState({ context, external, parameters, gas, memory })
  running.call = call
  running.gasGlobal = instance.gas
  try {
    const error = runFunctions(instance, gas, [InternalExport.start, METHOD_PREFIX + method])
    return outcomeOf(call, error)
  } finally {
    running.call = undefined
    running.gasGlobal = undefined
  }
}

/** What an instrumented module exports. */
interface Instance {
  exports: WebAssembly.Exports
  memory: WebAssembly.Memory
  gas: WebAssembly.Global<'i64'>
  stack: WebAssembly.Global<'i64'>
  lastIndirect: WebAssembly.Global<'i32'>
  table: WebAssembly.Table | undefined
}

function instantiate({ compiled, imports }: ReadyContract): Instance {
  const { exports } = new WebAssembly.Instance(compiled, imports)
  // The instrumentation writes these exports, with these types.
  return {
    exports,
    memory: exports[InternalExport.memory] as WebAssembly.Memory,
    gas: exports[InternalExport.gas] as WebAssembly.Global<'i64'>,
    stack: exports[InternalExport.stack] as WebAssembly.Global<'i64'>,
    lastIndirect: exports[InternalExport.lastIndirect] as WebAssembly.Global<'i32'>,
    table: exports[InternalExport.table] as WebAssembly.Table | undefined,
  }
}

/** Runs those that exist, in turn, and returns what ended them early. */
function runFunctions(instance: Instance, gas: GasCounter, names: string[]): FunctionCallError | undefined {
  for (const name of names) {
    const run = instance.exports[name]
    if (typeof run !== 'function') continue
    instance.gas.value = gas.remaining
    try {
      run()
    } catch (error) {
      return endedBy(error, instance, gas)
    }
    burnCounted(instance, gas)
  }
  return undefined
}

function endedBy(error: unknown, instance: Instance, gas: GasCounter): FunctionCallError {
  // A host function has counted everything already.
  if (error instanceof HostAbort) return error.error
  try {
    burnCounted(instance, gas)
  } catch (exceeded) {
    if (exceeded instanceof HostAbort) return exceeded.error
    throw exceeded
  }
  if (instance.stack.value < 0n) return new HostAbort('MemoryAccessViolation').error
  return trapOf(error, instance)
}

/** Burns what the contract's code has counted since it was told what is left; throws when that was too much. */
function burnCounted(instance: Instance, gas: GasCounter): void {
  gas.burn(gas.remaining - instance.gas.value)
}

function trapOf(error: unknown, instance: Instance | undefined): FunctionCallError {
  if (error instanceof RangeError) return wasmTrap('StackOverflow')
  if (!(error instanceof WebAssembly.RuntimeError)) throw error
  return wasmTrap(trapName(error.message, instance))
}

/** From V8's messages. Tables count as memory in nearcore. */
function trapName(message: string, instance: Instance | undefined): WasmTrap {
  if (message === 'unreachable') return 'Unreachable'
  if (/out of bounds|is out of/.test(message)) return 'MemoryOutOfBounds'
  if (/^(divide|remainder|float unrepresentable)/.test(message)) return 'IllegalArithmetic'
  if (message.startsWith('null function')) {
    const entry = instance?.table?.get(instance.lastIndirect.value)
    return entry === null ? 'IndirectCallToNull' : 'IncorrectCallIndirectSignature'
  }
  return 'GenericTrap'
}

function outcomeOf(call: CallState, error: FunctionCallError | undefined): VMOutcome {
  return {
    gasBurnt: call.gas.burnt,
    gasUsed: call.gas.used,
    balance: call.balance,
    subsidizedAmount: call.subsidizedAmount,
    storageUsage: call.storageUsage,
    returnData: call.returnData,
    logs: call.logs,
    profile: call.gas.profile(),
    receipts: call.receipts,
    resumes: call.resumes,
    ...(error !== undefined && { error }),
  }
}
