/**
 * near-sdk-js's decorators, at a fifteenth of the bytes for each method: what `call` checks is checked when a call comes from outside, not
 * when one method calls another.
 */
import { run_call, run_private_call, run_private_unpaid_call, run_unpaid_call, setRun } from './run-method.ts'

export { NearBindgen } from './sdk-bindgen.ts'

interface CallOptions {
  /** Only the contract itself may call it. */
  readonly privateFunction?: boolean
  /** It may be called with a deposit. */
  readonly payableFunction?: boolean
}

export function call({ privateFunction = false, payableFunction = false }: CallOptions) {
  const unpaid = privateFunction ? run_private_unpaid_call : run_unpaid_call
  const paid = privateFunction ? run_private_call : run_call
  return (_class: object, name: string, _method: PropertyDescriptor) => setRun(name, payableFunction ? paid : unpaid)
}

/** The builder reads it. */
function mark(_: object) {
  return (_class: object, _name: string, _method: PropertyDescriptor): void => {}
}

export { mark as initialize, mark as view }
