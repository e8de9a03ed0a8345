import { type ChainEvent, type JobStatus, NOBODY } from '@parley/protocol'
import type { Change, Rows, Sums, TableName } from './change.ts'
import { originOf, positionOf, updateOf } from './origin.ts'
import { shapes } from './table-shape.ts'

type Origin = ReturnType<typeof originOf>
export type Values<Table extends TableName> = Omit<Rows[Table], keyof Origin>

/** What one event makes of one table has positions of its own: cursors are made of them. */
interface Place {
  readonly position?: string
}

/** The row is as `values` say, whatever it was before. */
export function insert<Table extends TableName>(
  event: ChainEvent,
  table: Table,
  values: Values<Table> & Place,
): Change {
  return { table, key: keyOf(table, values), kind: 'insert', values: { ...originOf(event), ...values } }
}

/** The row with this key, if there is one, changes so. */
export function update<Table extends TableName>(
  event: ChainEvent,
  table: Table,
  key: Partial<Values<Table>>,
  values: Partial<Values<Table>>,
  sums: Sums = {},
): Change {
  return { table, key: keyOf(table, key), kind: 'update', values: { ...updateOf(event), ...values }, sums }
}

type LogTable = 'fee_collections' | 'feedback_responses' | 'payments' | 'ledger_transfers' | 'spends'

/** A row that is an event: its key is where it was logged. */
export function insertLog<Table extends LogTable>(
  event: ChainEvent,
  table: Table,
  values: Omit<Values<Table>, 'blockNumber' | 'logIndex'>,
): Change {
  const { blockNumber, logIndex } = event
  return insert(event, table, { blockNumber: Number(blockNumber), logIndex, ...values } as Values<Table>)
}

export type JobEvent = Extract<ChainEvent, { readonly args: { readonly jobId: bigint } }>
type JobValues = Partial<Values<'jobs'>> & { readonly status?: JobStatus }

export function updateJob(event: JobEvent, values: JobValues, sums?: Sums): Change {
  return update(event, 'jobs', { jobId: jobKey(event) }, values, sums)
}

/** Money of a job. */
export function payment(
  event: Extract<JobEvent, { readonly args: { readonly amount: bigint } }>,
  kind: 'Funded' | 'Released' | 'Fee' | 'Refunded' | 'Owed',
  account: string,
): Change {
  const { contract, args } = event
  return insertLog(event, 'payments', { contract, kind, jobId: jobKey(event), account, amount: args.amount })
}

/** What a transfer takes from one balance and adds to another; nobody has none. */
export function moveBalance(event: Extract<ChainEvent, { readonly name: 'LedgerTransfer' }>): Change[] {
  const { from, to, token, amount } = event.args
  const sides = [
    { account: from, sum: -amount },
    { account: to, sum: amount },
  ]
  return sides.flatMap(({ account, sum }, at) => {
    if (account === NOBODY) return []
    const values = { ...originOf(event), position: positionWithin(event, at), account, token, balance: 0n }
    return [{ table: 'ledger_balances', key: [account, token], kind: 'add', values, sums: { balance: sum } }]
  })
}

/** What an owner or a guardian decided: each field is a setting, about `subject` if they are about something. */
export function settings(event: ChainEvent, fields: Readonly<Record<string, unknown>>, subject = ''): Change[] {
  const { contract } = event
  return Object.entries(fields).map(([name, value], at) => {
    const position = positionWithin(event, at)
    return insert(event, 'settings', { contract, name, subject, value: String(value), position })
  })
}

/** Sorts what an event makes of one table. Of one digit: an event makes few rows, or has logs for them. */
function positionWithin(event: ChainEvent, at: number): string {
  return `${positionOf(event)}-${at}`
}

/** Job ids are hashes: 0x and 64 digits. */
export function jobKey({ args }: JobEvent): string {
  return `0x${args.jobId.toString(16).padStart(64, '0')}`
}

/** What lies past the largest exact number is never anyway; an enclave may sign any uint64 as its time. */
export function toSeconds(value: bigint): number {
  return Number(value < MAX_SECONDS ? value : MAX_SECONDS)
}

const MAX_SECONDS = BigInt(Number.MAX_SAFE_INTEGER)

/** The chain comes first in every key. */
function keyOf(table: TableName, values: Readonly<Record<string, unknown>>): string[] {
  return shapes[table].key.slice(1).map(({ field }) => String(values[field]))
}
