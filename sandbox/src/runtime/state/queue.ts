import { type Codec, decode, encode } from '../../primitives/borsh.ts'
import { struct, u64 } from '../../primitives/codecs.ts'
import type { StateUpdate } from './state-update.ts'

/** A queue in the state: its values under consecutive numbers, and the first and next of these under one key. */
export interface StateQueue<T> {
  readonly indicesKey: Uint8Array
  readonly itemKey: (index: bigint) => Uint8Array
  readonly itemCodec: Codec<T>
}

const indicesCodec = struct({ first: u64, next: u64 })

function indices(state: StateUpdate, indicesKey: Uint8Array): { first: bigint; next: bigint } {
  const record = state.get(indicesKey)
  return record ? decode(indicesCodec, record) : { first: 0n, next: 0n }
}

export function pushItem<T>(state: StateUpdate, queue: StateQueue<T>, item: T): void {
  const { first, next } = indices(state, queue.indicesKey)
  state.set(queue.itemKey(next), encode(queue.itemCodec, item))
  state.set(queue.indicesKey, encode(indicesCodec, { first, next: next + 1n }))
}

/** The first item, which stays in the queue. */
export function peekItem<T>(state: StateUpdate, queue: StateQueue<T>): T | undefined {
  const { first } = indices(state, queue.indicesKey)
  const record = state.get(queue.itemKey(first))
  return record && decode(queue.itemCodec, record)
}

export function dropItem<T>(state: StateUpdate, queue: StateQueue<T>): void {
  const { first, next } = indices(state, queue.indicesKey)
  state.remove(queue.itemKey(first))
  state.set(queue.indicesKey, encode(indicesCodec, { first: first + 1n, next }))
}
