/**
 * What the engine does in native code because interpreted code pays dearly for it (engine/src/text.c, base.c, state.c, storage.c). Contracts
 * may use the functions below; protocol's hex and word functions and near-sdk-js's codec become calls of these at build time.
 */
interface Native {
  /** undefined for anything but 0x and whole bytes. */
  hex_to_bytes(text: string): Uint8Array | undefined
  /** Lower case, with 0x. */
  bytes_to_hex(bytes: Uint8Array): `0x${string}`
  /** As `bytes_to_hex` of `hex_to_bytes`. */
  lower_hex(text: string): `0x${string}` | undefined
  is_account_id(text: string): boolean
  /** Of at most 78 digits, without sign and without zeros in front; undefined for anything else. */
  decimal_to_uint(text: string): bigint | undefined
  /** EIP-712's hashStruct and hashTypedData of a message as protocol declares it. */
  hash_struct(message: object, value: object): Uint8Array
  hash_typed_data(domainSeparator: Uint8Array, message: object, value: object): Uint8Array
  /** A lone surrogate becomes U+FFFD. */
  utf8(text: string): Uint8Array
  concat(parts: readonly Uint8Array[]): Uint8Array
  /** 32 bytes, big-endian; undefined when the number is negative or has more than `bits` bits. */
  uint_to_word(value: bigint, bits: bigint): Uint8Array | undefined
  /** undefined for more than 32 bytes. */
  word_to_uint(bytes: Uint8Array): bigint | undefined
  base58_encode(bytes: Uint8Array): string
  base58_decode(text: string): Uint8Array | undefined
  base64_encode(bytes: Uint8Array): string
  base64_decode(text: string): Uint8Array | undefined

  /** JSON.stringify's replacer for near-sdk-js's state, and for a method's result. */
  state_replacer(key: string, value: unknown): unknown
  result_replacer(key: string, value: unknown): unknown
  parse_state(json: Uint8Array): unknown
  /** From register 0, and remembers it. */
  parse_state_register(): unknown
  /** Stores the state, unless it is what `parse_state_register` has read. */
  write_state(key: string, json: string): void
  /** The call's input as JSON, undefined when it is empty. */
  parse_input(): object | undefined
  register_latin1(): string
  register_utf8(): string
  /** What was there before is in register 2^64 - 2, as near-sdk-js has it. */
  storage_write(key: Uint8Array | string, value: Uint8Array | string): boolean
  /** The value is in register 0. */
  storage_read(key: Uint8Array | string): boolean
  storage_remove(key: Uint8Array | string): boolean
  storage_has_key(key: Uint8Array | string): boolean
  value_return(value: Uint8Array | string): void

  /** As JSON.stringify with a bigint as its decimal digits in a string; undefined for what JSON does not have. */
  to_json(value: unknown): Uint8Array | undefined
  /** `value_return` of that; nothing for what JSON does not have. */
  return_json(value: unknown): void
  /** `storage_write` of that; throws a TypeError for what JSON does not have. */
  write_json(key: string, value: unknown): void
  /** JSON.parse of what is stored; null when nothing is. */
  read_json(key: string): unknown
  log_event(standard: string, version: string, event: string, data: readonly object[]): void
}

declare const native: Native
const engine: Native = native

export { engine as native }

/** Bytes as base58 (Bitcoin's alphabet), as NEAR writes keys and hashes. */
export const toBase58: (bytes: Uint8Array) => string = engine.base58_encode

/** Throws a RangeError on a character that is not base58. */
export function fromBase58(text: string): Uint8Array {
  return engine.base58_decode(text) ?? refuse(text, 'base58')
}

/** Bytes as base64 with padding (RFC 4648, section 4). */
export const toBase64: (bytes: Uint8Array) => string = engine.base64_encode

/** Throws a RangeError on anything but base64 with padding and without bits left over. */
export function fromBase64(text: string): Uint8Array {
  return engine.base64_decode(text) ?? refuse(text, 'base64 with padding')
}

/** The unsigned number of at most 32 bytes, big-endian. Throws a RangeError on more. */
export function uintFromWord(bytes: Uint8Array): bigint {
  const value = engine.word_to_uint(bytes)
  if (value === undefined) throw new RangeError(`a word has at most 32 bytes, not ${bytes.length}`)
  return value
}

/** Hexadecimal with 0x in lower case; undefined for what is no hexadecimal with 0x and whole bytes. */
export const lowerHex: (text: string) => `0x${string}` | undefined = engine.lower_hex

/** Whether a text is an account id by NEAR's rules: 2 to 64 characters, words of a-z and 0-9 with one of `.`, `-` and `_` between two. */
export const isAccountId: (text: string) => boolean = engine.is_account_id

/** A number from its decimal digits, without sign and without zeros in front; undefined for anything else and for more than 78 digits. */
export const uintFromDecimal: (text: string) => bigint | undefined = engine.decimal_to_uint

/** JSON in UTF-8 at a tenth of JSON.stringify's gas. A bigint becomes its decimal digits in a string. */
export function toJson(value: object | string): Uint8Array {
  return engine.to_json(value) as Uint8Array
}

/** Stores a value as JSON, where a bigint is its decimal digits in a string. */
export const writeJson: (key: string, value: unknown) => void = engine.write_json

/** What `writeJson` has stored; null when there is nothing. */
export const readJson: (key: string) => unknown = engine.read_json

/** Logs an event as NEP-297 has it. A byte of log costs 0.3 Ggas: leave out what the call's arguments say. */
export function logEvent(standard: string, version: string, event: string, ...data: readonly object[]): void {
  engine.log_event(standard, version, event, data)
}

function refuse(text: string, form: string): never {
  throw new RangeError(`"${text.slice(0, 80)}" is not ${form}`)
}
