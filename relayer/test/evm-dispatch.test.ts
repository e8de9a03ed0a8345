import { type Database, transactions } from '@parley/database'
import { EnclaveResult, type Hex, requestHash, typedDataTypes } from '@parley/protocol'
import { asc, eq } from 'drizzle-orm'
import { encodeFunctionData, keccak256, parseGwei, parseTransaction, toHex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deeds, emptyWorld } from '../../indexer/test/activity.ts'
import { ENCLAVES, NOBODY, OWNER, WORKLOAD } from '../../indexer/test/test-chain.ts'
import type { RequestRow } from '../src/chain.ts'
import { dispatch } from '../src/dispatch/dispatch.ts'
import { followSent } from '../src/dispatch/follow.ts'
import { sendAccepted } from '../src/dispatch/send.ts'
import { post, promise, rowOf, rowsOf, settle, type TestDispatcher, takingOf } from './dispatcher.ts'
import {
  accountAt,
  createDispatcher,
  type Ground,
  PAYER,
  sendAsStranger,
  signForward,
  startGround,
} from './evm-ground.ts'

const SIGNER = accountAt(16)
const AT_ONCE = -1
const HIGH_FEE = { maxFeePerGas: parseGwei('500'), maxPriorityFeePerGas: parseGwei('100') }

let ground: Ground
let db: Database
let reconnect: () => Database
let snapshot: Hex

beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.stop())
beforeEach(async () => {
  const database = await ground.newDatabase()
  db = database.db
  reconnect = database.reconnect
  snapshot = await ground.devnet.snapshot()
})
afterEach(async () => {
  ground.proxy.decide = () => 'pass'
  await ground.devnet.revert(snapshot)
  await mineEachAtOnce(true)
})

