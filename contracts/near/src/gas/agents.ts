import { ALICE, BOB, CAROL, OWNER, RELAYER } from '../../test/actors.ts'
import type { Chain } from '../../test/chain.ts'
import { HASH } from '../../test/steps.ts'
import type { Measure } from './measure.ts'

/** An IPFS address of a registration file, as on EVM. */
const URI = `ipfs://${'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'}`

export async function measureAgents({ agents }: Chain, measure: Measure): Promise<void> {
  await measure('agent: register', BOB, agents, 'register', {})
  await measure('agent: register with URI', CAROL, agents, 'register', { agent_uri: URI })
  await measure('agent: set URI', CAROL, agents, 'set_agent_uri', { agent_id: '2', new_uri: URI.replace('z', 'y') })
  const metadata = { agent_id: '2', metadata_key: 'a2a', metadata_value: '0x0123456789' }
  await measure('agent: set metadata', CAROL, agents, 'set_metadata', metadata)
  const transfer = { receiver_id: OWNER.accountId, token_id: '2' }
  await measure('agent: transfer', CAROL, agents, 'nft_transfer', transfer, { deposit: 1n })
  await measure(
    'storage: deposit',
    RELAYER,
    agents,
    'storage_deposit',
    { account_id: ALICE.accountId },
    { deposit: 10n ** 23n },
  )
}

export const FEEDBACK = {
  agent_id: '0',
  value: '87',
  value_decimals: '0',
  tag1: 'starred',
  tag2: 'week',
  endpoint: 'https://agent.example/price',
  feedback_uri: URI,
  feedback_hash: HASH,
}

export async function measureFeedback({ agents }: Chain, measure: Measure): Promise<void> {
  await measure('feedback: first of a client', ALICE, agents, 'give_feedback', FEEDBACK)
  await measure('feedback: repeated', ALICE, agents, 'give_feedback', FEEDBACK)
  await measure('feedback: revoke', ALICE, agents, 'revoke_feedback', { agent_id: '0', feedback_index: '1' })
  const response = { client_address: ALICE.accountId, feedback_index: '2', response_uri: URI, response_hash: HASH }
  await measure('feedback: respond', BOB, agents, 'append_response', { agent_id: '0', ...response })
  const request = { validator_address: CAROL.accountId, agent_id: '0', request_uri: URI }
  await measure('validation: request', BOB, agents, 'validation_request', { ...request, request_hash: HASH })
  await measure('validation: request by id', BOB, agents, 'request_validation', { ...request, request_digest: HASH })
  const answer = { request_hash: HASH, response: '100', response_uri: URI, response_hash: HASH, tag: 'starred' }
  await measure('validation: respond', CAROL, agents, 'validation_response', answer)
}
