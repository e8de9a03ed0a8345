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
}

/** Adds to a contract's class what `run-method.ts` calls. */
export function NearBindgen({
  requireInit = false,
  serializer = serialize,
  deserializer = deserialize,
}: BindgenOptions) {
  const hasOwnCodec = serializer !== serialize || deserializer !== deserialize
  // biome-ignore lint/suspicious/noExplicitAny: what TypeScript asks of a class decorator
  return (target: new (...args: any[]) => Contract) =>
    class extends target {
      static _create(): Contract {
        return new target()
      }

      static _getState(): unknown {
        if (!native.storage_read(STATE_KEY)) return null
        return hasOwnCodec ? deserializer(host.read_register(0)) : native.parse_state_register()
      }

      static _saveToStorage(contract: object): void {
        native.storage_write(
          STATE_KEY,
          hasOwnCodec ? serializer(contract) : JSON.stringify(contract, native.state_replacer),
        )
      }

      static _getArgs(): object {
        return native.parse_input() ?? {}
      }

      /** For a result the text is enough: `value_return` takes it as UTF-8. */
      static _serialize(value: unknown, forReturn = false): Uint8Array | string {
        return forReturn ? JSON.stringify(value, native.result_replacer) : serializer(value)
      }

      static _deserialize(value: Uint8Array): unknown {
        return deserializer(value)
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

      static _requireInit(): boolean {
        return requireInit
      }
    }
}
