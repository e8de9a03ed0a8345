import type { Hex } from '@parley/protocol'
import { keccak256 } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildContract } from '../builder/build.ts'
import { ALICE, actor, BOB, CAROL, GUARDIAN, RELAYER, ROOT } from './actors.ts'
import { fixturePath } from './builder-fixture.ts'
import { type Chain, NEAR, openChain, TERA } from './chain.ts'
import {
  acceptance,
  BUDGET,
  begin,
  DAY,
  HASH,
  hiring,
  jobOf,
  nextJobId,
  RESPONSE,
  registerEnclave,
  submit,
} from './steps.ts'
import { failureOf, transact } from './transactions.ts'

/** A contract that buys: test/fixtures/buyer.ts. */
const BUYER = actor('buyer.test.near')
/** The least that a hiring takes from the buyer; what it does not use is for a few waits. */
const LEAST_GAS = 54n * TERA
const WAIT_BLOCKS = 200
const oneYocto = { deposit: 1n }

let chain: Chain
let restore: () => void

beforeAll(async () => {
  chain = await openChain()
  await begin(chain)
  await registerEnclave(chain)
  const { wasm } = await buildContract(fixturePath('buyer'))
  const accessKey = { nonce: 0n, permission: { kind: 'FullAccess' } } as const
  transact(chain.node, {
    signer: ROOT,
    receiverId: BUYER.accountId,
    actions: [
      { kind: 'CreateAccount' },
      { kind: 'Transfer', deposit: 20n * NEAR },
      { kind: 'AddKey', publicKey: BUYER.secretKey.publicKey, accessKey },
      { kind: 'DeployContract', code: wasm },
    ],
  })
  await chain.send(RELAYER, chain.parley, 'storage_deposit', { account_id: BUYER.accountId }, { deposit: NEAR })
  const deposit = { deposit: { receiver_id: BUYER.accountId } }
  await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, deposit))
  restore = chain.snapshot()
})

beforeEach(() => restore())

/** Carol judges, unless `change` says otherwise. */
function order(job_id: Hex, change: object = {}) {
  const { hire } = hiring(chain, job_id, { evaluator: CAROL.accountId, terms: null, ...change })
  return { ...hire, token: chain.dollar, budget: String(BUDGET) }
}

function buyCall(job_id: Hex, change: object = {}, { gas = 200n * TERA, is_broken = false } = {}) {
  const args = { parley: chain.parley, hiring: order(job_id, change), is_broken }
  return [RELAYER, BUYER.accountId, 'buy', args, { gas }] as const
}

/** A job that the buyer waits for; `answer` is what its transaction has come to, undefined until it has. */
async function buy(change: object = {}, options: { gas?: bigint; is_broken?: boolean } = {}) {
  const job_id = await nextJobId(chain, BUYER)
  const { failure, status } = chain.attempt(...buyCall(job_id, change, options))
  expect(failure).toBeUndefined()
  expect(status.isComplete).toBe(false)
  const later = () => {
    const now = chain.node.transactionStatus(status.transactionHash)
    if (now === null) throw new Error('the node forgot it')
    return now
  }
  const answer = () => {
    const { isComplete, finalStatus } = later()
    if (!isComplete || finalStatus.kind !== 'SuccessValue') return undefined
    return JSON.parse(JSON.parse(Buffer.from(finalStatus.value).toString()))
  }
  return { job_id, answer, later }
}

const bought = () => chain.view<string[]>(BUYER.accountId, 'bought')
const held = async (account_id: string) =>
  BigInt(await chain.view<string>(chain.parley, 'mt_balance_of', { account_id, token_id: `nep141:${chain.dollar}` }))
const balances = async () => Promise.all([BUYER.accountId, BOB.accountId, chain.parley].map(held))
const judge = (method: 'complete' | 'reject', job_id: Hex) =>
  [CAROL, chain.parley, method, { job_id, reason: HASH }] as const

/** Lets time go by until there is an answer, and says how many waits that took. */
function waitsUntil(answer: () => unknown): number {
  for (let waits = 1; waits <= 100; waits++) {
    chain.node.fastForward(WAIT_BLOCKS)
    if (answer() !== undefined) return waits
  }
  throw new Error('there is no answer after 100 waits')
}

