/** ValidationRegistry.sol. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { agentIdOf } from '../agent.ts'
import * as input from '../input.ts'
import { uriOf } from '../registration.ts'
import { requestBound, requestChosen, requestsOf, respond, statusOf, validationSummaryOf } from '../validations.ts'
import { accountsOf, tagOf } from './arguments.ts'
import { Agents } from './state.ts'

interface ChosenRequest {
  readonly validator_address: string
  readonly agent_id: string
  readonly request_uri: string
  readonly request_hash: Hex
}

interface BoundRequest {
  readonly validator_address: string
  readonly agent_id: string
  readonly request_uri: string
  readonly request_digest: Hex
}

interface ValidationAnswer {
  readonly request_hash: Hex
  readonly response: string
  readonly response_uri: string
  readonly response_hash: Hex
  readonly tag: string
}

interface ValidationQuery {
  readonly agent_id: string
  readonly validator_addresses: string[]
  readonly tag: string
}

@NearPart()
export class Validations extends Agents {
  /** Asks a validator, as ERC-8004 has it: whoever is first takes the hash. Owner and approved only. */
  @call({})
  validation_request(request: ChosenRequest): void {
    requestChosen(requestOf(request), input.bytes32(request.request_hash, 'request_hash'))
  }

  /** Asks a validator under an id that nobody else can take (protocol's `validationId`), and answers it. Owner and approved only. */
  @call({})
  request_validation(request: BoundRequest): Hex {
    return requestBound(requestOf(request), input.bytes32(request.request_digest, 'request_digest'))
  }

  /** What the validator found, 0 to 100. The validator only, as often as it likes: the last one counts. */
  @call({})
  validation_response(answer: ValidationAnswer): void {
    respond(input.bytes32(answer.request_hash, 'request_hash'), input.uint(answer.response, 'response', 8n), {
      uri: uriOf(answer.response_uri, 'response_uri'),
      responseHash: input.bytes32(answer.response_hash, 'response_hash'),
      tag: tagOf(answer.tag, 'tag'),
    })
  }

  @view({})
  get_validation_status({ request_hash }: { request_hash: Hex }) {
    return statusOf(input.bytes32(request_hash, 'request_hash'))
  }

  /** The mean of these validators' responses, or of all when there are none. An empty tag stands for any. */
  @view({})
  get_validation_summary({ agent_id, validator_addresses, tag }: ValidationQuery) {
    const validators = accountsOf(validator_addresses, 'validator_addresses')
    return validationSummaryOf(agentIdOf(agent_id), validators, tagOf(tag, 'tag'))
  }

  @view({})
  get_agent_validations({ agent_id }: { agent_id: string }): Hex[] {
    return requestsOf('agent', agentIdOf(agent_id))
  }

  @view({})
  get_validator_requests({ validator_address }: { validator_address: string }): Hex[] {
    return requestsOf('validator', input.account(validator_address, 'validator_address'))
  }
}

function requestOf(request: ChosenRequest | BoundRequest) {
  return {
    validator: input.account(request.validator_address, 'validator_address'),
    agentId: agentIdOf(request.agent_id),
    uri: uriOf(request.request_uri, 'request_uri'),
  }
}
