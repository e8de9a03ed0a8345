/** In place of the functions of protocol/src/message.ts, with the same results and errors. */
import { native } from './native.ts'

export function wordFromUint(value: bigint, bits = 256n): Uint8Array {
  const word = native.uint_to_word(value, bits)
  if (word === undefined) throw new RangeError(`${value} does not fit ${bits} unsigned bits`)
  return word
}

export const utf8: (text: string) => Uint8Array = native.utf8