describe('a contract that awaits a job', () => {
  it('goes on with the verified result', async () => {
    const evaluator = chain.parley
    const { terms } = hiring(chain, HASH).hire
    const { job_id, answer } = await buy({ evaluator, terms })
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 1, client: BUYER.accountId, is_awaited: true })
    expect(await balances()).toEqual([0n, 0n, BUDGET])
    await submit(chain, job_id)
    expect(answer()).toBeUndefined()

    const { events } = await chain.send(RELAYER, chain.parley, 'accept_result', await acceptance(chain, job_id))

    const accepted = events.find(({ name }) => name === 'ResultAccepted')?.args as { resultId: Hex }
    const response_hash = keccak256(RESPONSE)
    expect(answer()).toEqual({ job_id, status: 'completed', reason: accepted.resultId, response_hash })
    expect(await bought()).toEqual([JSON.stringify(answer())])
    expect(JSON.stringify(answer()).length).toBeLessThan(1024)
    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })

  it('hears what another evaluator says', async () => {
    const { job_id, answer } = await buy()
    await submit(chain, job_id)

    await chain.send(...judge('complete', job_id))

    expect(answer()).toEqual({ job_id, status: 'completed', reason: HASH })
    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })

  it('hears of a rejection, and has its money', async () => {
    const { job_id, answer } = await buy()

    await chain.send(...judge('reject', job_id))

    expect(answer()).toEqual({ job_id, status: 'rejected', reason: HASH })
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })

  it('hears of a refund by time', async () => {
    const { job_id, answer } = await buy()
    chain.warp(DAY)

    await chain.send(RELAYER, chain.parley, 'claim_refund', { job_id })

    expect(answer()).toEqual({ job_id, status: 'expired' })
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })

  it('has several jobs at once, each with its own answer', async () => {
    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, { deposit: { receiver_id: BUYER.accountId } }))
    const [first, second] = [await buy(), await buy()]

    await chain.send(...judge('reject', second.job_id))

    expect([first.answer(), second.answer()?.job_id]).toEqual([undefined, second.job_id])
  })

  it('is told when the hiring fails, and keeps its money', async () => {
    const job_id = await nextJobId(chain, BUYER)

    const { value } = chain.attempt(...buyCall(job_id, { provider_agent_id: '9' }))

    expect(value).toBe('failed')
    expect(await jobOf(chain, job_id)).toBeNull()
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })

  it('can be a person, whose transaction ends with the answer', async () => {
    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, ''))
    const job_id = await nextJobId(chain)
    const { status } = await chain.send(ALICE, chain.parley, 'await_job', { hiring: order(job_id) }, oneYocto)

    await chain.send(...judge('reject', job_id))

    const finalStatus = chain.node.transactionStatus(status.transactionHash)?.finalStatus
    const value = finalStatus?.kind === 'SuccessValue' ? Buffer.from(finalStatus.value).toString() : ''
    expect(JSON.parse(value)).toEqual({ job_id, status: 'rejected', reason: HASH })
  })
})

