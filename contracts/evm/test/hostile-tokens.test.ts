import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, type Contract, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import {
  BUDGET,
  createFundedJob,
  createJob,
  createSubmittedJob,
  DAY,
  giveDollars,
  BODY_HASH as HASH,
  registerAgent,
} from './fixtures.ts'
import { callOf, forward, requestOf, signRequest } from './signing.ts'

const alice = addressOf(ALICE)
const SUPPLY = 100n * BUDGET
const judged = { evaluator: addressOf(CAROL) }

let chain: Chain
let restore: () => Promise<void>
const tokens: Record<string, Contract> = {}

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  for (const name of ['FeeToken', 'RebasingToken', 'ReentrantToken', 'SilentToken', 'RefusingToken', 'BurningToken']) {
    const token = await deployHostile(chain, name, [SUPPLY])
    await chain.send(OWNER, token, 'transfer', [alice, SUPPLY / 2n])
    if (name !== 'RefusingToken') await chain.send(ALICE, token, 'approve', [chain.escrow.address, SUPPLY])
    tokens[name] = token
  }
  restore = await chain.snapshot()
})

beforeEach(() => restore())

function tokenOf(name: string): Contract {
  const token = tokens[name]
  if (!token) throw new Error(`${name} is not deployed`)
  return token
}

const balanceOf = (token: Contract, owner: Hex) => chain.read(token, 'balanceOf', [owner]) as Promise<bigint>

async function createPricedJob(token: Contract, budget = BUDGET): Promise<bigint> {
  const jobId = await createJob(chain, judged)
  await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, token.address, budget, '0x'])
  return jobId
}

const fund = (jobId: bigint, budget = BUDGET) => chain.send(ALICE, chain.escrow, 'fund', [jobId, budget, '0x'])
const complete = (jobId: bigint) => chain.send(CAROL, chain.escrow, 'complete', [jobId, HASH, '0x'])
const PAYOUT_GAS = 150_000n
const claim = (jobId: bigint) => chain.send(RELAYER, chain.escrow, 'claimPayment', [jobId])
const owed = (jobId: bigint) => chain.read(chain.escrow, 'owed', [jobId])
const statusOf = async (jobId: bigint) => (await chain.read(chain.escrow, 'getJob', [jobId])).status

describe('a token that takes a fee', () => {
  it('is refused: the escrow would hold less than it promises', async () => {
    const jobId = await createPricedJob(tokenOf('FeeToken'))

    await expectRevert(fund(jobId), 'TokenShortfall', BUDGET - BUDGET / 100n, BUDGET)
    expect(await statusOf(jobId)).toBe(0)
  })
})

describe('a token that answers with nothing', () => {
  it('works like any other', async () => {
    const token = tokenOf('SilentToken')
    const paid = await createSubmittedJob(chain, { ...judged, token })
    const refunded = await createFundedJob(chain, { ...judged, token })

    await complete(paid)
    chain.warp(DAY)
    await chain.send(RELAYER, chain.escrow, 'claimRefund', [refunded])

    expect(await balanceOf(token, addressOf(BOB))).toBe(BUDGET)
    expect(await balanceOf(token, alice)).toBe(SUPPLY / 2n - BUDGET)
    expect(await balanceOf(token, chain.escrow.address)).toBe(0n)
  })
})

describe('a token that says no by returning false', () => {
  it('does not fund a job', async () => {
    const token = tokenOf('RefusingToken')
    const jobId = await createPricedJob(token)
    await chain.send(OWNER, token, 'refuse', [true])

    await expectRevert(fund(jobId), 'SafeERC20FailedOperation', token.address)
    expect(await statusOf(jobId)).toBe(0)
  })

  it('does not keep a job from its end: the money stays owed until the token says yes', async () => {
    const token = tokenOf('RefusingToken')
    const jobId = await createSubmittedJob(chain, { ...judged, token })
    await chain.send(OWNER, token, 'refuse', [true])
    const { events } = await complete(jobId)
    expect(events.map(({ name }) => name)).toEqual(['JobCompleted', 'PaymentOwed'])
    expect(await statusOf(jobId)).toBe(3)

    await chain.send(OWNER, token, 'refuse', [false])
    await claim(jobId)

    expect(await balanceOf(token, addressOf(BOB))).toBe(BUDGET)
    await expectRevert(claim(jobId), 'NothingOwed', jobId)
  })
})

describe('a token that is no contract', () => {
  it('does not fund a job', async () => {
    const jobId = await createPricedJob({ abi: chain.dollar.abi, address: addressOf(BOB) })

    await expectRevert(fund(jobId), 'Reverted', 'without a reason')
  })
})

describe('a token that takes money back', () => {
  it('harms its own jobs, not those of another token, and pays when the money is there again', async () => {
    const token = tokenOf('RebasingToken')
    const harmed = await createSubmittedJob(chain, { ...judged, token })
    const other = await createSubmittedJob(chain, judged)
    await chain.send(OWNER, token, 'shrink', [chain.escrow.address, 1n])

    await complete(harmed)
    expect(await owed(harmed)).toBe(BUDGET)
    await complete(other)
    expect(await owed(other)).toBe(0n)

    await chain.send(OWNER, token, 'transfer', [chain.escrow.address, 1n])
    await claim(harmed)
    expect(await balanceOf(token, addressOf(BOB))).toBe(BUDGET)
  })
})

