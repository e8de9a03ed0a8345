import { type Database, transactions } from '@parley/database'
import { formatHash, parseHash, type Snapshot } from '@parley/sandbox'
import { sql } from 'drizzle-orm'
import { type KeyPair, transactions as near } from 'near-api-js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RequestRow } from '../src/chain.ts'
import { dispatch } from '../src/dispatch/dispatch.ts'
import { followSent } from '../src/dispatch/follow.ts'
import { storeSigned } from '../src/dispatch/ledger.ts'
import { sendAccepted } from '../src/dispatch/send.ts'
import { watchIncluded } from '../src/dispatch/watch.ts'
import { nearCallOf, storedCall } from '../src/near/call.ts'
import { delegateActionOf } from '../src/near/delegate.ts'
import { post, promise, rowOf, rowsOf, settle, type TestDispatcher, takingOf } from './dispatcher.ts'
import { type Change, signDelegate } from './near-delegate.ts'
import { signResult } from './near-enclave.ts'
import {
  ALICE,
  actionOf,
  BOB,
  createNearDispatcher,
  logsOf,
  NEAR,
  type NearGround,
  nextNonce,
  PAYER,
  PAYER_KEYS,
  ROOT,
  read,
  STRANGER,
  send,
  startNearGround,
  submit,
  TGAS,
} from './near-ground.ts'
import { submitJob } from './near-job.ts'

let ground: NearGround
let db: Database
let reconnect: () => Database
let snapshot: Snapshot

beforeAll(async () => {
  ground = await startNearGround()
})
afterAll(() => ground.stop())
beforeEach(async () => {
  const database = await ground.newDatabase()
  db = database.db
  reconnect = database.reconnect
  snapshot = ground.node.snapshot()
})
afterEach(() => {
  ground.proxy.decide = () => 'pass'
  ground.isAtOnce = true
  ground.node.revert(snapshot)
})

