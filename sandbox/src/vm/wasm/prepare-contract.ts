import type { Parameters } from '../../parameters/index.ts'
import { instrument } from './instrument.ts'
import type { Module } from './module.ts'
import { wellFormed } from './prepare-failure.ts'
import { readModule } from './read-module.ts'

/** A contract that NEAR accepts, ready for V8. */
export interface InstrumentedContract {
  module: Module
  code: Uint8Array<ArrayBuffer>
}

/** nearcore: `prepare_contract`. Throws `PrepareFailure`. */
export function prepareContract(code: Uint8Array, parameters: Parameters): InstrumentedContract {
  const module = readModule(code, parameters.limits)
  wellFormed(WebAssembly.validate(new Uint8Array(code)))
  return { module, code: new Uint8Array(instrument(module, parameters)) }
}
