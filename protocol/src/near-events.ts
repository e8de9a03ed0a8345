/**
 * Parley's events as NEAR's contracts log them (NEP-297): `EVENT_JSON:{"standard":"parley","version":"1.0.0","event":"job_created","data":[{…}]}`,
 * names in snake_case, numbers as decimal strings, bytes and job ids in hexadecimal with 0x, an absent account as null.
 */
import { type EventArguments, type EventFieldKind, type EventName, events } from './events.ts'
import { type Hex, toHex } from './hex.ts'
import { type Keccak256, utf8 } from './message.ts'

export const NEAR_EVENT_STANDARD = 'parley'
export const NEAR_EVENT_VERSION = '1.0.0'

/** What stands for an account that is none, as in Solidity. */
export const NOBODY: Hex = `0x${'00'.repeat(20)}`

/** One event of a log line; `name` is Solidity's. */
export type NamedEvent = {
  readonly [Name in EventName]: { readonly name: Name; readonly args: EventArguments<Name> }
}[EventName]

/** `agentURI` → `agent_uri`, `JobCreated` → `job_created`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
}

/**
 * The events of a log line, `[]` when it is not one of Parley's. Throws a RangeError for a line of Parley's standard with an unknown event
 * or a field that is missing or of another kind. `findArgument` may supply fields that the line leaves out: what a call's arguments already
 * say is not logged again.
 */
export function readNearEvents(
  log: string,
  keccak256: Keccak256,
  findArgument: (event: string, field: string, data: NearEventData) => unknown = () => undefined,
): NamedEvent[] {
  const line = parseLine(log)
  if (line?.standard === LEDGER_STANDARD) return line.data.flatMap((data) => readTransfers(line.event, data))
  if (line?.standard === AGENT_STANDARD) return line.data.flatMap((data) => readHandovers(line.event, data, keccak256))
  if (line?.standard !== NEAR_EVENT_STANDARD) return []
  const name = eventNames.get(line.event)
  if (name === undefined) throw new RangeError(`${JSON.stringify(line.event)} is not an event of Parley`)
  return line.data.flatMap((data) => {
    if (typeof data !== 'object' || data === null) throw new RangeError(`${line.event} has ${data} for its fields`)
    const read = (key: string, kind: EventFieldKind) =>
      toValue(kind, data[key] ?? findArgument(line.event, key, data), `${line.event}.${key}`)
    const fields = Object.entries<EventFieldKind>(events[name]).map(([field, kind]) => {
      // `indexedTag1` is the hash of `tag1`.
      const [, text] = /^indexed([A-Z].*)$/.exec(field) ?? []
      if (text === undefined) return [field, read(toSnakeCase(field), kind)]
      return [field, toHex(keccak256(utf8(String(read(toSnakeCase(text), 'string')))))]
    })
    const event = { name, args: Object.fromEntries(fields) } as NamedEvent
    // Not logged, because it follows: the first owner is the wallet.
    return event.name === 'Registered' ? [event, walletSet(event.args.agentId, event.args.owner, keccak256)] : [event]
  })
}

export type NearEventData = Readonly<Record<string, unknown>>

/** Multi tokens (NEP-245): the ledger tells in its words who has how much. */
const LEDGER_STANDARD = 'nep245'

/** The fields that say from whom and to whom; `undefined` for nobody. */
const LEDGER_EVENTS: Readonly<Record<string, readonly [from: string | undefined, to: string | undefined]>> = {
  mt_mint: [undefined, 'owner_id'],
  mt_burn: ['owner_id', undefined],
  mt_transfer: ['old_owner_id', 'new_owner_id'],
}

const TOKEN_ID = /^nep141:(.+)$/

function readTransfers(event: string, data: NearEventData): NamedEvent[] {
  const parties = LEDGER_EVENTS[event]
  if (parties === undefined) throw new RangeError(`${JSON.stringify(event)} is not an event of the ledger`)
  if (typeof data !== 'object' || data === null) throw new RangeError(`${event} has ${data} for its fields`)
  const [from, to] = parties.map((field) => toValue('account', field && data[field], `${event}.${field}`) as string)
  const { token_ids, amounts, authorized_id } = data
  if (!Array.isArray(token_ids) || !Array.isArray(amounts) || token_ids.length !== amounts.length)
    throw new RangeError(`${event} has not an amount for each token`)
  const caller = toValue('account', authorized_id ?? (from === NOBODY ? to : from), `${event}.authorized_id`)
  return token_ids.map((id, at) => {
    const token = TOKEN_ID.exec(String(id))?.[1]
    if (token === undefined) throw new RangeError(`${event} has ${JSON.stringify(id)} for a token`)
    const amount = toValue('uint', amounts[at], `${event}.amounts`)
    return { name: 'LedgerTransfer', args: { caller, from, to, token, amount } } as NamedEvent
  })
}

