import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createJobChanges } from '../src/job-changes.ts'
import { LatestQueue } from '../src/latest-queue.ts'
import { connectReadOnly } from '../src/read-only-pool.ts'
import { createGraphqlServer } from '../src/server.ts'
import { EventStream, subscriptionRequest } from './event-stream.ts'
import { ALICE, BOB, changeJob, jobRow, startFixture, tables, word } from './fixture.ts'

const ONE =
  'subscription ($id: Hex!, $chain: String = "eip155:31337") { jobChanged(chain: $chain, jobId: $id) { jobId status agent { uri } } }'
const MANY = 'subscription ($filter: JobFilter) { jobsChanged(filter: $filter) { jobId status } }'

let fixture: Awaited<ReturnType<typeof startFixture>>
const streams: EventStream[] = []

beforeAll(async () => {
  fixture = await startFixture()
})
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.leave()
  await fixture.writer.sql`delete from chain.jobs`
})
afterAll(() => fixture.stop())

describe('jobChanged', () => {
  test('begins with the job as it is, then gives every change', async () => {
    await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
    const stream = await subscribe(ONE, { id: word(1) })

    const statuses = [await nextStatus(stream)]
    for (const status of ['Funded', 'Submitted', 'Completed']) {
      await changeJob(fixture.writer, jobRow(1, { status }))
      statuses.push(await nextStatus(stream))
    }

    expect(statuses).toEqual(['OPEN', 'FUNDED', 'SUBMITTED', 'COMPLETED'])
  })

  test('waits for a job that does not exist yet, and hears of no other', async () => {
    const stream = await subscribe(ONE, { id: word(2) })

    await changeJob(fixture.writer, jobRow(3))
    await changeJob(fixture.writer, jobRow(2, { chain: 'eip155:1' }))
    await changeJob(fixture.writer, jobRow(2, { status: 'Funded' }))

    expect(await stream.next()).toEqual({ data: { jobChanged: { jobId: word(2), status: 'FUNDED', agent: null } } })
  })

  test('refuses bad input as queries do', async () => {
    const badId = await (await subscribe(ONE, { id: 'one' })).next()
    const badChain = await (await subscribe(ONE, { id: word(1), chain: 'ethereum' })).next()

    expect(badId?.errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field: 'jobId' })
    expect(badChain?.errors?.[0]?.extensions).toMatchObject({ code: 'InputInvalid', field: 'chain' })
  })
})

describe('jobsChanged', () => {
  test('gives the jobs that pass the filter when they change', async () => {
    const stream = await subscribe(MANY, { filter: { client: BOB, status: ['FUNDED', 'COMPLETED'] } })

    await changeJob(fixture.writer, jobRow(1, { client: BOB }))
    await changeJob(fixture.writer, jobRow(2, { client: ALICE, status: 'Funded' }))
    await changeJob(fixture.writer, jobRow(1, { client: BOB, status: 'Funded' }))
    await changeJob(fixture.writer, jobRow(1, { client: BOB, status: 'Completed' }))
    const seen = new Set<string>()
    while (!seen.has(`${word(1)} COMPLETED`)) {
      const { jobId, status } = (await stream.next())?.data.jobsChanged ?? {}
      seen.add(`${jobId} ${status}`)
    }

    seen.delete(`${word(1)} FUNDED`)
    expect([...seen]).toEqual([`${word(1)} COMPLETED`])
  })

  test('gives a backfill of a thousand jobs, each once', async () => {
    const stream = await subscribe(MANY)
    const rows = Array.from({ length: 1_000 }, (_, at) => jobRow(at + 1))

    await fixture.writer.db.transaction(async (transaction) => {
      await transaction.insert(tables.jobs).values(rows)
      await transaction.execute("select pg_notify('job_changed', chain || ':' || job_id) from chain.jobs")
    })
    const ids: string[] = []
    while (ids.length < rows.length) ids.push((await stream.next())?.data.jobsChanged.jobId)

    expect(new Set(ids)).toEqual(new Set(rows.map(({ jobId }) => jobId)))
  })
})

describe('many readers', () => {
  test('share one connection that listens', async () => {
    await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
    const readers = await Promise.all(Array.from({ length: 50 }, () => subscribe(ONE, { id: word(1) })))
    await Promise.all(readers.map(nextStatus))

    await changeJob(fixture.writer, jobRow(1, { status: 'Funded' }))
    const statuses = await Promise.all(readers.map(nextStatus))

    expect(new Set(statuses)).toEqual(new Set(['FUNDED']))
    expect(await listeners()).toHaveLength(1)
  })

  test('make room when they leave, also while nothing happens', async () => {
    const jobChanges = createJobChanges({ ...fixture.reader, log: fixture.log, maxSubscribers: 1 })
    const server = createGraphqlServer({ ...fixture.sources, jobChanges })
    await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
    const first = await subscribe(ONE, { id: word(1) }, server)
    await nextStatus(first)

    const refused = await (await subscribe(ONE, { id: word(1) }, server)).next()
    await first.leave()
    const second = await subscribe(ONE, { id: word(1) }, server)

    expect(refused?.errors?.[0]?.extensions).toEqual({ code: 'Unavailable', isRetryable: true })
    expect(await nextStatus(second)).toBe('OPEN')
  })
})

