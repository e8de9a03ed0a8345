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
    args: Object.fromEntries(
      Object.entries(args).map(([field, value]) => [field, typeof value === 'bigint' ? value.toString() : value]),
    ),
    subjects: subjectsOf(event),
  }
}

/** The event that `toEventRow` stored. */
export function fromEventRow({ subjects: _, ...row }: EventRow): ChainEvent {
  const kinds: Readonly<Record<string, string>> = events[row.name as EventName]
  const args = Object.entries(row.args as Readonly<Record<string, string | boolean>>)
  return {
    ...row,
    blockNumber: BigInt(row.blockNumber),
    timestamp: BigInt(row.timestamp),
    args: Object.fromEntries(args.map(([field, value]) => [field, kinds[field] === 'uint' ? BigInt(value) : value])),
  } as unknown as ChainEvent
}
