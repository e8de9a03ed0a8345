import type { Codec } from './borsh.ts'
import { bytes, struct, vec } from './codecs.ts'

/** Key and value of one entry of a contract's storage. */
export type StateInitEntry = { key: Uint8Array; value: Uint8Array }

const entriesCodec = vec(struct({ key: bytes, value: bytes }))

/** `BTreeMap<Vec<u8>, Vec<u8>>`: written in the order of the keys; when read, the last of equal keys counts. */
export const stateInitDataCodec: Codec<StateInitEntry[]> = {
  write: (writer, entries) => entriesCodec.write(writer, inKeyOrder(entries)),
  read: (reader) => inKeyOrder(entriesCodec.read(reader)),
}

function inKeyOrder(entries: StateInitEntry[]): StateInitEntry[] {
  const byKey = new Map(entries.map((entry) => [Buffer.from(entry.key).toString('hex'), entry]))
  return [...byKey.values()].sort((left, right) => Buffer.compare(left.key, right.key))
}