/** Tokens that are one of a kind (NEP-171): agents change hands in its words. */
const AGENT_STANDARD = 'nep171'

function readHandovers(event: string, data: NearEventData, keccak256: Keccak256): NamedEvent[] {
  if (event !== 'nft_mint' && event !== 'nft_transfer')
    throw new RangeError(`${JSON.stringify(event)} is not an event of agents`)
  const isMint = event === 'nft_mint'
  if (!Array.isArray(data?.token_ids)) throw new RangeError(`${event} has no list of tokens`)
  const from = isMint ? NOBODY : toValue('account', data.old_owner_id, `${event}.old_owner_id`)
  const to = toValue('account', isMint ? data.owner_id : data.new_owner_id, `${event}.new_owner_id`)
  return data.token_ids.flatMap((id) => {
    const tokenId = toValue('uint', id, `${event}.token_ids`) as bigint
    const transfer = { name: 'Transfer', args: { from, to, tokenId } } as NamedEvent
    // Not logged, because it follows: the wallet of an agent that changes hands is nobody's.
    return isMint ? [transfer] : [walletSet(tokenId, '', keccak256), transfer]
  })
}

/** In the order that ERC-8004's reference has. */
function walletSet(agentId: bigint, wallet: string, keccak256: Keccak256): NamedEvent {
  const metadataKey = 'agentWallet'
  const indexedMetadataKey = toHex(keccak256(utf8(metadataKey)))
  return {
    name: 'MetadataSet',
    args: { agentId, indexedMetadataKey, metadataKey, metadataValue: toHex(utf8(wallet)) },
  }
}

interface Line {
  readonly standard: string
  readonly event: string
  readonly data: readonly NearEventData[]
}

const PREFIX = 'EVENT_JSON:'
/** As a function for bundlers, as `errors`: contracts read no events. */
const eventNames = /* @__PURE__ */ (() =>
  new Map((Object.keys(events) as EventName[]).map((name) => [toSnakeCase(name), name])))()

function parseLine(log: string): Line | undefined {
  if (!log.startsWith(PREFIX)) return undefined
  try {
    const { standard, event, data } = JSON.parse(log.slice(PREFIX.length))
    return { standard, event, data: Array.isArray(data) ? data : [data] }
  } catch {
    // Anybody's contract may log anything.
    return undefined
  }
}

function toValue(kind: EventFieldKind, value: unknown, path: string): unknown {
  switch (kind) {
    case 'accounts':
    case 'uints': {
      const item = kind === 'accounts' ? 'account' : 'uint'
      if (Array.isArray(value)) return value.map((one, at) => toValue(item, one, `${path}[${at}]`))
      break
    }
    case 'int':
      if (typeof value === 'string' && isInt128(value)) return BigInt(value)
      break
    case 'uint':
      if (typeof value === 'string' && isUint256(value)) return BigInt(value)
      break
    case 'bool':
      if (typeof value === 'boolean') return value
      break
    case 'account':
      if (value === null || value === undefined) return NOBODY
      if (typeof value === 'string') return value
      break
    case 'address':
    case 'bytes32':
    case 'bytes':
      if (typeof value === 'string' && /^0x([0-9a-f]{2})*$/.test(value)) return value
      break
    case 'string':
    case 'reason':
      if (typeof value === 'string') return value
      break
  }
  throw new RangeError(`${path} is ${JSON.stringify(value)}, not a ${kind}`)
}

/** Solidity's widest, whatever the chain. */
const MAX_UINT256 = 2n ** 256n - 1n

/** Solidity's widest that an event has. */
const MAX_INT128 = 2n ** 127n - 1n

function isInt128(text: string): boolean {
  return /^-?[0-9]{1,39}$/.test(text) && BigInt(text) <= MAX_INT128 && BigInt(text) >= -MAX_INT128 - 1n
}

function isUint256(text: string): boolean {
  return /^([0-9]{1,78}|0x[0-9a-f]{1,64})$/.test(text) && BigInt(text) <= MAX_UINT256
}
