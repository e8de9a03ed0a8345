import { type Hex, jobModel } from '@parley/protocol'
import { toHex } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, openChain, RELAYER } from './chain.ts'
import { expectRevert } from './expect-revert.ts'
import { BUDGET, createFundedJob, createJob, DAY, giveDollars, BODY_HASH as HASH, registerAgent } from './fixtures.ts'
import { callOf, forward, signPermit } from './signing.ts'

const [alice, bob, carol] = [ALICE, BOB, CAROL].map(addressOf) as [Hex, Hex, Hex]

let chain: Chain
let restore: () => Promise<void>

beforeAll(async () => {
  chain = await openChain()
  await registerAgent(chain)
  await giveDollars(chain)
  restore = await chain.snapshot()
})

beforeEach(() => restore())

const nextId = () => chain.read(chain.escrow, 'nextJobId', [alice])
const jobOf = (id: bigint) => chain.read(chain.escrow, 'getJob', [id])
const dollarsOf = (account: Hex) => chain.read(chain.dollar, 'balanceOf', [account])

it('has the times of its model', async () => {
  expect(await chain.read(chain.escrow, 'MIN_DURATION', [])).toBe(jobModel.MIN_DURATION_SECONDS)
  expect(await chain.read(chain.escrow, 'MAX_DURATION', [])).toBe(jobModel.MAX_DURATION_SECONDS)
  expect(await chain.read(chain.escrow, 'EVALUATION_GRACE_PERIOD', [])).toBe(jobModel.EVALUATION_GRACE_SECONDS)
})

describe('fund', () => {
  it('moves the money last, so that a token sees a job that is funded', async () => {
    const id = await createJob(chain)
    await chain.send(ALICE, chain.escrow, 'setBudget', [id, chain.dollar.address, BUDGET, '0x'])

    const { events } = await chain.send(ALICE, chain.escrow, 'fund', [id, BUDGET, '0x'])

    expect(events).toEqual([
      { name: 'JobFunded', args: { jobId: id, client: alice, amount: BUDGET } },
      { name: 'Transfer', args: { from: alice, to: chain.escrow.address, value: BUDGET } },
    ])
  })

  it('rejects a client that has not allowed it or cannot pay', async () => {
    const id = await createJob(chain)
    await chain.send(ALICE, chain.escrow, 'setBudget', [id, chain.dollar.address, BUDGET, '0x'])
    const fund = (job: bigint) => chain.send(ALICE, chain.escrow, 'fund', [job, BUDGET, '0x'])
    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, BUDGET - 1n])
    await expectRevert(fund(id), 'ERC20InsufficientAllowance', chain.escrow.address, BUDGET - 1n, BUDGET)

    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, BUDGET])
    await chain.send(ALICE, chain.dollar, 'transfer', [bob, await dollarsOf(alice)])
    await expectRevert(fund(id), 'ERC20InsufficientBalance', alice, 0n, BUDGET)
    expect((await jobOf(id)).status).toBe(0)
  })
})

describe('setBudget', () => {
  it('takes a token that is new, though somebody has named 16 million others: that costs 54,000 gas each', async () => {
    const id = await createJob(chain)
    // Slot 2 ends with the guardian, the pause and the fee: the number of tokens is before those.
    const [slot, at] = [`0x${'02'.padStart(64, '0')}`, 8n * 23n]
    const stored = await chain.request('eth_getStorageAt', chain.escrow.address, slot, 'latest')
    const used = BigInt(String(stored)) | ((2n ** 24n - 1n) << at)
    await chain.request('hardhat_setStorageAt', chain.escrow.address, slot, toHex(used, { size: 32 }))

    await chain.send(ALICE, chain.escrow, 'setBudget', [id, chain.dollar.address, BUDGET, '0x'])

    expect((await jobOf(id)).token).toBe(chain.dollar.address)
  })
})

describe('complete', () => {
  it('ends the job before the money moves, and tells of the payment when it has', async () => {
    const id = await createFundedJob(chain, { evaluator: carol })
    await chain.send(BOB, chain.escrow, 'submit', [id, HASH, '0x'])

    const { events } = await chain.send(CAROL, chain.escrow, 'complete', [id, HASH, '0x'])

    expect(events.map(({ name }) => name)).toEqual(['JobCompleted', 'Transfer', 'PaymentReleased'])
  })
})

describe('usePermit', () => {
  const permit = (signer: Actor) => signPermit(chain, signer, chain.escrow.address, BUDGET)

  const openWithPermit = async () => {
    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, 0n])
    const { deadline, v, r, s } = await permit(ALICE)
    const id = await nextId()
    const calls = [
      callOf(chain.escrow, 'createJob', [bob, carol, chain.now() + DAY, 'Translate', NOBODY, 0n]),
      callOf(chain.escrow, 'setBudget', [id, chain.dollar.address, BUDGET, '0x']),
      callOf(chain.escrow, 'usePermit', [chain.dollar.address, BUDGET, deadline, v, r, s]),
      callOf(chain.escrow, 'fund', [id, BUDGET, '0x']),
    ]
    return { id, calls, permit: [alice, chain.escrow.address, BUDGET, deadline, v, r, s] as const }
  }

  it('lets an account without gas open, price and fund a job with one request', async () => {
    const { id, calls } = await openWithPermit()

    const { events } = await forward(chain, RELAYER, ALICE, calls)

    expect(events.at(-1)?.name).toBe('RequestExecuted')
    expect(await jobOf(id)).toMatchObject({ client: alice, status: 1, budget: BUDGET })
  })

  it('does no harm when somebody used the permit first', async () => {
    const { id, calls, permit } = await openWithPermit()
    await chain.send(CAROL, chain.dollar, 'permit', permit)

    await forward(chain, RELAYER, ALICE, calls)

    expect((await jobOf(id)).status).toBe(1)
  })

  it('of somebody else gives the caller nothing', async () => {
    const { deadline, v, r, s } = await permit(ALICE)
    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, 0n])

    await chain.send(CAROL, chain.escrow, 'usePermit', [chain.dollar.address, BUDGET, deadline, v, r, s])

    expect(await chain.read(chain.dollar, 'allowance', [carol, chain.escrow.address])).toBe(0n)
    expect(await chain.read(chain.dollar, 'allowance', [alice, chain.escrow.address])).toBe(0n)
  })
})
