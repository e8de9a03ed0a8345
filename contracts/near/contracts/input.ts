/**
 * Arguments are JSON from anybody: each is read by one of these, which throws `InputInvalid: <field> …` for another type, a number out of
 * range, a text that is too long. What passes is what its type says.
 */
import { byteLengths, type Hex, type Message, toSnakeCase, uintBits, type ValueOf } from '@parley/protocol'
import { isAccountId, lowerHex, native, toJson, uintFromDecimal } from '../builder/runtime/native.ts'
import { ContractError } from './contract-error.ts'

/** Around a text in JSON. */
const QUOTES = 2

/** A number as a decimal string. */
export function uint(value: unknown, field: string, bits = 256n): bigint {
  const number = typeof value === 'string' ? uintFromDecimal(value) : undefined
  if (number === undefined) throw invalid(field, 'is not a decimal number, as a string without sign')
  if (number >> bits !== 0n) throw invalid(field, `does not fit ${bits} bits`)
  return number
}

/** A number of at most 127 bits besides its sign. */
export function int(value: unknown, field: string): bigint {
  const isNegative = typeof value === 'string' && value.startsWith('-')
  const magnitude = uint(isNegative ? value.slice(1) : value, field, 127n)
  if (isNegative && magnitude === 0n) throw invalid(field, 'is not a decimal number')
  return isNegative ? -magnitude : magnitude
}

/** Bytes as hexadecimal with 0x, in lower case from here on. */
export function bytes(value: unknown, field: string): Hex {
  const hex = typeof value === 'string' ? lowerHex(value) : undefined
  if (hex === undefined) throw invalid(field, 'is not hexadecimal with 0x and whole bytes')
  return hex
}

/** Bytes as base64 with padding, half the length of hexadecimal: for what is long. */
export function base64(value: unknown, field: string): Uint8Array {
  const read = typeof value === 'string' ? native.base64_decode(value) : undefined
  if (read === undefined) throw invalid(field, 'is not base64 with padding')
  return read
}

export function bytes32(value: unknown, field: string): Hex {
  return ofLength(bytes(value, field), byteLengths.bytes32, field)
}

/** The job that arguments name. */
export function jobIdOf({ job_id }: { readonly job_id: unknown }): Hex {
  return bytes32(job_id, 'job_id')
}

/** Of a secp256k1 key. */
export function address(value: unknown, field: string): Hex {
  return ofLength(bytes(value, field), byteLengths.address, field)
}

/** An account id by NEAR's rules: 2 to 64 characters, words of a-z and 0-9 with one of `.`, `-` and `_` between two. */
export function account(value: unknown, field: string): string {
  if (typeof value !== 'string' || !isAccount(value)) throw invalid(field, 'is not an account id')
  return value
}

export const isAccount = isAccountId

/** `null` stands for no account, and so does leaving the field out. */
export function optionalAccount(value: unknown, field: string): string | null {
  return value === undefined || value === null ? null : account(value, field)
}

export function text(value: unknown, field: string): string {
  if (typeof value !== 'string') throw invalid(field, 'is not a text')
  return value
}

/**
 * A call's logs hold 16,384 bytes: what is logged has `maxLength` characters at most, and takes no more than three bytes for each, which
 * any script does; control characters take six.
 */
export function loggedText(value: unknown, field: string, maxLength: number): string {
  const read = text(value, field)
  if (read.length > maxLength) throw invalid(field, `has ${read.length} characters, more than ${maxLength}`)
  requireLogSize(logSize(read), field, 'a log', 3 * maxLength)
  return read
}

/** The bytes that a text takes in a log. */
export function logSize(text: string): number {
  return toJson(text).length - QUOTES
}

export function requireLogSize(size: number, field: string, where: 'a log' | 'logs', max: number): void {
  if (size > max) throw invalid(field, `takes ${size} bytes in ${where}, more than ${max}`)
}

export function bool(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw invalid(field, 'is neither true nor false')
  return value
}

export function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(field, 'is not a list')
  return value
}

export function object(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, 'is not an object')
  return value as Readonly<Record<string, unknown>>
}

/** An object inside a text, as NEP-141 hands it on in `msg`. */
export function jsonObject(value: unknown, field: string): Readonly<Record<string, unknown>> {
  try {
    return object(JSON.parse(value as string), field)
  } catch {
    throw invalid(field, 'is not a JSON object in a text')
  }
}

/** How a message of protocol is read from an object with its fields in snake_case. Made where modules are loaded: no call pays for it. */
export function messageReader<M extends Message>(message: M): (value: unknown, field: string) => ValueOf<M> {
  const fields = message.fields.map(
    ([name, type]) => [name, toSnakeCase(name), atoms[type as keyof typeof atoms]] as const,
  )
  return (value, field) => {
    const json = object(value, field)
    const read: Record<string, unknown> = {}
    for (const [name, key, readAtom] of fields) read[name] = readAtom(json[key], `${field}.${key}`)
    return read as ValueOf<M>
  }
}

/** NEAR's messages have a `string` for each account and no other. */
const atoms = {
  address,
  bytes32,
  string: account,
  uint8: (value: unknown, field: string) => uint(value, field, uintBits.uint8),
  uint64: (value: unknown, field: string) => uint(value, field, uintBits.uint64),
}

function invalid(field: string, problem: string): ContractError {
  return new ContractError('InputInvalid', field, problem)
}

function ofLength(hex: Hex, length: number, field: string): Hex {
  if (hex.length !== 2 + 2 * length) throw invalid(field, `has ${hex.length / 2 - 1} bytes, not ${length}`)
  return hex
}
