/** Checks of an agent's work by others (ERC-8004's Validation Registry). Mirrors contracts/evm/contracts/ValidationRegistry.sol. */
import { type Hex, validationId } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { authorizedAgent } from './approvals.ts'
import { caller, now } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { emit } from './events.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

/** Under a hash that who came first chose, or under an id that nobody else can take: a hash that was chosen before it was made is two requests. */
type Kind = 'chosen' | 'bound'

/** A link of two chains, each the latest first: those of its agent and those of its validator. */
interface Validation {
  readonly validator: string
  readonly agent_id: string
  /** Seconds. */
  readonly last_update: string
  readonly before_of_agent: Hex | null
  readonly before_of_validator: Hex | null
  /** Left out until the validator responds. */
  readonly response?: number
  readonly tag?: string
  readonly response_hash?: Hex
}

interface Request {
  readonly validator: string
  readonly agentId: string
  readonly uri: string
}

const MAX_RESPONSE = 100n
const NO_HASH: Hex = `0x${'00'.repeat(32)}`

export function requestChosen(request: Request, hash: Hex): void {
  writeRequest('chosen', request, hash)
}

/** Answers the id. */
export function requestBound(request: Request, digest: Hex): Hex {
  const { validator, agentId } = request
  const id = validationId({ requester: caller(), validator, agentId: BigInt(agentId), digest }, near.keccak256, 'near')
  writeRequest('bound', request, id)
  return id
}

export function respond(
  hash: Hex,
  response: bigint,
  { uri, responseHash, tag }: { readonly uri: string; readonly responseHash: Hex; readonly tag: string },
): void {
  const { kind, validation } = existing(hash)
  require(validation.validator === caller(), 'ValidatorOnly')
  require(response <= MAX_RESPONSE, 'ResponseTooHigh')

  const answered = { response: Number(response), tag, response_hash: responseHash, last_update: String(now()) }
  chargeStorage(caller(), () => writeRecord(recordOf(kind, hash), { ...validation, ...answered }))
  emit('validation_response', {
    validator_address: validation.validator,
    agent_id: validation.agent_id,
    request_hash: hash,
    response: String(response),
    response_uri: uri,
    response_hash: responseHash,
    tag,
  })
}

export function statusOf(hash: Hex) {
  const {
    validator,
    agent_id,
    response = 0,
    response_hash = NO_HASH,
    tag = '',
    last_update,
  } = existing(hash).validation
  return { validator_address: validator, agent_id, response: String(response), response_hash, tag, last_update }
}

/** Of all validators when none is named; an empty tag stands for any. */
export function validationSummaryOf(agentId: string, validators: readonly string[], tag: string) {
  let count = 0
  let sum = 0
  for (const kind of KINDS)
    for (const { validation } of chainOf(kind, 'agent', agentId)) {
      const isAsked = validators.length === 0 || validators.includes(validation.validator)
      if (validation.response === undefined || !isAsked || (tag !== '' && validation.tag !== tag)) continue
      count++
      sum += validation.response
    }
  return { count: String(count), average_response: String(count === 0 ? 0 : Math.floor(sum / count)) }
}

/** In the order in which they were asked, those that nobody else could take last. */
export function requestsOf(whose: 'agent' | 'validator', name: string): Hex[] {
  return KINDS.flatMap((kind) => chainOf(kind, whose, name).map(({ hash }) => hash))
}

const KINDS: readonly Kind[] = ['chosen', 'bound']

function writeRequest(kind: Kind, { validator, agentId, uri }: Request, hash: Hex): void {
  // Nor may a hash be chosen that was made: readers of events know requests by their hashes.
  const isTaken = [kind, 'bound' as const].some((other) => readRecord(recordOf(other, hash)) !== null)
  require(!isTaken, 'ValidationExists')
  authorizedAgent(agentId)

  const [ofAgent, ofValidator] = [latestOf(kind, 'agent', agentId), latestOf(kind, 'validator', validator)]
  const validation: Validation = {
    validator,
    agent_id: agentId,
    last_update: String(now()),
    before_of_agent: readRecord<Hex>(ofAgent),
    before_of_validator: readRecord<Hex>(ofValidator),
  }
  chargeStorage(caller(), () => {
    writeRecord(recordOf(kind, hash), validation)
    writeRecord(ofAgent, hash)
    writeRecord(ofValidator, hash)
  })
  emit('validation_request', {
    validator_address: validator,
    agent_id: agentId,
    request_uri: uri,
    request_hash: hash,
  })
}

function existing(hash: Hex): { readonly kind: Kind; readonly validation: Validation } {
  for (const kind of ['bound', 'chosen'] as const) {
    const validation = readRecord<Validation>(recordOf(kind, hash))
    if (validation !== null) return { kind, validation }
  }
  throw new ContractError('ValidationUnknown')
}

function chainOf(kind: Kind, whose: 'agent' | 'validator', name: string) {
  const chain: { readonly hash: Hex; readonly validation: Validation }[] = []
  let hash = readRecord<Hex>(latestOf(kind, whose, name))
  while (hash !== null) {
    const validation = readRecord<Validation>(recordOf(kind, hash))
    if (validation === null) break
    chain.push({ hash, validation })
    hash = whose === 'agent' ? validation.before_of_agent : validation.before_of_validator
  }
  return chain.reverse()
}

function recordOf(kind: Kind, hash: Hex): string {
  return `validation:${kind}:${hash}`
}

function latestOf(kind: Kind, whose: 'agent' | 'validator', name: string): string {
  return `validations:${kind}:${whose}:${name}`
}
