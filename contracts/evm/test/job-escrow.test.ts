import { domainSeparator, type Hex, jobId } from '@parley/protocol'
import { parseSignature } from 'viem'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keccak } from '../src/keccak.ts'
import { type Actor, ALICE, addressOf, BOB, CAROL, type Chain, NOBODY, openChain, RELAYER } from './chain.ts'
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
import { callOf, domainOf, forward } from './signing.ts'

const [alice, bob, carol] = [ALICE, BOB, CAROL].map(addressOf) as [Hex, Hex, Hex]
const UNKNOWN = 5n
const GRACE = 3600n
/** Carol judges in this file. */
const judged = { evaluator: carol }

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

interface Creation {
  readonly provider?: Hex
  readonly evaluator?: Hex
  readonly expiredAt?: bigint
  readonly hook?: Hex
  readonly agentId?: bigint
}

function create({
  provider = bob,
  evaluator = carol,
  expiredAt = chain.now() + DAY,
  hook = NOBODY,
  agentId = 0n,
}: Creation) {
  const args = [provider, evaluator, expiredAt, 'Translate', hook, agentId] as const
  return chain.send(ALICE, chain.escrow, 'createJob', args)
}

const createWithoutProvider = async () => {
  const id = await nextId()
  await create({ provider: NOBODY })
  return id
}

const setProvider = (id: bigint, sender = ALICE, provider = bob, agentId = 0n) =>
  chain.send(sender, chain.escrow, 'setProvider', [id, provider, agentId])
const setBudget = (id: bigint, sender = ALICE, token = chain.dollar.address, amount = BUDGET) =>
  chain.send(sender, chain.escrow, 'setBudget', [id, token, amount, '0x'])
const fund = (id: bigint, sender = ALICE, expected = BUDGET) =>
  chain.send(sender, chain.escrow, 'fund', [id, expected, '0x'])
const submit = (id: bigint, sender = BOB) => chain.send(sender, chain.escrow, 'submit', [id, HASH, '0x'])
const complete = (id: bigint, sender = CAROL) => chain.send(sender, chain.escrow, 'complete', [id, HASH, '0x'])
const reject = (id: bigint, sender = CAROL) => chain.send(sender, chain.escrow, 'reject', [id, HASH, '0x'])
const claimRefund = (id: bigint, sender = RELAYER) => chain.send(sender, chain.escrow, 'claimRefund', [id])

describe('createJob', () => {
  it('opens a job of the caller under the id that was told beforehand', async () => {
    const id = await nextId()
    const expiredAt = chain.now() + DAY

    const { events } = await create({ expiredAt })

    expect(events).toEqual([
      {
        name: 'JobCreated',
        args: { jobId: id, client: alice, provider: bob, evaluator: carol, expiredAt, hook: NOBODY },
      },
      { name: 'JobDescribed', args: { jobId: id, description: 'Translate' } },
      { name: 'ProviderSet', args: { jobId: id, provider: bob, agentId: 0n } },
    ])
    expect(await jobOf(id)).toMatchObject({ client: alice, provider: bob, evaluator: carol, status: 0, budget: 0n })
    expect(await nextId()).not.toBe(id)
  })

  it('counts ids by the formula of protocol, each client’s on its own', async () => {
    const separator = domainSeparator(domainOf(chain, chain.escrow), keccak)

    for (const index of [0n, 1n, 2n]) {
      expect(await nextId()).toBe(BigInt(jobId(separator, alice, index, keccak)))
      await create({})
    }
    expect(await chain.read(chain.escrow, 'nextJobId', [bob])).toBe(BigInt(jobId(separator, bob, 0n, keccak)))
  })

  it('takes no provider for now', async () => {
    const id = await createWithoutProvider()

    expect((await jobOf(id)).provider).toBe(NOBODY)
  })

  it('rejects no evaluator', async () => {
    await expectRevert(create({ evaluator: NOBODY }), 'AddressZero')
  })

  it('rejects a provider that judges itself', async () => {
    await expectRevert(create({ evaluator: bob }), 'ProviderIsEvaluator', bob)
  })

  it('takes an expiry from 301 seconds to 365 days ahead', async () => {
    const [earliest, latest] = [chain.now() + 300n, chain.now() + 365n * DAY]

    await expectRevert(create({ expiredAt: earliest }), 'ExpiryOutOfRange', earliest, earliest, latest)
    await expectRevert(create({ expiredAt: latest + 1n }), 'ExpiryOutOfRange', latest + 1n, earliest, latest)
    // Its low 48 bits alone would pass.
    const wrapped = 2n ** 48n + earliest + 1n
    await expectRevert(create({ expiredAt: wrapped }), 'ExpiryOutOfRange', wrapped, earliest, latest)

    await create({ expiredAt: earliest + 1n })
    await create({ expiredAt: latest })
  })

  it('rejects hooks', async () => {
    await expectRevert(create({ hook: chain.dollar.address }), 'HookNotAllowed', chain.dollar.address)
  })

  it('rejects an agent of somebody else', async () => {
    await registerAgent(chain, CAROL)

    await expectRevert(create({ agentId: 1n }), 'AgentNotOfProvider', 1n, bob)
  })

  it('rejects an agent that does not exist', async () => {
    await expectRevert(create({ agentId: 7n }), 'ERC721NonexistentToken', 7n)
  })

  it('rejects an agent id that a job cannot hold', async () => {
    await expectRevert(create({ agentId: 2n ** 96n }), 'AgentNotOfProvider', 2n ** 96n, bob)
  })
})

