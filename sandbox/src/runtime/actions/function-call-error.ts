import type { CompilationError, FunctionCallError } from '../../vm/types.ts'
import type { CompilationErrorView, FunctionCallErrorView } from '../errors.ts'

/**
 * The VM's error as an outcome holds it: whatever went wrong while the contract ran is only words.
 * nearcore: runtime/runtime/src/conversions.rs.
 */
export function functionCallErrorView(error: FunctionCallError): FunctionCallErrorView {
  switch (error.kind) {
    case 'CompilationError':
      return { CompilationError: compilationErrorView(error.error) }
    case 'MethodResolveError':
      return { MethodResolveError: error.error }
    case 'LinkError':
      return { ExecutionError: `Link Error: ${error.msg}` }
    case 'WasmTrap':
    case 'HostError':
      return { ExecutionError: error.message }
  }
}

function compilationErrorView(error: CompilationError): CompilationErrorView {
  switch (error.kind) {
    case 'CodeDoesNotExist':
      return { CodeDoesNotExist: { account_id: error.accountId } }
    case 'PrepareError':
      return { PrepareError: error.error }
    // nearcore calls it so, whichever engine it runs on.
    case 'WasmtimeCompileError':
      return { WasmerCompileError: { msg: error.msg } }
  }
}