describe('dispatch', () => {
  test('sends what was promised, once, with the nonces of the key one after another, also when there are two of them', async () => {
    const one = await createDispatcher(ground, db)
    const other = await createDispatcher(ground, reconnect())
    const next = await nonceOf(PAYER.address)
    for (let at = 0; at < 20; at++) await promise(db, one.chain.id, challengeCall())

    await Promise.all([dispatch(one), dispatch(other)])
    await settle(one)

    const rows = await rowsOf(db)
    const sent = await db.select().from(transactions).orderBy(asc(transactions.nonce))
    expect(rows.map(({ status }) => status)).toEqual(Array(20).fill('succeeded'))
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(20)
    expect(sent.map(({ nonce }) => nonce)).toEqual(Array.from({ length: 20 }, (_, at) => BigInt(next + at)))
    expect(await nonceOf(PAYER.address)).toBe(next + 20)
  })

  test('does not fail what another dispatcher has sent while it was looked at', async () => {
    const slow = await createDispatcher(ground, db, { url: ground.proxy.url })
    const fast = await createDispatcher(ground, reconnect())
    const request = await promiseForward(slow)
    await mineEachAtOnce(false)
    meanwhile('eth_estimateGas', async () => {
      await dispatch(fast)
      const { transaction } = await rowOf(db, request)
      // Its deadline passes while the node has lost it: whoever looks now sees a request that is refused and not done.
      await ground.devnet.request('hardhat_dropTransaction', transaction)
      await ground.devnet.request('evm_increaseTime', 7_200)
      await ground.devnet.mine()
    })

    await dispatch(slow)

    expect(await rowOf(db, request)).toMatchObject({ status: 'sent', error: null, isFinal: false })
  })

  test('does not send what another dispatcher has sent while it was looked at', async () => {
    const slow = await createDispatcher(ground, db, { url: ground.proxy.url })
    const fast = await createDispatcher(ground, reconnect())
    const request = await promise(db, slow.chain.id, challengeCall())
    meanwhile('eth_estimateGas', () => dispatch(fast))

    await settle(slow)

    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded' })
    expect(await db.select().from(transactions)).toHaveLength(1)
  })

  test('holds nothing back for a request that cannot be judged now', async () => {
    const dispatcher = await createDispatcher(ground, db, { url: ground.proxy.url })
    const unlucky = await promise(db, dispatcher.chain.id, challengeCall())
    const behind = await promise(db, dispatcher.chain.id, challengeCall())
    // viem asks twice.
    loseCalls('eth_estimateGas', 2)

    await expect(dispatch(dispatcher)).rejects.toThrow('does not answer')

    expect(await rowOf(db, unlucky)).toMatchObject({ status: 'accepted', error: null })
    expect(await rowOf(db, behind)).toMatchObject({ status: 'sent' })
    await settle(dispatcher)
    expect(await statusesOf()).toEqual(['succeeded', 'succeeded'])
  })

  test('leaves everything as it is while the node does not answer', async () => {
    const dispatcher = await createDispatcher(ground, db, { url: ground.proxy.url })
    const sent = await promise(db, dispatcher.chain.id, challengeCall())
    await mineEachAtOnce(false)
    await dispatch(dispatcher)
    const accepted = await promise(db, dispatcher.chain.id, challengeCall())
    ground.proxy.decide = () => 'lose call'

    await expect(dispatch(dispatcher)).rejects.toThrow()
    await expect(dispatch(dispatcher)).rejects.toThrow()

    expect(await rowOf(db, sent)).toMatchObject({ status: 'sent', error: null })
    expect(await rowOf(db, accepted)).toMatchObject({ status: 'accepted', error: null })
    ground.proxy.decide = () => 'pass'
    await mineEachAtOnce(true)
    await ground.devnet.mine()
    await settle(dispatcher)
    expect(await statusesOf()).toEqual(['succeeded', 'succeeded'])
  })

  test('leaves the requests of another chain in the same database alone', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const foreign = await promise(db, 'eip155:1', challengeCall())
    const ours = await promise(db, dispatcher.chain.id, challengeCall())

    await settle(dispatcher, [ours])

    expect(await rowOf(db, ours)).toMatchObject({ status: 'succeeded' })
    expect(await rowOf(db, foreign)).toEqual(foreign)
  })

  test('fails a forward request whose calls fail when it is mined, by the name of their error', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const jobId = await openJob()
    const reject = call('jobs', 'reject', [jobId, WORKLOAD, '0x'])
    const request = await promiseForward(dispatcher, [reject])
    await ground.devnet.send(SIGNER, 'jobs', 'reject', [jobId, WORKLOAD, '0x'])

    await settle(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'failed', error: 'EvaluatorOnly', isFinal: false })
    expect(row.transaction).not.toBeNull()
    expect(await ground.devnet.read('forwarder', 'isNonceUsed', [SIGNER.address, 0n])).toBe(true)
  })

  test('fails what the chain refuses by now without spending gas, for good', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    const next = await nonceOf(PAYER.address)
    await ground.devnet.request('evm_increaseTime', 7_200)
    await ground.devnet.mine()

    await dispatch(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({
      status: 'failed',
      error: 'RequestExpired',
      transaction: null,
      isFinal: true,
    })
    expect(await nonceOf(PAYER.address)).toBe(next)
  })

  test('calls an outcome final as many blocks later as it was told', async () => {
    const dispatcher = await createDispatcher(ground, db, { finalityBlocks: 3 })
    const request = await promise(db, dispatcher.chain.id, challengeCall())
    await settle(dispatcher)

    await ground.devnet.mine(2)
    await dispatch(dispatcher)
    const tooEarly = (await rowOf(db, request)).isFinal
    await ground.devnet.mine(1)
    await dispatch(dispatcher)

    expect([tooEarly, (await rowOf(db, request)).isFinal]).toEqual([false, true])
  })
})

