export interface DerElement {
  readonly tag: number
  /** The whole element, with tag and length. */
  readonly bytes: Uint8Array
  /** What is inside. */
  readonly value: Uint8Array
}

export const derTag = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, enumerated: 0x0a, sequence: 0x30 } as const

/** The elements that fill `bytes` (X.690). Throws a RangeError on anything else; 16 MB is more than any list here has. */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const { tag, start, end } = readHead(bytes, at)
    elements.push({ tag, bytes: bytes.subarray(at, end), value: bytes.subarray(start, end) })
    at = end
  }
  return elements
}

function readHead(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } {
  const [tag, first] = bytes.subarray(at, at + 2)
  if (tag === undefined || first === undefined) throw new RangeError(`DER ends inside a head at ${at}`)
  const lengthBytes = first < 0x80 ? 0 : first - 0x80
  if (first === 0x80 || lengthBytes > 3)
    throw new RangeError(`DER length 0x${first.toString(16)} at ${at} is not supported`)
  const start = at + 2 + lengthBytes
  const long = bytes.subarray(at + 2, start)
  const end = start + (lengthBytes === 0 ? first : long.reduce((length, byte) => length * 256 + byte, 0))
  if (end > bytes.length) throw new RangeError(`DER element at ${at} is cut off`)
  return { tag, start, end }
}