describe('dispatch on NEAR', () => {
  test('sends what was promised, once, by several keys at the same time, also when there are two of them', async () => {
    const one = await createNearDispatcher(ground, db)
    const other = await createNearDispatcher(ground, reconnect())
    for (let at = 0; at < 12; at++) await promiseChallenge()

    await Promise.all([settle(one), settle(other)])

    expect(await statusesOf()).toEqual(Array(12).fill('succeeded'))
    expect(new Set((await rowsOf(db)).map(({ transaction }) => transaction)).size).toBe(12)
    expect(challenges()).toBe(12)
  })

  test('has one transaction of a key under way, the others wait, also with two of them', async () => {
    const one = await createNearDispatcher(ground, db)
    const other = await createNearDispatcher(ground, reconnect())
    for (let at = 0; at < 10; at++) await promiseChallenge()
    ground.isAtOnce = false

    await Promise.all([dispatch(one), dispatch(other)])
    await Promise.all([dispatch(one), dispatch(other)])

    const sent = await db.select().from(transactions)
    expect(sent).toHaveLength(PAYER_KEYS.length)
    expect(new Set(sent.map(({ signer }) => signer)).size).toBe(PAYER_KEYS.length)
    await finish(one)
    expect(await statusesOf()).toEqual(Array(10).fill('succeeded'))
    expect(challenges()).toBe(10)
  })

  test('tells what happened: events, gas, block, and that it is final', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher)

    await settle(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded', error: null, isFinal: true, account: ALICE.account })
    expect(row.events?.map(({ name }) => name)).toEqual(['Transfer', 'Registered', 'MetadataSet'])
    expect(row.events?.[1]?.args).toEqual({ agentId: '0', agentURI: 'ipfs://one', owner: ALICE.account })
    expect(row.gasUsed).toBeGreaterThan(10 ** 12)
    const block = ground.node.block({ kind: 'height', height: BigInt(row.blockNumber ?? 0) })
    expect(block && formatHash(block.hash)).toBe(row.blockHash)
  })

  test('waits for all receipts of a transaction', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher)
    ground.isAtOnce = false
    await dispatch(dispatcher)

    const statuses: string[] = []
    for (let block = 0; block < 4; block++) {
      ground.node.produceBlock()
      await dispatch(dispatcher)
      statuses.push((await rowOf(db, request)).status)
    }

    expect(statuses[0]).toBe('sent')
    expect(statuses.at(-1)).toBe('succeeded')
    expect(await db.select().from(transactions)).toHaveLength(1)
  })

  test('fails a request of which a later receipt fails, by the name of its panic', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    send(ground, ROOT, ground.dollar, [
      actionOf({ method: 'ft_transfer', args: { receiver_id: ALICE.account, amount: '5' }, deposit: 1n }),
    ])
    const msg = JSON.stringify({ fund: { job_id: NO_JOB, expected_budget: '5' } })
    const args = { receiver_id: ground.deployment.parley, amount: '5', msg }
    const fund = { method: 'ft_transfer_call', args, deposit: 1n, gas: 100n * TGAS }
    const request = await promiseDelegate(dispatcher, signDelegate(ground, ALICE, ground.dollar, [fund]))

    await settle(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({
      status: 'failed',
      error: 'JobUnknown',
      message: `JobUnknown: ${NO_JOB}`,
      isFinal: true,
    })
    expect(read(ground, ground.dollar, 'ft_balance_of', { account_id: ALICE.account })).toBe('5')
  })

  test('fails what the chain refuses by now without spending gas, for good', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher)
    ground.node.fastForward(150)

    await dispatch(dispatcher)

    const failed = { status: 'failed', error: 'RequestExpired', transaction: null, isFinal: true }
    expect(await rowOf(db, request)).toMatchObject(failed)
    expect(await db.select().from(transactions)).toHaveLength(0)
  })

  test('sends what one access key has signed one after the other, the lowest nonce first', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const other = await createNearDispatcher(ground, reconnect())
    const first = nextNonce(ground.node, ALICE)
    for (const at of [3n, 1n, 0n, 2n]) {
      const calls = [{ method: 'register', args: { agent_uri: `ipfs://${at}` } }]
      const body = signDelegate(ground, ALICE, ground.deployment.agents, calls, { nonce: first + at })
      await promiseDelegate(dispatcher, body)
    }

    ground.isAtOnce = false
    await Promise.all([dispatch(dispatcher), dispatch(other)])
    const underWay = (await statusesOf()).filter((status) => status === 'sent')
    await finish(dispatcher)

    expect(underWay).toHaveLength(1)
    expect(await statusesOf()).toEqual(Array(4).fill('succeeded'))
    expect(
      [0, 1, 2, 3].map((id) => read(ground, ground.deployment.agents, 'token_uri', { agent_id: `${id}` })),
    ).toEqual(['ipfs://0', 'ipfs://1', 'ipfs://2', 'ipfs://3'])
  })

  test('leaves everything as it is while the node does not answer', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    ground.isAtOnce = false
    const sent = await promiseChallenge()
    await dispatch(dispatcher)
    const accepted = await promiseRegistration(dispatcher)
    ground.proxy.decide = () => 'lose call'

    await expect(dispatch(dispatcher)).rejects.toThrow()
    await expect(dispatch(dispatcher)).rejects.toThrow()

    expect(await rowOf(db, sent)).toMatchObject({ status: 'sent', error: null })
    expect(await rowOf(db, accepted)).toMatchObject({ status: 'accepted', error: null })
    ground.proxy.decide = () => 'pass'
    await finish(dispatcher)
    expect(await statusesOf()).toEqual(['succeeded', 'succeeded'])
  })

  test('calls an outcome final when its last block is, and no sooner', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { finalityLag: 3 })
    const request = await promiseChallenge()
    await settle(dispatcher)
    const early = await rowOf(db, request)

    for (let block = 0; block < 3; block++) ground.node.produceBlock()
    await dispatch(dispatcher)

    expect(early).toMatchObject({ status: 'succeeded', isFinal: false })
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', isFinal: true })
  })

  test('does not fail a request for what blocks say that are not final', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { finalityLag: 3 })
    const request = await promiseRegistration(dispatcher)
    send(ground, ALICE, BOB.account, [near.transfer(1n)])

    await dispatch(dispatcher)
    const early = await rowOf(db, request)
    for (let block = 0; block < 3; block++) ground.node.produceBlock()
    await dispatch(dispatcher)

    expect(early).toMatchObject({ status: 'accepted', error: null })
    expect(await rowOf(db, request)).toMatchObject({ status: 'failed', error: 'RequestReplayed', isFinal: true })
  })

  test('goes on while every seventh answer of the node is lost', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    for (let at = 0; at < 4; at++) await promiseChallenge()
    let calls = 0
    ground.proxy.decide = () => (++calls % 7 === 0 ? 'lose answer' : 'pass')

    await settle(dispatcher)

    expect(await statusesOf()).toEqual(Array(4).fill('succeeded'))
    expect(challenges()).toBe(4)
  })

  test('does not give a key twice, also when two ask for it at the same moment', async () => {
    const keys = PAYER_KEYS.slice(0, 1)
    const one = await createNearDispatcher(ground, db, { keys })
    const other = await createNearDispatcher(ground, reconnect(), { keys })
    const [first, second] = [await promiseChallenge(), await promiseChallenge()]
    const [sign, signToo] = [await one.chain.judge(first), await other.chain.judge(second)]
    let waiting: Promise<unknown> | undefined

    await db.transaction(async (tx) => {
      const signed = await sign(tx)
      if (signed) await storeSigned(tx, first, signed)
      waiting = other.db.transaction((tx) => signToo(tx))
      await untilSomebodyWaits(reconnect())
    })

    expect(await waiting).toBeUndefined()
    expect(await rowOf(db, first)).toMatchObject({ status: 'sent' })
  })

  test('does not send what another dispatcher has sent while it was looked at', async () => {
    const slow = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    const fast = await createNearDispatcher(ground, reconnect())
    const request = await promiseRegistration(slow)
    meanwhile('query', () => dispatch(fast))

    await settle(slow)

    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', error: null })
    expect(await db.select().from(transactions)).toHaveLength(1)
  })
})