describe('a transaction of ours', () => {
  test('whose nonce another of the same key took is sent anew, and happens once', async () => {
    const dispatcher = await createDispatcher(ground, db)
    await mineEachAtOnce(false)
    const request = await promise(db, dispatcher.chain.id, challengeCall())
    await dispatch(dispatcher)
    const { transaction: first } = await rowOf(db, request)
    const nonce = await nonceOf(PAYER.address)
    await sendRaw({ nonce, to: SIGNER.address, gas: 21_000n, ...HIGH_FEE })
    await ground.devnet.mine()

    await dispatch(dispatcher)
    await ground.devnet.mine()
    await settle(dispatcher)

    const row = await rowOf(db, request)
    expect(row).toMatchObject({ status: 'succeeded' })
    expect(row.transaction).not.toBe(first)
    expect(await challengesSince(nonce)).toBe(1)
    expect(dispatcher.messages).toContain('its nonce was used by another transaction; the request is sent anew')
  })

  test('that was signed anew by another dispatcher is not taken back by one that comes later', async () => {
    const slow = await createDispatcher(ground, db, { url: ground.proxy.url })
    const fast = await createDispatcher(ground, reconnect())
    await mineEachAtOnce(false)
    const request = await promise(db, slow.chain.id, challengeCall())
    await dispatch(slow)
    const nonce = await nonceOf(PAYER.address)
    await sendRaw({ nonce, to: SIGNER.address, gas: 21_000n, ...HIGH_FEE })
    await ground.devnet.mine()
    let lookups = 0
    ground.proxy.decide = async (method) => {
      // Asked for the second time, when it is known to be lost, and before the row is changed.
      if (method === 'eth_getTransactionReceipt' && ++lookups === 2) {
        await followSent(fast)
        await sendAccepted(fast)
      }
      return 'pass' as const
    }

    await followSent(slow)

    const { transaction: second } = await rowOf(db, request)
    expect(second).not.toBeNull()
    await ground.devnet.mine()
    await settle(slow)
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: second })
    expect(await challengesSince(nonce)).toBe(1)
  })

  test('that pays less than the base fee is replaced by one that pays more, and happens once', async () => {
    const dispatcher = await createDispatcher(ground, db, { stuckMilliseconds: AT_ONCE })
    await mineEachAtOnce(false)
    const request = await promise(db, dispatcher.chain.id, challengeCall())
    const nonce = await nonceOf(PAYER.address)
    await dispatch(dispatcher)
    const { transaction: cheap } = await rowOf(db, request)
    await ground.devnet.request('hardhat_setNextBlockBaseFeePerGas', toHex(parseGwei('50')))
    await ground.devnet.mine()
    const { status: whenStuck } = await rowOf(db, request)

    await dispatch(dispatcher)
    await ground.devnet.mine()
    await dispatch(dispatcher)

    const row = await rowOf(db, request)
    const [before, after] = await db.select().from(transactions).orderBy(asc(transactions.createdAt))
    expect(whenStuck).toBe('sent')
    expect(row).toMatchObject({ status: 'succeeded', transaction: after?.hash })
    expect(before).toMatchObject({ hash: cheap, nonce: BigInt(nonce) })
    expect(after?.nonce).toBe(BigInt(nonce))
    expect(feeOf(after)).toBeGreaterThan(feeOf(before))
    expect(await nonceOf(PAYER.address)).toBe(nonce + 1)
  })

  test('that the chain takes its time for is not outbid by ourselves', async () => {
    const dispatcher = await createDispatcher(ground, db, { stuckMilliseconds: AT_ONCE })
    await mineEachAtOnce(false)
    await promise(db, dispatcher.chain.id, challengeCall())

    for (let round = 0; round < 5; round++) await dispatch(dispatcher)

    expect(await db.select().from(transactions)).toHaveLength(1)
  })

  test('that the node has forgotten is sent again, the same bytes', async () => {
    const dispatcher = await createDispatcher(ground, db)
    await mineEachAtOnce(false)
    const request = await promise(db, dispatcher.chain.id, challengeCall())
    await dispatch(dispatcher)
    const { transaction } = await rowOf(db, request)
    await ground.devnet.request('hardhat_dropTransaction', transaction)

    await dispatch(dispatcher)
    await ground.devnet.mine()
    await settle(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction })
  })

  test('that a reorg takes away is sent again, the same bytes', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promise(db, dispatcher.chain.id, challengeCall())
    const before = await ground.devnet.snapshot()
    await settle(dispatcher)
    const { transaction, blockHash } = await rowOf(db, request)

    await reorganise(before)
    await dispatch(dispatcher)
    const undone = await rowOf(db, request)
    await settle(dispatcher)

    expect(undone).toMatchObject({ status: 'sent', blockNumber: null, gasUsed: null, events: null })
    const again = await rowOf(db, request)
    expect(again).toMatchObject({ status: 'succeeded', transaction })
    expect(again.blockHash).not.toBe(blockHash)
  })

  test('that was sent with another key before a restart is followed with that key', async () => {
    const NEW_KEY = accountAt(17)
    const before = await createDispatcher(ground, db)
    const after = await createDispatcher(ground, db, { account: NEW_KEY })
    const nonce = await nonceOf(PAYER.address)
    await ground.devnet.request('hardhat_setNonce', NEW_KEY.address, toHex(nonce + 10))
    await mineEachAtOnce(false)
    await promise(db, before.chain.id, challengeCall())
    await dispatch(before)

    await dispatch(after)
    await dispatch(after)
    await ground.devnet.mine()
    await settle(after)

    expect(await statusesOf()).toEqual(['succeeded'])
    expect(await db.select().from(transactions)).toHaveLength(1)
    expect(await nonceOf(NEW_KEY.address)).toBe(nonce + 10)
  })
})

