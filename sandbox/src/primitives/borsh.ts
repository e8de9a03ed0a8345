/** A way to write a value as borsh and to read it back (https://borsh.io). Integers are little-endian. */
export type Codec<T> = {
  write(writer: BorshWriter, value: T): void
  read(reader: BorshReader): T
}

/** The value that a codec writes and reads. */
export type ValueOf<C> = C extends Codec<infer T> ? T : never

/** Bytes that are not what they should be. The message says what was expected. */
export class BorshError extends Error {
  override name = 'BorshError'
}

/** The bytes of a value. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array<ArrayBuffer> {
  const writer = new BorshWriter()
  codec.write(writer, value)
  return writer.finish()
}

/** The value that exactly fills these bytes. Throws a BorshError if they are too few, too many or wrong. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new BorshReader(bytes)
  const value = codec.read(reader)
  if (reader.left > 0) throw new BorshError('Not all bytes read')
  return value
}

export class BorshWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  u8(value: number): void {
    const start = this.#claim(1)
    this.#view.setUint8(start, value)
  }

  u16(value: number): void {
    const start = this.#claim(2)
    this.#view.setUint16(start, value, true)
  }

  u32(value: number): void {
    const start = this.#claim(4)
    this.#view.setUint32(start, value, true)
  }

  u64(value: bigint): void {
    const start = this.#claim(8)
    this.#view.setBigUint64(start, value, true)
  }

  u128(value: bigint): void {
    this.u64(BigInt.asUintN(64, value))
    this.u64(value >> 64n)
  }

  raw(bytes: Uint8Array): void {
    const start = this.#claim(bytes.length)
    this.#bytes.set(bytes, start)
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  /** Makes room for `count` bytes, for which the buffer may be replaced, and returns where they begin. */
  #claim(count: number): number {
    const start = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return start
  }
}

export class BorshReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** How many bytes have not been read. */
  get left(): number {
    return this.#bytes.length - this.#offset
  }

  /** The next byte but `ahead`, without reading it. */
  peek(ahead = 0): number | undefined {
    return this.#bytes[this.#offset + ahead]
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  u128(): bigint {
    const low = this.u64()
    return low | (this.u64() << 64n)
  }

  /** A copy of the next `count` bytes. */
  raw(count: number): Uint8Array<ArrayBuffer> {
    const start = this.#take(count)
    return this.#bytes.slice(start, start + count) as Uint8Array<ArrayBuffer>
  }

  #take(count: number): number {
    if (count > this.left) throw new BorshError('Unexpected length of input')
    const start = this.#offset
    this.#offset += count
    return start
  }
}