describe('a token that spends all its gas', () => {
  it('costs who pays it out no more than the cap, and is paid by a claim that brings more', async () => {
    const token = tokenOf('BurningToken')
    const jobId = await createSubmittedJob(chain, { ...judged, token })
    await chain.send(OWNER, token, 'burn', [200_000n])

    const { gasUsed, events } = await complete(jobId)

    expect(gasUsed).toBeLessThan(PAYOUT_GAS + 120_000n)
    expect(events.at(-1)?.name).toBe('PaymentOwed')
    await claim(jobId)
    expect(await owed(jobId)).toBe(0n)
    expect(await balanceOf(token, addressOf(BOB))).toBe(BUDGET)
  })

  it('is not made to refuse by who brings too little gas: at any limit the job is paid, or nothing happens', async () => {
    const token = tokenOf('BurningToken')
    const jobId = await createSubmittedJob(chain, { ...judged, token })
    await chain.send(OWNER, token, 'burn', [100_000n])
    const restoreJob = await chain.snapshot()

    const outcomes = new Set<string>()
    for (let gas = 60_000n; gas < 340_000n; gas += 10_000n) {
      await restoreJob()
      const outcome = await chain.send(CAROL, chain.escrow, 'complete', [jobId, HASH, '0x'], gas).then(
        ({ events }) => events.at(-1)?.name ?? '',
        ({ message }: Error) => message.split(':')[0] ?? '',
      )
      outcomes.add(outcome)
      expect(await statusOf(jobId)).toBe(outcome === 'PaymentReleased' ? 3 : 2)
    }

    expect([...outcomes].sort()).toEqual(['GasTooLow', 'PaymentReleased'])
  })
})

describe('a token that answers at length', () => {
  it.each(['bomb', 'flood'])('by a %s of bytes costs who pays it out no more than the cap', async (kind) => {
    const token = tokenOf('BurningToken')
    const jobId = await createSubmittedJob(chain, { ...judged, token })
    await chain.send(OWNER, token, kind, [100_000n])

    const { gasUsed } = await complete(jobId)

    // Copied, the bytes would cost as much again.
    expect(gasUsed).toBeLessThan(PAYOUT_GAS + 120_000n)
    expect(await owed(jobId)).toBe(BUDGET)
  })
})

describe('a token that calls back', () => {
  /** The next transfer calls this. */
  const arm = (to: Hex, data: Hex) => chain.send(ALICE, tokenOf('ReentrantToken'), 'arm', [to, data])
  const reason = async () => readRevert((await chain.read(tokenOf('ReentrantToken'), 'reason', [])) as Hex).reason
  const asContract = <N extends 'fund' | 'claimRefund' | 'complete' | 'reject'>(name: N, ...args: readonly unknown[]) =>
    encodeFunctionData({ abi: chain.escrow.abi, functionName: name as 'fund', args: args as never })

  it('cannot claim a refund while its job is paid', async () => {
    const token = tokenOf('ReentrantToken')
    const jobId = await createSubmittedJob(chain, { ...judged, token })
    chain.warp(2n * DAY)
    await arm(chain.escrow.address, asContract('claimRefund', jobId))

    await complete(jobId)

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    expect(await balanceOf(token, chain.escrow.address)).toBe(0n)
    expect(await balanceOf(token, addressOf(BOB))).toBe(BUDGET)
  })

  it('cannot claim a refund while its refund is paid', async () => {
    const token = tokenOf('ReentrantToken')
    const jobId = await createFundedJob(chain, { ...judged, token })
    const other = await createFundedJob(chain, { ...judged, token })
    chain.warp(2n * DAY)
    await arm(chain.escrow.address, asContract('claimRefund', other))

    await chain.send(RELAYER, chain.escrow, 'claimRefund', [jobId])

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    expect(await balanceOf(token, chain.escrow.address)).toBe(BUDGET)
  })

  it('cannot claim a refund while it is rejected', async () => {
    const jobId = await createFundedJob(chain, { ...judged, token: tokenOf('ReentrantToken') })
    chain.warp(2n * DAY)
    await arm(chain.escrow.address, asContract('claimRefund', jobId))

    await chain.send(CAROL, chain.escrow, 'reject', [jobId, HASH, '0x'])

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
  })

  it('cannot count one payment for two jobs', async () => {
    const token = tokenOf('ReentrantToken')
    const [first, second] = [await createPricedJob(token), await createPricedJob(token)]
    const funding = callOf(chain.escrow, 'fund', [second, BUDGET, '0x'])
    const request = requestOf(chain, ALICE, [funding])
    const args = [request, await signRequest(chain, ALICE, request)] as const
    await arm(chain.forwarder.address, encodeFunctionData({ abi: chain.forwarder.abi, functionName: 'execute', args }))

    await fund(first)

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    expect(await statusOf(second)).toBe(0)
  })

  it('cannot use up somebody’s request by sending it while it holds the escrow’s lock', async () => {
    const dollarJob = await createPricedJob(chain.dollar)
    const hostileJob = await createPricedJob(tokenOf('ReentrantToken'))
    const request = requestOf(chain, ALICE, [callOf(chain.escrow, 'fund', [dollarJob, BUDGET, '0x'])])
    const args = [request, await signRequest(chain, ALICE, request)] as const
    await arm(chain.forwarder.address, encodeFunctionData({ abi: chain.forwarder.abi, functionName: 'execute', args }))

    await fund(hostileJob)

    expect(await chain.read(chain.forwarder, 'isNonceUsed', [alice, request.nonce])).toBe(false)
    const { events } = await forward(chain, RELAYER, ALICE, request.calls)
    expect(events.at(-1)?.name).toBe('RequestExecuted')
  })
})
