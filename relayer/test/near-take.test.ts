import { type Database, requests } from '@parley/database'
import type { Snapshot } from '@parley/sandbox'
import { KeyPair, transactions as near } from 'near-api-js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NearOptions } from '../src/near/chain.ts'
import { requireAcceptable } from '../src/near/checks.ts'
import { openNode } from '../src/near/node.ts'
import { takingOf } from './dispatcher.ts'
import { type Change, signDelegate } from './near-delegate.ts'
import { signReport, signResult } from './near-enclave.ts'
import {
  type Actor,
  ALICE,
  BOB,
  type Call,
  createNearDispatcher,
  type NearGround,
  nextNonce,
  PAYER,
  PAYER_KEYS,
  ROOT,
  send,
  startNearGround,
  TGAS,
} from './near-ground.ts'
import { issueChallenge, submitJob } from './near-job.ts'
import { type Answer, postTo } from './posting.ts'

const REGISTER: Call = { method: 'register', args: { agent_uri: 'ipfs://one' } }
const JOB = `0x${'0b'.repeat(32)}`

let ground: NearGround
let db: Database
let snapshot: Snapshot

beforeAll(async () => {
  ground = await startNearGround()
  db = (await ground.newDatabase()).db
})
afterAll(() => ground.stop())
beforeEach(() => {
  snapshot = ground.node.snapshot()
})
afterEach(async () => {
  ground.proxy.decide = () => 'pass'
  ground.node.revert(snapshot)
  await db.delete(requests)
})

