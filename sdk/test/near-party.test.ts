import {
  type Action,
  actionCodec,
  type DelegateAction,
  decode,
  delegateActionHash,
  formatKey,
  parseSecretKey,
  verifySignature,
} from '@parley/sandbox'
import { createNearParty, createNearReader, type NearParty, Relayer, type SignedRequest } from '@parley/sdk'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type NearNode, startNearNode } from '../../scripts/system/near-node.ts'
import { type FlakyRelayer, startFlakyRelayer, type Turn } from './flaky-relayer.ts'

const CONTRACTS = { chainId: 'localnet', agents: 'agents.test.near', parley: 'parley.test.near' }
const JOB = `0x${'1a'.repeat(32)}` as const
const DELIVERABLE = `0x${'2b'.repeat(32)}` as const

const ACCEPTED = { id: 'r-1', kind: 'transactions', status: 'accepted' }
const accepted: Turn = { status: 202, body: ACCEPTED }
const succeeded: Turn = { status: 200, body: { ...ACCEPTED, status: 'succeeded', transaction: 'C9' } }

let node: NearNode
let relayer: FlakyRelayer | undefined

beforeAll(async () => {
  node = await startNearNode({ port: 0, chainId: 'localnet', blockMilliseconds: 0 })
})
afterAll(() => node.stop())
afterEach(() => relayer?.close())

/** The root account: it has a key, and who it is does not matter here. */
function newParty(relayerUrl = 'http://127.0.0.1:1'): NearParty {
  return createNearParty({
    accountId: node.root.accountId,
    secretKey: node.root.secretKey as `ed25519:${string}`,
    reader: createNearReader(node.url),
    deployment: CONTRACTS,
    relayer: new Relayer({ url: relayerUrl }),
  })
}

test('what a party signs is a delegate action, signed as NEAR wants it', async () => {
  const party = newParty()

  const signed = await party.sign.submit(JOB, DELIVERABLE)

  const { delegateAction, signature } = delegateOf(signed)
  expect(signed.chain).toBe('near:localnet')
  expect(delegateAction).toMatchObject({ senderId: 'test.near', receiverId: 'parley.test.near' })
  expect(delegateAction.maxBlockHeight).toBe(node.node.latestBlock().height + 6_000n)
  expect(callsOf(delegateAction)).toEqual([
    { method: 'submit', args: { job_id: JOB, deliverable: DELIVERABLE }, deposit: 0n },
  ])
  const { publicKey } = parseSecretKey(node.root.secretKey)
  expect(formatKey(delegateAction.publicKey)).toBe(formatKey(publicKey))
  expect(verifySignature(signature, delegateActionHash(delegateAction), publicKey)).toBe(true)
})

test('hiring hands the budget to the escrow, with the job that it is for', async () => {
  const terms = {
    jobId: JOB,
    agentId: 7n,
    provider: 'agent.test.near',
    expiredAt: 1_800_000_000n,
    description: 'Add up',
    token: 'dollar.test.near',
    amountAtoms: 2_500_000n,
    terms: { enclave: { bodyHash: DELIVERABLE, workload: JOB, observability: 'partial' } },
  } as const

  const { delegateAction } = delegateOf(await newParty().sign.hire(terms))

  const [call] = callsOf(delegateAction)
  expect(delegateAction.receiverId).toBe('dollar.test.near')
  expect(call).toMatchObject({ method: 'ft_transfer_call', deposit: 1n })
  expect(call?.args).toMatchObject({ receiver_id: 'parley.test.near', amount: '2500000' })
  expect(JSON.parse(String(call?.args.msg))).toEqual({
    hire: {
      job_id: JOB,
      provider: 'agent.test.near',
      provider_agent_id: '7',
      expired_at: '1800000000',
      description: 'Add up',
      terms: { enclave: { body_hash: DELIVERABLE, workload: JOB, observability: '1' } },
    },
  })
})

test('requests that are under way at once have nonces of their own', async () => {
  const party = newParty()

  const signed = await Promise.all(Array.from({ length: 10 }, () => party.sign.register('')))

  const nonces = signed.map((each) => delegateOf(each).delegateAction.nonce)
  expect(new Set(nonces).size).toBe(10)
})

test('no request overtakes another on its way to the relayer, whatever is lost there', async () => {
  relayer = await startFlakyRelayer(['drop', 'drop', accepted, 'drop', accepted, accepted, succeeded])
  const party = newParty(relayer.url)

  await Promise.all([party.register('a'), party.register('b'), party.register('c')])

  const posted = relayer.seen.filter(({ method }) => method === 'POST')
  const nonces = posted.map(({ body }) => delegateOf(JSON.parse(body)).delegateAction.nonce)
  expect(nonces.length).toBeGreaterThan(3)
  expect(nonces).toEqual([...nonces].sort((a, b) => Number(a - b)))
  expect(new Set(nonces).size).toBe(3)
})

test('a refusal holds up nobody', async () => {
  const error = { code: 'MethodNotSponsored', message: 'no', isRetryable: false }
  relayer = await startFlakyRelayer([{ status: 422, body: { error } }, accepted, succeeded])
  const party = newParty(relayer.url)

  const [refused, done] = await Promise.allSettled([party.register('a'), party.register('b')])

  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'MethodNotSponsored' } })
  expect(done).toMatchObject({ status: 'fulfilled', value: { status: 'succeeded' } })
})

test("the clock is the chain's, which a fast-forward moves", async () => {
  const party = newParty()
  const before = await party.now()

  node.node.fastForward(1_000)

  const passed = (await party.now()) - before
  expect(passed).toBeGreaterThanOrEqual(1_000n)
  expect(passed).toBeLessThan(1_060n)
})

test('a node that does not answer is ChainUnavailable, and one that refuses says why', async () => {
  const nowhere = createNearReader('http://127.0.0.1:1')
  const here = createNearReader(node.url)

  await expect(nowhere.now()).rejects.toMatchObject({ code: 'ChainUnavailable', isRetryable: true })
  const asked = here.view('parley.test.near', 'next_job_id', {})
  await expect(asked).rejects.toMatchObject({ code: 'Internal', message: expect.stringMatching(/parley\.test\.near/) })
})

/** The tag of a delegate action among actions (nearcore's core/primitives/src/action/mod.rs). */
const DELEGATE = Buffer.of(8)

function delegateOf({ delegate }: SignedRequest): Extract<Action, { kind: 'Delegate' }> {
  const action = decode(actionCodec, Buffer.concat([DELEGATE, Buffer.from(String(delegate), 'base64')]))
  return action.kind === 'Delegate' ? action : expect.fail(`${action.kind} is no delegate action`)
}

function callsOf({ actions }: DelegateAction) {
  return actions.map((action) => {
    if (action.kind !== 'FunctionCall') return expect.fail(`${action.kind} is no call`)
    const args: Record<string, unknown> = JSON.parse(Buffer.from(action.args).toString())
    return { method: action.methodName, args, deposit: action.deposit }
  })
}
