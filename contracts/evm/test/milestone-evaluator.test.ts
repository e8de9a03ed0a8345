import { encodeFunctionData, type Hex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readRevert } from '../src/revert.ts'
import { deployHostile } from './artifacts.ts'
import { ALICE, addressOf, BOB, CAROL, type Chain, OWNER, openChain, RELAYER } from './chain.ts'
import { BUDGET, createJob, DAY, giveDollars, BODY_HASH as HASH, registerAgent } from './fixtures.ts'
import { callOf, forward } from './signing.ts'

const REVIEW = 7200
const terms = { judge: addressOf(CAROL), reviewSeconds: REVIEW, amounts: [BUDGET - 1n, 1n] }

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const create = () => createJob(chain, { evaluator: chain.milestones.address, duration: 10n * DAY })
const submit = (jobId: bigint) => chain.send(BOB, chain.escrow, 'submit', [jobId, HASH, '0x'])
const jobOf = (jobId: bigint) => chain.read(chain.escrow, 'getJob', [jobId])

describe('milestones', () => {
  it('are set and approved through the forwarder', async () => {
    const jobId = await create()
    await forward(chain, RELAYER, ALICE, [
      callOf(chain.escrow, 'setBudget', [jobId, chain.dollar.address, BUDGET, '0x']),
      callOf(chain.milestones, 'setMilestoneTerms', [jobId, terms]),
      callOf(chain.escrow, 'fund', [jobId, BUDGET, '0x']),
    ])
    await submit(jobId)

    await forward(chain, RELAYER, CAROL, [callOf(chain.milestones, 'approveMilestone', [jobId, 0n])])

    expect(await chain.read(chain.dollar, 'balanceOf', [addressOf(BOB)])).toBe(BUDGET - 1n)
  })

  it('are paid one by one, though a token calls back for the next while silence pays the first', async () => {
    const token = await deployHostile(chain, 'ReentrantToken', [BUDGET])
    await chain.send(OWNER, token, 'transfer', [addressOf(ALICE), BUDGET])
    await chain.send(ALICE, token, 'approve', [chain.escrow.address, BUDGET])
    const jobId = await create()
    await chain.send(ALICE, chain.escrow, 'setBudget', [jobId, token.address, BUDGET, '0x'])
    await chain.send(ALICE, chain.milestones, 'setMilestoneTerms', [jobId, terms])
    await chain.send(ALICE, chain.escrow, 'fund', [jobId, BUDGET, '0x'])
    await submit(jobId)
    chain.warp(BigInt(REVIEW))
    const args = [jobId, 1n] as const
    const again = encodeFunctionData({ abi: chain.milestones.abi, functionName: 'approveMilestone', args })
    await chain.send(ALICE, token, 'arm', [chain.milestones.address, again])

    await chain.send(RELAYER, chain.milestones, 'approveMilestone', [jobId, 0n])

    const reason = (await chain.read(token, 'reason', [])) as Hex
    expect(readRevert(reason).reason).toBe('ReentrancyGuardReentrantCall:')
    expect(await chain.read(token, 'balanceOf', [addressOf(BOB)])).toBe(BUDGET - 1n)
    expect((await jobOf(jobId)).status).toBe(1)
    expect((await chain.read(chain.milestones, 'getMilestones', [jobId])).approved).toBe(1)
  })
})
