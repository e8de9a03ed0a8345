import type { Hex } from '@parley/protocol'
import { encodeFunctionData } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, type Contract, OWNER, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BODY_HASH, BUDGET, createJob, DAY, registerAgent } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const [BOND, STAKE] = [100_000n, 300_000n]
const HOUR = 3600
const terms = { reviewSeconds: HOUR, rulingSeconds: HOUR, silenceShareBP: 5000, bond: BOND, stake: STAKE }
const [PAY, SPLIT] = [1, 2]
const SUPPLY = 100n * BUDGET

let chain: Chain
let restore: () => Promise<void>
let reentrant: Contract

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  reentrant = await deployHostile(chain, 'ReentrantToken', [SUPPLY])
  for (const token of [chain.dollar as Contract, reentrant]) {
    for (const actor of [ALICE, BOB]) {
      await chain.send(OWNER, token, 'transfer', [addressOf(actor), 10n * BUDGET])
      for (const { address } of [chain.escrow, chain.ledger])
        await chain.send(actor, token, 'approve', [address, SUPPLY])
      await chain.send(actor, chain.ledger, 'deposit', [token.address, 5n * BUDGET, addressOf(actor)])
    }
  }
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const operate = () =>
  Promise.all(
    [ALICE, BOB].map((actor) => chain.send(actor, chain.ledger, 'setOperator', [chain.arbitrated.address, true])),
  )
const savingsOf = (token: Contract, owner: Hex) => chain.read(chain.ledger, 'balanceOf', [owner, BigInt(token.address)])
const balanceOf = (token: Contract, owner: Hex) => chain.read(token, 'balanceOf', [owner]) as Promise<bigint>
const lockStake = (jobId: bigint) => chain.send(BOB, chain.arbitrated, 'lockStake', [jobId, addressOf(CAROL), STAKE])
const openDispute = (jobId: bigint) => chain.send(ALICE, chain.arbitrated, 'openDispute', [jobId, BODY_HASH])

async function createFundedJob(token: Contract = chain.dollar, stake = STAKE): Promise<bigint> {
  const jobId = await createJob(chain, { evaluator: chain.arbitrated.address, duration: 5n * DAY })
  const own = { ...terms, stake, arbiter: addressOf(CAROL) }
  await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, token.address, BUDGET, '0x'])
  await chain.send(ALICE, chain.arbitrated, 'setArbitrationTerms', [jobId, own])
  await chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x'])
  return jobId
}

async function createDisputedJob(token: Contract, stake = STAKE): Promise<bigint> {
  await operate()
  const jobId = await createFundedJob(token, stake)
  if (stake > 0n) await lockStake(jobId)
  await chain.send(BOB, chain.escrow, 'submit', [jobId, BODY_HASH, '0x'])
  await openDispute(jobId)
  return jobId
}

describe('bond and stake', () => {
  it('are not taken from whom the evaluator is no operator of', async () => {
    const jobId = await createFundedJob()
    const id = chain.dollar.address

    const staking = [addressOf(BOB), chain.arbitrated.address, id, 0n, STAKE]
    await expectRevert(lockStake(jobId), 'AllowanceTooLow', ...staking)
    await chain.send(BOB, chain.escrow, 'submit', [jobId, BODY_HASH, '0x'])
    const bonding = [addressOf(ALICE), chain.arbitrated.address, id, 0n, BOND]
    await expectRevert(openDispute(jobId), 'AllowanceTooLow', ...bonding)
  })

  it('are taken by an allowance of just as much', async () => {
    const jobId = await createFundedJob()
    await chain.send(BOB, chain.ledger, 'approve', [chain.arbitrated.address, BigInt(chain.dollar.address), STAKE])

    await lockStake(jobId)

    expect(await savingsOf(chain.dollar, chain.arbitrated.address)).toBe(STAKE)
  })

  it('are locked through the forwarder, by who signed', async () => {
    await operate()
    const jobId = await createFundedJob()

    const locking = callOf(chain.arbitrated, 'lockStake', [jobId, addressOf(CAROL), STAKE])
    await forward(chain, RELAYER, BOB, [locking])

    expect(await savingsOf(chain.dollar, addressOf(BOB))).toBe(5n * BUDGET - STAKE)
  })
})

describe('a token that calls back', () => {
  /** What the next transfer calls, and what came of it. */
  const arm = (to: Hex, data: Hex) => chain.send(ALICE, reentrant, 'arm', [to, data])
  const reason = async () => readRevert((await chain.read(reentrant, 'reason', [])) as Hex).reason
  const settling = (jobId: bigint) =>
    encodeFunctionData({ abi: chain.arbitrated.abi, functionName: 'settleReview', args: [jobId] })
  const releasing = (jobId: bigint) =>
    encodeFunctionData({ abi: chain.arbitrated.abi, functionName: 'releaseBondAndStake', args: [jobId] })
  const rule = (jobId: bigint, ruling: number, shareBP = 0n) =>
    chain.send(CAROL, chain.arbitrated, 'rule', [jobId, ruling, shareBP, BODY_HASH])

  async function expectHalves(): Promise<void> {
    const half = BUDGET / 2n
    expect(await balanceOf(reentrant, addressOf(BOB))).toBe(5n * BUDGET + half)
    expect(await balanceOf(reentrant, addressOf(ALICE))).toBe(5n * BUDGET - half)
    for (const owner of [ALICE, BOB]) expect(await savingsOf(reentrant, addressOf(owner))).toBe(5n * BUDGET)
    expect(await savingsOf(reentrant, chain.arbitrated.address)).toBe(0n)
  }

  it('cannot settle again while the arbiter’s silence is settled', async () => {
    const jobId = await createDisputedJob(reentrant, 0n)
    chain.warp(BigInt(HOUR))
    await arm(chain.arbitrated.address, settling(jobId))

    await chain.send(RELAYER, chain.arbitrated, 'settleReview', [jobId])

    expect(await reason()).toBe('ReentrancyGuardReentrantCall:')
    await expectHalves()
  })

  it('cannot settle while a split is paid', async () => {
    const jobId = await createDisputedJob(reentrant)
    await arm(chain.arbitrated.address, settling(jobId))

    await rule(jobId, SPLIT, 5000n)

    expect(await reason()).toContain('ReviewNotOver')
    await expectHalves()
  })

  it('finds nothing held while a ruling is paid', async () => {
    const jobId = await createDisputedJob(reentrant)
    await arm(chain.arbitrated.address, releasing(jobId))

    await rule(jobId, PAY)

    expect(await reason()).toContain('NothingHeld')
    expect(await savingsOf(reentrant, addressOf(BOB))).toBe(5n * BUDGET + BOND)
  })
})
