/** What somebody could send to keep the relayer from serving everybody else. */
import { type Database, transactions } from '@parley/database'
import type { Snapshot } from '@parley/sandbox'
import { transactions as near } from 'near-api-js'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RequestRow } from '../src/chain.ts'
import { dispatch } from '../src/dispatch/dispatch.ts'
import { nearCallOf, storedCall } from '../src/near/call.ts'
import { delegateActionOf } from '../src/near/delegate.ts'
import { post, promise, rowOf, rowsOf, settle, type TestDispatcher, takingOf } from './dispatcher.ts'
import { signDelegate } from './near-delegate.ts'
import { signResult } from './near-enclave.ts'
import {
  type Actor,
  ALICE,
  actionOf,
  BOB,
  type Call,
  createNearDispatcher,
  type NearGround,
  nextNonce,
  PAYER_KEYS,
  ROOT,
  STRANGER,
  send,
  startNearGround,
  submit,
  TGAS,
} from './near-ground.ts'
import { submitJob } from './near-job.ts'
import { panicking } from './panicking.ts'

const ONE_KEY = PAYER_KEYS.slice(0, 1)
const REGISTER: Call = { method: 'register', args: { agent_uri: 'ipfs://one' } }

let ground: NearGround
let db: Database
let snapshot: Snapshot

beforeAll(async () => {
  ground = await startNearGround()
})
afterAll(() => ground.stop())
beforeEach(async () => {
  db = (await ground.newDatabase()).db
  snapshot = ground.node.snapshot()
})
afterEach(() => {
  ground.proxy.decide = () => 'pass'
  ground.isAtOnce = true
  ground.node.revert(snapshot)
})

test('a transaction that no node will ever take ends its request by name, and frees its key', async () => {
  // More than the chain's own limit: the check here lets it pass.
  const limits = { maxGas: 2_000n * TGAS }
  const dispatcher = await createNearDispatcher(ground, db, { keys: ONE_KEY, limits })
  const calls = [1, 2].map(() => ({ ...REGISTER, gas: 600n * TGAS }))
  const request = await promiseDelegate(dispatcher, signDelegate(ground, ALICE, ground.deployment.agents, calls))
  await dispatch(dispatcher)
  const early = await rowOf(db, request)
  await db.update(transactions).set({ createdAt: new Date(Date.now() - 11_000) })

  await dispatch(dispatcher)

  expect(early).toMatchObject({ status: 'sent', error: null })
  const failed = await rowOf(db, request)
  expect(failed).toMatchObject({ status: 'failed', error: 'InputInvalid', isFinal: true })
  expect(failed.message).toContain('TotalPrepaidGasExceeded')
  const next = await promiseChallenge()
  await settle(dispatcher, [next])
  expect(await rowOf(db, next)).toMatchObject({ status: 'succeeded' })
})

test('a transaction that takes long to be included, and is valid, is waited for', async () => {
  const dispatcher = await createNearDispatcher(ground, db, { keys: ONE_KEY })
  const request = await promiseChallenge()
  ground.isAtOnce = false
  await dispatch(dispatcher)
  await db.update(transactions).set({ createdAt: new Date(Date.now() - 11_000) })

  await dispatch(dispatcher)
  const waiting = await rowOf(db, request)
  ground.node.settle()
  await settle(dispatcher)

  expect(waiting).toMatchObject({ status: 'sent', error: null })
  expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: waiting.transaction })
})