describe('a delegate action', () => {
  test('of an account without gas is promised', async () => {
    const answer = await sponsor(signed())

    expect(answer).toMatchObject({ status: 202, body: { status: 'accepted' } })
  })

  test('is promised once, and its repetition is a replay', async () => {
    const body = signed()
    const answers = [await sponsor(body), await sponsor(body)]

    expect(answers.map(({ status }) => status)).toEqual([202, 409])
    expect(answers[1]?.body.error).toMatchObject({ code: 'RequestReplayed' })
  })

  test('may be signed by a secp256k1 key', async () => {
    const key = addKey(ALICE, KeyPair.fromRandom('secp256k1' as never), near.fullAccessKey())

    const answer = await sponsor(signed({}, { account: ALICE.account, key }))

    expect(answer).toMatchObject({ status: 202 })
  })

  test('may be signed by a key that is for such calls, and by no other', async () => {
    const { agents, parley } = ground.deployment
    const fits = addKey(ALICE, KeyPair.fromRandom('ed25519'), near.functionCallAccessKey(agents, ['register']))
    const other = addKey(ALICE, KeyPair.fromRandom('ed25519'), near.functionCallAccessKey(parley, []))

    const answers = await Promise.all([fits, other].map((key) => sponsor(signed({}, { account: ALICE.account, key }))))

    expect(answers[0]).toMatchObject({ status: 202 })
    expectRefusal(answers[1], 'SignatureInvalid', 'delegate.publicKey')
  })

  const strange: readonly [string, (body: string) => string][] = [
    ['is no base64', (body) => `${body}!`],
    ['is empty', () => ''],
    ['is cut off', (body) => cut(body, 0, -1)],
    ['has bytes behind it', (body) => encode(Buffer.concat([decode(body), Buffer.from([0])]))],
    ['is a text of something else', () => encode(Buffer.from('{"sender_id":"alice.test.near"}'))],
    [
      'says that it is longer than anything',
      (body) => encode(Buffer.concat([Buffer.from('ffffffff', 'hex'), decode(body)])),
    ],
  ]
  test.each(strange)('that %s is refused', async (_, change) => {
    const answer = await sponsor({ delegate: change(signed().delegate) })

    expectRefusal(answer, 'InputInvalid', 'delegate')
  })

  test.each<[string, string, string, (nonce: bigint, height: bigint) => Change]>([
    ['somebody else has signed', 'SignatureInvalid', 'delegate', () => ({ signer: BOB.key })],
    ['is of another account', 'SignatureInvalid', 'delegate.publicKey', () => ({ senderId: BOB.account })],
    ['is of nobody', 'SignatureInvalid', 'delegate.publicKey', () => ({ senderId: 'nobody.test.near' })],
    ['is of what is no account', 'InputInvalid', 'delegate.senderId', () => ({ senderId: 'Alice' })],
    ['is too late', 'RequestExpired', 'delegate.maxBlockHeight', (_, height) => ({ maxBlockHeight: height })],
    [
      'is good for too long',
      'InputInvalid',
      'delegate.maxBlockHeight',
      (_, height) => ({ maxBlockHeight: height + 151_000n }),
    ],
    ['was used', 'RequestReplayed', 'delegate.nonce', (nonce) => ({ nonce: nonce - 1n })],
    ['is ahead of its time', 'InputInvalid', 'delegate.nonce', (_, height) => ({ nonce: height * 1_000_000n })],
    ['transfers', 'MethodNotSponsored', 'delegate.actions.0', () => ({ actions: [near.transfer(1n)] })],
    ['adds a key', 'MethodNotSponsored', 'delegate.actions.1', () => ({ actions: [register(), addition()] })],
    ['does nothing', 'InputInvalid', 'delegate.actions', () => ({ actions: [] })],
  ])('that %s is refused', async (_, code, field, change) => {
    const { height } = ground.node.latestBlock()

    const answer = await sponsor(signed(change(nextNonce(ground.node, ALICE), height)))

    expectRefusal(answer, code, field)
  })

  test.each<[string, string, string, (contracts: Contracts) => readonly [string, readonly Call[]]]>([
    [
      'a method that is not listed',
      'MethodNotSponsored',
      'delegate.actions.0.methodName',
      ({ parley }) => [parley, [{ method: 'set_workload' }]],
    ],
    [
      'a contract that is not ours',
      'MethodNotSponsored',
      'delegate.actions.0.methodName',
      () => [BOB.account, [REGISTER]],
    ],
    [
      'a transfer of tokens',
      'MethodNotSponsored',
      'delegate.actions.0.methodName',
      ({ dollar }) => [dollar, [{ method: 'ft_transfer', deposit: 1n }]],
    ],
    [
      'money for another contract',
      'MethodNotSponsored',
      'delegate.actions.0.args.receiver_id',
      ({ dollar }) => [dollar, [pay(BOB.account)]],
    ],
    [
      'more than one yoctoNEAR',
      'MethodNotSponsored',
      'delegate.actions.0.deposit',
      ({ dollar, parley }) => [dollar, [{ ...pay(parley), deposit: 2n }]],
    ],
    [
      'a deposit with what takes none',
      'MethodNotSponsored',
      'delegate.actions.1.deposit',
      ({ agents }) => [agents, [REGISTER, { ...REGISTER, deposit: 1n }]],
    ],
    [
      'a deposit for storage',
      'MethodNotSponsored',
      'delegate.actions.0.methodName',
      ({ parley }) => [parley, [{ method: 'storage_deposit', deposit: 1n }]],
    ],
    [
      'more gas than is paid for',
      'GasTooHigh',
      'delegate.actions',
      ({ agents }) => [agents, [REGISTER, { ...REGISTER, gas: 280n * TGAS }]],
    ],
    [
      'more calls than a delegate can hold',
      'InputInvalid',
      'delegate.actions',
      ({ agents }) => [agents, Array<Call>(101).fill({ ...REGISTER, gas: 1n })],
    ],
    [
      'a call without gas',
      'InputInvalid',
      'delegate.actions.1.gas',
      ({ agents }) => [agents, [REGISTER, { ...REGISTER, gas: 0n }]],
    ],
  ])('with %s is refused', async (_, code, field, callsOf) => {
    const [receiver, calls] = callsOf({ ...ground.deployment, dollar: ground.dollar })

    const answer = await sponsor(signDelegate(ground, ALICE, receiver, calls))

    expectRefusal(answer, code, field)
  })

  test('runs tokens that the contract trusts only, when no others are named', async () => {
    const { parley } = ground.deployment
    const strange = BOB.account
    const setBudget = { method: 'set_budget', args: { job_id: JOB, token: strange, amount: '5' } }

    const answers = [
      await sponsor(signDelegate(ground, ALICE, strange, [pay(parley)])),
      await sponsor(signDelegate(ground, ALICE, parley, [setBudget])),
      await sponsor(signDelegate(ground, ALICE, ground.dollar, [pay(parley)])),
    ]

    expectRefusal(answers[0], 'MethodNotSponsored', 'delegate.receiverId')
    expectRefusal(answers[1], 'MethodNotSponsored', 'delegate.actions.0.args.token')
    expect(answers[2]).toMatchObject({ status: 202 })
  })

  test('may hold a hundred calls', async () => {
    const calls = Array<Call>(100).fill({ ...REGISTER, gas: 1n })

    const answer = await sponsor(signDelegate(ground, ALICE, ground.deployment.agents, calls))

    expect(answer).toMatchObject({ status: 202 })
  })

  test.each(['GasKeyFullAccess', 'GasKeyFunctionCall'])('of a key that is a %s is refused', async (kind) => {
    const node = await openNode(ground.url, ground.deployment, { account: PAYER, keys: PAYER_KEYS.map(String) })
    // The sandbox's protocol has no such keys yet; nodes show them like this.
    const permission = { [kind]: { balance: '1', num_nonces: 1 } }
    const rpc = async <Result>(method: string, params: object) =>
      'request_type' in params && params.request_type === 'view_access_key'
        ? ({ nonce: 0, permission } as Result)
        : node.rpc<Result>(method, params)
    const call = { ...signed(), since: 0 }

    const checked = requireAcceptable({ ...node, rpc }, { maxGas: 300n * TGAS, tokens: [] }, call, 'optimistic')

    await expect(checked).rejects.toMatchObject({ code: 'SignatureInvalid', field: 'delegate.publicKey' })
  })

  test('names tokens that are sponsored only, its own and those of its jobs', async () => {
    const { jobId } = await submitJob(ground)
    const { parley } = ground.deployment
    const limits = { tokens: ['other.test.near'] }
    const setBudget = { method: 'set_budget', args: { job_id: JOB, token: ground.dollar, amount: '5' } }
    const claimRefund = { method: 'claim_refund', args: { job_id: jobId } }

    const answers = [
      await sponsor(signDelegate(ground, ALICE, ground.dollar, [pay(parley)]), limits),
      await sponsor(signDelegate(ground, ALICE, parley, [setBudget]), limits),
      await sponsor(signDelegate(ground, ALICE, parley, [claimRefund]), limits),
      await sponsor(signDelegate(ground, ALICE, parley, [claimRefund]), { tokens: [ground.dollar] }),
    ]

    expectRefusal(answers[0], 'MethodNotSponsored', 'delegate.receiverId')
    expectRefusal(answers[1], 'MethodNotSponsored', 'delegate.actions.0.args.token')
    expectRefusal(answers[2], 'MethodNotSponsored', 'delegate.actions.0.args.job_id')
    expect(answers[3]).toMatchObject({ status: 202 })
  })

  test('is refused for now while the node does not answer', async () => {
    const dispatcher = await createNearDispatcher(ground, db, { url: ground.proxy.url })
    ground.proxy.decide = () => 'lose call'

    const answer = await postTo(takingOf(dispatcher))('transactions', signed())

    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'ChainUnavailable' } } })
  })

  test('of EVM is refused by its field', async () => {
    const request = { from: JOB.slice(0, 42), calls: [], gas: '1', nonce: '0', deadline: '0' }

    const answer = await sponsor({ request, signature: '0x' })

    expectRefusal(answer, 'InputInvalid', 'request')
  })

  test('for a chain that is not served is refused', async () => {
    const answer = await sponsor({ chain: 'near:mainnet', ...signed() })

    expectRefusal(answer, 'InputInvalid', 'chain')
  })
})