describe('what somebody else has sent meanwhile', () => {
  test('counts as succeeded with that transaction; when a reorg takes it away we send it', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    const before = await ground.devnet.snapshot()
    const next = await nonceOf(PAYER.address)
    const foreign = await sendAsStranger(ground.devnet, request)

    await dispatch(dispatcher)
    const theirs = await rowOf(db, request)
    const spent = (await nonceOf(PAYER.address)) - next
    await reorganise(before)
    await settle(dispatcher)
    const ours = await rowOf(db, request)

    expect(theirs).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
    expect(namesOf(theirs)).toContain('RequestExecuted')
    expect(spent).toBe(0)
    expect(ours).toMatchObject({ status: 'succeeded', error: null })
    expect(ours.transaction).not.toBe(foreign)
    expect(await nonceOf(PAYER.address)).toBe(next + 1)
  })

  test('counts, when it is a result, as succeeded; when a reorg takes it away we send it', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseResult(dispatcher)
    const before = await ground.devnet.snapshot()
    const foreign = await sendAsStranger(ground.devnet, request)

    await dispatch(dispatcher)
    const theirs = await rowOf(db, request)
    await reorganise(before)
    await settle(dispatcher)
    const ours = await rowOf(db, request)

    expect(theirs).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
    expect(ours).toMatchObject({ status: 'succeeded', error: null })
    expect(ours.transaction).not.toBe(foreign)
  })

  test('counts also when it was mined before ours, which then reverted', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    await mineEachAtOnce(false)
    await dispatch(dispatcher)
    const foreign = await sendAsStranger(ground.devnet, request, hexFees(HIGH_FEE))
    await ground.devnet.mine()

    await dispatch(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
  })

  test('is not judged while it is still in the pool', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    await mineEachAtOnce(false)
    await sendAsStranger(ground.devnet, request, hexFees(HIGH_FEE))

    await dispatch(dispatcher)
    const early = await rowOf(db, request)
    await ground.devnet.mine()
    await settle(dispatcher)

    expect(early.error).toBeNull()
    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', error: null })
  })

  test('does not count when it did something else with the same nonce', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    const another = await signForward(ground.devnet, SIGNER, [registerCall('ipfs://another')])
    const { callData } = await preparedCall(another)
    await sendAsStranger(ground.devnet, { ...request, callData })

    await dispatch(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({ status: 'failed', error: 'RequestReplayed', isFinal: true })
  })

  test('is not blamed for a request that failed beside it in the same transaction', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    const failing = await signForward(ground.devnet, accountAt(18), [call('jobs', 'claimRefund', [123n])])
    const { callData } = await preparedCall(failing)
    const foreign = await sendTogether([callData, request.callData as Hex])

    await dispatch(dispatcher)

    expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', transaction: foreign, error: null })
  })

  test('is shown its own events only, not those of another in the same transaction', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    const beside = await signForward(ground.devnet, accountAt(18), [registerCall('ipfs://beside')])
    const { callData } = await preparedCall(beside)
    await sendTogether([callData, request.callData as Hex])

    await dispatch(dispatcher)

    const { events, account } = await rowOf(db, request)
    const registered = events?.filter(({ name }) => name === 'Registered') ?? []
    expect(registered.map(({ args }) => args.owner)).toEqual([account])
    expect(events?.at(-1)?.name).toBe('RequestExecuted')
  })

  test('leaves no gap between our nonces when a reorg takes only our reverted one away', async () => {
    const dispatcher = await createDispatcher(ground, db)
    const request = await promiseForward(dispatcher)
    await mineEachAtOnce(false)
    await dispatch(dispatcher)
    const { transaction: reverted } = await rowOf(db, request)
    await ground.devnet.request('hardhat_dropTransaction', reverted)
    await sendAsStranger(ground.devnet, request)
    await ground.devnet.mine()
    const before = await ground.devnet.snapshot()
    await sendStored(reverted)
    await ground.devnet.mine()
    await dispatch(dispatcher)

    await ground.devnet.revert(before)
    const next = await promise(db, dispatcher.chain.id, challengeCall())
    await dispatch(dispatcher)
    await dispatch(dispatcher)
    await ground.devnet.mine()
    await settle(dispatcher)

    expect(await statusesOf()).toEqual(['succeeded', 'succeeded'])
    expect(await rowOf(db, next)).toMatchObject({ status: 'succeeded' })
  })
})