test('a transaction that is included needs its key no more, however long it runs', async () => {
  const dispatcher = await createNearDispatcher(ground, db, { keys: ONE_KEY })
  const [long, next] = [await promiseRegistration(dispatcher, ALICE), await promiseRegistration(dispatcher, BOB)]
  ground.isAtOnce = false
  await dispatch(dispatcher)
  ground.node.produceBlock()

  await dispatch(dispatcher)

  expect(await rowOf(db, long)).toMatchObject({ status: 'sent' })
  expect(await rowOf(db, next)).toMatchObject({ status: 'sent' })
  ground.node.settle()
  await settle(dispatcher)
  expect((await rowsOf(db)).map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
})

test('a token that panics with odd texts fails its request, and nothing else', async () => {
  const limits = { tokens: [STRANGER.account] }
  const dispatcher = await createNearDispatcher(ground, db, { keys: ONE_KEY, limits })
  send(ground, STRANGER, STRANGER.account, [near.deployContract(panicking('panic_msg: "\\u{ffffff}"'))])
  const args = { receiver_id: ground.deployment.parley, amount: '1', msg: '' }
  const hire = { method: 'ft_transfer_call', args, deposit: 1n }
  const request = await promiseDelegate(dispatcher, signDelegate(ground, BOB, STRANGER.account, [hire]))

  await settle(dispatcher)

  const failed = { status: 'failed', error: 'TransactionReverted', message: 'panic_msg: "\\u{ffffff}"' }
  expect(await rowOf(db, request)).toMatchObject(failed)
})

test('a job that gets a strange token after its request was promised is not paid for', async () => {
  const { parley } = ground.deployment
  const dispatcher = await createNearDispatcher(ground, db)
  const { jobId } = await submitJob(ground)
  const claim = { method: 'claim_refund', args: { job_id: jobId } }
  const request = await promiseDelegate(dispatcher, signDelegate(ground, ALICE, parley, [claim]))
  send(ground, ROOT, parley, [actionOf({ method: 'set_token', args: { token: ground.dollar, is_trusted: false } })])

  await dispatch(dispatcher)

  const failed = { status: 'failed', error: 'MethodNotSponsored', transaction: null, isFinal: true }
  expect(await rowOf(db, request)).toMatchObject(failed)
})

test('requests that wait for another of their signer do not take the places of those that could go', async () => {
  const dispatcher = await createNearDispatcher(ground, db, { keys: PAYER_KEYS.slice(0, 2) })
  const first = nextNonce(ground.node, ALICE)
  for (let at = 0n; at < 6n; at++) {
    const body = signDelegate(ground, ALICE, ground.deployment.agents, [REGISTER], { nonce: first + at })
    await promiseDelegate(dispatcher, body)
  }
  const ofBob = await promiseRegistration(dispatcher, BOB)
  ground.isAtOnce = false

  await dispatch(dispatcher)

  expect(await rowOf(db, ofBob)).toMatchObject({ status: 'sent' })
})

test('requests that were overtaken by their own signer cost no look at a block twice', async () => {
  const dispatcher = await createNearDispatcher(ground, db, { url: ground.proxy.url })
  for (let block = 0; block < 60; block++) ground.node.produceBlock()
  const first = nextNonce(ground.node, BOB)
  for (let at = 0n; at < 4n; at++) {
    const body = signDelegate(ground, BOB, ground.deployment.agents, [REGISTER], { nonce: first + at })
    await promiseDelegate(dispatcher, body)
  }
  submit(ground.node, BOB, STRANGER.account, [near.transfer(1n)], first + 1_000n)
  ground.node.settle()
  let chunks = 0
  ground.proxy.decide = (method) => {
    if (method === 'chunk') chunks++
    return 'pass'
  }

  await settle(dispatcher)

  expect((await rowsOf(db)).map(({ error }) => error)).toEqual(Array(4).fill('RequestReplayed'))
  expect(chunks).toBeLessThan(70)
})

test("a result that a stranger brought counts, however its hexadecimal is written, with the enclave's answer", async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const request = await promiseResult(dispatcher)
  const { method, args } = nearCallOf(request) as { method: string; args: { job_id: string } }
  const inCapitals = { ...args, job_id: `0x${args.job_id.slice(2).toUpperCase()}` }
  const batch = [actionOf({ method, args: inCapitals, gas: 100n * TGAS })]
  const foreign = send(ground, STRANGER, ground.deployment.parley, batch)

  await settle(dispatcher)

  const row = await rowOf(db, request)
  expect(row).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
  expect(row.events?.find(({ name }) => name === 'ResultAccepted')?.args.response).toBe('0xc0ffee')
})

test('a result that a stranger brought counts, whatever else fails in the same transaction', async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const request = await promiseResult(dispatcher)
  const { method, args } = nearCallOf(request) as { method: string; args: object }
  const expired_at = String(ground.node.latestBlock().timestampNanoseconds / 1_000_000_000n + 86_400n)
  const others = { provider: BOB.account, evaluator: STRANGER.account, expired_at, description: 'job' }
  const foreign = send(ground, ALICE, ground.deployment.parley, [
    actionOf({ method, args, gas: 100n * TGAS }),
    actionOf({ method: 'create_job', args: { ...others, provider_agent_id: '99' }, gas: 60n * TGAS }),
  ])

  await settle(dispatcher)

  const row = await rowOf(db, request)
  expect(row).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
  expect(row.events?.map(({ name }) => name)).toEqual(['ResultAccepted', 'JobCompleted', 'PaymentReleased'])
})

test("a delegate that runs in a stranger's transaction is not judged before that has ended", async () => {
  const dispatcher = await createNearDispatcher(ground, db)
  const request = await promiseRegistration(dispatcher, ALICE)
  const call = nearCallOf(request)
  if (!('delegate' in call)) throw new Error('not a delegate')
  ground.isAtOnce = false
  const foreign = submit(ground.node, STRANGER, ALICE.account, [delegateActionOf(call.delegate)])
  const first = nextNonce(ground.node, ALICE)
  while (nextNonce(ground.node, ALICE) === first) ground.node.produceBlock()

  await dispatch(dispatcher)
  const early = await rowOf(db, request)
  ground.node.settle()
  await settle(dispatcher)

  expect(early).toMatchObject({ status: 'accepted', error: null })
  expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
})

function promiseChallenge(): Promise<RequestRow> {
  const since = Number(ground.node.latestBlock().height)
  return promise(
    db,
    'near:localnet',
    storedCall(ground.deployment.parley, { method: 'issue_challenge', args: {}, since }),
  )
}

function promiseRegistration(dispatcher: TestDispatcher, from: Actor): Promise<RequestRow> {
  return promiseDelegate(dispatcher, signDelegate(ground, from, ground.deployment.agents, [REGISTER]))
}

async function promiseDelegate(dispatcher: TestDispatcher, body: { readonly delegate: string }): Promise<RequestRow> {
  const row = await post(takingOf(dispatcher), 'transactions', body)
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}

/** A job that waits for nothing but its enclave's result, which is promised. */
async function promiseResult(dispatcher: TestDispatcher): Promise<RequestRow> {
  const job = await submitJob(ground)
  const body = await signResult(ground.deployment.parley, { ...job, provider: BOB.account })
  const row = await post(takingOf(dispatcher), 'results', body)
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}