describe('a result', () => {
  test('is promised when the contract would accept it', async () => {
    const { parley } = ground.deployment
    const job = await submitJob(ground)

    const answer = await postResult(await signResult(parley, { ...job, provider: BOB.account }))

    expect(answer).toMatchObject({ status: 202 })
  })

  test.each([
    ['of another job', 'ResultForAnotherJob', { jobId: JOB }],
    ['with another response than was signed', 'ResponseMismatch', { response: '0xbad0' }],
    ['of an enclave that nobody knows', 'EnclaveUnknown', { enclave: `0x${'e0'.repeat(20)}` }],
  ])('%s is refused by the contract, before anything is sent', async (_, code, change) => {
    const { parley } = ground.deployment
    const job = await submitJob(ground)
    const body = await signResult(parley, { ...job, provider: BOB.account })

    const answer = await postResult({ ...body, ...change })

    expect(answer).toMatchObject({ status: 422, body: { error: { code } } })
  })

  test('that is malformed is refused by its field', async () => {
    const body = await signResult(ground.deployment.parley, {
      jobId: JOB as never,
      provider: BOB.account,
      bodyHash: JOB as never,
    })

    const answer = await postResult({ ...body, result: { ...body.result, observability: '300' } })

    expectRefusal(answer, 'InputInvalid', 'result.observability')
  })
})