describe('a wait that is over', () => {
  it('ends a job that was not submitted, and gives the money back', async () => {
    const { job_id, answer } = await buy({}, { gas: LEAST_GAS })
    chain.node.fastForward(WAIT_BLOCKS - 10)
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 1, is_awaited: true })

    waitsUntil(answer)

    expect(answer()).toEqual({ job_id, status: 'timeout', is_closed: true })
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 5 })
    expect(await bought()).toEqual([JSON.stringify(answer())])
    await expect(submit(chain, job_id)).rejects.toThrow(`JobNotFunded: ${job_id} 5`)
    const refunding = chain.send(RELAYER, chain.parley, 'claim_refund', { job_id })
    await expect(refunding).rejects.toThrow(`JobAlreadyEnded: ${job_id} 5`)
  })

  it.each([1, 4, 20])('begins again %i times more for 2.5 Tgas each', async (more) => {
    const again = chain.snapshot()
    const { answer: usual } = await buy({}, { gas: LEAST_GAS })
    const least = waitsUntil(usual)
    again()

    const { answer } = await buy({}, { gas: LEAST_GAS + (BigInt(more) * 25n * TERA) / 10n })

    const waits = waitsUntil(answer)
    expect(waits).toBeGreaterThanOrEqual(least + more)
    expect(waits).toBeLessThanOrEqual(least + Math.ceil(1.2 * more))
    expect(answer()).toMatchObject({ status: 'timeout', is_closed: true })
    expect(await bought()).toHaveLength(1)
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })

  it('that began again still ends with the result', async () => {
    const { job_id, answer } = await buy()
    chain.node.fastForward(WAIT_BLOCKS)
    chain.node.fastForward(WAIT_BLOCKS)
    await submit(chain, job_id)

    await chain.send(...judge('complete', job_id))

    expect(answer()).toEqual({ job_id, status: 'completed', reason: HASH })
  })

  it('leaves a submitted job to its evaluator, whose word nobody waits for', async () => {
    const { job_id, answer } = await buy({}, { gas: LEAST_GAS })
    await submit(chain, job_id)

    waitsUntil(answer)

    const timeout = { job_id, status: 'timeout', is_closed: false }
    expect(answer()).toEqual(timeout)
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 2 })
    expect(await jobOf(chain, job_id)).not.toHaveProperty('is_awaited')
    await chain.send(...judge('complete', job_id))
    expect(await bought()).toEqual([JSON.stringify(timeout)])
    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })

  it('gives back what the evaluator has not released', async () => {
    const { job_id, answer } = await buy({}, { gas: LEAST_GAS })
    await chain.send(CAROL, chain.parley, 'release', { job_id, amount: '100', reason: HASH })
    expect(answer()).toBeUndefined()

    waitsUntil(answer)

    expect(await balances()).toEqual([BUDGET - 100n, 100n, 0n])
  })

  it('ends a job though the contract is paused: that is no new risk', async () => {
    const { answer } = await buy({}, { gas: LEAST_GAS })
    await chain.send(GUARDIAN, chain.parley, 'pause', {})

    waitsUntil(answer)

    expect(answer()).toMatchObject({ status: 'timeout', is_closed: true })
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })
})

describe('the answer comes once', () => {
  it('when two judge in one block', async () => {
    const { job_id, answer } = await buy()
    await submit(chain, job_id)

    const judged = chain.attemptTogether(judge('complete', job_id), judge('reject', job_id))

    expect(judged.map(({ failure }) => failure)).toEqual([undefined, `JobAlreadyCompleted: ${job_id}`])
    chain.node.fastForward(2 * WAIT_BLOCKS)
    expect(await bought()).toEqual([JSON.stringify(answer())])
    expect(answer()).toMatchObject({ status: 'completed' })
    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })

  it('when the evaluator speaks in the blocks around the last timeout', async () => {
    const { job_id, answer } = await buy({}, { gas: LEAST_GAS })
    await submit(chain, job_id)
    const begun = chain.snapshot()
    const waits = waitsUntil(answer)
    begun()
    for (let wait = 1; wait < waits; wait++) chain.node.fastForward(WAIT_BLOCKS)
    const beforeLast = chain.snapshot()

    const heard = []
    for (let blocks = WAIT_BLOCKS - 30; blocks <= WAIT_BLOCKS; blocks++) {
      beforeLast()
      chain.node.fastForward(blocks)
      const { failure } = chain.attempt(...judge('complete', job_id))
      chain.node.fastForward(WAIT_BLOCKS)

      expect(failure).toBeUndefined()
      expect(await bought()).toEqual([JSON.stringify(answer())])
      expect(await balances()).toEqual([0n, BUDGET, 0n])
      heard.push(answer()?.status)
    }
    expect(new Set(heard)).toEqual(new Set(['completed', 'timeout']))
  })
})