test('a failure that a reorg may undo keeps its effect to itself until it is final', async () => {
  const dispatcher = await createDispatcher(ground, db, { finalityBlocks: 3 })
  const jobId = await openJob()
  const taking = takingOf(dispatcher)
  const signed = await signForward(ground.devnet, SIGNER, [call('jobs', 'reject', [jobId, WORKLOAD, '0x'])])
  const before = await ground.devnet.snapshot()
  const request = await post(taking, 'transactions', signed)
  await ground.devnet.send(SIGNER, 'jobs', 'reject', [jobId, WORKLOAD, '0x'])
  await settle(dispatcher)
  const failed = await rowOf(db, request)
  await ground.devnet.revert(before)

  const again = post(taking, 'transactions', signed)

  await expect(again).resolves.toMatchObject({ status: 'refused', error: 'RequestReplayed' })
  expect(failed.status).toBe('failed')
  await settle(dispatcher)
  await dispatch(dispatcher)
  await settle(dispatcher)
  expect(await rowOf(db, request)).toMatchObject({ status: 'succeeded', error: null })
})

function namesOf({ events }: RequestRow): string[] {
  return (events as { name: string }[]).map(({ name }) => name)
}

async function statusesOf(): Promise<string[]> {
  return (await rowsOf(db)).map(({ status }) => status)
}

/** Whether each transaction gets a block of its own, or waits for `mine`. */
function mineEachAtOnce(isOn: boolean): Promise<unknown> {
  return ground.devnet.request('evm_setAutomine', isOn)
}

