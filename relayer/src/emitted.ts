import { storable } from '@parley/database'
import type { EmittedEvent } from '@parley/protocol'

/** An event as it is stored and told: everything is text. */
export function emitted(name: string, args: object): EmittedEvent {
  return { name, args: Object.fromEntries(Object.entries(args).map(([field, value]) => [field, textOf(value)])) }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',')
  const text = String(value)
  // What an enclave answers travels in an event: bytes are whole or useless.
  if (/^0x[0-9a-fA-F]*$/.test(text)) return text.length === 42 ? text.toLowerCase() : text
  return storable(text)
}
