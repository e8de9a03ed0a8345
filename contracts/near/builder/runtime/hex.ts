/** In place of the functions of protocol/src/hex.ts, with the same results and errors. */
import { native } from './native.ts'

export const toHex: (bytes: Uint8Array) => `0x${string}` = native.bytes_to_hex

export function fromHex(text: string): Uint8Array {
  const bytes = native.hex_to_bytes(text)
  if (bytes === undefined) throw new RangeError(`"${text.slice(0, 80)}" is not hexadecimal with 0x and whole bytes`)
  return bytes
}

export const concat: (parts: readonly Uint8Array[]) => Uint8Array = native.concat
