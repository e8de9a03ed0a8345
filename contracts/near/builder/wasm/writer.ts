/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

/** Unsigned LEB128 in exactly `width` bytes, as linkers write what they patch later. */
export function paddedUnsigned(value: number, width: number): number[] {
  return Array.from(
    { length: width },
    (_, index) => (Math.floor(value / 128 ** index) % 128) | (index < width - 1 ? 128 : 0),
  )
}

/** Signed LEB128 of 32 bits. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 127
    if (rest >> 6 === 0 || rest >> 6 === -1) return [...bytes, byte]
    bytes.push(byte | 128)
  }
}

export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text)
  return [...unsigned(bytes.length), ...bytes]
}

/** A vector of items that are already binary. */
export function list(items: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Buffer.concat([unsigned(items.length), ...items].map((item) => Uint8Array.from(item)))
}

/** Bytes with their length before them. */
export function sized(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from(unsigned(bytes.length)), bytes])
}
