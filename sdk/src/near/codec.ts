/** Between the SDK's arguments and the JSON that NEAR's contracts take: names in snake_case, numbers as decimal strings, no account as null. */
import { NOBODY, ParleyError, toSnakeCase } from '@parley/protocol'
import { functionOf, type MethodName, type Parameter, placeOf, said, type ViewName, words } from '../arguments.ts'
import type { NearContracts } from './calls.ts'

type Args = Readonly<Record<string, unknown>>

/** Where a method is, its name and its arguments there. Throws InputInvalid for arguments that are not its. */
export function encodeCall(contracts: NearContracts, name: MethodName | ViewName, args: object) {
  const { contract, near } = placeOf(name)
  const { inputs } = functionOf(contract, name, args)
  const own = Object.fromEntries(said(inputs).map((input) => [toSnakeCase(input.name), encode(input, args as Args)]))
  return { contract: contracts[near], method: toSnakeCase(name), args: own }
}

/** An answer as Solidity gives it: where NEAR's contract knows nothing, zeros. */
export function decodeAnswer(name: ViewName, answer: unknown): unknown {
  const { outputs } = functionOf(placeOf(name).contract, name)
  const [only] = outputs
  if (outputs.length === 1 && only !== undefined) return fromJson(only, answer)
  return fromJson({ type: 'tuple', components: outputs }, answer)
}

function encode(input: Parameter & { readonly name: string }, args: Args): unknown {
  const value = args[input.name]
  if (value === undefined) throw new ParleyError('InputInvalid', `${input.name} is missing`, { field: input.name })
  return toJson(input, value)
}

function toJson({ name = '', type, components = [] }: Parameter, value: unknown): unknown {
  if (words[name] !== undefined) return String(words[name].indexOf(String(value)))
  if (name === 'jobId' || name === 'hiring') return value
  if (Array.isArray(value)) return value.map((item) => toJson({ type: type.slice(0, -2), components }, item))
  if (type === 'address') return value === NOBODY ? null : value
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  if (type !== 'tuple' || typeof value !== 'object' || value === null) return value
  return tupleToJson(components, value as Args)
}

/** A struct's fields. */
export function tupleToJson(components: readonly Parameter[], value: Args): Args {
  return Object.fromEntries(
    components.map(({ name = '', ...field }) => [toSnakeCase(name), toJson({ name, ...field }, value[name])]),
  )
}

function fromJson({ type, components = [] }: Parameter, value: unknown): unknown {
  if (type.endsWith('[]'))
    return ((value ?? []) as unknown[]).map((item) => fromJson({ type: type.slice(0, -2), components }, item))
  if (type === 'tuple') {
    const json = (value ?? {}) as Args
    return Object.fromEntries(
      components.map((field) => [field.name, fromJson(field, json[toSnakeCase(field.name ?? '')])]),
    )
  }
  if (/^u?int/.test(type)) return BigInt((value ?? 0) as string)
  if (type === 'bool') return value === true
  if (type === 'address') return value ?? NOBODY
  return value ?? (type === 'bytes32' ? `0x${'00'.repeat(32)}` : '')
}
