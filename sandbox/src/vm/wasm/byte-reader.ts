import { wellFormed } from './prepare-failure.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** wasmparser: `MAX_WASM_STRING_SIZE`. */
const MAX_STRING_BYTES = 100_000

/** Reads WebAssembly's binary format strictly; whatever is out of form is `Deserialization`. */
export class ByteReader {
  readonly bytes: Uint8Array
  readonly end: number
  position: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = start
    this.end = end
  }

  get isAtEnd(): boolean {
    return this.position >= this.end
  }

  byte(): number {
    wellFormed(this.position < this.end)
    return this.bytes[this.position++] as number
  }

  peek(): number {
    wellFormed(this.position < this.end)
    return this.bytes[this.position] as number
  }

  skip(count: number): void {
    wellFormed(count <= this.end - this.position)
    this.position += count
  }

  /** A reader of the next `count` bytes, which this one steps over. */
  section(count: number): ByteReader {
    const start = this.position
    this.skip(count)
    return new ByteReader(this.bytes, start, this.position)
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    const last = this.byte()
    wellFormed(last < 0x10)
    return (value | (last << 28)) >>> 0
  }

  /** Steps over a signed LEB128 of at most `bits` bits. */
  skipSigned(bits: 32 | 33 | 64): void {
    const wholeBytes = Math.floor(bits / 7)
    for (let i = 0; i < wholeBytes; i++) {
      if (this.byte() < 0x80) return
    }
    // The last byte holds what is left of the value; the bits above must repeat its sign.
    const bitsLeft = bits % 7
    const last = this.byte()
    const signAndAbove = last >> (bitsLeft - 1)
    wellFormed(signAndAbove === 0 || signAndAbove === 0x7f >> (bitsLeft - 1))
  }

  name(): string {
    const length = this.u32()
    wellFormed(length <= MAX_STRING_BYTES)
    const start = this.position
    this.skip(length)
    try {
      return utf8.decode(this.bytes.subarray(start, this.position))
    } catch {
      wellFormed(false)
      return ''
    }
  }

  /** Reads a count, then so many of what `readOne` reads. */
  vector<Value>(readOne: (reader: ByteReader) => Value): Value[] {
    const count = this.u32()
    // Every entry has a byte at least: a count beyond that would only cost memory.
    wellFormed(count <= this.end - this.position)
    return Array.from({ length: count }, () => readOne(this))
  }

  expectEnd(): void {
    wellFormed(this.isAtEnd)
  }
}
