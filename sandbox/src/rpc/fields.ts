import { type CryptoHash, isValidAccountId, type PublicKey, parseHash, parsePublicKey } from '../primitives/index.ts'

/** A JSON object's fields by name: a method's params, a record of a genesis. Every reader throws a WrongField. */
export type Fields = Readonly<Record<string, unknown>>

/** A field that is missing or wrong, in serde's words. */
export class WrongField extends Error {
  override name = 'WrongField'
}

export function wrongField(message: string): WrongField {
  return new WrongField(message)
}

/** The fields of a JSON object. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw wrongField(`invalid type: ${describe(value)}, expected an object`)
}

/** The items of a JSON array, each read by `read`; what is wrong with one is said with its index. */
export function readArray<T>(fields: Fields, name: string, read: (item: unknown) => T): T[] {
  const items = fields[name]
  if (!Array.isArray(items)) throw missingOr(items, name, 'a sequence')
  return items.map((item, index) => {
    try {
      return read(item)
    } catch (error) {
      if (error instanceof WrongField) throw wrongField(`${name}[${index}]: ${error.message}`)
      throw error
    }
  })
}

export function readString(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string') return value
  throw missingOr(value, name, 'a string')
}

/** A height or number of blocks: an integer from 0 to 2^53. */
export function readCount(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw missingOr(value, name, 'u64')
}

/** An unsigned integer as decimal text or number, which nearcore's `dec_format` takes alike. */
export function readAmount(fields: Fields, name: string): bigint {
  const value = fields[name]
  if (typeof value === 'string' && /^\d{1,39}$/.test(value)) return BigInt(value)
  if (typeof value === 'number') return BigInt(readCount(fields, name))
  throw missingOr(value, name, 'a decimal number')
}

export function readAccountId(fields: Fields, name = 'account_id'): string {
  const text = readString(fields, name)
  if (isValidAccountId(text)) return text
  throw wrongField(`the value of \`${name}\` is no account id: "${text.slice(0, 100)}"`)
}

export function readPublicKey(fields: Fields): PublicKey {
  return parsed(readString(fields, 'public_key'), parsePublicKey)
}

export function readHash(fields: Fields, name: string): CryptoHash {
  return parsed(readString(fields, name), parseHash)
}

export function readBase64(fields: Fields, name: string): Uint8Array {
  return parsed(readString(fields, name), decodeBase64)
}

/** The value that the variants have under the parameter's text. */
export function oneOf<T>(fields: Fields, name: string, variants: Record<string, T>): T {
  const text = readString(fields, name)
  const known = Object.entries(variants)
  const chosen = known.find(([variant]) => variant === text)
  if (chosen) return chosen[1]
  const expected = known.map(([variant]) => `\`${variant}\``).join(', ')
  throw wrongField(`unknown variant \`${text.slice(0, 100)}\`, expected one of ${expected}`)
}

function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  // Buffer skips what is not base64; the way back shows whether something was.
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) throw new Error('Invalid base64')
  return new Uint8Array(bytes)
}

function parsed<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (error) {
    throw wrongField(messageOf(error))
  }
}

function missingOr(value: unknown, name: string, expected: string): WrongField {
  if (value === undefined) return wrongField(`missing field \`${name}\``)
  return wrongField(`invalid type of \`${name}\`: ${describe(value)}, expected ${expected}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return `string ${JSON.stringify(value.slice(0, 100))}`
  if (typeof value === 'number') return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``
  if (Array.isArray(value)) return 'sequence'
  return typeof value === 'object' ? 'map' : `${typeof value} \`${String(value)}\``
}