describe('a transaction of ours on NEAR', () => {
  test.each(['lose call', 'lose answer'] as const)('happens once when the node is sent it and we %s', async (fate) => {
    const dispatcher = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    await promiseChallenge()
    ground.proxy.decide = (method) => (method === 'send_tx' ? fate : 'pass')
    await dispatch(dispatcher)
    const [{ transaction } = { transaction: null }] = await rowsOf(db)

    // Somebody else takes over: the process that has sent it is gone.
    const next = await createNearDispatcher(ground, reconnect())
    await settle(next)

    expect(await rowsOf(db)).toMatchObject([{ status: 'succeeded', transaction }])
    expect(challenges()).toBe(1)
  })

  test('that the node has forgotten is sent again, the same bytes', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    await promiseChallenge()
    ground.isAtOnce = false
    const empty = ground.node.snapshot()
    await sendAccepted(dispatcher)
    const [{ transaction } = { transaction: null }] = await rowsOf(db)
    ground.node.revert(empty)

    await finish(dispatcher)

    expect(await rowsOf(db)).toMatchObject([{ status: 'succeeded', transaction }])
    expect(challenges()).toBe(1)
  })

  test('whose nonce another of the same key took is sent anew, and happens once', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { keys: PAYER_KEYS.slice(0, 1) })
    const request = await promiseChallenge()
    ground.isAtOnce = false
    const empty = ground.node.snapshot()
    await dispatch(dispatcher)
    const { transaction: first } = await rowOf(db, request)
    ground.node.revert(empty)
    // Its nonce is one higher: ours can never be included.
    const [key] = PAYER_KEYS
    const payer = { account: PAYER, key: key as KeyPair }
    submit(ground.node, payer, BOB.account, [near.transfer(1n)], nextNonce(ground.node, payer) + 1n)
    ground.node.settle()

    await finish(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded' })
    expect(row.transaction).not.toBe(first)
    expect(challenges()).toBe(1)
    expect(dispatcher.messages).toContain('its nonce was used by another transaction; the request is sent anew')
  })

  test('whose nonce is used in a block that is not final is not given up yet', async () => {
    const keys = PAYER_KEYS.slice(0, 1)
    const dispatcher = await createNearDispatcher(ground, db, { keys, finalityLag: 3 })
    const request = await promiseChallenge()
    ground.isAtOnce = false
    for (let block = 0; block < 3; block++) ground.node.produceBlock()
    const empty = ground.node.snapshot()
    await sendAccepted(dispatcher)
    const { transaction } = await rowOf(db, request)
    ground.node.revert(empty)
    const payer = { account: PAYER, key: keys[0] as KeyPair }
    submit(ground.node, payer, BOB.account, [near.transfer(1n)], nextNonce(ground.node, payer) + 1n)
    ground.node.produceBlock()

    await dispatch(dispatcher)
    const early = await rowOf(db, request)
    await finish(dispatcher)

    expect(early).toMatchObject({ status: 'sent', transaction })
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded' })
    expect(challenges()).toBe(1)
  })

  test('of which the node may have forgotten what became of it waits', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseChallenge()
    const empty = ground.node.snapshot()
    ground.isAtOnce = false
    for (let block = 0; block < 3; block++) ground.node.produceBlock()
    await sendAccepted(dispatcher)
    const { transaction } = await rowOf(db, request)
    // The block that it names is gone, and with it everything that happened since.
    ground.node.revert(empty)
    ground.node.fastForward(250)

    await expect(dispatch(dispatcher)).rejects.toThrow('forgotten')

    expect(await rowOf(db, request)).toMatchObject({ status: 'sent', transaction, error: null })
  })

  test('that names a block that is too old by now is sent anew, and happens once', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseChallenge()
    ground.isAtOnce = false
    const empty = ground.node.snapshot()
    await sendAccepted(dispatcher)
    const { transaction: first } = await rowOf(db, request)
    ground.node.revert(empty)
    ground.node.fastForward(250)

    await finish(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded' })
    expect(row.transaction).not.toBe(first)
    expect(challenges()).toBe(1)
    expect(dispatcher.messages).toContain('the block that its transaction names is too old; the request is sent anew')
  })

  test('that was signed anew by another dispatcher is not taken back by one that comes later', async () => {
    const slow = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    const fast = await createNearDispatcher(ground, reconnect())
    const request = await promiseChallenge()
    ground.isAtOnce = false
    const empty = ground.node.snapshot()
    await sendAccepted(slow)
    ground.node.revert(empty)
    ground.node.fastForward(250)
    let lookups = 0
    ground.proxy.decide = async (method) => {
      // Asked for the second time, when it is known to be lost, and before the row is changed.
      if (method === 'EXPERIMENTAL_tx_status' && ++lookups === 2) {
        await followSent(fast)
        await sendAccepted(fast)
      }
      return 'pass' as const
    }

    await followSent(slow)

    const { transaction: second } = await rowOf(db, request)
    await finish(slow)
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: second })
    expect(challenges()).toBe(1)
  })

  test('that a reorg takes away is sent again, the same bytes', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseChallenge()
    const before = ground.node.snapshot()
    await sendAccepted(dispatcher)
    await followSent(dispatcher)
    const { transaction, blockHash, status } = await rowOf(db, request)
    ground.node.revert(before)
    for (let block = 0; block < 5; block++) ground.node.produceBlock()

    await watchIncluded(dispatcher)
    const undone = await rowOf(db, request)
    await settle(dispatcher)

    expect(status).toBe('succeeded')
    expect(undone).toMatchObject({ status: 'sent', blockNumber: null, gasUsed: null, events: null, isFinal: false })
    const again = await rowOf(db, request)
    expect(again).toMatchObject({ status: 'succeeded', transaction })
    expect(again.blockHash).not.toBe(blockHash)
    expect(challenges()).toBe(1)
  })

  test('that was sent with keys that we no longer have is followed all the same', async () => {
    const before = await createNearDispatcher(ground, db, { keys: PAYER_KEYS.slice(0, 1) })
    const after = await createNearDispatcher(ground, reconnect(), { keys: PAYER_KEYS.slice(1) })
    await promiseChallenge()
    ground.isAtOnce = false
    await dispatch(before)

    await finish(after)

    expect(await statusesOf()).toEqual(['succeeded'])
    expect(await db.select().from(transactions)).toHaveLength(1)
    expect(challenges()).toBe(1)
  })
})

