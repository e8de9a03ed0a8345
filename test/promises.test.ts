/** What the relayer promised happens once, whatever is asked again and however. */
import { registerCalls, type SignedForwardRequest, signForwardRequest, stepGas } from '@parley/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actors, castActors } from './actors.ts'
import { type Running, startRunning } from './running.ts'

let running: Running
let actors: Actors

beforeAll(async () => {
  running = await startRunning()
  actors = await castActors(running)
})
afterAll(() => running?.stop())

const newKey = () => crypto.randomUUID()

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${running.relayer.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  })
}

const signRegistration = () => actors.agent.sign(registerCalls(running.evm.deployment, ''), stepGas.register)

test('an idempotency key returns the first answer, also after it has happened and after a restart', async () => {
  const signed = await signRegistration()
  const key = { 'idempotency-key': newKey() }

  const first = await (await post('/v1/transactions', signed, key)).json()
  await actors.relayer.perform('transactions', signed, key['idempotency-key'])
  await running.relayer.crash()
  await running.relayer.whenReady()
  const again = await post('/v1/transactions', signed, key)

  expect(again.status).toBe(202)
  expect(await again.json()).toEqual(first)
})

test('ten requests with one key at once are one request', async () => {
  const signed = await signRegistration()
  const key = { 'idempotency-key': newKey() }

  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/transactions', signed, key)))

  const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).id))
  expect(new Set(ids).size).toBe(1)
})

test('ten requests without a key for one signature are one promise and nine replays', async () => {
  const signed = await signRegistration()

  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/transactions', signed)))

  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([202, ...Array(9).fill(409)])
})

test('an idempotency key with another body is refused and named', async () => {
  const key = { 'idempotency-key': newKey() }
  await post('/v1/transactions', await signRegistration(), key)

  const answer = await post('/v1/transactions', await signRegistration(), key)

  expect(answer.status).toBe(409)
  expect((await answer.json()).error).toMatchObject({ code: 'IdempotencyKeyReused', field: 'idempotency-key' })
})

test('an idempotency key returns a refusal again, too', async () => {
  const signed = { ...(await signRegistration()), signature: `0x${'11'.repeat(65)}` }
  const key = { 'idempotency-key': newKey() }

  const first = await post('/v1/transactions', signed, key)
  const again = await post('/v1/transactions', signed, key)

  expect([first.status, again.status]).toEqual([422, 422])
  expect(await again.json()).toEqual(await first.json())
})

/** What is wrong, with the field that the answer must name. */
const badBodies: [problem: string, path: string, change: (signed: SignedForwardRequest) => unknown, field: string][] = [
  ['no JSON', '/v1/transactions', () => '{"request":', 'body'],
  ['a list', '/v1/transactions', () => [], 'body'],
  ['a missing signature', '/v1/transactions', ({ request }) => ({ request }), 'signature'],
  ['a signature that is no hex', '/v1/transactions', (signed) => ({ ...signed, signature: 'yes' }), 'signature'],
  ['an unknown field', '/v1/transactions', (signed) => ({ ...signed, tip: '1' }), 'tip'],
  [
    'a short address',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, from: '0x12' } }),
    'request.from',
  ],
  [
    'a number that is no string',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, nonce: 7 } }),
    'request.nonce',
  ],
  [
    'a number past 64 bits',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, deadline: `${2n ** 64n}` } }),
    'request.deadline',
  ],
  [
    'no calls',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, calls: [] } }),
    'request.calls',
  ],
  [
    'a call without data',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, calls: [{ to: `0x${'11'.repeat(20)}` }] } }),
    'request.calls.0.data',
  ],
  [
    'gas over the cap',
    '/v1/transactions',
    ({ request, ...rest }) => ({ ...rest, request: { ...request, gas: '2000001' } }),
    'request.gas',
  ],
  ['a result without a job', '/v1/results', () => ({}), 'jobId'],
  ['a quote that is missing', '/v1/enclaves', () => ({}), 'enclave'],
  ['a challenge with wishes', '/v1/challenges', () => ({ mine: true }), 'mine'],
]

test.each(badBodies)('a body with %s is refused and the field is named', async (_problem, path, change, field) => {
  const answer = await post(path, change(await signRegistration()))

  expect(answer.status).toBe(400)
  expect((await answer.json()).error).toMatchObject({ code: 'InputInvalid', field, isRetryable: false })
})

