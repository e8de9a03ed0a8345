import { blocks, events, jobs } from '@parley/database'
import type { ChainEvent } from '@parley/protocol'
import type { Log } from '@parley/service'
import { and, arrayOverlaps, desc, eq, gt, lt, lte, max, sql } from 'drizzle-orm'
import type { Batch, BlockId, Fork, StoredBlock } from './chain.ts'
import { type Change, subjectOf } from './change.ts'
import { fromEventRow, toEventRow } from './event-row.ts'
import { fold, type Row, subjectsOf, takeBack } from './fold.ts'
import { changesOf } from './handlers.ts'
import { findMisfit } from './row-limits.ts'
import type { Session } from './session.ts'
import { deleteRows, insertRows, readRows, type Transaction, writeRows } from './table-rows.ts'
import { shapeOf, shapes } from './table-shape.ts'

/** The tables of one chain. Each action is one transaction, and happens only if the stored blocks are still those it was made for. */
export interface Store {
  /** Newest first. */
  readBlocks(): Promise<StoredBlock[]>
  apply(batch: Batch): Promise<void>
  /** Takes back what happened after the fork's common block, or everything where there is none. */
  undo(fork: Fork): Promise<void>
}

export interface StoreOptions {
  readonly session: Pick<Session, 'db' | 'requireLock'>
  readonly chain: string
  /** Blocks deeper than this are forgotten, but for the newest of them: the common block of the deepest fork. */
  readonly finalityBlocks: number
  readonly log: Log
}

const eventsShape = shapeOf(events)

/** A chain's tables, written in one session. */
export function createStore({ session: { db, requireLock }, chain, finalityBlocks, log }: StoreOptions): Store {
  const readBlocks = (tx: Pick<Transaction, 'select'>) => selectBlocks(tx, chain)

  const change = (newest: BlockId | undefined, action: (tx: Transaction) => Promise<void>) =>
    db.transaction(async (tx) => {
      await requireLock(tx)
      const [stored] = await readBlocks(tx)
      if (stored?.hash !== newest?.hash) throw new Error(`the tables of ${chain} are at another block than expected`)
      await action(tx)
    })

  return {
    readBlocks: () => readBlocks(db),
    apply: ({ after, upTo, events: happened }) =>
      change(after, async (tx) => {
        const events = happened.filter((event) => isStorable(event, log))
        const rows = fold(await readRows(tx, chain, new Set(events.flatMap(subjectsOf))), events)
        await insertRows(tx, eventsShape, events.map(toEventRow))
        await writeRows(tx, rows.values())
        await tx.insert(blocks).values({ chain, ...upTo })
        await forgetBlocks(tx, chain, upTo.number - finalityBlocks)
        await announceJobs(tx, chain, rows.keys())
      }),
    undo: ({ newest, common }) =>
      change(newest, (tx) => (common ? undoAfter(tx, chain, common.number) : undoAll(tx, chain))),
  }
}

function isStorable(event: ChainEvent, log: Log): boolean {
  const column = findMisfit(event)
  const { transaction, name } = event
  if (column) log.warn({ transaction, name, column }, 'an event that PostgreSQL cannot hold is skipped')
  return !column
}

async function selectBlocks(tx: Pick<Transaction, 'select'>, chain: string): Promise<StoredBlock[]> {
  const { number, hash, pending } = blocks
  return tx.select({ number, hash, pending }).from(blocks).where(eq(blocks.chain, chain)).orderBy(desc(number))
}

async function undoAfter(tx: Transaction, chain: string, blockNumber: number): Promise<void> {
  const isUndone = and(eq(events.chain, chain), gt(events.blockNumber, blockNumber))
  const undone = await tx.delete(events).where(isUndone).returning()
  await tx.delete(blocks).where(and(eq(blocks.chain, chain), gt(blocks.number, blockNumber)))

  const changes = undone.map(fromEventRow).flatMap(changesOf)
  const additions = changes.filter(({ kind }) => kind === 'add')
  await undoAdditions(tx, chain, blockNumber, additions)
  const subjects = new Set(changes.filter(({ kind }) => kind !== 'add').map(subjectOf))
  await deleteRows(tx, chain, subjects)
  const rows = fold(new Map(), await selectEvents(tx, chain, [...subjects]))
  // These events also touch rows that are not undone, and of those they do not tell everything.
  const ours = [...rows].flatMap(([subject, row]) => (subjects.has(subject) ? [row] : []))
  await writeRows(tx, ours)
  await announceJobs(tx, chain, subjects)
}

/** An account can have a long history, which its balance need not be folded from anew. */
async function undoAdditions(tx: Transaction, chain: string, blockNumber: number, additions: Change[]): Promise<void> {
  const rows = takeBack(await readRows(tx, chain, new Set(additions.map(subjectOf))), additions)
  const isNew = ({ values }: Row) => Number(values.createdBlock) > blockNumber
  await deleteRows(
    tx,
    chain,
    [...rows].flatMap(([subject, row]) => (isNew(row) ? [subject] : [])),
  )
  await writeRows(
    tx,
    [...rows.values()].filter((row) => !isNew(row)),
  )
}

async function undoAll(tx: Transaction, chain: string): Promise<void> {
  const undone = await tx.delete(jobs).where(eq(jobs.chain, chain)).returning({ key: jobs.jobId })
  const tables = [...Object.values(shapes).map((shape) => shape.table), events, blocks]
  for (const table of tables) await tx.execute(sql`delete from ${table} where chain = ${chain}`)
  const subjects = undone.map(({ key }) => subjectOf({ table: 'jobs', key: [key] }))
  await announceJobs(tx, chain, subjects)
}

async function selectEvents(tx: Transaction, chain: string, subjects: string[]): Promise<ChainEvent[]> {
  if (subjects.length === 0) return []
  const isTheirs = and(eq(events.chain, chain), arrayOverlaps(events.subjects, subjects))
  const rows = await tx.select().from(events).where(isTheirs).orderBy(events.blockNumber, events.logIndex)
  return rows.map(fromEventRow)
}

async function forgetBlocks(tx: Transaction, chain: string, finalNumber: number): Promise<void> {
  const newest = tx
    .select({ number: max(blocks.number) })
    .from(blocks)
    .where(and(eq(blocks.chain, chain), lte(blocks.number, finalNumber)))
  await tx.delete(blocks).where(and(eq(blocks.chain, chain), lt(blocks.number, newest)))
}

/** Tells listeners which jobs to read anew, once this transaction is visible to them. */
async function announceJobs(tx: Transaction, chain: string, subjects: Iterable<string>): Promise<void> {
  const payloads = [...subjects].flatMap((subject) => {
    const [table, jobId] = subject.split(':')
    return table === 'jobs' ? [`${chain}:${jobId}`] : []
  })
  if (payloads.length === 0) return
  const json = JSON.stringify(payloads)
  await tx.execute(sql`select pg_notify('job_changed', payload) from json_array_elements_text(${json}::json) payload`)
}
