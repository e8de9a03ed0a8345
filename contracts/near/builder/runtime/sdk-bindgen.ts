/** In place of functions of near-sdk-js/lib/near-bindgen.js, with the same results. */
import { host } from './host.ts'
import { native } from './native.ts'
import { decodeObj2class, deserialize, serialize } from './sdk-utils.ts'

const STATE_KEY = 'STATE'

type Contract = Parameters<typeof decodeObj2class>[0]

interface BindgenOptions {
  readonly requireInit?: boolean
  readonly serializer?: (value: unknown) => Uint8Array
  readonly deserializer?: (bytes: Uint8Array) => unknown
  /**
   * Ours: reads the state when a method first asks for a field, and writes it when one was set or holds an object. So `requireInit`
   * throws only then; the class must be constructed without the chain.
   */
  readonly isLazy?: boolean
}

/** Adds to a contract's class what `run-method.ts` calls. */
export function NearBindgen({
  requireInit = false,
  serializer = serialize,
  deserializer = deserialize,
  isLazy = false,
}: BindgenOptions) {
  const hasOwnCodec = serializer !== serialize || deserializer !== deserialize
  // biome-ignore lint/suspicious/noExplicitAny: what TypeScript asks of a class decorator
  return (target: new (...args: any[]) => any): any => {
    const bound = class extends target {
      static _create(): Contract {
        return new target()
      }

      static _getState(): unknown {
        if (!native.storage_read(STATE_KEY)) return null
        return hasOwnCodec ? deserializer(host.read_register(0)) : native.parse_state_register()
      }

      /** The contract that the method is called on. */
      static _load(): object {
        const state = bound._getState()
        if (!state && requireInit) throw new Error('Contract must be initialized')
        const contract = bound._create()
        if (state) bound._reconstruct(contract, state as Record<string, unknown>)
        return contract
      }

      static _saveToStorage(contract: object): void {
        if (hasOwnCodec) native.storage_write(STATE_KEY, serializer(contract))
        else native.write_state(STATE_KEY, JSON.stringify(contract, native.state_replacer))
      }

      static _reconstruct(contract: Contract, state: Record<string, unknown>): unknown {
        if (contract.constructor.schema !== undefined) return decodeObj2class(contract, state)
        for (const item in contract) {
          const field = contract[item] as { constructor?: { reconstruct?: (plain: unknown) => unknown } }
          const reconstruct = field.constructor?.reconstruct
          contract[item] = reconstruct ? reconstruct(state[item]) : state[item]
        }
        return contract
      }
    }
    return isLazy ? loadedLazily(bound, new target()) : bound
  }
}

interface BoundClass {
  _getState(): unknown
  _load(): object
  _saveToStorage(contract: object): void
}

/** One contract for the one call that there is: `fields` have the names that the state has. */
function loadedLazily<Bound extends BoundClass>(bound: Bound, fields: Contract): Bound {
  const { _load: load, _saveToStorage: save } = bound
  // What is read is the contract itself, when no field is made of it: a third of the gas.
  const isPlain = Object.values(fields).every((value) => typeof value !== 'object' && typeof value !== 'bigint')
  const lazy = Object.create(Object.getPrototypeOf(fields))
  let state: Record<string, unknown> | undefined
  let isChanged = false
  const loaded = () => {
    state ??= ((isPlain && bound._getState()) || load()) as Record<string, unknown>
    return state
  }

  for (const field of Object.keys(fields)) {
    Object.defineProperty(lazy, field, {
      enumerable: true,
      get() {
        const value = loaded()[field]
        // Whoever has it may change it.
        if (typeof value === 'object' && value !== null) isChanged = true
        return value
      },
      set(value: unknown) {
        loaded()[field] = value
        isChanged = true
      },
    })
  }
  bound._load = () => lazy
  bound._saveToStorage = (contract) => {
    if (contract !== lazy) save(contract)
    else if (isChanged) save(loaded())
  }
  return bound
}