test('a body of another type, a huge one and an odd key are refused', async () => {
  const text = await fetch(`${running.relayer.url}/v1/transactions`, { method: 'POST', body: 'hello' })
  const huge = await post('/v1/results', { response: `0x${'00'.repeat(200_000)}` })
  const odd = await post('/v1/transactions', await signRegistration(), { 'idempotency-key': 'short' })

  expect((await text.json()).error).toMatchObject({ code: 'InputInvalid', field: 'content-type' })
  expect((await huge.json()).error).toMatchObject({ code: 'BodyTooLarge' })
  expect((await odd.json()).error).toMatchObject({ code: 'InputInvalid', field: 'idempotency-key' })
})

test('a request that nobody made is not found, and one that is no UUID is refused', async () => {
  const missing = await fetch(`${running.relayer.url}/v1/requests/${crypto.randomUUID()}`)
  const odd = await fetch(`${running.relayer.url}/v1/requests/7`)

  expect([missing.status, odd.status]).toEqual([404, 400])
  expect((await odd.json()).error).toMatchObject({ code: 'InputInvalid', field: 'id' })
})

test('the relayer pays for listed methods only', async () => {
  const { deployment, token } = running.evm
  const [call] = registerCalls(deployment, '')
  if (!call) throw new Error('registering is one call')
  const elsewhere = await actors.agent.sign([{ ...call, to: token }], 100_000n)
  const unlisted = await actors.agent.sign(
    [
      {
        ...call,
        data: '0xa22cb46500000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000001',
      },
    ],
    100_000n,
  )

  const answers = await Promise.all([post('/v1/transactions', elsewhere), post('/v1/transactions', unlisted)])

  const errors = await Promise.all(answers.map(async (answer) => (await answer.json()).error))
  expect(errors).toMatchObject([
    { code: 'MethodNotSponsored', field: 'request.calls.0.to' },
    { code: 'MethodNotSponsored', field: 'request.calls.0.data' },
  ])
})

test('what would fail on chain costs no gas', async () => {
  const { reader } = running.evm
  const line = (await running.logOf('relayer')).split('\n').find((text) => text.includes('"listening"')) ?? '{}'
  const signer = { address: JSON.parse(line).signer }
  const before = await reader.getTransactionCount(signer)
  const signed = await signRegistration()

  const answer = await post('/v1/transactions', { ...signed, signature: `0x${'22'.repeat(65)}` })
  // Something that is sent after it: by then the relayer has had its chance.
  await actors.relayer.perform('transactions', await signRegistration())

  expect((await answer.json()).error.code).toBe('SignatureInvalid')
  expect(await reader.getTransactionCount(signer)).toBe(before + 1)
})

test('a text with a NUL, which no database takes, holds up nobody', async () => {
  const { deployment } = running.evm
  const odd = await actors.agent.sign(registerCalls(deployment, 'a\0b'), stepGas.register)

  const done = await actors.relayer.perform('transactions', odd)
  await actors.relayer.perform('transactions', await signRegistration())

  expect(done.events?.find(({ name }) => name === 'Registered')?.args.agentURI).toBe('a\uFFFDb')
})

test('too little gas for the calls is refused by name, before the nonce is used', async () => {
  const starved = await actors.agent.sign(registerCalls(running.evm.deployment, ''), 20_000n)

  const answer = await post('/v1/transactions', starved)

  expect((await answer.json()).error).toMatchObject({ code: 'GasTooLow', field: 'request.gas' })
})

test('a deadline further away than a day is refused', async () => {
  const { evm } = running
  const { account } = actors.agent
  const { chainId, forwarder } = evm.deployment
  const calls = registerCalls(evm.deployment, '')
  const far = { account, chainId, forwarder, calls, gas: 400_000n, nonce: 7n, deadline: 2n ** 64n - 1n }

  const answer = await post('/v1/transactions', await signForwardRequest(far))

  expect((await answer.json()).error).toMatchObject({ code: 'InputInvalid', field: 'request.deadline' })
})

test('forty requests at once each happen once and no nonce is left out', async () => {
  const signed = await Promise.all(Array.from({ length: 40 }, signRegistration))

  const done = await Promise.all(signed.map((each) => actors.relayer.perform('transactions', each)))

  expect(new Set(done.map(({ transaction }) => transaction)).size).toBe(40)
  expect(done.every(({ status }) => status === 'succeeded')).toBe(true)
})

test('the OpenAPI document describes every call', async () => {
  const document = await (await fetch(`${running.relayer.url}/openapi.json`)).json()

  expect(Object.keys(document.paths).sort()).toEqual([
    '/v1/challenges',
    '/v1/enclaves',
    '/v1/requests/{id}',
    '/v1/results',
    '/v1/transactions',
  ])
})