describe('what somebody else has sent meanwhile on NEAR', () => {
  test('counts, when it is a delegate, as succeeded with that transaction, however long ago', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher, { maxBlockHeight: 10_000n })
    for (let block = 0; block < 30; block++) ground.node.produceBlock()
    const foreign = sendAsStranger(request)
    for (let block = 0; block < 150; block++) ground.node.produceBlock()

    await dispatch(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
    expect(row.events?.map(({ name }) => name)).toContain('Registered')
    expect(await db.select().from(transactions)).toHaveLength(0)
  })

  test('counts also when it was included before ours, which then had no effect', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher)
    ground.isAtOnce = false
    await sendAccepted(dispatcher)
    const { transaction: ours } = await rowOf(db, request)
    ground.node.revert(snapshot)
    const foreign = sendAsStranger(request)

    await finish(dispatcher)

    expect(ground.node.transactionStatus(parseHash(ours ?? ''))?.isComplete).toBe(true)
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
    expect(read(ground, ground.deployment.agents, 'owner_of', { agent_id: '0' })).toBe(ALICE.account)
  })

  test('does not count when it did something else with the same nonce', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseRegistration(dispatcher)
    send(ground, ALICE, BOB.account, [near.transfer(1n)])

    await dispatch(dispatcher)

    const failed = { status: 'failed', error: 'RequestReplayed', field: 'delegate.nonce', isFinal: true }
    expect(await rowOf(db, request)).toMatchObject(failed)
  })

  test('counts, when it is a result, as succeeded', async () => {
    const dispatcher = await createNearDispatcher(ground, db)
    const request = await promiseResult(dispatcher)
    const { method, args } = nearCallOf(request) as { method: string; args: object }
    const foreign = send(ground, STRANGER, ground.deployment.parley, [actionOf({ method, args, gas: 100n * TGAS })])

    await dispatch(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
    expect(row.events?.find(({ name }) => name === 'ResultAccepted')?.args.response).toBe('0xc0ffee')
  })
})

