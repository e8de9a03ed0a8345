/** Between the SDK's arguments and Solidity's ABI. */
import type { Deployment } from '@parley/evm'
import { type Call, type Hex, ParleyError } from '@parley/protocol'
import { type AbiParameter, decodeAbiParameters, encodeAbiParameters, encodeFunctionData } from 'viem'
import {
  type ContractName,
  functionOf,
  type MethodName,
  type Parameter,
  placeOf,
  said,
  type ViewName,
  words,
} from '../arguments.ts'
import { readTerms, type Terms, type TermsKind, termsMethods } from '../hiring.ts'

type Args = Readonly<Record<string, unknown>>

/** A call of the contract that has this method. Throws InputInvalid for arguments that are not its. */
export function encodeCall(deployment: Deployment, name: MethodName, args: object): Call {
  return encodeOf(deployment, placeOf(name).contract, name, args)
}

/** Same, of a method that only Solidity has. */
export function encodeOf(deployment: Deployment, contract: ContractName, name: string, args: object): Call {
  const method = functionOf(contract, name, args)
  const data = encoding(name, () =>
    encodeFunctionData({ abi: [method], args: positional(method.inputs, args as Args) }),
  )
  return { to: deployment[contract], data }
}

/** What to ask for a view, and what the answer holds. */
export function readingOf(deployment: Deployment, name: ViewName, args: object) {
  const { contract } = placeOf(name)
  const { outputs } = functionOf(contract, name, args)
  return { call: encodeOf(deployment, contract, name, args), outputs }
}

/** What a hiring hands to an evaluator. */
export function encodeTerms(terms: Terms): Hex {
  const { parameters, values } = readTerms(terms)
  return encoding('terms', () => encodeAbiParameters(parameters, positional(parameters, values)))
}

/** Who judges by terms of each kind. */
export function evaluatorsOf(deployment: Deployment): Readonly<Record<TermsKind, Hex>> {
  const entries = Object.entries(termsMethods).map(([kind, [contract]]) => [kind, deployment[contract]])
  return Object.fromEntries(entries) as Record<TermsKind, Hex>
}

function positional(inputs: readonly Parameter[], args: Args): unknown[] {
  return inputs.map((input) => (said([input]).length === 0 ? '0x' : toAbi(input, args[input.name ?? ''])))
}

function toAbi(parameter: Parameter, value: unknown): unknown {
  const { name = '', type, components = [] } = parameter
  const list = words[name]
  if (list !== undefined) return list.indexOf(String(value))
  if (name === 'jobId') return BigInt(String(value))
  if (type.endsWith('[]')) return listOf(value).map((item) => toAbi({ type: type.slice(0, -2), components }, item))
  if (type !== 'tuple') return value
  const fields = components.map((field) => [field.name, toAbi(field, (value as Args)[field.name ?? ''])])
  return Object.fromEntries(fields)
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError('is no list')
}

/** An answer in the SDK's words: numbers as bigint, addresses in lower case, several values by their names. */
export function decodeAnswer(outputs: readonly AbiParameter[], data: Hex): unknown {
  const values = decodeAbiParameters(outputs, data).map((value, at) => [
    outputs[at]?.name,
    fromValue(outputs[at] as Parameter, value),
  ])
  return values.length === 1 ? values[0]?.[1] : Object.fromEntries(values)
}

function fromValue({ type, components = [] }: Parameter, value: unknown): unknown {
  if (type.endsWith('[]'))
    return (value as unknown[]).map((item) => fromValue({ type: type.slice(0, -2), components }, item))
  if (type === 'tuple')
    return Object.fromEntries(
      components.map((field) => [field.name, fromValue(field, (value as Args)[field.name ?? ''])]),
    )
  if (type === 'address') return String(value).toLowerCase()
  return typeof value === 'number' ? BigInt(value) : value
}

function encoding(name: string, encode: () => Hex): Hex {
  try {
    return encode()
  } catch (cause) {
    throw new ParleyError('InputInvalid', `these are no arguments of ${name}: ${(cause as Error).message}`, { cause })
  }
}