describe('a wait changes nothing about the money', () => {
  it('when the client cannot take the answer', async () => {
    const { job_id, answer, later } = await buy({}, { is_broken: true })
    await submit(chain, job_id)

    const { events } = await chain.send(...judge('complete', job_id))

    expect(events.map(({ name }) => name)).toEqual(['JobCompleted', 'LedgerTransfer', 'PaymentReleased'])
    expect(failureOf(later())).toContain('the buyer is broken')
    expect(answer()).toBeUndefined()
    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })

  it.each([
    ['complete', [0n, BUDGET, 0n]],
    ['reject', [BUDGET, 0n, 0n]],
  ] as const)('when it got lost before a %s', async (method, expected) => {
    const job_id = await nextJobId(chain, BUYER)
    await chain.send(BUYER, chain.parley, 'hire', { hiring: order(job_id) }, oneYocto)
    await submit(chain, job_id)
    const lost = { ...(await jobOf(chain, job_id)), is_awaited: true }
    const record = { key: Buffer.from(`job:${job_id}`), value: Buffer.from(JSON.stringify(lost)) }
    chain.node.patchState([{ kind: 'Data', accountId: chain.parley, ...record }])
    expect(await jobOf(chain, job_id)).toEqual(lost)

    await chain.send(...judge(method, job_id))

    expect(await balances()).toEqual(expected)
  })

  it('when the client is gone', async () => {
    const { job_id } = await buy()
    const leaving = [{ kind: 'DeleteAccount', beneficiaryId: ROOT.accountId }] as const
    transact(chain.node, { signer: BUYER, receiverId: BUYER.accountId, actions: [...leaving] })
    await submit(chain, job_id)

    await chain.send(...judge('complete', job_id))

    expect(await balances()).toEqual([0n, BUDGET, 0n])
  })
})

describe('who may not', () => {
  it('a stranger, and the client itself, call the callback', async () => {
    const { job_id } = await buy()

    await expect(chain.send(ALICE, chain.parley, 'on_awaited', { job_id })).rejects.toThrow(
      `SelfOnly: ${ALICE.accountId}`,
    )
    const asBuyer = { contract: chain.parley, method: 'on_awaited', args: { job_id } }
    expect(chain.attempt(ALICE, BUYER.accountId, 'send', asBuyer).failure).toBe(`SelfOnly: ${BUYER.accountId}`)
    expect(await jobOf(chain, job_id)).toMatchObject({ status: 1, is_awaited: true })
  })

  it('an operator awaits a job of its owner’s money', async () => {
    await chain.send(BUYER, chain.parley, 'set_operator', { spender: ALICE.accountId, approved: true }, { deposit: 1n })
    const job_id = await nextJobId(chain, BUYER)

    const asked = { hiring: order(job_id, { client: BUYER.accountId }) }
    const { failure } = chain.attempt(ALICE, chain.parley, 'await_job', asked, oneYocto)

    expect(failure).toBe(`ClientOnly: ${ALICE.accountId}`)
  })

  it('somebody makes an awaited job by a hiring that is none', async () => {
    await chain.send(...chain.transferCall(ALICE, chain.dollar, BUDGET, ''))
    const job_id = await nextJobId(chain)
    const asked = { hiring: order(job_id, { is_awaited: true }) }
    const { value } = await chain.send(ALICE, chain.parley, 'hire', asked, oneYocto)

    expect(value).toBe(job_id)
    expect(await jobOf(chain, job_id)).not.toHaveProperty('is_awaited')
  })

  it('anybody begins while the contract is paused, be it in the middle', async () => {
    const job_id = await nextJobId(chain, BUYER)
    const pause = [GUARDIAN, chain.parley, 'pause', {}] as const

    const [begun] = chain.attemptTogether(buyCall(job_id), pause)
    expect(begun?.failure).toBe('Paused:')
    expect(chain.attempt(...buyCall(await nextJobId(chain, BUYER))).failure).toBe('Paused:')

    expect(await bought()).toEqual(['failed', 'failed'])
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })

  it('a caller without the gas for one wait gets anything but its money back', async () => {
    const job_id = await nextJobId(chain, BUYER)

    const { status } = chain.attempt(...buyCall(job_id, {}, { gas: 45n * TERA }))

    expect(status.isComplete).toBe(true)
    expect(await jobOf(chain, job_id)).toBeNull()
    expect(await balances()).toEqual([BUDGET, 0n, 0n])
  })
})
