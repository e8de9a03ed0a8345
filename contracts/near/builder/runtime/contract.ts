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

/**
 * Gives its methods to the class with `@NearBindgen` that it extends, and stands for that class from then on: a contract may be of several
 * files, all of which the entry exports. A call costs what it would in one class.
 */
export function NearPart() {
  return <Part extends new () => object>(part: Part): Part => {
    const contract: Part = Object.getPrototypeOf(part)
    if (!('_load' in contract)) throw new Error(`${part.name} extends no class with @NearBindgen`)
    // What `@NearBindgen` makes of a class has no methods of its own.
    const methods = Object.getPrototypeOf(contract.prototype)
    for (const name of Object.getOwnPropertyNames(part.prototype)) {
      if (name === 'constructor') continue
      if (name in methods)
        throw new Error(`${part.name} has a method ${name}, as another part does: rename one of them`)
      // One by one: the function that reads all descriptors at once would stay in the contract.
      Object.defineProperty(methods, name, Object.getOwnPropertyDescriptor(part.prototype, name) ?? {})
    }
    return contract
  }
}

/** The builder reads it. */
function mark(_: object) {
  return (_class: object, _name: string, _method: PropertyDescriptor): void => {}
}

export { mark as initialize, mark as view }
