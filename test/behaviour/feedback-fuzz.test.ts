import { type Hex, reputationModel } from '@parley/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectLikeModel, pick } from './beside-model.ts'
import type { Driver, Person } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 600],
  ['NEAR', openNear, 180],
] as const

const { decide, findFeedback, clientsOf, lastIndexOf, meanOf, MAX_ABS_VALUE } = reputationModel
type State = reputationModel.ReputationState
type Action = reputationModel.ReputationAction

const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol', 'operator']
/** The last does not exist. */
const AGENTS = [0n, 1n, 2n]
const TAGS = ['', 'a', 'b', 'long '.repeat(10)]
const HASH: Hex = `0x${'5a'.repeat(32)}`

const step = fc.record({
  name: fc.constantFrom(...(['give', 'give', 'give', 'revoke', 'revoke', 'respond', 'respond', 'transfer'] as const)),
  who: fc.nat({ max: 3 }),
  other: fc.nat({ max: 3 }),
  agent: fc.integer({ min: 0, max: 20 }).map((roll) => AGENTS[roll === 20 ? 2 : roll % 2] ?? 0n),
  value: fc.oneof(
    fc.bigInt({ min: -200n, max: 200n }),
    fc.constantFrom(MAX_ABS_VALUE, -MAX_ABS_VALUE, MAX_ABS_VALUE + 1n, -MAX_ABS_VALUE - 1n),
  ),
  decimals: fc.constantFrom(0, 0, 1, 2, 17, 18, 19),
  tags: fc.tuple(fc.constantFrom(...TAGS), fc.constantFrom(...TAGS)),
  index: fc.bigInt({ min: 0n, max: 4n }),
  uri: fc.constantFrom('ipfs://a', 'ipfs://a', 'ipfs://a', ''),
  /** Most steps are about feedback that there is. */
  at: fc.nat({ max: 30 }),
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 7),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it.each(CHAINS)(
  'feedback on %s agrees with its model after every step of any sequence',
  async (_, open, steps) => {
    const chain = await open()
    const people = PEOPLE.map((person) => chain.accounts[person])
    for (const who of ['alice', 'bob'] as const) await chain.send(who, 'register', { agentURI: '', metadata: [] })
    const agentOwners = new Map([
      [0n, chain.accounts.alice],
      [1n, chain.accounts.bob],
    ])

    await expectLikeModel<State, Action, Step>(
      {
        restore: await chain.snapshot(),
        start: { agentOwners, feedback: new Map() },
        actionsOf: async (chosen, state) => [actionOf(chosen, state, people)],
        decide,
        perform: (action) => perform(chain, action),
        expectSameState: (state, before) => expectSameState(chain, people, state, before),
        leave: async () => {},
      },
      { step, steps, reached: ['giveFeedback', 'revokeFeedback', 'appendResponse'].map((name) => `${name} accepted`) },
    )
  },
  3_600_000,
)

function actionOf({ name, agent: agentId, ...chosen }: Step, state: State, people: readonly string[]): Action {
  const caller = pick(people, chosen.who)
  const { decimals, value, uri: responseURI } = chosen
  const given = findFeedback(state, { agentId, clients: [], tag1: '', tag2: '', includeRevoked: true })
  const known = chosen.isRightful && given.length > 0 ? pick(given, chosen.at) : undefined
  const { client, index } = known ?? { client: pick(people, chosen.other), index: chosen.index }
  switch (name) {
    case 'give': {
      const [tag1, tag2] = chosen.tags
      return { name: 'giveFeedback', caller, agentId, value, decimals, tag1, tag2 }
    }
    case 'revoke':
      return { name: 'revokeFeedback', caller: known ? client : caller, agentId, index }
    case 'respond':
      return { name: 'appendResponse', caller, agentId, client, index, responseURI }
    case 'transfer': {
      const existing = state.agentOwners.has(agentId) ? agentId : 0n
      return { name: 'transferAgent', agentId: existing, to: caller }
    }
  }
}

async function perform(chain: Driver, action: Action): Promise<unknown> {
  const personOf = (account: string) => PEOPLE.find((person) => chain.accounts[person] === account) ?? 'alice'
  switch (action.name) {
    case 'transferAgent': {
      const owner = (await chain.read('ownerOf', { agentId: action.agentId })) as string
      return chain.transferAgent(personOf(owner), action.agentId, action.to)
    }
    case 'giveFeedback': {
      const { name, caller, decimals: valueDecimals, ...feedback } = action
      const rest = { endpoint: '', feedbackURI: '', feedbackHash: HASH }
      return chain.send(personOf(caller), name, { ...feedback, valueDecimals, ...rest })
    }
    case 'revokeFeedback': {
      const { name, caller, agentId, index: feedbackIndex } = action
      return chain.send(personOf(caller), name, { agentId, feedbackIndex })
    }
    case 'appendResponse': {
      const { name, caller, agentId, client: clientAddress, index: feedbackIndex, responseURI } = action
      const args = { agentId, clientAddress, feedbackIndex, responseURI, responseHash: HASH }
      return chain.send(personOf(caller), name, args)
    }
  }
}

/** Of the agents that a step has changed; of all at the end. */
async function expectSameState(chain: Driver, people: readonly string[], state: State, before: State | undefined) {
  for (const agentId of state.agentOwners.keys()) {
    if (before !== undefined && state.feedback.get(agentId) === before.feedback.get(agentId)) continue
    expect(await chain.read('getClients', { agentId })).toEqual(clientsOf(state, agentId))
    const all = findFeedback(state, { agentId, clients: [], tag1: '', tag2: '', includeRevoked: true })
    const none = { clientAddresses: [], tag1: '', tag2: '', includeRevoked: true }
    expect(await chain.read('readAllFeedback', { agentId, ...none })).toEqual({
      clients: all.map(({ client }) => client),
      feedbackIndexes: all.map(({ index }) => index),
      values: all.map(({ value }) => value),
      valueDecimals: all.map(({ decimals }) => BigInt(decimals)),
      tag1s: all.map(({ tag1 }) => tag1),
      tag2s: all.map(({ tag2 }) => tag2),
      revokedStatuses: all.map(({ isRevoked }) => isRevoked),
    })
    await expectSameSums(chain, people, state, agentId)
  }
}

async function expectSameSums(chain: Driver, people: readonly string[], state: State, agentId: bigint): Promise<void> {
  const all = findFeedback(state, { agentId, clients: people, tag1: '', tag2: '', includeRevoked: true })
  const responses = { agentId, clientAddress: pick(people, 0), feedbackIndex: 0n, responders: [] }
  const ofFirst = all.filter(({ client }) => client === people[0]).flatMap(({ responders }) => responders)
  expect(await chain.read('getResponseCount', responses)).toBe(BigInt(ofFirst.length))
  const responders = [pick(people, 1), pick(people, 2)]
  const ofSome = ofFirst.filter((responder) => responders.includes(responder))
  expect(await chain.read('getResponseCount', { ...responses, responders })).toBe(BigInt(ofSome.length))

  for (const [tag1, tag2] of [
    ['', ''],
    ['a', ''],
    ['b', TAGS[3] ?? ''],
  ] as const) {
    const found = findFeedback(state, { agentId, clients: people, tag1, tag2 })
    const { value: summaryValue, decimals } = meanOf(found)
    const answer = { count: BigInt(found.length), summaryValue, summaryValueDecimals: BigInt(decimals) }
    expect(await chain.read('getSummary', { agentId, clientAddresses: people, tag1, tag2 })).toEqual(answer)
  }
  const client = pick(people, 3)
  expect(await chain.read('getLastIndex', { agentId, clientAddress: client })).toBe(lastIndexOf(state, agentId, client))
}
