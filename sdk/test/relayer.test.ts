import { ParleyError, type ParleyErrorOptions } from '@parley/protocol'
import { Relayer } from '@parley/sdk'
import { afterEach, expect, test } from 'vitest'
import { type FlakyRelayer, startFlakyRelayer, type Turn } from './flaky-relayer.ts'

const ACCEPTED = { id: 'r-1', kind: 'results', status: 'accepted' }
const SENT = { ...ACCEPTED, status: 'sent' }
const SUCCEEDED = { ...ACCEPTED, status: 'succeeded', transaction: '0x01' }

const accepted: Turn = { status: 202, body: ACCEPTED }
const unavailable: Turn = { status: 503, body: refusal('Unavailable', 'starting') }

let server: FlakyRelayer

afterEach(() => server.close())

test('accept resolves with what the relayer promised', async () => {
  server = await startFlakyRelayer([accepted])

  const request = await new Relayer({ url: `${server.url}/` }).accept('results', { jobId: '0x01' }, 'key-1')

  expect(request).toEqual(ACCEPTED)
  expect(server.seen).toEqual([
    { method: 'POST', path: '/v1/results', idempotencyKey: 'key-1', body: '{"jobId":"0x01"}' },
  ])
})

test('accept tries again through dropped connections, cut answers, proxies and outages, with one key and one body', async () => {
  const proxy: Turn = { status: 502, body: '<html>Bad Gateway</html>' }
  server = await startFlakyRelayer(['drop', 'dropAfterBody', proxy, unavailable, accepted])

  const request = await new Relayer({ url: server.url }).accept('results', { jobId: '0x01' })

  expect(request).toEqual(ACCEPTED)
  expect(server.seen).toHaveLength(5)
  const [key] = new Set(server.seen.map(({ idempotencyKey }) => idempotencyKey))
  expect(key).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(server.seen.map((seen) => JSON.stringify(seen))).size).toBe(1)
})

test('accept waits for a relayer that is down', async () => {
  server = await startFlakyRelayer([accepted])
  const { url } = server
  await server.close()

  const request = new Relayer({ url }).accept('results', {})
  server = await startFlakyRelayer([accepted], Number(new URL(url).port))

  expect(await request).toEqual(ACCEPTED)
})

test('two calls have two keys', async () => {
  server = await startFlakyRelayer([accepted])
  const relayer = new Relayer({ url: server.url })

  await relayer.accept('results', {})
  await relayer.accept('results', {})

  expect(new Set(server.seen.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
})

test('accept throws the named refusal at once, with its field', async () => {
  server = await startFlakyRelayer([
    { status: 400, body: refusal('InputInvalid', 'signature is missing', { field: 'signature' }) },
  ])

  const error = await failureOf(new Relayer({ url: server.url }).accept('transactions', {}))

  expect(error).toBeInstanceOf(ParleyError)
  const named = { code: 'InputInvalid', message: 'signature is missing', field: 'signature', isRetryable: false }
  expect(error).toMatchObject(named)
  expect(server.seen).toHaveLength(1)
})

test('accept gives up when its patience ends, with an error that may be tried again', async () => {
  server = await startFlakyRelayer(['drop'])

  const error = await failureOf(new Relayer({ url: server.url, patienceMilliseconds: 250 }).accept('results', {}))

  expect(error).toMatchObject({ code: 'Unavailable', isRetryable: true, message: expect.stringContaining(server.url) })
  expect(server.seen.length).toBeGreaterThan(1)
})

test('perform hands in once and asks until it has happened', async () => {
  const sent: Turn = { status: 200, body: SENT }
  server = await startFlakyRelayer([
    'drop',
    accepted,
    sent,
    'drop',
    unavailable,
    sent,
    { status: 200, body: SUCCEEDED },
  ])

  const request = await new Relayer({ url: server.url }).perform('results', { jobId: '0x01' })

  expect(request).toEqual(SUCCEEDED)
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/results',
    'POST /v1/results',
    ...Array.from({ length: 5 }, () => 'GET /v1/requests/r-1'),
  ])
})

test.each([
  ['failed', 'WorkloadNotAllowed', false],
  ['refused', 'VerifiersUnavailable', true],
])('perform throws why a request %s', async (status, code, isRetryable) => {
  const body = { ...ACCEPTED, status, ...refusal(code, 'because') }
  server = await startFlakyRelayer([accepted, { status: 200, body }])

  const error = await failureOf(new Relayer({ url: server.url }).perform('enclaves', {}))

  expect(error).toMatchObject({ code, message: 'because', isRetryable })
})

test('perform does not call pending what it gave up on failed', async () => {
  server = await startFlakyRelayer([accepted, { status: 200, body: SENT }])

  const error = await failureOf(new Relayer({ url: server.url, patienceMilliseconds: 250 }).perform('results', {}))

  expect(error).toMatchObject({ code: 'Unavailable', isRetryable: true, message: expect.stringContaining('r-1') })
})

test('a refusal by a name that nobody knows is Internal', async () => {
  server = await startFlakyRelayer([{ status: 400, body: refusal('toString', 'odd') }])

  const error = await failureOf(new Relayer({ url: server.url, patienceMilliseconds: 250 }).accept('results', {}))

  expect(error).toMatchObject({ code: 'Internal', message: 'odd' })
})

function refusal(code: string, message: string, { field }: ParleyErrorOptions = {}) {
  return { error: { code, message, ...(field === undefined ? {} : { field }), isRetryable: false } }
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}
