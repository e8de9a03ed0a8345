import type { Hex } from '@parley/protocol'
import { ALICE, addressOf, BOB, CAROL, type Chain, OWNER, WORKLOAD } from '../../test/chain.ts'
import { BODY_HASH, registerAgent } from '../../test/fixtures.ts'
import type { Measure } from './measure.ts'

/** An IPFS address of a registration file, as ERC-8004's reference was measured with. */
export const URI = `ipfs://${'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'}`

export async function measureAgents(chain: Chain, measure: Measure) {
  await registerAgent(chain, BOB)
  await measure('agent: register, first of its owner', chain.send(OWNER, chain.agents, 'register', []))
  await measure('agent: register, repeated', chain.send(OWNER, chain.agents, 'register', []))
  await measure('agent: register with URI, first of its owner', chain.send(CAROL, chain.agents, 'register', [URI]))
  await measure('agent: register with URI, repeated', chain.send(CAROL, chain.agents, 'register', [URI]))
  await measure('agent: set URI, again', chain.send(CAROL, chain.agents, 'setAgentURI', [3n, URI.replace('z', 'y')]))
  await measure('agent: set metadata', chain.send(CAROL, chain.agents, 'setMetadata', [3n, 'a2a', '0x0123456789']))
  const transfer = [addressOf(CAROL), addressOf(OWNER), 3n] as const
  await measure('agent: transfer', chain.send(CAROL, chain.agents, 'transferFrom', transfer))
}

/** With texts as ERC-8004's examples have them. What many say has been said before, but for one time. */
export async function measureFeedback(chain: Chain, measure: Measure) {
  const { reputation, validation } = chain
  const feedback = (agentId: bigint, tag: string, tag2 = 'week') =>
    [agentId, 87n, 0, tag, tag2, 'https://agent.example/price', URI, BODY_HASH] as const
  await chain.send(ALICE, reputation, 'giveFeedback', feedback(1n, 'starred'))
  const first = 'feedback: first of an agent and of its client'
  await measure(first, chain.send(ALICE, reputation, 'giveFeedback', feedback(0n, 'starred')))
  const both = feedback(2n, 'responseTime', 'of the last year')
  await measure(`${first}, with two tags that nobody had`, chain.send(ALICE, reputation, 'giveFeedback', both))
  await measure('feedback: first of a client', chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'starred')))
  await measure('feedback: repeated', chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'starred')))
  const newTag = chain.send(OWNER, reputation, 'giveFeedback', feedback(0n, 'never said before'))
  await measure('feedback: repeated, with a tag that nobody had', newTag)
  const others = chain.send(CAROL, reputation, 'giveFeedback', feedback(1n, 'not said either'))
  await measure('feedback: first of a client, with a tag that nobody had', others)
  await measure('feedback: revoke', chain.send(OWNER, reputation, 'revokeFeedback', [0n, 1n]))
  const response = [0n, addressOf(OWNER), 2n, URI, BODY_HASH] as const
  await measure('feedback: respond', chain.send(BOB, reputation, 'appendResponse', response))
  const request = (requestHash: Hex) => [addressOf(CAROL), 0n, URI, requestHash] as const
  await chain.send(BOB, validation, 'validationRequest', request(WORKLOAD))
  await chain.send(BOB, validation, 'requestValidation', request(WORKLOAD))
  await measure('validation: request', chain.send(BOB, validation, 'validationRequest', request(BODY_HASH)))
  await measure('validation: request by id', chain.send(BOB, validation, 'requestValidation', request(BODY_HASH)))
  const answer = [BODY_HASH, 100, URI, BODY_HASH, 'starred'] as const
  await measure('validation: respond', chain.send(CAROL, validation, 'validationResponse', answer))
}
