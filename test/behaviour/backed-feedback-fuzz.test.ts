import { backingModel, type Hex, reputationModel } from '@parley/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectLikeModel, pick } from './beside-model.ts'
import { openEvm } from './evm-driver.ts'
import { type Ground, hireActions, NO_JOB, openGround, play } from './job-ground.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 480],
  ['NEAR', openNear, 240],
] as const

const { decide, findBacked, hasRight, PRICE_UNIT } = backingModel
type State = backingModel.BackingState
type Action = backingModel.BackingAction

const HASH: Hex = `0x${'5a'.repeat(32)}`
/** Agents of the ground's people, by their places, and one that does not exist. */
const AGENTS = [0n, 1n, 2n, 3n, 4n]
const FIRST_CAP = 5n

const step = fc.record({
  name: fc.constantFrom(
    ...(['work', 'work', 'work', 'give', 'give', 'give', 'give', 'give', 'revoke', 'fee', 'price', 'cap'] as const),
    ...(['transfer', 'month'] as const),
  ),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  agent: fc.nat({ max: 4 }),
  job: fc.nat({ max: 30 }),
  amount: fc.bigInt({ min: 0n, max: 60n }),
  value: fc.bigInt({ min: -100n, max: 100n }),
  decimals: fc.constantFrom(0, 0, 1, 19),
  /** Most steps are such as are taken: refusals come by themselves. */
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 7),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it.each(CHAINS)(
  'backed feedback on %s agrees with its model after every step of any sequence, and no right is used twice',
  async (_, open, steps) => {
    const chain = await open()
    await chain.send('owner', 'setPlatformFee', { feeBP: 500n, treasury: chain.accounts.relayer })
    await chain.send('owner', 'setTokenPrice', { token: chain.dollar, price: PRICE_UNIT })
    await chain.send('owner', 'setWeightCap', { cap: FIRST_CAP })
    const ground = await openGround(chain)
    const start: State = {
      escrow: { ...ground.escrow, platformFeeBP: 500n },
      feedback: new Map(),
      prices: new Map([[chain.dollar, PRICE_UNIT]]),
      weightCap: FIRST_CAP,
      used: new Set(),
      bought: new Map(),
      weights: new Map(),
    }

    await expectLikeModel<State, Action, Step>(
      {
        restore: ground.restore,
        start,
        actionsOf: (chosen, state) => actionsOf(chosen, state, ground),
        decide,
        perform: (action) => perform(ground, action),
        expectSameState: (state, before) => expectSameState(ground, state, before),
        leave: async ({ used, weights }) => expect(weights.size).toBe(used.size),
      },
      { step, steps, reached: ['giveBackedFeedback', 'revokeFeedback'].map((name) => `${name} accepted`) },
    )
  },
  3_600_000,
)

async function actionsOf(chosen: Step, state: State, ground: Ground): Promise<readonly Action[]> {
  const { people, chain } = ground
  const { escrow } = state
  const { name, isRightful, amount, value, decimals } = chosen
  const jobs = [...escrow.jobs]
  const [jobId, job] = jobs.length > 0 && (isRightful || chosen.job > 1) ? pick(jobs, chosen.job) : [NO_JOB, undefined]
  switch (name) {
    case 'fee':
      return [{ name: 'setPlatformFee', feeBP: isRightful ? 500n : 0n }]
    case 'price':
      return [{ name: 'setTokenPrice', token: chain.dollar, price: (isRightful ? PRICE_UNIT * amount : 0n) / 10n }]
    case 'cap':
      return [{ name: 'setWeightCap', cap: isRightful ? amount % 9n : 0n }]
    case 'month':
      return [{ name: 'wait', seconds: backingModel.CAP_PERIOD_SECONDS }]
    case 'transfer':
      return [{ name: 'transferAgent', agentId: pick(AGENTS, chosen.who), to: pick(people, chosen.other) }]
    case 'revoke': {
      const agentId = pick(AGENTS, chosen.agent)
      const [known] = state.feedback.get(agentId) ?? []
      return [
        {
          name: 'revokeFeedback',
          caller: known?.client ?? pick(people, chosen.who),
          agentId,
          index: known?.index ?? 1n,
        },
      ]
    }
    case 'work':
      return work(chosen, state, ground)
    case 'give': {
      const isByClient = chosen.agent % 2 === 0
      const party = job && chosen.who > 0 ? (isByClient ? job.client : job.provider) : pick(people, chosen.other)
      const [ofClient] = [...escrow.agentOwners].find(([, owner]) => owner === job?.client) ?? []
      const meant = isByClient ? job?.agentId : ofClient
      const agentId = (isRightful ? meant : undefined) ?? pick(AGENTS, chosen.agent)
      const feedback = { agentId, value, decimals: isRightful ? 0 : decimals, tag1: '', tag2: '' }
      return [{ name: 'giveBackedFeedback', caller: party ?? pick(people, chosen.who), jobId, ...feedback }]
    }
  }
}

/** A job from creation to payment. Who has given its agent away cannot be hired. */
async function work(chosen: Step, { escrow }: State, ground: Ground): Promise<readonly Action[]> {
  // Few pairs: what they may give one another is soon used up.
  const [client, other] = [chosen.who % 2, 2 + (chosen.other % 2)]
  const provider = pick(ground.people, other)
  const evaluator = pick(ground.people, other + 1)
  if (![...escrow.agentOwners.values()].includes(provider)) return []
  const made = { client, provider: other, budget: chosen.amount + 20n, evaluator }
  const { creation, pricing, funding } = await hireActions({ ...ground, escrow }, escrow.time, made)
  const { jobId } = creation
  const ending = [
    { name: 'submit', caller: provider, jobId },
    { name: 'complete', caller: evaluator, jobId },
  ] as const
  return [creation, pricing, funding, ...ending]
}

async function perform(ground: Ground, action: Action): Promise<unknown> {
  const { chain, personOf } = ground
  switch (action.name) {
    case 'setTokenPrice':
    case 'setWeightCap': {
      const { name, ...args } = action
      return chain.send('owner', name, args)
    }
    case 'giveFeedback':
    case 'appendResponse':
      throw new Error(`${action.name} is fuzzed elsewhere`)
    case 'revokeFeedback': {
      const { name, caller, agentId, index: feedbackIndex } = action
      return chain.send(personOf(caller), name, { agentId, feedbackIndex })
    }
    case 'giveBackedFeedback': {
      const { name, caller, decimals: valueDecimals, jobId, ...feedback } = action
      const rest = { endpoint: '', feedbackURI: '', feedbackHash: HASH }
      return chain.send(personOf(caller), name, { jobId: BigInt(jobId), ...feedback, valueDecimals, ...rest })
    }
    default:
      return play(ground, action)
  }
}

/** Rights of the latest job, and the sums of the agents that a step has changed; of all at the end. */
async function expectSameState({ chain, people }: Ground, state: State, before: State | undefined): Promise<void> {
  const jobs = before === undefined ? [...state.escrow.jobs.keys()] : [...state.escrow.jobs.keys()].slice(-1)
  for (const jobId of jobs)
    for (const party of people)
      expect(await chain.read('hasFeedbackRight', { jobId: BigInt(jobId), party })).toBe(hasRight(state, jobId, party))
  for (const agentId of state.escrow.agentOwners.keys()) {
    if (before !== undefined && state.feedback.get(agentId) === before.feedback.get(agentId)) continue
    const backed = findBacked(state, { agentId, clients: people, tag1: '', tag2: '' })
    const { value: summaryValue, decimals } = reputationModel.meanOf(backed)
    const weight = backed.reduce((sum, one) => sum + one.weight, 0n)
    const query = { agentId, clientAddresses: people, tag1: '', tag2: '' }
    const answer = { count: BigInt(backed.length), summaryValue, summaryValueDecimals: BigInt(decimals), weight }
    expect(await chain.read('getBackedSummary', query)).toEqual(answer)
  }
}
