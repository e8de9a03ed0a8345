import type { events as eventsTable } from '@parley/database'
import { type ChainEvent, type EventName, events } from '@parley/protocol'
import { subjectsOf } from './fold.ts'

export type EventRow = typeof eventsTable.$inferSelect

/** An event as a row of the log; `fromEventRow` is its inverse. */
export function toEventRow(event: ChainEvent): EventRow {
  const { chain, logIndex, blockHash, transaction, contract, name, args } = event
  return {
    chain,
    blockNumber: Number(event.blockNumber),
    logIndex,
    blockHash,
    transaction,
    timestamp: Number(event.timestamp),
    contract,
    name,
    args: Object.fromEntries(Object.entries(args).map(([field, value]) => [field, toJson(value)])),
    subjects: subjectsOf(event),
  }
}

/** The event that `toEventRow` stored. */
export function fromEventRow({ subjects: _, ...row }: EventRow): ChainEvent {
  const kinds: Readonly<Record<string, string>> = events[row.name as EventName]
  const args = Object.entries(row.args as Readonly<Record<string, string | boolean | readonly string[]>>)
  return {
    ...row,
    blockNumber: BigInt(row.blockNumber),
    timestamp: BigInt(row.timestamp),
    args: Object.fromEntries(args.map(([field, value]) => [field, fromJson(kinds[field], value)])),
  } as unknown as ChainEvent
}

function toJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJson)
  return typeof value === 'bigint' ? value.toString() : value
}

function fromJson(kind: string | undefined, value: string | boolean | readonly string[]): unknown {
  if (kind === 'uints') return (value as readonly string[]).map(BigInt)
  return kind === 'uint' || kind === 'int' ? BigInt(value as string) : value
}
