/** What an agent says of itself: the URI of its registration file, and metadata. */
import type { Hex } from '@parley/protocol'
import { WALLET_KEY, walletBytes, walletOf, writeAgent } from './agent.ts'
import { authorizedAgent } from './approvals.ts'
import { caller } from './context.ts'
import { require } from './contract-error.ts'
import { emit, logEvent } from './events.ts'
import * as input from './input.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

/** Texts and bytes are logged: see `input.loggedText`. */
const MAX_URI_LENGTH = 4096
const MAX_KEY_LENGTH = 256
const MAX_VALUE_LENGTH = 8192

/** Of what a registration brings, in its logs: what is in them for every agent takes less than 2,048 bytes besides. */
const MAX_REGISTRATION_LOG_SIZE = 14_336

/** What an entry's event takes besides its texts. It also keeps the entries below the 100 logs that a call may have. */
const ENTRY_LOG_SIZE = 160

interface MetadataEntry {
  readonly key: string
  readonly value: Hex
}

export function uriOf(value: unknown, field: string): string {
  return input.loggedText(value, field, MAX_URI_LENGTH)
}

export function keyOf(value: unknown): string {
  return input.loggedText(value, 'metadata_key', MAX_KEY_LENGTH)
}

export function entryOf({ metadata_key, metadata_value }: Readonly<Record<string, unknown>>): MetadataEntry {
  const key = keyOf(metadata_key)
  input.loggedText(metadata_value, 'metadata_value', MAX_VALUE_LENGTH)
  return { key, value: input.bytes(metadata_value, 'metadata_value') }
}

export function entriesOf(value: unknown, uri: string): MetadataEntry[] {
  const entries = input.list(value, 'metadata').map((entry) => entryOf(input.object(entry, 'metadata')))
  const size = entries.reduce((sum, entry) => sum + logSizeOf(entry), input.logSize(uri))
  input.requireLogSize(size, 'metadata', 'logs', MAX_REGISTRATION_LOG_SIZE)
  return entries
}

/** Readers know from `registered` that the owner is the wallet: `readNearEvents`. */
export function register(agentId: string, uri: string, entries: readonly MetadataEntry[]): void {
  const owner = caller()

  chargeStorage(owner, () => {
    writeAgent(agentId, { owner, uri })
    logEvent('nep171', '1.2.0', 'nft_mint', { owner_id: owner, token_ids: [agentId] })
    emit('registered', { agent_id: agentId, agent_uri: uri, owner })
    for (const entry of entries) writeMetadata(agentId, entry)
  })
}

export function setUri(agentId: string, uri: string): void {
  const agent = authorizedAgent(agentId)

  chargeStorage(caller(), () => writeAgent(agentId, { ...agent, uri }))
  emit('uri_updated', { agent_id: agentId, new_uri: uri, updated_by: caller() })
}

export function setMetadata(agentId: string, entry: MetadataEntry): void {
  authorizedAgent(agentId)

  chargeStorage(caller(), () => writeMetadata(agentId, entry))
}

export function metadataOf(agentId: string, key: string): Hex {
  if (key === WALLET_KEY) return walletBytes(walletOf(agentId))
  return readRecord<Hex>(recordOf(agentId, key)) ?? '0x'
}

function writeMetadata(agentId: string, { key, value }: MetadataEntry): void {
  require(key !== WALLET_KEY, 'KeyReserved')

  writeRecord(recordOf(agentId, key), value)
  emit('metadata_set', { agent_id: agentId, metadata_key: key, metadata_value: value })
}

function logSizeOf({ key, value }: MetadataEntry): number {
  return ENTRY_LOG_SIZE + input.logSize(key) + value.length
}

function recordOf(agentId: string, key: string): string {
  return `metadata:${agentId}:${key}`
}
