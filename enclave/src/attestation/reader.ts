export interface Reader {
  take(length: number, what: string): Uint8Array
  u16(what: string): number
  u32(what: string): number
  /** Refuses bytes that nothing has read. */
  end(what: string): void
}

/** Reads little-endian fields one behind the other; `refuse` makes the error out of what went wrong. */
export function createReader(bytes: Uint8Array, refuse: (problem: string) => Error): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  function advance(length: number, what: string): number {
    const left = bytes.length - at
    if (length > left) throw refuse(`${what} needs ${length} bytes at ${at}, and ${left} are left`)
    at += length
    return at - length
  }

  return {
    take(length, what) {
      const start = advance(length, what)
      return bytes.subarray(start, start + length)
    },
    u16: (what) => view.getUint16(advance(2, what), true),
    u32: (what) => view.getUint32(advance(4, what), true),
    end(what) {
      if (at !== bytes.length) throw refuse(`${bytes.length - at} bytes follow ${what}`)
    },
  }
}