describe('an enclave', () => {
  test.each([
    ['is promised on a report that answers a challenge', (challenge: string) => challenge, undefined],
    ['is refused on one that answers none', () => JOB, 'ChallengeUnknown'],
  ])('%s', async (_, challengeOf, code) => {
    const { parley } = ground.deployment
    act(ROOT, parley, 'set_workload', { workload: `0x${'77'.repeat(32)}`, is_allowed: true })
    const challenge = challengeOf(issueChallenge(ground)) as `0x${string}`
    const { report, signatures } = await signReport(parley, BOB.account, challenge)
    // What verifiers do with a quote is tested where they are; these have just done it.
    const verifiers = { check: async () => report, sign: async () => signatures }
    const dispatcher = await createNearDispatcher(ground, db, { verifiers })

    const row = await dispatcher.chain.prepare('enclaves', {}).catch((error) => error)

    expect(row).toMatchObject(code ? { code } : { account: report.enclave, effect: `quote:${report.quoteId}` })
  })
})

type Contracts = NearGround['deployment'] & { readonly dollar: string }

function signed(change: Change = {}, from: Actor = ALICE) {
  return signDelegate(ground, from, ground.deployment.agents, [REGISTER], change)
}

async function sponsor(body: object, limits: Partial<NearOptions['limits']> = {}): Promise<Answer> {
  const dispatcher = await createNearDispatcher(ground, db, { limits })
  return postTo(takingOf(dispatcher))('transactions', body)
}

async function postResult(body: object): Promise<Answer> {
  return postTo(takingOf(await createNearDispatcher(ground, db)))('results', body)
}

function expectRefusal(answer: Answer | undefined, code: string, field: string): void {
  expect(answer?.body.error).toMatchObject({ code, field })
  expect(answer?.body.error?.message).toContain(field)
}

function act(from: Actor, contract: string, method: string, args: object): void {
  send(ground, from, contract, [near.functionCall(method, args, 30n * TGAS, 0n)])
}

/** Gives an account another key. */
function addKey({ account, key }: Actor, added: KeyPair, permission: near.AccessKey): KeyPair {
  send(ground, { account, key }, account, [near.addKey(added.getPublicKey(), permission)])
  return added
}

const register = () => near.functionCall('register', REGISTER.args ?? {}, TGAS, 0n)
const addition = () => near.addKey(KeyPair.fromRandom('ed25519').getPublicKey(), near.fullAccessKey())

function pay(receiver_id: string): Call {
  const msg = JSON.stringify({ fund: { job_id: JOB, expected_budget: '5' } })
  return { method: 'ft_transfer_call', args: { receiver_id, amount: '5', msg }, deposit: 1n, gas: 100n * TGAS }
}

function decode(base64: string): Buffer {
  return Buffer.from(base64, 'base64')
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function cut(base64: string, from: number, to: number): string {
  return encode(decode(base64).subarray(from, to))
}
