/** What the relayer promised happens once, whatever is asked again and however. */
import type { Deployment } from '@parley/evm'
import { type EvmParty, encodeCall, type SignedRequest, signForwardRequest } from '@parley/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actors, castActors } from './actors.ts'
import { type BadBody, badBodies } from './bad-bodies.ts'
import { chainKinds } from './chains/chain.ts'
import { type Running, startRunning } from './running.ts'
import { withoutSignature } from './signatures.ts'

let running: Running
let cast: Awaited<ReturnType<typeof castActors>>

beforeAll(async () => {
  running = await startRunning()
  cast = await castActors(running)
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

const errorOf = async (answer: Response) => (await answer.json()).error

describe.each(chainKinds)('on %s', (kind) => {
  let actors: Actors

  beforeAll(() => {
    actors = cast[kind]
  })

  const signRegistration = () => actors.agent.sign.register('')

  /** What other tests have left to be done is done before a new request of the same agent is. */
  async function countWhenIdle(): Promise<number> {
    await actors.agent.register('')
    return actors.on.countRelayed()
  }

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
    expect(await errorOf(answer)).toMatchObject({ code: 'IdempotencyKeyReused', field: 'idempotency-key' })
  })

  test('an idempotency key returns a refusal again, too', async () => {
    const signed = withoutSignature(await signRegistration())
    const key = { 'idempotency-key': newKey() }

    const first = await post('/v1/transactions', signed, key)
    const again = await post('/v1/transactions', signed, key)

    expect([first.status, again.status]).toEqual([422, 422])
    expect(await again.json()).toEqual(await first.json())
  })

  test.each(badBodies[kind])('a body with %s is refused and the field is named', async (_problem, ...bad) => {
    await expectInvalid(await signRegistration(), bad)
  })

  test('the relayer pays for listed methods only', async () => {
    const { elsewhere, unlisted } = await actors.on.signUnsponsored(actors.agent)

    const answers = await Promise.all([post('/v1/transactions', elsewhere), post('/v1/transactions', unlisted)])

    for (const error of await Promise.all(answers.map(errorOf))) {
      expect(error).toMatchObject({ code: 'MethodNotSponsored', isRetryable: false })
      expect(error.field).toMatch(/^(request\.calls|delegate\.actions)\.0\./)
    }
  })

  test('what would fail on chain costs no gas', async () => {
    const before = await countWhenIdle()
    const signed = withoutSignature(await signRegistration())

    const answer = await post('/v1/transactions', signed)
    // Something that is sent after it: by then the relayer has had its chance.
    await actors.agent.register('')

    expect((await errorOf(answer)).code).toBe('SignatureInvalid')
    expect(await actors.on.countRelayed()).toBe(before + 1)
  })

  test('a text with a NUL, which no database takes, holds up nobody', async () => {
    const done = await actors.agent.register('a\0b')
    await actors.agent.register('')

    expect(done.events?.find(({ name }) => name === 'Registered')?.args.agentURI).toBe('a\uFFFDb')
  })

  test('forty requests at once each happen once and none is lost', async () => {
    const before = await countWhenIdle()

    const done = await Promise.all(Array.from({ length: 40 }, () => actors.agent.register('')))

    expect(new Set(done.map(({ transaction }) => transaction)).size).toBe(40)
    expect(done.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(await actors.on.countRelayed()).toBe(before + 40)
  })
})

describe('on evm', () => {
  const registering = (deployment: Deployment) => encodeCall(deployment, 'register', { agentURI: '', metadata: [] })

  test('too little gas for the calls is refused by name, before the nonce is used', async () => {
    const { signCalls } = cast.evm.agent as EvmParty
    const starved = await signCalls([registering(running.evm.deployment)], 20_000n)

    const answer = await post('/v1/transactions', starved)

    expect(await errorOf(answer)).toMatchObject({ code: 'GasTooLow', field: 'request.gas' })
  })

  test('a deadline further away than a day is refused', async () => {
    const { deployment } = running.evm
    const account = privateKeyToAccount(`0x${'07'.repeat(32)}`)
    const { chainId, forwarder } = deployment
    const calls = [registering(deployment)]
    const far = { account, chainId, forwarder, calls, gas: 400_000n, nonce: 7n, deadline: 2n ** 64n - 1n }

    const answer = await post('/v1/transactions', await signForwardRequest(far))

    expect(await errorOf(answer)).toMatchObject({ code: 'InputInvalid', field: 'request.deadline' })
  })
})

test.each(badBodies.any)('a body with %s is refused and the field is named', async (_problem, ...bad) => {
  await expectInvalid(await cast.evm.agent.sign.register(''), bad)
})

async function expectInvalid(signed: SignedRequest, [path, change, field]: BadBody): Promise<void> {
  const answer = await post(path, change(signed))

  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'InputInvalid', field, isRetryable: false })
}

test('a body of another type, a huge one and an odd key are refused', async () => {
  const signed = await cast.near.agent.sign.register('')
  const text = await fetch(`${running.relayer.url}/v1/transactions`, { method: 'POST', body: 'hello' })
  const huge = await post('/v1/results', { response: `0x${'00'.repeat(200_000)}` })
  const odd = await post('/v1/transactions', signed, { 'idempotency-key': 'short' })

  expect(await errorOf(text)).toMatchObject({ code: 'InputInvalid', field: 'content-type' })
  expect(await errorOf(huge)).toMatchObject({ code: 'BodyTooLarge' })
  expect(await errorOf(odd)).toMatchObject({ code: 'InputInvalid', field: 'idempotency-key' })
})

test('a request that nobody made is not found, and one that is no UUID is refused', async () => {
  const missing = await fetch(`${running.relayer.url}/v1/requests/${crypto.randomUUID()}`)
  const odd = await fetch(`${running.relayer.url}/v1/requests/7`)

  expect([missing.status, odd.status]).toEqual([404, 400])
  expect(await errorOf(odd)).toMatchObject({ code: 'InputInvalid', field: 'id' })
})

test('the OpenAPI document describes every call', async () => {
  const document = await (await fetch(`${running.relayer.url}/openapi.json`)).json()

  expect(Object.keys(document.paths).sort()).toEqual([
    '/v1/challenges',
    '/v1/enclaves',
    '/v1/market/bids/{id}/withdraw',
    '/v1/market/requests',
    '/v1/market/requests/{id}',
    '/v1/market/requests/{id}/award',
    '/v1/market/requests/{id}/bids',
    '/v1/market/requests/{id}/withdraw',
    '/v1/requests/{id}',
    '/v1/results',
    '/v1/transactions',
  ])
})
