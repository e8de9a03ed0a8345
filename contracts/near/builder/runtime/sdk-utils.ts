/** In place of functions of near-sdk-js/lib/utils.js, with the same results. */
import { host } from './host.ts'
import { native } from './native.ts'

export const bytes: (text: string) => Uint8Array = host.latin1_string_to_uint8array
export const str: (bytes: Uint8Array) => string = host.uint8array_to_latin1_string
export const encode: (text: string) => Uint8Array = host.utf8_string_to_uint8array
export const decode: (bytes: Uint8Array) => string = host.uint8array_to_utf8_string

/** JSON in UTF-8, where a bigint and a Date carry a brand. */
export function serialize(value: unknown): Uint8Array {
  return host.utf8_string_to_uint8array(JSON.stringify(value, native.state_replacer))
}

export const deserialize: (json: Uint8Array) => unknown = native.parse_state

/** What a class with a static `schema` says of a field. */
interface FieldSchema {
  readonly map?: { readonly value: 'string' | (new () => object) }
  readonly array?: { readonly value: 'string' | (new () => object) }
  readonly class?: { reconstruct(plain: unknown): Instance }
  readonly value?: unknown
  reconstruct?(plain: unknown): unknown
}

type Instance = Record<string, unknown> & { constructor: { schema?: Record<string, FieldSchema> } }

/**
 * Fills an instance of a class that has a static `schema` from plain data; without a schema, the data is the result. Needs no
 * copy of what it filled, which near-sdk-js makes with lodash: the plain data is the caller's own.
 */
export function decodeObj2class(instance: Instance, plain: unknown): unknown {
  if (typeof plain !== 'object' || instance.constructor.schema === undefined) return plain
  for (const key in plain) {
    const value = (plain as Record<string, unknown>)[key]
    instance[key] = typeof value === 'object' ? decodeField(instance, key, value) : value
  }
  return instance
}

function decodeField(instance: Instance, key: string, value: unknown): unknown {
  const field = instance.constructor.schema?.[key] ?? {}
  if (field.map) return fill(instance[key] as object, value, field.map.value)
  if (field.array) return fill(instance[key] as object, value, field.array.value)
  if (field.class) {
    const collection = field.class.reconstruct(value)
    if (field.value !== undefined) collection.subtype = () => field.value
    return collection
  }
  if (typeof field.reconstruct === 'function') return field.reconstruct(value)
  return decodeObj2class(instance[key] as Instance, value)
}

/** Adds to an array, sets in a record. */
function fill(target: object, values: unknown, type: 'string' | (new () => object)): unknown {
  for (const key in values as object) {
    const plain = (values as Record<string, unknown>)[key]
    const value = type === 'string' ? plain : decodeObj2class(new type() as Instance, plain)
    if (Array.isArray(target)) target.push(value)
    else (target as Record<string, unknown>)[key] = value
  }
  return target
}
