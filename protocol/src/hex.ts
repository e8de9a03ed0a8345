/** Lower-case hexadecimal with 0x: how every byte string travels in messages, JSON and SQL. */
export type Hex = `0x${string}`

/** Bytes as lower-case hexadecimal with 0x. */
export function toHex(bytes: Uint8Array): Hex {
  let text: Hex = '0x'
  for (const byte of bytes) text = `${text}${byte < 16 ? '0' : ''}${byte.toString(16)}`
  return text
}

/** Throws a RangeError on anything but whole bytes of hexadecimal. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^0x[0-9a-fA-F]*$/.test(text))
    throw new RangeError(`"${text.slice(0, 80)}" is not hexadecimal with 0x and whole bytes`)
  const bytes = new Uint8Array((text.length - 2) / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 + 2 * at, 4 + 2 * at), 16)
  return bytes
}

/** The parts one after another, in a new array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
