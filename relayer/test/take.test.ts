import { type Database, requests } from '@parley/database'
import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOBODY, OWNER } from '../../indexer/test/test-chain.ts'
import type { Chain } from '../src/chain.ts'
import { forgetOldRefusals } from '../src/store.ts'
import { type Taking, take } from '../src/take.ts'
import { promise, rowsOf, type TestDispatcher, takingOf } from './dispatcher.ts'
import { accountAt, createDispatcher, type Ground, signForward, startGround } from './evm-ground.ts'
import { postTo } from './posting.ts'

const ALICE = accountAt(16)
const BOB = accountAt(17)
const KEY = 'an-idempotency-key'

let ground: Ground
let db: Database
let dispatcher: TestDispatcher

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())
beforeEach(async () => {
  db = (await ground.newDatabase()).db
  dispatcher = await createDispatcher(ground, db, { url: ground.proxy.url })
})
afterEach(() => {
  ground.proxy.decide = () => 'pass'
})

describe('requests of one account', () => {
  test('beyond its limit are refused with 429 for now, those of others are not', async () => {
    const send = sender({ requestsPerMinute: 2 })
    await send('transactions', await registration(ALICE, 0n))
    await send('transactions', await registration(ALICE, 1n))

    const third = await send('transactions', await registration(ALICE, 2n))
    const ofBob = await send('transactions', await registration(BOB, 0n))

    expect(third).toMatchObject({ status: 429, body: { error: { code: 'RateLimited', isRetryable: true } } })
    expect(Number(third.retryAfter)).toBeGreaterThan(0)
    expect(ofBob.status).toBe(202)
    expect(await rowsOf(db)).toHaveLength(3)
  })

  test('count for a minute', async () => {
    const send = sender({ requestsPerMinute: 1 })
    await send('transactions', await registration(ALICE, 0n))
    await db.update(requests).set({ createdAt: new Date(Date.now() - 61_000) })

    const later = await send('transactions', await registration(ALICE, 1n))

    expect(later.status).toBe(202)
  })

  test('do not count when they were refused: anybody can make them in its name', async () => {
    const send = sender({ requestsPerMinute: 2, totalPerMinute: 2 })
    const { request } = await registration(ALICE, 0n)
    const { signature } = await registration(BOB, 0n)
    for (let at = 0; at < 5; at++) {
      const forged = await send('transactions', { request, signature })
      expect(forged).toMatchObject({ status: 422, body: { error: { code: 'SignatureInvalid' } } })
    }

    const first = await send('transactions', await registration(ALICE, 0n))
    const second = await send('transactions', await registration(ALICE, 1n))

    expect([first.status, second.status]).toEqual([202, 202])
  })

  test('of all accounts together have a limit, too', async () => {
    const send = sender({ totalPerMinute: 2 })
    await send('transactions', await registration(ALICE, 0n))
    await send('challenges', {})

    const third = await send('transactions', await registration(BOB, 0n))

    expect(third).toMatchObject({ status: 429, body: { error: { code: 'RateLimited' } } })
  })

  test('that are nobody’s have the share of one account: they keep nobody else out', async () => {
    const send = sender({ requestsPerMinute: 2, totalPerMinute: 4 })

    const challenges = []
    for (let at = 0; at < 4; at++) challenges.push((await send('challenges', {})).status)
    const ofAlice = await send('transactions', await registration(ALICE, 0n))

    expect(challenges).toEqual([202, 202, 429, 429])
    expect(ofAlice.status).toBe(202)
  })

  test('that come at the same moment are not more than its limit', async () => {
    const signed = await Promise.all([0n, 1n, 2n, 3n].map((nonce) => registration(ALICE, nonce)))
    const { chain } = dispatcher
    const arrival = Promise.withResolvers<void>()
    let arrived = 0
    const prepare: Chain['prepare'] = async (kind, body) => {
      const prepared = await chain.prepare(kind, body)
      if (++arrived === signed.length) arrival.resolve()
      await arrival.promise
      return prepared
    }
    const limits = { requestsPerMinute: 2, totalPerMinute: 100 }
    const send = postTo({ ...takingOf(dispatcher), chains: [{ ...chain, prepare }], limits })

    const answers = await Promise.all(signed.map((body) => send('transactions', body)))

    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429, 429])
  })

  test('on another chain in the same database do not count', async () => {
    for (let at = 0; at < 3; at++) await promise(db, 'eip155:1', { to: NOBODY, data: '0x' })

    const ours = await sender({ totalPerMinute: 1 })('challenges', {})

    expect(ours.status).toBe(202)
  })
})

describe('a token', () => {
  test.each([
    ['that is sponsored may be named, however its address is written', (token: Hex) => [token], undefined],
    ['may be any when none is named as sponsored', () => [], undefined],
    ['that is not sponsored may not be named', () => [NOBODY], 'MethodNotSponsored'],
  ])('%s', async (_, tokensWith, code) => {
    const { devnet } = ground
    const token = devnet.contracts.token.address
    const jobId = await openJob()
    const setBudget = callOf('jobs', 'setBudget', [jobId, token, 5n, '0x'])
    const signed = await signForward(devnet, ALICE, [register(), setBudget])

    const tokens = tokensWith(token.toLowerCase() as Hex)
    dispatcher = await createDispatcher(ground, db, { tokens })
    const answer = await sender()('transactions', signed)

    const refusal = { status: 422, body: { error: { code, field: 'request.calls.1', isRetryable: false } } }
    expect(answer).toMatchObject(code ? refusal : { status: 202 })
  })
})

