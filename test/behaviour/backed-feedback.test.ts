import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CHAINS } from './chains.ts'
import type { Driver, Person } from './driver.ts'
import { expectRefusal } from './expect-refusal.ts'
import { BODY_HASH, BUDGET, createSubmittedJob, registerAgent, UNKNOWN_JOB } from './scenario.ts'

const HASH = `0x${'fe'.repeat(32)}`
const FEE_BP = 200n
const FEE = (BUDGET * FEE_BP) / 10_000n
/** Two of weight for each of the token's smallest units. */
const PRICE = 2n * 10n ** 18n
const WEIGHT = 2n * FEE
const MONTH = 30n * 86_400n

describe.each(CHAINS)('backed feedback on %s', (_, open) => {
  let chain: Driver
  let jobId: bigint
  let restore: () => Promise<void>

  /** A job of Alice for Bob's agent 0 that has ended and paid its fee. Agent 1 is Alice's, 2 Carol's. */
  const completedJob = async () => {
    const id = await createSubmittedJob(chain, { evaluator: chain.accounts.carol })
    await chain.send('carol', 'complete', { jobId: id, reason: BODY_HASH })
    return id
  }

  beforeAll(async () => {
    chain = await open()
    for (const who of ['bob', 'alice', 'carol'] as const) await registerAgent(chain, who)
    await chain.give(chain.dollar, 'alice', 100n * BUDGET)
    await chain.send('owner', 'setPlatformFee', { feeBP: FEE_BP, treasury: chain.accounts.operator })
    await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: PRICE })
    await chain.send('owner', 'setWeightCap', { cap: 10n * WEIGHT })
    jobId = await completedJob()
    restore = await chain.snapshot()
  })

  beforeEach(() => restore())

  const give = (who: Person, agentId: bigint, { value = 80n, id = jobId, valueDecimals = 0 } = {}) =>
    chain.send(who, 'giveBackedFeedback', {
      ...{ jobId: id, agentId, value, valueDecimals, tag1: 'starred', tag2: '' },
      ...{ endpoint: '', feedbackURI: '', feedbackHash: HASH },
    })
  const summary = (agentId: bigint, people: readonly Person[], tag1 = '') =>
    chain.read('getBackedSummary', {
      agentId,
      clientAddresses: people.map((who) => chain.accounts[who]),
      tag1,
      tag2: '',
    })
  const hasRight = (who: Person, id = jobId) =>
    chain.read('hasFeedbackRight', { jobId: id, party: chain.accounts[who] })
  const missing = (who: Person, agentId: bigint, id = jobId) =>
    ['FeedbackRightMissing', id, chain.accounts[who], agentId] as const

  it('is given by the client about the agent that worked, and weighs the fee', async () => {
    expect(await hasRight('alice')).toBe(true)

    const [given, backed] = await give('alice', 0n)

    expect(given).toMatchObject({ name: 'NewFeedback', args: { clientAddress: chain.accounts.alice, value: 80n } })
    const args = { agentId: 0n, clientAddress: chain.accounts.alice, feedbackIndex: 1n, jobId, weight: WEIGHT }
    expect(backed).toEqual({ name: 'FeedbackBacked', args })
    expect(await hasRight('alice')).toBe(false)
    expect(await summary(0n, ['alice'])).toEqual({
      ...{ count: 1n, summaryValue: 80n, summaryValueDecimals: 0n },
      weight: WEIGHT,
    })
  })

  it('is given by the provider about an agent of the client', async () => {
    await expectRefusal(chain, give('bob', 2n), ...missing('bob', 2n))

    await give('bob', 1n)

    expect(await summary(1n, ['bob'])).toMatchObject({ count: 1n, weight: WEIGHT })
    expect(await hasRight('bob')).toBe(false)
  })

  it('is given once by each', async () => {
    await give('alice', 0n)
    await give('bob', 1n)

    await expectRefusal(chain, give('alice', 0n), 'FeedbackRightUsed', jobId, chain.accounts.alice)
    await expectRefusal(chain, give('bob', 1n), 'FeedbackRightUsed', jobId, chain.accounts.bob)
  })

  it('is for nobody else, about nobody else, and on no job that paid nothing', async () => {
    await expectRefusal(chain, give('carol', 0n), ...missing('carol', 0n))
    await expectRefusal(chain, give('alice', 2n), ...missing('alice', 2n))
    await expectRefusal(chain, give('alice', 0n, { id: UNKNOWN_JOB }), ...missing('alice', 0n, UNKNOWN_JOB))
    const unpaid = await createSubmittedJob(chain, { evaluator: chain.accounts.carol })
    await expectRefusal(chain, give('alice', 0n, { id: unpaid }), ...missing('alice', 0n, unpaid))
    expect([await hasRight('carol'), await hasRight('alice', unpaid), await hasRight('alice', UNKNOWN_JOB)]).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is bought by no token without a price: anybody can print one', async () => {
    await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: 0n })

    expect(await hasRight('alice')).toBe(false)
    await expectRefusal(chain, give('alice', 0n), ...missing('alice', 0n))
  })

  it.each([
    ['about an agent that is the giver’s by now', {}, 'SelfFeedback'],
    ['with too many decimals', { valueDecimals: 19 }, 'DecimalsTooMany'],
  ])('that the registry refuses leaves the right as it was: %s', async (_, change, name) => {
    if (name === 'SelfFeedback') await chain.transferAgent('bob', 0n, chain.accounts.alice)
    await expectRefusal(chain, give('alice', 0n, change), name)

    expect(await hasRight('alice')).toBe(true)
    if (name === 'SelfFeedback') await chain.transferAgent('alice', 0n, chain.accounts.bob)
    await give('alice', 0n)
    expect(await summary(0n, ['alice'])).toMatchObject({ weight: WEIGHT })
  })

  it('weighs no more than the cap of its period, by agent and account', async () => {
    await chain.send('owner', 'setWeightCap', { cap: WEIGHT + 5n })
    const [second, third] = [await completedJob(), await completedJob()]
    await give('alice', 0n)
    await give('alice', 0n, { id: second, value: 0n })

    await expectRefusal(chain, give('alice', 0n, { id: third }), 'WeightCapReached', 0n, chain.accounts.alice)
    expect(await summary(0n, ['alice'])).toMatchObject({ count: 2n, weight: WEIGHT + 5n })
    expect(await hasRight('alice', third)).toBe(true)

    await chain.warp(MONTH)
    await give('alice', 0n, { id: third })
    expect(await summary(0n, ['alice'])).toMatchObject({ count: 3n, weight: 2n * WEIGHT + 5n })
  })

  it('is summed up by weight, without what was taken back and what weighs nothing', async () => {
    const second = await completedJob()
    await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: 3n * PRICE })
    await give('alice', 0n, { value: 100n, id: second })
    await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: PRICE })
    await give('alice', 0n, { value: 0n })
    const unbacked = { agentId: 0n, value: 1n, valueDecimals: 0, tag1: 'starred', tag2: '' }
    await chain.send('alice', 'giveFeedback', { ...unbacked, endpoint: '', feedbackURI: '', feedbackHash: HASH })

    expect(await summary(0n, ['alice', 'carol'])).toEqual({
      ...{ count: 2n, summaryValue: 75n, summaryValueDecimals: 0n },
      weight: 4n * WEIGHT,
    })
    const all = { agentId: 0n, clientAddresses: [chain.accounts.alice], tag1: '', tag2: '' }
    expect(await chain.read('getSummary', all)).toMatchObject({ count: 3n, summaryValue: 33n })
    await chain.send('alice', 'revokeFeedback', { agentId: 0n, feedbackIndex: 1n })
    expect(await summary(0n, ['alice'])).toMatchObject({ count: 1n, summaryValue: 0n, weight: WEIGHT })
    expect(await summary(0n, ['alice'], 'never said')).toMatchObject({ count: 0n, weight: 0n })
    await expectRefusal(chain, summary(0n, []), 'ClientsMissing')
  })

  it('is priced by the owner only', async () => {
    const price = chain.send('alice', 'setTokenPrice', { token: chain.dollar, price: 1n })
    await expectRefusal(chain, price, 'OwnableUnauthorizedAccount', chain.accounts.alice)
    const cap = chain.send('alice', 'setWeightCap', { cap: 1n })
    await expectRefusal(chain, cap, 'OwnableUnauthorizedAccount', chain.accounts.alice)

    const [priced] = await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: 7n })
    expect(priced).toEqual({ name: 'TokenPriceSet', args: { token: chain.dollar, price: 7n } })
    expect(await chain.read('tokenPrice', { token: chain.dollar })).toBe(7n)
    const [capped] = await chain.send('owner', 'setWeightCap', { cap: 8n })
    expect(capped).toEqual({ name: 'WeightCapSet', args: { cap: 8n } })
    expect(await chain.read('weightCap', {})).toBe(8n)
  })
})
