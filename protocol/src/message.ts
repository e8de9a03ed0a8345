/**
 * Signed messages as data. A message is declared once, as a name and ordered typed fields; its TypeScript type, its
 * EIP-712 type string and its hash follow from that. Runs in services and inside NEAR contracts alike, so the hash function is an argument.
 */
import { concat, fromHex, type Hex, toHex } from './hex.ts'

/** Numbers are bigint, the rest is lower-case hex with 0x. */
interface ValueOfAtom {
  readonly bytes32: Hex
  readonly address: Hex
  readonly bytes: Hex
  readonly string: string
  readonly uint8: bigint
  readonly uint64: bigint
  readonly uint128: bigint
  readonly uint256: bigint
}

export type Atom = keyof ValueOfAtom

export const uintBits = { uint8: 8n, uint64: 64n, uint128: 128n, uint256: 256n } as const
export const byteLengths = { address: 20, bytes32: 32 } as const

/** An atom, or a list of other messages. */
export type FieldType = Atom | readonly [Message]
export type Field = readonly [name: string, type: FieldType]

export interface Message<Fields extends readonly Field[] = readonly Field[]> {
  readonly name: string
  readonly fields: Fields
  /** `Name(type field,...)`, then the messages it refers to, sorted by name (EIP-712, encodeType). */
  readonly typeString: string
}

type ValueOfField<Type extends FieldType> = Type extends readonly [infer Item extends Message]
  ? readonly ValueOf<Item>[]
  : Type extends Atom
    ? ValueOfAtom[Type]
    : never

/** The TypeScript type of a message's values, from its fields. */
export type ValueOf<M extends Message> = {
  readonly [F in M['fields'][number] as F[0]]: ValueOfField<F[1]>
}

/** Keccak-256: 32 bytes. */
export type Keccak256 = (bytes: Uint8Array) => Uint8Array

/** Declares a message; everything else about it follows from its name and fields. Contracts leave out those that they do not use. */
/* @__NO_SIDE_EFFECTS__ */
export function defineMessage<const Fields extends readonly Field[]>(name: string, fields: Fields): Message<Fields> {
  // Once, not with each hash: a contract on NEAR pays for what it computes.
  return { name, fields, typeString: encodeType({ name, fields }) }
}

/** The type string of a message. */
export function typeString(message: Message): string {
  return message.typeString
}

/** keccak256(typeHash ‖ a word for each field) (EIP-712, hashStruct). 32 bytes. */
export function hashStruct<M extends Message>(message: M, value: ValueOf<M>, keccak256: Keccak256): Uint8Array {
  const words = [keccak256(utf8(message.typeString))]
  for (const [name, type] of message.fields) words.push(toWord(type, value[name as keyof ValueOf<M>], keccak256))
  return keccak256(concat(words))
}

/** keccak256(0x1901 ‖ domainSeparator ‖ hashStruct): what is signed (EIP-712). 32 bytes. */
export function hashTypedData<M extends Message>(
  domainSeparator: Uint8Array,
  message: M,
  value: ValueOf<M>,
  keccak256: Keccak256,
): Uint8Array {
  return keccak256(concat([Uint8Array.of(0x19, 0x01), domainSeparator, hashStruct(message, value, keccak256)]))
}

/** The `types` object that viem and wallets take (eth_signTypedData_v4). */
export function typedDataTypes(message: Message): Record<string, { name: string; type: string }[]> {
  const types: Record<string, { name: string; type: string }[]> = {}
  for (const { name, fields } of referredMessages(message))
    types[name] = fields.map(([field, type]) => ({ name: field, type: typeName(type) }))
  return types
}

function encodeType(message: Shape): string {
  const referred = [...referredMessages(message)].filter((other) => other !== message)
  return [message, ...referred.sort((a, b) => (a.name < b.name ? -1 : 1))].map(ownTypeString).join('')
}

type Shape = Pick<Message, 'name' | 'fields'>

function ownTypeString({ name, fields }: Shape): string {
  return `${name}(${fields.map(([field, type]) => `${typeName(type)} ${field}`).join(',')})`
}

function typeName(type: FieldType): string {
  return typeof type === 'string' ? type : `${type[0].name}[]`
}

function referredMessages(message: Shape, found = new Set<Shape>()): Set<Shape> {
  if (found.has(message)) return found
  found.add(message)
  for (const [, type] of message.fields) if (typeof type !== 'string') referredMessages(type[0], found)
  return found
}

function toWord(type: FieldType, value: unknown, keccak256: Keccak256): Uint8Array {
  if (typeof type !== 'string') {
    const items = value as readonly ValueOf<Message>[]
    return keccak256(concat(items.map((item) => hashStruct(type[0], item, keccak256))))
  }
  if (type === 'string') return keccak256(utf8(value as string))
  if (type === 'bytes') return keccak256(fromHex(value as Hex))
  if (type === 'address' || type === 'bytes32') return wordFromBytes(fromHex(value as Hex), byteLengths[type])
  return wordFromUint(value as bigint, uintBits[type])
}

/** Big-endian, 32 bytes. Throws a RangeError rather than hash another number. */
export function wordFromUint(value: bigint, bits = 256n): Uint8Array {
  if (value < 0n || value >> bits !== 0n) throw new RangeError(`${value} does not fit ${bits} unsigned bits`)
  const word = new Uint8Array(32)
  for (let at = 31, rest = value; rest > 0n; at--, rest >>= 8n) word[at] = Number(rest & 0xffn)
  return word
}

/** Left-padded to 32 bytes. Throws a RangeError for another length than `length`. */
export function wordFromBytes(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`${toHex(bytes)} has ${bytes.length} bytes, not ${length}`)
  const word = new Uint8Array(32)
  word.set(bytes, 32 - bytes.length)
  return word
}

/** A NEAR contract has no TextEncoder; surrogate pairs become four bytes, a lone surrogate U+FFFD. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) as number
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  }
  return Uint8Array.from(bytes)
}
