import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventStream, subscriptionRequest } from './event-stream.ts'
import { CHAIN, changeJob, jobRow, startFixture, word } from './fixture.ts'

let fixture: Awaited<ReturnType<typeof startFixture>>
let program: ChildProcess
let url: string

beforeAll(async () => {
  fixture = await startFixture()
  program = start({ DATABASE_URL: fixture.url, GRAPHQL_PORT: '0' })
  url = `${await listeningUrl(program)}/graphql`
})
afterAll(async () => {
  program?.kill('SIGKILL')
  await fixture.stop()
})

test('the program answers a query over its port', async () => {
  await changeJob(fixture.writer, jobRow(1))

  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ jobs { nodes { jobId } } }' }),
  })

  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/)
  expect(await response.json()).toEqual({ data: { jobs: { nodes: [{ jobId: word(1) }] } } })
})

test('a subscription over its port follows what is notified', async () => {
  await changeJob(fixture.writer, jobRow(2))
  const query = `subscription { jobChanged(chain: "${CHAIN}", jobId: "${word(2)}") { status } }`
  const response = await fetch(url, subscriptionRequest(query))
  const stream = new EventStream(response)

  const first = await stream.next()
  await changeJob(fixture.writer, jobRow(2, { status: 'Funded' }))
  const second = await stream.next()
  await stream.leave()

  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(first).toEqual({ data: { jobChanged: { status: 'OPEN' } } })
  expect(second).toEqual({ data: { jobChanged: { status: 'FUNDED' } } })
})

test('a browser gets GraphiQL with examples, all of it from here', async () => {
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  const page = await response.text()

  expect(page).toContain('LatestJobs')
  expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="?https?:/)
})

test('it says that it lives and is ready', async () => {
  const health = await fetch(new URL('/health', url))
  const ready = await fetch(new URL('/ready', url))

  expect([health.status, ready.status]).toEqual([200, 200])
})

test('it ends when told to, though somebody subscribes', async () => {
  const response = await fetch(url, subscriptionRequest('subscription { jobsChanged { status } }'))
  const stream = new EventStream(response)
  const ended = stream.next().catch(() => undefined)

  program.kill('SIGTERM')
  const [code] = await once(program, 'exit')

  expect(code).toBe(0)
  expect(await ended).toBeUndefined()
})

test('it says what is missing in its configuration', async () => {
  const broken = start({})
  let text = ''
  broken.stderr?.on('data', (chunk) => {
    text += chunk
  })

  const [code] = await once(broken, 'exit')

  expect(code).toBe(2)
  expect(text).toContain('DATABASE_URL is not set: set it to the URL of the Postgres')
})

function start(environment: Record<string, string>): ChildProcess {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return spawn(process.execPath, [main], {
    env: { PATH, NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The program has no output.')
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    const { msg, url } = JSON.parse(line)
    if (msg === 'listening') return url
  }
  throw new Error('The program ended before it listened.')
}
