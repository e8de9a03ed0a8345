import { type Hex, validationId, validationModel } from '@parley/protocol'
import fc from 'fast-check'
import { keccak256 } from 'viem'
import { expect, it } from 'vitest'
import { changed, expectLikeModel, pick } from './beside-model.ts'
import type { Driver, Person } from './driver.ts'
import { openEvm } from './evm-driver.ts'
import { openNear } from './near-driver.ts'

const CHAINS = [
  ['EVM', openEvm, 600],
  ['NEAR', openNear, 180],
] as const

const { decide, requestsOf, summaryOf, validationAt } = validationModel
type State = validationModel.ValidationState
type Action = validationModel.ValidationAction

const PEOPLE: readonly Person[] = ['alice', 'bob', 'carol']
const DIGESTS = Array.from({ length: 6 }, (_, at): Hex => `0x${String(at).repeat(64)}`)
const TAGS = ['', 'build', 'run']

const step = fc.record({
  name: fc.constantFrom(
    ...(['ask', 'askByDigest', 'askByDigest', 'squat', 'answer', 'answer', 'answer', 'wait'] as const),
  ),
  who: fc.nat({ max: 2 }),
  other: fc.nat({ max: 2 }),
  agent: fc.integer({ min: 0, max: 20 }).map((roll) => (roll === 20 ? 2n : BigInt(roll % 2))),
  digest: fc.nat({ max: DIGESTS.length - 1 }),
  at: fc.nat({ max: 30 }),
  response: fc.oneof(fc.bigInt({ min: 0n, max: 100n }), fc.constantFrom(100n, 101n, 255n)),
  tag: fc.constantFrom(...TAGS),
  isRightful: fc.integer({ min: 0, max: 9 }).map((roll) => roll < 8),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it.each(CHAINS)(
  'validation on %s agrees with its model after every step of any sequence',
  async (_, open, steps) => {
    const chain = await open()
    for (const who of ['alice', 'bob'] as const) await chain.send(who, 'register', { agentURI: '', metadata: [] })
    const agentOwners = new Map([
      [0n, chain.accounts.alice],
      [1n, chain.accounts.bob],
    ])

    await expectLikeModel<State, Action, Step>(
      {
        restore: await chain.snapshot(),
        start: { time: chain.now(), agentOwners, chosen: new Map(), bound: new Map() },
        actionsOf: async (chosen, state) => actionsOf(chosen, state, chain),
        decide,
        perform: (action) => perform(chain, action),
        expectSameState: (state, before) => expectSameState(chain, state, before),
        leave: async () => {},
      },
      {
        step,
        steps,
        reached: ['validationRequest', 'requestValidation', 'validationResponse'].map((name) => `${name} accepted`),
      },
    )
  },
  3_600_000,
)

function actionsOf({ name, isRightful, ...chosen }: Step, state: State, { accounts, kind }: Driver): Action[] {
  const people = PEOPLE.map((person) => accounts[person])
  const { agent: agentId, response, tag } = chosen
  const caller = (isRightful && state.agentOwners.get(agentId)) || pick(people, chosen.who)
  const validator = pick(people, chosen.other)
  const digest = pick(DIGESTS, chosen.digest)
  const request = { requester: caller, validator, agentId, digest }
  const idOf = (who: string) => validationId({ ...request, requester: who }, (bytes) => keccak256(bytes, 'bytes'), kind)
  switch (name) {
    case 'wait':
      return [{ name, seconds: 60n }]
    case 'ask':
      return [{ name: 'validationRequest', caller, validator, agentId, requestHash: digest }]
    // Somebody else's agent takes the hash that the request's id will be, and names who is to answer.
    case 'squat': {
      const id = idOf(caller)
      const other = agentId === 0n ? 1n : 0n
      const squatter = { caller: state.agentOwners.get(other) ?? caller, agentId: other, validator: caller }
      const answer = { name: 'validationResponse', requestHash: id, response, tag } as const
      return [
        { name: 'validationRequest', ...squatter, requestHash: id },
        { name: 'requestValidation', caller, validator, agentId, id },
        { ...answer, caller: isRightful ? validator : squatter.validator },
      ]
    }
    case 'askByDigest':
      return [{ name: 'requestValidation', caller, validator, agentId, id: idOf(caller) }]
    case 'answer': {
      const hashes = [...state.chosen.keys(), ...state.bound.keys(), digest]
      const requestHash = pick(hashes, chosen.at)
      const asked = validationAt(state, requestHash)?.validator
      return [{ name: 'validationResponse', caller: (isRightful && asked) || caller, requestHash, response, tag }]
    }
  }
}

async function perform(chain: Driver, action: Action): Promise<unknown> {
  const personOf = (account: string) => PEOPLE.find((person) => chain.accounts[person] === account) ?? 'alice'
  switch (action.name) {
    case 'wait':
      return chain.warp(action.seconds)
    case 'validationRequest': {
      const { name, caller, validator: validatorAddress, agentId, requestHash } = action
      return chain.send(personOf(caller), name, { validatorAddress, agentId, requestURI: '', requestHash })
    }
    case 'requestValidation': {
      const { name, caller, validator: validatorAddress, agentId, id } = action
      const requestDigest = DIGESTS.find((digest) => {
        const request = { requester: caller, validator: validatorAddress, agentId, digest }
        return validationId(request, (bytes) => keccak256(bytes, 'bytes'), chain.kind) === id
      })
      return chain.send(personOf(caller), name, { validatorAddress, agentId, requestURI: '', requestDigest })
    }
    case 'validationResponse': {
      const { name, caller, requestHash, response, tag } = action
      const rest = { responseURI: '', responseHash: requestHash }
      return chain.send(personOf(caller), name, { requestHash, response, tag, ...rest })
    }
  }
}

async function expectSameState(chain: Driver, state: State, before: State | undefined): Promise<void> {
  const news = [...changed(state.chosen, before?.chosen), ...changed(state.bound, before?.bound)]
  if (before !== undefined && news.length === 0) return
  for (const [requestHash] of news) {
    const {
      validator: validatorAddress,
      agentId,
      response = 0n,
      tag,
      lastUpdate,
    } = validationAt(state, requestHash) ?? {}
    const status = { validatorAddress, agentId, response, tag, lastUpdate }
    expect(await chain.read('getValidationStatus', { requestHash })).toMatchObject(status)
  }
  for (const agentId of state.agentOwners.keys()) {
    const theirs = requestsOf(state, (validation) => validation.agentId === agentId)
    expect(await chain.read('getAgentValidations', { agentId })).toEqual(theirs)
    for (const [tag, validators] of [
      ['', []],
      ['build', []],
      ['', [chain.accounts.carol]],
    ] as const) {
      const answer = summaryOf(state, { agentId, validators, tag })
      expect(await chain.read('getSummary', { agentId, validatorAddresses: validators, tag })).toEqual(answer)
    }
  }
  const validatorAddress = chain.accounts.carol
  const asked = requestsOf(state, ({ validator }) => validator === validatorAddress)
  expect(await chain.read('getValidatorRequests', { validatorAddress })).toEqual(asked)
}
