import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, jobs } from '@parley/database'
import { ParleyError } from '@parley/protocol'
import type { Log } from '@parley/service'
import { LatestQueue } from './latest-queue.ts'
import { type ChainKey, readRows } from './row-loaders.ts'
import type { JobRow } from './rows.ts'

/** Jobs as they change, for any number of readers over one connection that listens. */
export interface JobChanges {
  /** The job as it is now, when it exists, then whenever it changed. */
  ofJob(job: ChainKey<string>): Promise<LatestQueue<JobRow>>
  /** Every job that changed and is accepted then. */
  ofJobs(accepts: (job: JobRow) => boolean): Promise<LatestQueue<JobRow>>
}

export interface JobChangesOptions extends Pick<Connection, 'db' | 'sql'> {
  readonly log: Log
  readonly maxSubscribers?: number
}

interface Subscriber {
  /** The one job it is about; without it, all that it accepts. */
  readonly job?: string
  readonly accepts: (job: JobRow) => boolean
  readonly queue: LatestQueue<JobRow>
}

/** The indexer sends `<chain>:<job id>` here, in the transaction that changes the job. */
const CHANNEL = 'job_changed'

/** Each costs a socket and a little memory; who wants more starts another server. */
const MAX_SUBSCRIBERS = 1_000

/** A backfill announces jobs by the thousand: its statements must not. */
const MAX_JOBS_PER_READ = 500

const LISTEN_TIMEOUT_MILLISECONDS = 5_000
const RETRY_MILLISECONDS = 500

export function createJobChanges({ db, sql, log, maxSubscribers = MAX_SUBSCRIBERS }: JobChangesOptions): JobChanges {
  const subscribers = new Set<Subscriber>()
  /** Jobs that everybody who is interested in them must hear of. */
  const changed = new Set<string>()
  /** Who must hear of their job, though it did not change. */
  const newcomers = new Set<Subscriber>()
  let listening: Promise<void> | undefined
  let isReading = false
  let isFailing = false

  const startListening = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let isFirst = true
    // The driver listens again by itself whenever the connection is lost; this is called each time it does.
    const onListening = () => {
      if (!isFirst) recover()
      isFirst = false
      resolve()
    }
    sql.listen(CHANNEL, onChanged, onListening).catch((error) => log.warn({ error }, 'cannot listen yet'))
    return promise
  }

  const onChanged = (job: string) => {
    const isWanted = [...subscribers].some((subscriber) => subscriber.job === undefined || subscriber.job === job)
    if (!isWanted) return
    changed.add(job)
    void read()
  }

  /** Nobody knows what was announced while nobody listened. */
  const recover = () => {
    log.warn({ subscribers: subscribers.size }, 'listens again after the connection was lost')
    for (const subscriber of subscribers) {
      if (subscriber.job === undefined) {
        subscriber.queue.fail(
          new ParleyError('Unavailable', 'changes may be missing here: query again, then subscribe again'),
        )
      } else {
        newcomers.add(subscriber)
      }
    }
    void read()
  }

  /** One at a time, so that what a subscriber gets never goes back in time. */
  const read = async () => {
    if (isReading) return
    isReading = true
    while (changed.size + newcomers.size > 0) {
      const announced = take(changed)
      const asking = take(newcomers)
      try {
        const names = new Set([...announced, ...[...asking].flatMap(({ job }) => job ?? [])])
        deliver(await readRows(db, jobs, [...names].map(parseName), [jobs.jobId]), announced, asking)
        isFailing = false
      } catch (error) {
        if (!isFailing) log.warn({ error }, 'cannot read changed jobs, tries until it can')
        isFailing = true
        for (const name of announced) changed.add(name)
        for (const subscriber of asking) if (subscribers.has(subscriber)) newcomers.add(subscriber)
        await sleep(RETRY_MILLISECONDS, undefined, { ref: false })
        if (subscribers.size === 0) changed.clear()
      }
    }
    isReading = false
  }

  const deliver = (rows: JobRow[], announced: Set<string>, asking: Set<Subscriber>) => {
    for (const row of rows) {
      const name = `${row.chain}:${row.jobId}`
      for (const subscriber of subscribers) {
        const isMeant = announced.has(name) || asking.has(subscriber)
        if (isMeant && subscriber.accepts(row)) subscriber.queue.put(name, row)
      }
    }
  }

  const subscribe = async (wish: Omit<Subscriber, 'queue'>): Promise<LatestQueue<JobRow>> => {
    if (subscribers.size >= maxSubscribers) {
      throw new ParleyError('Unavailable', `${maxSubscribers} subscriptions are open: try again later`)
    }
    const queue = new LatestQueue<JobRow>(() => {
      subscribers.delete(subscriber)
      newcomers.delete(subscriber)
    })
    const subscriber: Subscriber = { ...wish, queue }
    subscribers.add(subscriber)

    // Listening first: what changes after the first look is announced.
    listening ??= startListening()
    const isListening = await Promise.race([
      listening.then(() => true),
      sleep(LISTEN_TIMEOUT_MILLISECONDS, false, { ref: false }),
    ])
    if (!isListening) {
      await queue.return()
      throw new ParleyError('Unavailable', 'the database does not answer: try again')
    }

    if (subscriber.job !== undefined) {
      newcomers.add(subscriber)
      void read()
    }
    return queue
  }

  return {
    ofJob: ({ chain, id }) => {
      const job = `${chain}:${id}`
      return subscribe({ job, accepts: (row) => row.chain === chain && row.jobId === id })
    },
    ofJobs: (accepts) => subscribe({ accepts }),
  }
}

/** The oldest of them, removed. */
function take<Item>(from: Set<Item>): Set<Item> {
  const taken = new Set([...from].slice(0, MAX_JOBS_PER_READ))
  for (const item of taken) from.delete(item)
  return taken
}

/** The chain's id contains a colon, the job's does not. */
function parseName(name: string): ChainKey<string> {
  const end = name.lastIndexOf(':')
  return { chain: name.slice(0, end), id: name.slice(end + 1) }
}