describe('setProvider', () => {
  it('names the provider of a job that has none', async () => {
    const id = await createWithoutProvider()

    const { events } = await setProvider(id)

    expect(events).toEqual([{ name: 'ProviderSet', args: { jobId: id, provider: bob, agentId: 0n } }])
    expect((await jobOf(id)).provider).toBe(bob)
  })

  it('rejects an unknown job', async () => {
    await expectRevert(setProvider(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects whoever is not the client', async () => {
    await expectRevert(setProvider(await createWithoutProvider(), BOB), 'ClientOnly', bob)
  })

  it('rejects a job that is no longer open', async () => {
    const id = await createWithoutProvider()
    await reject(id, ALICE)

    await expectRevert(setProvider(id), 'JobNotOpen', id, 4)
  })

  it('rejects a second provider', async () => {
    const id = await createJob(chain)

    await expectRevert(setProvider(id), 'ProviderAlreadySet', id)
  })

  it('rejects nobody', async () => {
    await expectRevert(setProvider(await createWithoutProvider(), ALICE, NOBODY), 'AddressZero')
  })

  it('rejects the evaluator', async () => {
    await expectRevert(setProvider(await createWithoutProvider(), ALICE, carol), 'ProviderIsEvaluator', carol)
  })

  it('rejects an agent of somebody else', async () => {
    const id = await createWithoutProvider()

    await expectRevert(setProvider(id, ALICE, alice), 'AgentNotOfProvider', 0n, alice)
    await expectRevert(setProvider(id, ALICE, bob, 2n ** 96n), 'AgentNotOfProvider', 2n ** 96n, bob)
  })
})

describe('setBudget', () => {
  it.each([ALICE, BOB])('is for client and provider', async (party) => {
    const id = await createJob(chain)

    const { events } = await setBudget(id, party)

    expect(events).toEqual([{ name: 'BudgetSet', args: { jobId: id, token: chain.dollar.address, amount: BUDGET } }])
    expect(await jobOf(id)).toMatchObject({ token: chain.dollar.address, budget: BUDGET })
  })

  it('may be changed while the job is open', async () => {
    const id = await createJob(chain)
    await setBudget(id, BOB)

    await setBudget(id, ALICE, chain.dollar.address, 1n)

    expect((await jobOf(id)).budget).toBe(1n)
  })

  it('rejects a provider that swaps the token under the client, who may', async () => {
    const id = await createJob(chain)
    await setBudget(id, ALICE)

    await expectRevert(setBudget(id, BOB, chain.agents.address), 'ClientOnly', bob)
    await setBudget(id, BOB, chain.dollar.address, 2n * BUDGET)
    await setBudget(id, ALICE, chain.agents.address)
  })

  it('rejects an unknown job', async () => {
    await expectRevert(setBudget(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects a stranger', async () => {
    await expectRevert(setBudget(await createJob(chain), CAROL), 'PartyOnly', carol)
  })

  it('rejects a job that is funded', async () => {
    const id = await createFundedJob(chain)

    await expectRevert(setBudget(id), 'JobNotOpen', id, 1)
  })

  it('rejects no token', async () => {
    await expectRevert(setBudget(await createJob(chain), ALICE, NOBODY), 'AddressZero')
  })

  it('rejects an amount that a job cannot hold', async () => {
    const id = await createJob(chain)

    await expectRevert(setBudget(id, ALICE, chain.dollar.address, 2n ** 96n), 'BudgetTooLarge', 2n ** 96n)
    await setBudget(id, ALICE, chain.dollar.address, 2n ** 96n - 1n)
  })
})

describe('fund', () => {
  const priced = async () => {
    const id = await createJob(chain)
    await setBudget(id)
    return id
  }

  it('takes the budget into escrow', async () => {
    const id = await priced()
    const before = await dollarsOf(alice)

    const { events } = await fund(id)

    expect(events).toEqual([
      { name: 'JobFunded', args: { jobId: id, client: alice, amount: BUDGET } },
      { name: 'Transfer', args: { from: alice, to: chain.escrow.address, value: BUDGET } },
    ])
    expect((await jobOf(id)).status).toBe(1)
    expect(await dollarsOf(chain.escrow.address)).toBe(BUDGET)
    expect(await dollarsOf(alice)).toBe(before - BUDGET)
  })

  it('takes a job that pays nothing, without a token', async () => {
    const id = await createJob(chain)

    const { events } = await fund(id, ALICE, 0n)

    expect(events).toEqual([{ name: 'JobFunded', args: { jobId: id, client: alice, amount: 0n } }])
  })

  it('rejects an unknown job', async () => {
    await expectRevert(fund(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects whoever is not the client', async () => {
    await expectRevert(fund(await priced(), BOB), 'ClientOnly', bob)
  })

  it('rejects a job that is funded', async () => {
    const id = await createFundedJob(chain)

    await expectRevert(fund(id), 'JobNotOpen', id, 1)
  })

  it('rejects a job without a provider', async () => {
    const id = await createWithoutProvider()

    await expectRevert(fund(id, ALICE, 0n), 'ProviderNotSet', id)
  })

  it('rejects a budget that the provider changed meanwhile', async () => {
    const id = await priced()
    await setBudget(id, BOB, chain.dollar.address, 2n * BUDGET)

    await expectRevert(fund(id), 'BudgetMismatch', 2n * BUDGET, BUDGET)
  })

  it('takes a job until its expiry', async () => {
    const [early, late] = [await priced(), await priced()]
    const { expiredAt } = await jobOf(late)

    chain.warp(DAY - 1n)
    await fund(early)

    chain.warp(1n)
    await expectRevert(fund(late), 'JobPastExpiry', late, expiredAt)
  })

  it('rejects a client that has not allowed it or cannot pay', async () => {
    const id = await priced()
    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, BUDGET - 1n])
    await expectRevert(fund(id), 'ERC20InsufficientAllowance', chain.escrow.address, BUDGET - 1n, BUDGET)

    await chain.send(ALICE, chain.dollar, 'approve', [chain.escrow.address, BUDGET])
    await chain.send(ALICE, chain.dollar, 'transfer', [bob, await dollarsOf(alice)])
    await expectRevert(fund(id), 'ERC20InsufficientBalance', alice, 0n, BUDGET)
    expect((await jobOf(id)).status).toBe(0)
  })
})

describe('usePermit', () => {
  const permit = async (signer: Actor) => {
    const deadline = chain.now() + DAY
    const message = { owner: addressOf(signer), spender: chain.escrow.address, value: BUDGET, nonce: 0n, deadline }
    const fields = { owner: 'address', spender: 'address', value: 'uint256', nonce: 'uint256', deadline: 'uint256' }
    const signature = await signer.signTypedData({
      domain: { name: 'Demo Dollar', version: '1', ...domainOf(chain, chain.dollar) },
      types: { Permit: Object.entries(fields).map(([name, type]) => ({ name, type })) },
      primaryType: 'Permit',
      message,
    })
    const { r, s, v } = parseSignature(signature)
    return { deadline, v: Number(v), r, s }
  }

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

describe('submit', () => {
  it('says that the work is done', async () => {
    const id = await createFundedJob(chain)

    const { events } = await submit(id)

    expect(events).toEqual([{ name: 'JobSubmitted', args: { jobId: id, provider: bob, deliverable: HASH } }])
    expect(await jobOf(id)).toMatchObject({ status: 2, submittedAt: Number(chain.now()) })
  })

  it('rejects an unknown job', async () => {
    await expectRevert(submit(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects whoever is not the provider', async () => {
    await expectRevert(submit(await createFundedJob(chain), ALICE), 'ProviderOnly', alice)
  })

  it('rejects a job that is not funded, or submitted already', async () => {
    const open = await createJob(chain)
    const submitted = await createSubmittedJob(chain)

    await expectRevert(submit(open), 'JobNotFunded', open, 0)
    await expectRevert(submit(submitted), 'JobNotFunded', submitted, 2)
  })

  it('is taken until the expiry', async () => {
    const [early, late] = [await createFundedJob(chain), await createFundedJob(chain)]
    const { expiredAt } = await jobOf(late)

    chain.warp(DAY - 1n)
    await submit(early)

    chain.warp(1n)
    await expectRevert(submit(late), 'JobPastExpiry', late, expiredAt)
  })

  it('rejects a provider that has given its agent away', async () => {
    const id = await createFundedJob(chain)
    await chain.send(BOB, chain.agents, 'transferFrom', [bob, carol, 0n])

    await expectRevert(submit(id), 'AgentNotOfProvider', 0n, bob)
  })
})

describe('complete', () => {
  it('pays the provider', async () => {
    const id = await createSubmittedJob(chain, judged)

    const { events } = await complete(id)

    expect(events).toEqual([
      { name: 'JobCompleted', args: { jobId: id, evaluator: carol, reason: HASH } },
      { name: 'PaymentReleased', args: { jobId: id, provider: bob, amount: BUDGET } },
      { name: 'Transfer', args: { from: chain.escrow.address, to: bob, value: BUDGET } },
    ])
    expect((await jobOf(id)).status).toBe(3)
    expect(await dollarsOf(bob)).toBe(BUDGET)
    expect(await dollarsOf(chain.escrow.address)).toBe(0n)
  })

  it('of a job that pays nothing moves nothing', async () => {
    const id = await createJob(chain, judged)
    await fund(id, ALICE, 0n)
    await submit(id)

    const { events } = await complete(id)

    expect(events.map(({ name }) => name)).toEqual(['JobCompleted', 'PaymentReleased'])
  })

  it('rejects an unknown job', async () => {
    await expectRevert(complete(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects whoever is not the evaluator', async () => {
    const id = await createSubmittedJob(chain, judged)

    await expectRevert(complete(id, ALICE), 'EvaluatorOnly', alice)
    await expectRevert(complete(id, BOB), 'EvaluatorOnly', bob)
  })

  it('rejects a job that is completed', async () => {
    const id = await createSubmittedJob(chain, judged)
    await complete(id)

    await expectRevert(complete(id), 'JobAlreadyCompleted', id)
    expect(await dollarsOf(bob)).toBe(BUDGET)
  })

  it('rejects a job that is not submitted, or ended', async () => {
    const open = await createJob(chain, judged)
    const funded = await createFundedJob(chain, judged)
    const rejected = await createSubmittedJob(chain, judged)
    await reject(rejected)

    await expectRevert(complete(open), 'JobNotSubmitted', open, 0)
    await expectRevert(complete(funded), 'JobNotSubmitted', funded, 1)
    await expectRevert(complete(rejected), 'JobNotSubmitted', rejected, 4)
  })
})

describe('reject', () => {
  it('by the client closes an open job', async () => {
    const id = await createJob(chain, judged)

    const { events } = await reject(id, ALICE)

    expect(events).toEqual([{ name: 'JobRejected', args: { jobId: id, rejector: alice, reason: HASH } }])
    expect((await jobOf(id)).status).toBe(4)
  })

  it.each([
    ['funded', createFundedJob],
    ['submitted', createSubmittedJob],
  ])('by the evaluator returns the budget of a %s job', async (_, createIt) => {
    const before = await dollarsOf(alice)
    const id = await createIt(chain, judged)

    const { events } = await reject(id)

    expect(events).toEqual([
      { name: 'JobRejected', args: { jobId: id, rejector: carol, reason: HASH } },
      { name: 'Refunded', args: { jobId: id, client: alice, amount: BUDGET } },
      { name: 'Transfer', args: { from: chain.escrow.address, to: alice, value: BUDGET } },
    ])
    expect(await dollarsOf(alice)).toBe(before)
  })

  it('of a job that pays nothing refunds nothing', async () => {
    const id = await createJob(chain, judged)
    await fund(id, ALICE, 0n)

    expect((await reject(id)).events.map(({ name }) => name)).toEqual(['JobRejected'])
  })

  it('rejects an unknown job', async () => {
    await expectRevert(reject(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('of an open job is the client’s alone', async () => {
    await expectRevert(reject(await createJob(chain, judged)), 'ClientOnly', carol)
  })

  it('of a funded job is the evaluator’s alone', async () => {
    await expectRevert(reject(await createFundedJob(chain, judged), ALICE), 'EvaluatorOnly', alice)
  })

  it('rejects a job that is completed', async () => {
    const id = await createSubmittedJob(chain, judged)
    await complete(id)

    await expectRevert(reject(id), 'JobAlreadyCompleted', id)
  })

  it('rejects a job that ended, so that it refunds once', async () => {
    const id = await createFundedJob(chain, judged)
    await reject(id)

    await expectRevert(reject(id), 'JobAlreadyEnded', id, 4)
  })
})

describe('claimRefund', () => {
  it.each([RELAYER, BOB, ALICE])('returns the budget to the client after the expiry, whoever asks', async (caller) => {
    const before = await dollarsOf(alice)
    const id = await createFundedJob(chain)
    chain.warp(DAY)

    const { events } = await claimRefund(id, caller)

    expect(events).toEqual([
      { name: 'JobExpired', args: { jobId: id } },
      { name: 'Refunded', args: { jobId: id, client: alice, amount: BUDGET } },
      { name: 'Transfer', args: { from: chain.escrow.address, to: alice, value: BUDGET } },
    ])
    expect((await jobOf(id)).status).toBe(5)
    expect(await dollarsOf(alice)).toBe(before)
  })

  it('closes an open job and moves nothing', async () => {
    const id = await createJob(chain)
    await setBudget(id)
    chain.warp(DAY)

    expect((await claimRefund(id)).events).toEqual([{ name: 'JobExpired', args: { jobId: id } }])
  })

  it('rejects an unknown job', async () => {
    await expectRevert(claimRefund(UNKNOWN), 'JobUnknown', UNKNOWN)
  })

  it('rejects a job that has not expired', async () => {
    const id = await createFundedJob(chain)
    const { expiredAt } = await jobOf(id)
    chain.warp(DAY - 1n)

    await expectRevert(claimRefund(id), 'JobNotExpired', id, expiredAt)
  })

  it('gives the evaluator its grace period after a late submission', async () => {
    const id = await createFundedJob(chain, judged)
    chain.warp(DAY - 1n)
    await submit(id)
    const endsAt = chain.now() + GRACE

    chain.warp(GRACE - 1n)
    await expectRevert(claimRefund(id), 'EvaluationInGrace', id, endsAt)

    chain.warp(1n)
    await claimRefund(id)
  })

  it('gives no grace beyond the expiry to an early submission', async () => {
    const id = await createSubmittedJob(chain, judged)
    chain.warp(DAY)

    await claimRefund(id)
  })

  it('lets the evaluator complete until somebody claims', async () => {
    const id = await createSubmittedJob(chain, judged)
    chain.warp(2n * DAY)

    await complete(id)

    await expectRevert(claimRefund(id), 'JobAlreadyCompleted', id)
  })

  it('rejects a job that ended, so that it refunds once', async () => {
    const id = await createFundedJob(chain)
    chain.warp(DAY)
    await claimRefund(id)

    await expectRevert(claimRefund(id), 'JobAlreadyEnded', id, 5)
  })
})