describe('an idempotency key', () => {
  test('gets the first answer again, and the request happens once', async () => {
    const send = sender()
    const signed = await registration(ALICE, 0n)

    const answers = [await send('transactions', signed, KEY), await send('transactions', signed, KEY)]

    expect(answers[0]).toMatchObject({ status: 202 })
    expect(answers[1]).toEqual(answers[0])
    expect(await rowsOf(db)).toHaveLength(1)
  })

  test('gets one answer also when it comes several times at once', async () => {
    const send = sender()
    const signed = await registration(ALICE, 0n)

    const answers = await Promise.all(Array.from({ length: 5 }, () => send('transactions', signed, KEY)))

    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await rowsOf(db)).toHaveLength(1)
  })

  test('is refused with another body', async () => {
    const send = sender()
    await send('transactions', await registration(ALICE, 0n), KEY)

    const other = await send('transactions', await registration(ALICE, 1n), KEY)

    expect(other).toMatchObject({ status: 409, body: { error: { code: 'IdempotencyKeyReused' } } })
  })

  test('gets a refusal that is for good again', async () => {
    const send = sender()
    const { request } = await registration(ALICE, 0n)
    const forged = { request, signature: (await registration(BOB, 0n)).signature }

    const answers = [await send('transactions', forged, KEY), await send('transactions', forged, KEY)]

    expect(answers[0]).toMatchObject({ status: 422, body: { error: { code: 'SignatureInvalid' } } })
    expect(answers[1]).toEqual(answers[0])
    expect(await rowsOf(db)).toHaveLength(1)
  })

  test('does not get again that the chain was away', async () => {
    const send = sender()
    const signed = await registration(ALICE, 0n)
    ground.proxy.decide = () => 'lose call'
    const away = await send('transactions', signed, KEY)
    ground.proxy.decide = () => 'pass'

    const later = await send('transactions', signed, KEY)

    expect(away).toMatchObject({ status: 503, body: { error: { code: 'ChainUnavailable', isRetryable: true } } })
    expect(later.status).toBe(202)
  })

  test('does not get again that there were too many', async () => {
    await sender()('transactions', await registration(ALICE, 0n))
    const signed = await registration(ALICE, 1n)
    const tooMany = await sender({ requestsPerMinute: 1 })('transactions', signed, KEY)

    const later = await sender({ requestsPerMinute: 2 })('transactions', signed, KEY)

    expect([tooMany.status, later.status]).toEqual([429, 202])
  })

  test('on another chain names another request', async () => {
    const here = takingOf(dispatcher)
    const there = { ...here, chains: [{ ...dispatcher.chain, id: 'eip155:1' }] }
    const incoming = { kind: 'challenges', body: {}, idempotencyKey: KEY } as const

    const ofHere = await take(here, { ...incoming, text: '{}' })
    const ofThere = await take(there, { ...incoming, text: '{ }' })

    expect([ofHere.status, ofThere.status]).toEqual(['accepted', 'accepted'])
    expect(ofThere.id).not.toBe(ofHere.id)
    expect((await take(here, { ...incoming, text: '{}' })).id).toBe(ofHere.id)
    expect((await take(there, { ...incoming, text: '{ }' })).id).toBe(ofThere.id)
  })
})

test('the same request without a key is promised once, however often it comes at once', async () => {
  const send = sender()
  const signed = await registration(ALICE, 0n)

  const answers = await Promise.all(Array.from({ length: 5 }, () => send('transactions', signed)))

  const codes = answers.map(({ body }) => body.error?.code ?? body.status).sort()
  expect(codes).toEqual([...Array(4).fill('RequestReplayed'), 'accepted'])
})

test('only the newest refusals are remembered, and nothing else is forgotten', async () => {
  const send = sender()
  const minutesAgo = (minutes: number) => new Date(Date.now() - 60_000 * minutes)
  await send('challenges', {})
  await db.update(requests).set({ createdAt: minutesAgo(100) })
  const { request } = await registration(ALICE, 0n)
  const { signature } = await registration(BOB, 0n)
  for (let at = 0; at < 5; at++) await send('transactions', { request, signature })
  const [promised, ...refused] = await rowsOf(db)

  await forgetOldRefusals(db, 2)

  expect((await rowsOf(db)).map(({ id }) => id)).toEqual([promised, ...refused.slice(-2)].map((row) => row?.id))
})

function sender(limits: Partial<Taking['limits']> = {}) {
  const taking = takingOf(dispatcher)
  return postTo({ ...taking, limits: { ...taking.limits, ...limits } })
}

function callOf(name: 'agents' | 'jobs', functionName: string, args: readonly unknown[]) {
  const { address, abi } = ground.devnet.contracts[name]
  return { to: address, data: encodeFunctionData({ abi, functionName, args }) }
}

const register = () => callOf('agents', 'register', ['ipfs://one'])

/** What anybody may ask for, signed by this account. */
function registration(account: typeof ALICE, nonce: bigint) {
  return signForward(ground.devnet, account, [register()], { nonce })
}

async function openJob(): Promise<bigint> {
  const { devnet } = ground
  const { timestamp } = await devnet.head()
  const id = await devnet.read<bigint>('jobs', 'nextJobId', [ALICE.address])
  await devnet.send(ALICE, 'jobs', 'createJob', [NOBODY, OWNER.address, BigInt(timestamp) + 3_600n, 'job', NOBODY, 0])
  return id
}
