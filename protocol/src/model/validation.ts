/** Checks of an agent's work by others (ERC-8004, Validation) as a pure function, in the order of checks that each chain's contract has. */
import type { ContractErrorName } from '../errors.ts'
import { accepted, type DecisionOn, refused } from './decision.ts'

type Account = string

export interface Validation {
  readonly validator: Account
  readonly agentId: bigint
  /** Undefined until the validator has responded. */
  readonly response: bigint | undefined
  readonly tag: string
  /** Seconds. */
  readonly lastUpdate: bigint
}

/** Requests in the order in which they came, by hash. */
type Requests = ReadonlyMap<string, Validation>

export interface ValidationState {
  /** Seconds. */
  readonly time: bigint
  readonly agentOwners: ReadonlyMap<bigint, Account>
  /** Under hashes that who came first chose. */
  readonly chosen: Requests
  /** Under ids that nobody else can take: these are found first. */
  readonly bound: Requests
}

export type ValidationAction =
  | { readonly name: 'wait'; readonly seconds: bigint }
  | (Request & { readonly name: 'validationRequest'; readonly requestHash: string })
  /** With the id that the digest gives. */
  | (Request & { readonly name: 'requestValidation'; readonly id: string })
  | {
      readonly name: 'validationResponse'
      readonly caller: Account
      readonly requestHash: string
      readonly response: bigint
      readonly tag: string
    }

interface Request {
  readonly caller: Account
  readonly validator: Account
  readonly agentId: bigint
}

/** The last is said by ERC-721. */
type Refusal = ContractErrorName | 'ERC721NonexistentToken'

type Decision = DecisionOn<ValidationState, Refusal>

const MAX_RESPONSE = 100n

export function decide(state: ValidationState, action: ValidationAction): Decision {
  switch (action.name) {
    case 'wait':
      return accepted({ ...state, time: state.time + action.seconds })
    case 'validationRequest':
      return request(state, 'chosen', action, action.requestHash)
    case 'requestValidation':
      return request(state, 'bound', action, action.id)
    case 'validationResponse':
      return respond(state, action)
  }
}

/** The bound one of a hash that both kinds have. */
export function validationAt({ bound, chosen }: ValidationState, requestHash: string): Validation | undefined {
  return bound.get(requestHash) ?? chosen.get(requestHash)
}

/** The hashes of whose requests these are, the bound ones last. */
export function requestsOf(
  { bound, chosen }: ValidationState,
  isTheirs: (validation: Validation) => boolean,
): string[] {
  return [...chosen, ...bound].filter(([, validation]) => isTheirs(validation)).map(([hash]) => hash)
}

/** Of all validators when none is named; an empty tag stands for any. The mean is rounded down. */
export function summaryOf(
  { bound, chosen }: ValidationState,
  {
    agentId,
    validators,
    tag,
  }: { readonly agentId: bigint; readonly validators: readonly Account[]; readonly tag: string },
): { readonly count: bigint; readonly averageResponse: bigint } {
  const responses = [...chosen.values(), ...bound.values()].flatMap((validation) => {
    const isAsked = validators.length === 0 || validators.includes(validation.validator)
    const isMeant = validation.agentId === agentId && isAsked && (tag === '' || validation.tag === tag)
    return isMeant && validation.response !== undefined ? [validation.response] : []
  })
  const count = BigInt(responses.length)
  const sum = responses.reduce((total, response) => total + response, 0n)
  return { count, averageResponse: count === 0n ? 0n : sum / count }
}

function request(state: ValidationState, kind: 'chosen' | 'bound', request: Request, hash: string): Decision {
  const { caller, validator, agentId } = request
  if (state[kind].has(hash) || state.bound.has(hash)) return refused('ValidationExists')
  const owner = state.agentOwners.get(agentId)
  if (owner === undefined) return refused('ERC721NonexistentToken')
  if (owner !== caller) return refused('NotAuthorized')

  const made = { validator, agentId, response: undefined, tag: '', lastUpdate: state.time }
  return accepted({ ...state, [kind]: new Map(state[kind]).set(hash, made) })
}

function respond(
  state: ValidationState,
  { caller, requestHash, response, tag }: Extract<ValidationAction, { readonly name: 'validationResponse' }>,
): Decision {
  const validation = validationAt(state, requestHash)
  if (validation === undefined) return refused('ValidationUnknown')
  if (validation.validator !== caller) return refused('ValidatorOnly')
  if (response > MAX_RESPONSE) return refused('ResponseTooHigh')

  const kind = state.bound.has(requestHash) ? 'bound' : 'chosen'
  const answered = { ...validation, response, tag, lastUpdate: state.time }
  return accepted({ ...state, [kind]: new Map(state[kind]).set(requestHash, answered) })
}
