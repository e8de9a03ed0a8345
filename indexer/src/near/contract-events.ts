import { storable } from '@parley/database'
import { type EventFieldKind, events, type NamedEvent, type NearEventData, readNearEvents } from '@parley/protocol'
import { keccak256 } from 'viem'
import { readArguments, readFunctionCall } from './function-call.ts'
import type { ActionView, Outcome, TransactionTree } from './transaction-tree.ts'

/** An event, and how it got there. */
export interface LoggedEvents {
  readonly events: readonly NamedEvent[]
  /** Lines of Parley's standard that make no sense. */
  readonly mistakes: readonly RangeError[]
}

/** What a contract of Parley logged in one of its receipts. Whether it is one of Parley's is for the caller to know. */
export function eventsOf({ id, logs, failure }: Outcome, { receipts }: TransactionTree): LoggedEvents {
  if (failure !== undefined) return { events: [], mistakes: [] }
  const findArgument = createArgumentFinder(receipts.get(id)?.actions ?? [])
  const read: NamedEvent[] = []
  const mistakes: RangeError[] = []
  for (const log of logs) {
    try {
      read.push(...readNearEvents(log, (bytes) => keccak256(bytes, 'bytes'), findArgument).map(toStorable))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      mistakes.push(error)
    }
  }
  return { events: read, mistakes }
}

/** `result_accepted` leaves out the response: it is in the arguments of the call, which can be one of several in a receipt. */
function createArgumentFinder(actions: readonly ActionView[]) {
  const calls = actions.flatMap((action) => readFunctionCall(action) ?? [])
  return (event: string, field: string, data: NearEventData): unknown => {
    if (event !== 'result_accepted' || field !== 'response') return undefined
    const results = calls.filter(({ method }) => method === 'accept_result').map(readArguments)
    // The contract takes hexadecimal in capitals, too, and writes it without.
    return lowerCase(results.find(({ job_id }) => lowerCase(job_id) === data.job_id)?.response)
  }
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function toStorable({ name, args }: NamedEvent): NamedEvent {
  const kinds: Readonly<Record<string, EventFieldKind>> = events[name]
  const fields = Object.entries(args).map(([field, value]) => [field, toStorableValue(kinds[field], value)])
  return { name, args: Object.fromEntries(fields) } as NamedEvent
}

function toStorableValue(kind: EventFieldKind | undefined, value: unknown): unknown {
  if (kind === 'accounts') return (value as readonly string[]).map(storable)
  return kind === 'string' || kind === 'account' || kind === 'reason' ? storable(String(value)) : value
}
