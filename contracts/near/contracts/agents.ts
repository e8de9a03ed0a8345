import { accountBytes, type Hex, toHex } from '@parley/protocol'
import { call, NearBindgen, view } from 'near-sdk-js'
import { caller, requireOneYocto } from './context.ts'
import { require } from './contract-error.ts'
import { emit } from './events.ts'
import * as input from './input.ts'
import { readRecord, writeRecord } from './records.ts'
import {
  chargeStorage,
  type StorageBalance,
  type StorageBalanceBounds,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from './storage.ts'

const WALLET_KEY = 'agentWallet'

/** Texts and bytes are logged: see `input.loggedText`. */
const MAX_URI_LENGTH = 4096
const MAX_KEY_LENGTH = 256
const MAX_VALUE_LENGTH = 8192

/** Of what a registration brings, in its logs: what is in them for every agent takes less than 2,048 bytes besides. */
const MAX_REGISTRATION_LOG_SIZE = 14_336

/** What an entry's event takes besides its texts. It also keeps the entries below the 100 logs that a call may have. */
const ENTRY_LOG_SIZE = 160

interface Agent {
  readonly owner: string
  readonly uri: string
  /** A new owner has not shown that the wallet is its own, so only the first owner is one. */
  readonly has_moved: boolean
}

interface MetadataEntry {
  readonly metadata_key: string
  readonly metadata_value: Hex
}

/** ERC-8004 Identity Registry: agents are tokens, ids count from 0. Mirrors contracts/evm/contracts/AgentRegistry.sol. */
@NearBindgen({})
export class Agents {
  next_agent_id = 0

  /** Registers the caller as owner of a new agent. The metadata key "agentWallet" is reserved. */
  @call({})
  register({ agent_uri = '', metadata = [] }: { agent_uri?: string; metadata?: MetadataEntry[] }): string {
    const uri = input.loggedText(agent_uri, 'agent_uri', MAX_URI_LENGTH)
    const entries = input.list(metadata, 'metadata').map((entry) => entryOf(entry, 'metadata'))
    const size = entries.reduce((sum, entry) => sum + logSizeOf(entry), input.logSize(uri))
    input.requireLogSize(size, 'metadata', 'logs', MAX_REGISTRATION_LOG_SIZE)
    const owner = caller()
    const agentId = String(this.next_agent_id++)

    chargeStorage(owner, () => {
      writeAgent(agentId, { owner, uri, has_moved: false })
      emit('transfer', { from: null, to: owner, token_id: agentId })
      emit('registered', { agent_id: agentId, agent_uri: uri, owner })
      emitMetadata(agentId, WALLET_KEY, walletBytes(owner))
      for (const entry of entries) setUnreservedMetadata(agentId, entry)
    })
    return agentId
  }

  /** Owner only. */
  @call({})
  set_agent_uri({ agent_id, new_uri }: { agent_id: string; new_uri: string }): void {
    const agentId = agentIdOf(agent_id)
    const uri = input.loggedText(new_uri, 'new_uri', MAX_URI_LENGTH)
    const agent = authorizedAgent(agentId)

    chargeStorage(agent.owner, () => writeAgent(agentId, { ...agent, uri }))
    emit('uri_updated', { agent_id: agentId, new_uri: uri, updated_by: agent.owner })
  }

  /** Owner only. The key "agentWallet" is reserved. */
  @call({})
  set_metadata({ agent_id, ...entry }: { agent_id: string; metadata_key: string; metadata_value: Hex }): void {
    const agentId = agentIdOf(agent_id)
    const metadata = entryOf(entry, '')
    const agent = authorizedAgent(agentId)

    chargeStorage(agent.owner, () => setUnreservedMetadata(agentId, metadata))
  }

  /** Gives an agent to another account (NEP-171, without approvals). The wallet is cleared. */
  @call({ payableFunction: true })
  nft_transfer({ receiver_id, token_id }: { receiver_id: string; token_id: string }): void {
    requireOneYocto()
    const agentId = agentIdOf(token_id, 'token_id')
    const receiver = input.account(receiver_id, 'receiver_id')
    const agent = existingAgent(agentId)
    require(agent.owner === caller(), 'ERC721InsufficientApproval', caller(), agentId)

    chargeStorage(agent.owner, () => writeAgent(agentId, { ...agent, owner: receiver, has_moved: true }))
    emitMetadata(agentId, WALLET_KEY, '0x')
    emit('transfer', { from: agent.owner, to: receiver, token_id: agentId })
  }

  @view({})
  owner_of({ agent_id }: { agent_id: string }): string {
    return existingAgent(agentIdOf(agent_id)).owner
  }

  @view({})
  token_uri({ agent_id }: { agent_id: string }): string {
    return existingAgent(agentIdOf(agent_id)).uri
  }

  @view({})
  get_metadata({ agent_id, metadata_key }: { agent_id: string; metadata_key: string }): Hex {
    const agentId = agentIdOf(agent_id)
    const key = input.loggedText(metadata_key, 'metadata_key', MAX_KEY_LENGTH)
    if (key !== WALLET_KEY) return readRecord<Hex>(metadataRecord(agentId, key)) ?? '0x'
    const wallet = walletOf(agentId)
    return wallet === null ? '0x' : walletBytes(wallet)
  }

  /** Where the agent is paid: its first owner, nobody after a transfer. */
  @view({})
  get_agent_wallet({ agent_id }: { agent_id: string }): string | null {
    return walletOf(agentIdOf(agent_id))
  }

  /** Whether `spender` owns the agent or may act for its owner. Throws ERC721NonexistentToken. */
  @view({})
  is_authorized_or_owner({ spender, agent_id }: { spender: string; agent_id: string }): boolean {
    const asked = input.account(spender, 'spender')
    return existingAgent(agentIdOf(agent_id)).owner === asked
  }

  @call({ payableFunction: true })
  storage_deposit(deposit: { account_id?: string | null; registration_only?: boolean | null }): StorageBalance {
    const accountId = input.optionalAccount(deposit.account_id, 'account_id') ?? caller()
    return storageDeposit(accountId, input.bool(deposit.registration_only ?? false, 'registration_only'))
  }

  @call({ payableFunction: true })
  storage_withdraw({ amount }: { amount?: string | null }): StorageBalance {
    return storageWithdraw(amount === undefined || amount === null ? null : input.uint(amount, 'amount', 128n))
  }

  @call({ payableFunction: true })
  storage_unregister(_: { force?: boolean }): boolean {
    return storageUnregister()
  }

  @view({})
  storage_balance_of({ account_id }: { account_id: string }): StorageBalance | null {
    return storageBalanceOf(input.account(account_id, 'account_id'))
  }

  @view({})
  storage_balance_bounds(): StorageBalanceBounds {
    return storageBalanceBounds()
  }
}

function setUnreservedMetadata(agentId: string, { metadata_key, metadata_value }: MetadataEntry): void {
  require(metadata_key !== WALLET_KEY, 'Error', 'reserved key')

  writeRecord(metadataRecord(agentId, metadata_key), metadata_value)
  emitMetadata(agentId, metadata_key, metadata_value)
}

function emitMetadata(agentId: string, metadata_key: string, metadata_value: Hex): void {
  emit('metadata_set', { agent_id: agentId, metadata_key, metadata_value })
}

function authorizedAgent(agentId: string): Agent {
  const agent = existingAgent(agentId)
  require(agent.owner === caller(), 'Error', 'Not authorized')
  return agent
}

function existingAgent(agentId: string): Agent {
  const agent = readRecord<Agent>(agentRecord(agentId))
  require(agent !== null, 'ERC721NonexistentToken', agentId)
  return agent
}

function writeAgent(agentId: string, agent: Agent): void {
  writeRecord(agentRecord(agentId), agent)
}

function walletOf(agentId: string): string | null {
  const agent = readRecord<Agent>(agentRecord(agentId))
  return agent === null || agent.has_moved ? null : agent.owner
}

/** A name's characters, as Solidity has an address' bytes. */
function walletBytes(wallet: string): Hex {
  return toHex(accountBytes(wallet, 'near'))
}

function agentIdOf(value: unknown, field = 'agent_id'): string {
  return String(input.uint(value, field))
}

function entryOf(value: unknown, field: string): MetadataEntry {
  const { metadata_key, metadata_value } = input.object(value, field)
  const key = input.loggedText(metadata_key, 'metadata_key', MAX_KEY_LENGTH)
  input.loggedText(metadata_value, 'metadata_value', MAX_VALUE_LENGTH)
  return { metadata_key: key, metadata_value: input.bytes(metadata_value, 'metadata_value') }
}

function logSizeOf({ metadata_key, metadata_value }: MetadataEntry): number {
  return ENTRY_LOG_SIZE + input.logSize(metadata_key) + metadata_value.length
}

function agentRecord(agentId: string): string {
  return `agent:${agentId}`
}

function metadataRecord(agentId: string, key: string): string {
  return `metadata:${agentId}:${key}`
}
