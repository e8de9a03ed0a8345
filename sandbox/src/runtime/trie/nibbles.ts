/** Half bytes, one per element, high half first. Trie keys are walked in these. */
export type Nibbles = Uint8Array

export function toNibbles(bytes: Uint8Array): Nibbles {
  const nibbles = new Uint8Array(bytes.length * 2)
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    nibbles[2 * index] = byte >> 4
    nibbles[2 * index + 1] = byte & 15
  }
  return nibbles
}

/** The bytes of an even number of nibbles. */
export function fromNibbles(nibbles: Nibbles): Uint8Array {
  return Uint8Array.from({ length: nibbles.length / 2 }, (_, index) => pairAt(nibbles, 2 * index))
}

export function commonPrefixLength(left: Nibbles, right: Nibbles): number {
  const limit = Math.min(left.length, right.length)
  let length = 0
  while (length < limit && left[length] === right[length]) length++
  return length
}

export function concatNibbles(...parts: Nibbles[]): Nibbles {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/**
 * Nibbles as a node stores them: a first byte with 0x20 for a leaf, 0x10 and the first nibble when their number is
 * odd, then pairs. nearcore: `NibbleSlice::encoded` in core/store/src/trie/nibble_slice.rs.
 */
export function encodeNibbles(nibbles: Nibbles, isLeaf: boolean): Uint8Array {
  const isOdd = nibbles.length % 2 === 1
  const encoded = new Uint8Array(encodedLength(nibbles))
  encoded[0] = (isLeaf ? 0x20 : 0) + (isOdd ? 0x10 + (nibbles[0] ?? 0) : 0)
  const start = isOdd ? 1 : 0
  for (let index = 1; index < encoded.length; index++) encoded[index] = pairAt(nibbles, start + 2 * (index - 1))
  return encoded
}

export function encodedLength(nibbles: Nibbles): number {
  return 1 + (nibbles.length >> 1)
}

function pairAt(nibbles: Nibbles, index: number): number {
  return ((nibbles[index] ?? 0) << 4) | (nibbles[index + 1] ?? 0)
}
