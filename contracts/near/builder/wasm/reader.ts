/** Reads a WebAssembly binary from front to back (WebAssembly 2.0, section 5). */
export class Reader {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new RangeError(`the binary ends at ${this.at - 1}, inside of something`)
    return byte
  }

  /** Unsigned LEB128, up to 32 bits. */
  unsigned(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }

  /** Signed LEB128, up to 32 bits. */
  signed(): number {
    let value = 0
    for (let shift = 0; ; ) {
      const byte = this.byte()
      value |= (byte & 127) << shift
      shift += 7
      if (byte < 128) return shift < 32 && byte & 64 ? value | (-1 << shift) : value
    }
  }

  /** Any LEB128, of any width. */
  skipLeb(): void {
    while (this.byte() >= 128);
  }

  take(length: number): Uint8Array {
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.unsigned()))
  }

  /** A vector: its length, then as many items. */
  list<Item>(readItem: (reader: Reader) => Item): Item[] {
    return Array.from({ length: this.unsigned() }, () => readItem(this))
  }
}
