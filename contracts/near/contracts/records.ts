import { near } from 'near-sdk-js'

/** A record is one value of the state as JSON. Numbers that may pass 2^53 are decimal strings in it, as they are in a view's answer. */
export function readRecord<Value>(key: string): Value | null {
  const text = near.storageRead(key)
  return text === null ? null : (JSON.parse(text) as Value)
}

export function writeRecord(key: string, value: unknown): void {
  near.storageWrite(key, JSON.stringify(value))
}
