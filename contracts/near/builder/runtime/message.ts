/** In place of the functions of protocol/src/message.ts, with the same results; errors may say less. */
import { native } from './native.ts'

export function wordFromUint(value: bigint, bits = 256n): Uint8Array {
  const word = native.uint_to_word(value, bits)
  if (word === undefined) throw new RangeError(`${value} does not fit ${bits} unsigned bits`)
  return word
}

export const utf8: (text: string) => Uint8Array = native.utf8

/** Keccak-256 is the host's, whatever function is passed. */
export const hashStruct: (message: object, value: object) => Uint8Array = native.hash_struct
export const hashTypedData: (domainSeparator: Uint8Array, message: object, value: object) => Uint8Array =
  native.hash_typed_data