/** Takes the blocks since the snapshot away and puts others in their place. */
async function reorganise(before: Hex): Promise<void> {
  await ground.devnet.revert(before)
  await ground.devnet.mine(4)
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

/** Loses the next calls of this method. */
function loseCalls(lost: string, count: number): void {
  let left = count
  ground.proxy.decide = (method) => (method === lost && left-- > 0 ? 'lose call' : 'pass')
}

async function nonceOf(address: Hex): Promise<number> {
  return Number(await ground.devnet.request<Hex>('eth_getTransactionCount', address, 'latest'))
}

function call(
  name: 'agents' | 'enclaves' | 'jobs' | 'forwarder' | 'evaluator',
  functionName: string,
  args: readonly unknown[],
): { readonly to: Hex; readonly data: Hex } {
  const { address, abi } = ground.devnet.contracts[name]
  return { to: address, data: encodeFunctionData({ abi, functionName, args }) }
}

const challengeCall = () => call('enclaves', 'issueChallenge', [])
const registerCall = (uri: string) => call('agents', 'register', [uri])

async function promiseForward(dispatcher: TestDispatcher, calls = [registerCall('ipfs://one')]): Promise<RequestRow> {
  const row = await post(takingOf(dispatcher), 'transactions', await signForward(ground.devnet, SIGNER, calls))
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}

/** The call that a body becomes. */
async function preparedCall({
  request,
  signature,
}: Awaited<ReturnType<typeof signForward>>): Promise<{ callData: Hex }> {
  return { callData: call('forwarder', 'execute', [request, signature]).data }
}

async function openJob(): Promise<bigint> {
  const { devnet } = ground
  const { timestamp } = await devnet.head()
  const id = await devnet.read<bigint>('jobs', 'nextJobId', [SIGNER.address])
  await devnet.send(SIGNER, 'jobs', 'createJob', [NOBODY, OWNER.address, BigInt(timestamp) + 3_600n, 'job', NOBODY, 0])
  return id
}

/** A job that waits for nothing but its enclave's result, which is promised. */
async function promiseResult(dispatcher: TestDispatcher): Promise<RequestRow> {
  const { devnet } = ground
  const response: Hex = '0xc0ffee'
  const BOBS = 1
  const FOR_ENCLAVE = 6
  let world = await deeds.registerAgent(devnet, emptyWorld, BOBS)
  world = await deeds.createJob(devnet, world, FOR_ENCLAVE)
  world = await deeds.advanceJob(devnet, world, 0)
  world = await deeds.advanceJob(devnet, world, 0)
  await deeds.attestEnclave(devnet, world, 0)
  const [job] = world.jobs
  if (!job) throw new Error('there is no job')
  const jobId: Hex = `0x${job.id.toString(16).padStart(64, '0')}`
  const bodyHash: Hex = `0x${'b0'.repeat(32)}`
  const asked = { jobId, provider: job.provider.address, bodyHash }
  const result = {
    requestHash: requestHash(asked, (bytes) => keccak256(bytes, 'bytes')),
    responseHash: keccak256(response),
    workload: WORKLOAD,
    observability: '2',
    producedAt: '1',
  }
  const [enclave] = ENCLAVES
  const { chainId, enclaveEvaluator } = devnet.deployment
  const signature = await enclave.signTypedData({
    domain: { name: 'Parley', version: '1', chainId, verifyingContract: enclaveEvaluator },
    types: typedDataTypes(EnclaveResult),
    primaryType: EnclaveResult.name,
    message: { ...result, observability: 2n, producedAt: 1n },
  })
  const body = { jobId, enclave: enclave.address, result, signature, response }
  const row = await post(takingOf(dispatcher), 'results', body)
  expect(row).toMatchObject({ status: 'accepted', error: null })
  return row
}

/** Sends with the payer's key, past the dispatcher. */
async function sendRaw(terms: {
  nonce: number
  to: Hex
  gas: bigint
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}) {
  const raw = await PAYER.signTransaction({ ...terms, type: 'eip1559', chainId: ground.devnet.deployment.chainId })
  return ground.devnet.request<Hex>('eth_sendRawTransaction', raw)
}

async function sendStored(hash: RequestRow['transaction']): Promise<void> {
  if (hash === null) throw new Error('there is no transaction')
  const [stored] = await db.select().from(transactions).where(eq(transactions.hash, hash))
  await ground.devnet.request('eth_sendRawTransaction', stored?.raw)
}

/** One transaction that sends these calls to the forwarder: a contract that does it while it is created. */
async function sendTogether(datas: readonly Hex[]): Promise<Hex> {
  const forwarder = ground.devnet.deployment.forwarder.slice(2)
  const bytes = datas.map((data) => data.slice(2))
  const word = (value: number) => value.toString(16).padStart(4, '0')
  const CALL_BYTES = 39
  let at = CALL_BYTES * bytes.length + 1
  let code = ''
  for (const data of bytes) {
    const length = word(data.length / 2)
    // codecopy(0, at, length); pop(call(gas(), forwarder, 0, 0, length, 0, 0))
    code += `61${length}61${word(at)}5f39` + `5f5f61${length}5f5f73${forwarder}5af150`
    at += data.length / 2
  }
  const data = `0x${code}00${bytes.join('')}`
  return ground.devnet.request<Hex>('eth_sendTransaction', { from: OWNER.address, data, gas: '0x989680' })
}

/** How many challenges the payer has got from this nonce on. */
async function challengesSince(nonce: number): Promise<number> {
  const address = ground.devnet.contracts.enclaves.address
  const logs = await ground.devnet.request<{ transactionHash: Hex }[]>('eth_getLogs', { address, fromBlock: '0x0' })
  const sent = await Promise.all(
    logs.map(({ transactionHash }) =>
      ground.devnet.request<{ from: Hex; nonce: Hex }>('eth_getTransactionByHash', transactionHash),
    ),
  )
  return sent.filter((each) => each.from === PAYER.address.toLowerCase() && Number(each.nonce) >= nonce).length
}

function feeOf(stored: { readonly raw: string } | undefined): bigint {
  return parseTransaction((stored?.raw ?? '0x') as Hex).maxFeePerGas ?? 0n
}

function hexFees({ maxFeePerGas, maxPriorityFeePerGas }: typeof HIGH_FEE) {
  return { maxFeePerGas: toHex(maxFeePerGas), maxPriorityFeePerGas: toHex(maxPriorityFeePerGas) }
}
