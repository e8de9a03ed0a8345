import { BorshError, type BorshReader, type BorshWriter, type Codec, type ValueOf } from './borsh.ts'

export const u8: Codec<number> = { write: (writer, value) => writer.u8(value), read: (reader) => reader.u8() }
export const u16: Codec<number> = { write: (writer, value) => writer.u16(value), read: (reader) => reader.u16() }
export const u32: Codec<number> = { write: (writer, value) => writer.u32(value), read: (reader) => reader.u32() }
export const u64: Codec<bigint> = { write: (writer, value) => writer.u64(value), read: (reader) => reader.u64() }
export const u128: Codec<bigint> = { write: (writer, value) => writer.u128(value), read: (reader) => reader.u128() }

/** Bytes of unknown length, `Vec<u8>`: a u32 says how many. */
export const bytes: Codec<Uint8Array> = {
  write(writer, value) {
    writer.u32(value.length)
    writer.raw(value)
  },
  read: (reader) => reader.raw(reader.u32()),
}

/** Exactly `length` bytes, `[u8; N]`. */
export function fixedBytes(length: number): Codec<Uint8Array> {
  return {
    write(writer, value) {
      if (value.length !== length) throw new BorshError(`expected ${length} bytes, got ${value.length}`)
      writer.raw(value)
    },
    read: (reader) => reader.raw(length),
  }
}

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }) }

export const string: Codec<string> = {
  write: (writer, value) => bytes.write(writer, utf8.encoder.encode(value)),
  read(reader) {
    const encoded = bytes.read(reader)
    try {
      return utf8.decoder.decode(encoded)
    } catch (cause) {
      throw new BorshError('invalid utf-8 sequence', { cause })
    }
  },
}

export function vec<T>(item: Codec<T>): Codec<T[]> {
  return {
    write(writer, values) {
      writer.u32(values.length)
      for (const value of values) item.write(writer, value)
    },
    read(reader) {
      const count = reader.u32()
      const values: T[] = []
      for (let index = 0; index < count; index++) values.push(item.read(reader))
      return values
    },
  }
}

/** `Option<T>`: null is None. */
export function option<T>(inner: Codec<T>): Codec<T | null> {
  return {
    write(writer, value) {
      writer.u8(value === null ? 0 : 1)
      if (value !== null) inner.write(writer, value)
    },
    read(reader) {
      const tag = reader.u8()
      if (tag > 1) throw new BorshError(`Invalid Option representation: ${tag}. The first byte must be 0 or 1`)
      return tag === 0 ? null : inner.read(reader)
    },
  }
}

type StructOf<F> = { [K in keyof F]: ValueOf<F[K]> }

/** A struct: its fields in the order given. */
export function struct<F extends { [K in keyof F]: Codec<ValueOf<F[K]>> }>(fields: F): Codec<StructOf<F>> {
  // The pairs lose their types here; StructOf gives them back.
  const entries = Object.entries(fields) as [string, Codec<unknown>][]
  return {
    write(writer, value) {
      const record = value as Record<string, unknown>
      for (const [name, codec] of entries) codec.write(writer, record[name])
    },
    read(reader) {
      const record: Record<string, unknown> = {}
      for (const [name, codec] of entries) record[name] = codec.read(reader)
      return record as StructOf<F>
    },
  }
}

type EnumOf<V> = { [K in keyof V]: { kind: K } & ValueOf<V[K]> }[keyof V]

/** An enum whose variants have the tags 0, 1, 2… in the order given; the field `kind` names the variant. */
export function enumeration<V extends { [K in keyof V]: Codec<ValueOf<V[K]>> }>(variants: V): Codec<EnumOf<V>> {
  const entries = Object.entries(variants) as [string, Codec<unknown>][]
  const tags = new Map(entries.map(([kind], tag) => [kind, tag]))
  return {
    write(writer: BorshWriter, value: EnumOf<V>) {
      const tag = tags.get(String(value.kind)) ?? -1
      const entry = entries[tag]
      if (!entry) throw new BorshError(`unknown variant: ${String(value.kind)}`)
      writer.u8(tag)
      entry[1].write(writer, value)
    },
    read(reader: BorshReader) {
      const tag = reader.u8()
      const entry = entries[tag]
      if (!entry) throw new BorshError(`Unexpected variant tag: ${tag}`)
      const [kind, codec] = entry
      return Object.assign({ kind }, codec.read(reader)) as EnumOf<V>
    },
  }
}

/** A variant without fields. */
export const unit: Codec<unknown> = { write() {}, read: () => ({}) }

/** An enum of names only, with the tags 0, 1, 2… in the order given. */
export function oneOf<N extends string>(...names: N[]): Codec<N> {
  return {
    write: (writer, value) => writer.u8(names.indexOf(value)),
    read(reader) {
      const tag = reader.u8()
      const name = names[tag]
      if (name === undefined) throw new BorshError(`Unexpected variant tag: ${tag}`)
      return name
    },
  }
}
