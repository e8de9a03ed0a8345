/** A record is one value of the state as JSON. Numbers that may pass 2^53 are decimal strings in it, as they are in a view's answer. */
import { readJson, writeJson } from '../builder/runtime/native.ts'

export function readRecord<Value>(key: string): Value | null {
  return readJson(key) as Value | null
}

export const writeRecord: (key: string, value: unknown) => void = writeJson