test('a result is accepted, and what it pays has been paid', async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const request = await promiseResult(dispatcher)

  await settle(dispatcher)

  const row = await rowOf(db, request)
  expect(row).toMatchObject({ status: 'succeeded', error: null })
  expect(row.events?.map(({ name }) => name)).toEqual(['ResultAccepted', 'JobCompleted', 'PaymentReleased'])
  expect(row.events?.[0]?.args.response).toBe('0xc0ffee')
  expect(read(ground, ground.dollar, 'ft_balance_of', { account_id: BOB.account })).toBe('5')
})

test('a result whose payment the token refuses is accepted all the same: the payment is owed', async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const request = await promiseResult(dispatcher)
  send(ground, BOB, ground.dollar, [actionOf({ method: 'storage_unregister', deposit: 1n })])

  await settle(dispatcher)

  const row = await rowOf(db, request)
  expect(row).toMatchObject({ status: 'succeeded', error: null })
  expect(row.events?.map(({ name }) => name)).toEqual(['ResultAccepted', 'JobCompleted', 'PaymentOwed'])
})

test('our own deposit for storage is filled up when it is low, once', async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const balance = () =>
    read<{ total: string }>(ground, ground.deployment.parley, 'storage_balance_of', { account_id: PAYER })
  const withdraw = actionOf({ method: 'storage_withdraw', deposit: 1n })
  const [key] = PAYER_KEYS
  send(ground, { account: PAYER, key: key as KeyPair }, ground.deployment.parley, [withdraw])
  const low = BigInt(balance().total)

  await dispatcher.chain.keepUp(db)
  await dispatcher.chain.keepUp(db)

  expect(low).toBeLessThan(NEAR / 10n)
  expect(BigInt(balance().total)).toBe(low + NEAR)
})

