import { ParleyError } from './errors.ts'
import { fromHex, type Hex } from './hex.ts'
import { type Atom, byteLengths, type FieldType, type Message, uintBits, type ValueOf } from './message.ts'

/** A message as JSON: numbers as decimal strings (JSON's own lose digits past 2^53), the rest as it is. */
export type Json = string | { readonly [name: string]: Json } | readonly Json[]

/** A message's value as JSON; `fromJson` is its inverse. */
export function toJson<M extends Message>(message: M, value: ValueOf<M>): { readonly [name: string]: Json } {
  const entries = message.fields.map(([name, type]) => [name, fieldToJson(type, value[name as keyof ValueOf<M>])])
  return Object.fromEntries(entries)
}

/** Throws InputInvalid with the path of the first field that is missing, unknown or of another type. Hex becomes lower-case. */
export function fromJson<M extends Message>(message: M, json: unknown, path = ''): ValueOf<M> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid(path, `is not a ${message.name} object`)
  const known = new Set(message.fields.map(([name]) => name))
  for (const name of Object.keys(json))
    if (!known.has(name)) throw invalid(join(path, name), `is not a field of ${message.name}`)
  const entries = message.fields.map(([name, type]) => {
    if (!Object.hasOwn(json, name)) throw invalid(join(path, name), 'is missing')
    return [name, fieldFromJson(type, (json as Record<string, unknown>)[name], join(path, name))]
  })
  return Object.fromEntries(entries) as ValueOf<M>
}

function fieldToJson(type: FieldType, value: unknown): Json {
  if (typeof type !== 'string') return (value as readonly ValueOf<Message>[]).map((item) => toJson(type[0], item))
  return typeof value === 'bigint' ? value.toString() : (value as string)
}

function fieldFromJson(type: FieldType, json: unknown, path: string): unknown {
  if (typeof type === 'string') return atomFromJson(type, json, path)
  if (!Array.isArray(json)) throw invalid(path, `is not a list of ${type[0].name}`)
  return json.map((item, at) => fromJson(type[0], item, join(path, String(at))))
}

function atomFromJson(type: Atom, json: unknown, path: string): Hex | string | bigint {
  if (typeof json !== 'string') throw invalid(path, `must be a string that holds a ${type}`)
  if (type === 'string') return json
  if (type === 'bytes') return hexFromText(json, undefined, path)
  if (type === 'address' || type === 'bytes32') return hexFromText(json, byteLengths[type], path)
  return uintFromText(json, uintBits[type], path)
}

function uintFromText(text: string, bits: bigint, path: string): bigint {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(text)) throw invalid(path, `"${clip(text)}" is not a decimal number without sign`)
  const value = BigInt(text)
  if (value >> bits !== 0n) throw invalid(path, `${text} does not fit ${bits} bits`)
  return value
}

function hexFromText(text: string, length: number | undefined, path: string): Hex {
  try {
    const bytes = fromHex(text)
    if (length !== undefined && bytes.length !== length) throw invalid(path, `has ${bytes.length} bytes, not ${length}`)
    return text.toLowerCase() as Hex
  } catch (error) {
    if (error instanceof ParleyError) throw error
    throw invalid(path, `"${clip(text)}" is not hexadecimal with 0x and whole bytes`)
  }
}

function invalid(path: string, problem: string): ParleyError {
  const field = path === '' ? 'message' : path
  return new ParleyError('InputInvalid', `${field} ${problem}`, { field })
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
