/** Writes WebAssembly's binary format; integers in the shortest LEB128. */
export class ByteWriter {
  #bytes: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = value
  }

  raw(source: Uint8Array, start = 0, end = source.length): void {
    const count = end - start
    this.#reserve(count)
    this.#bytes.set(source.subarray(start, end), this.length)
    this.length += count
  }

  u32(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  /** Signed LEB128 of a safe integer. */
  signed(value: number): void {
    let rest = value
    while (rest >= 0x40 || rest < -0x40) {
      const above = Math.floor(rest / 0x80)
      this.byte((rest - above * 0x80) | 0x80)
      rest = above
    }
    this.byte(rest & 0x7f)
  }

  name(text: string): void {
    this.sized(new TextEncoder().encode(text))
  }

  /** Its length, then the bytes. */
  sized(content: Uint8Array): void {
    this.u32(content.length)
    this.raw(content)
  }

  /** A view: valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