const NO_JOB = `0x${'0b'.repeat(32)}`

/** Rounds and blocks until all is decided. */
async function finish(dispatcher: TestDispatcher): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await dispatch(dispatcher)
    ground.node.settle()
    ground.node.produceBlock()
    if ((await statusesOf()).every((status) => status !== 'accepted' && status !== 'sent')) return
  }
  throw new Error(`not settled: ${JSON.stringify(await rowsOf(db), undefined, 2)}`)
}

/** Resolves when a database transaction waits for another one's lock. */
async function untilSomebodyWaits(observer: Database): Promise<void> {
  for (;;) {
    const [row] = await observer.execute<{ waiting: number }>(
      sql`select count(*)::int as waiting from pg_locks where not granted`,
    )
    if (row && row.waiting > 0) return
  }
}

async function statusesOf(): Promise<string[]> {
  return (await rowsOf(db)).map(({ status }) => status)
}

/** Does something before the node hears of the next call of this method. */
function meanwhile(method: string, act: () => Promise<void>): void {
  let isDone = false
  ground.proxy.decide = async (called) => {
    const isNow = called === method && !isDone
    isDone ||= isNow
    if (isNow) await act()
    return 'pass' as const
  }
}

/** Somebody else sends what was promised: the same delegate in a transaction of another account. */
function sendAsStranger(request: RequestRow): string {
  const call = nearCallOf(request)
  if (!('delegate' in call)) throw new Error('not a delegate')
  return send(ground, STRANGER, ALICE.account, [delegateActionOf(call.delegate)])
}

/** A job that waits for nothing but its enclave's result, which is promised. */
async function promiseResult(dispatcher: TestDispatcher): Promise<RequestRow> {
  const { jobId, bodyHash } = await submitJob(ground)
  const body = await signResult(ground.deployment.parley, { jobId, provider: BOB.account, bodyHash })
  const row = await post(takingOf(dispatcher), 'results', body)
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}

function promiseChallenge(): Promise<RequestRow> {
  const since = Number(ground.node.latestBlock().height)
  const call = storedCall(ground.deployment.parley, { method: 'issue_challenge', args: {}, since })
  return promise(db, 'near:localnet', call)
}

/** How many challenges the contract has given. */
function challenges(): number {
  return logsOf(ground, 'challenge_issued').length
}

async function promiseRegistration(dispatcher: TestDispatcher, change: Change = {}): Promise<RequestRow> {
  const calls = [{ method: 'register', args: { agent_uri: 'ipfs://one' } }]
  return promiseDelegate(dispatcher, signDelegate(ground, ALICE, ground.deployment.agents, calls, change))
}

async function promiseDelegate(dispatcher: TestDispatcher, body: { readonly delegate: string }): Promise<RequestRow> {
  const row = await post(takingOf(dispatcher), 'transactions', body)
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}