describe('when the connection is lost', () => {
  test('one job is read again, and a list says that it may have missed something', async () => {
    await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
    const one = await subscribe(ONE, { id: word(1) })
    const many = await subscribe(MANY)
    await nextStatus(one)

    await killListeners()
    const again = await nextStatus(one)
    const missed = await many.next()
    const end = await many.next()
    await changeJob(fixture.writer, jobRow(1, { status: 'Funded' }))

    expect(again).toBe('OPEN')
    expect(missed?.errors?.[0]?.extensions).toEqual({ code: 'Unavailable', isRetryable: true })
    expect(end).toBeUndefined()
    expect(await nextStatus(one)).toBe('FUNDED')
    expect(await listeners()).toHaveLength(1)
  })

  test('what changed while the database could not be reached is not lost', async () => {
    const way = await openWay(fixture.url)
    const connection = connectReadOnly(way.url)
    const jobChanges = createJobChanges({ ...connection, log: fixture.log })
    const server = createGraphqlServer({ ...fixture.sources, db: connection.db, jobChanges })
    await fixture.writer.db.insert(tables.jobs).values(jobRow(1))
    const stream = await subscribe(ONE, { id: word(1) }, server)
    await nextStatus(stream)

    await way.close()
    await changeJob(fixture.writer, jobRow(1, { status: 'Funded' }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await way.open()
    const missed = await nextStatus(stream)
    await changeJob(fixture.writer, jobRow(1, { status: 'Submitted' }))

    expect(missed).toBe('FUNDED')
    expect(await nextStatus(stream)).toBe('SUBMITTED')
    await stream.leave()
    await connection.close()
    await way.close()
  })
})

describe('a queue of a slow reader', () => {
  test('keeps the latest of each', async () => {
    const queue = new LatestQueue<string>(() => {})
    queue.put('job 1', 'open')
    queue.put('job 2', 'open')
    queue.put('job 1', 'funded')

    expect(await queue.next()).toEqual({ done: false, value: 'funded' })
    expect(await queue.next()).toEqual({ done: false, value: 'open' })
  })

  test('ends with an error when too much waits', async () => {
    let hasEnded = false
    const queue = new LatestQueue<number>(() => {
      hasEnded = true
    })
    for (let at = 0; at <= 1_000; at++) queue.put(`job ${at}`, at)

    await expect(queue.next()).rejects.toMatchObject({ code: 'Unavailable' })
    expect(await queue.next()).toEqual({ done: true, value: undefined })
    expect(hasEnded).toBe(true)
  })

  test('answers who waits when it ends', async () => {
    const returned = new LatestQueue<number>(() => {})
    const failed = new LatestQueue<number>(() => {})
    const waiting = [returned.next(), failed.next()]

    await returned.return()
    failed.fail(new Error('lost'))

    expect(await waiting[0]).toEqual({ done: true, value: undefined })
    await expect(waiting[1]).rejects.toThrow('lost')
  })
})

async function subscribe(
  query: string,
  variables: Record<string, unknown> = {},
  server = fixture.server,
): Promise<EventStream> {
  const response = await server.fetch('http://graphql/graphql', subscriptionRequest(query, variables))
  const stream = new EventStream(response)
  streams.push(stream)
  return stream
}

async function nextStatus(stream: EventStream): Promise<string> {
  return (await stream.next())?.data.jobChanged.status
}

function listeners() {
  return fixture.writer
    .sql`select pid from pg_stat_activity where query ilike 'listen%' and application_name = 'parley-graphql'`
}

async function killListeners(): Promise<void> {
  const { sql } = fixture.writer
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`
}

/** A way to the database that can be closed for a while. */
async function openWay(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const onward = connectSocket(Number(target.port), '127.0.0.1')
    for (const end of [socket, onward]) {
      sockets.add(end)
      end
        .on('error', () => {})
        .on('close', () => {
          socket.destroy()
          onward.destroy()
        })
    }
    socket.pipe(onward).pipe(socket)
  })
  const open = (port = 0) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await open()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The way has no port.')
  const here = new URL(url)
  here.port = String(address.port)
  return {
    url: here.href,
    open: () => open(address.port),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
        sockets.clear()
      }),
  }
}
