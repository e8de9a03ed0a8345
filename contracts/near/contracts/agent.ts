/** An agent as it is stored: a token of its own (NEP-171). */
import { type Hex, toHex, utf8 } from '@parley/protocol'
import { require } from './contract-error.ts'
import * as input from './input.ts'
import { readRecord, writeRecord } from './records.ts'

export interface Agent {
  readonly owner: string
  readonly uri: string
  /** Left out while it is the first owner; `null` for nobody: a new owner has not shown that the wallet is its own. */
  readonly wallet?: string | null
  /** Who has been asked to be the wallet, and may agree until then (seconds). */
  readonly offer?: { readonly wallet: string; readonly deadline: string }
}

/** The metadata key under which the wallet is read, and which nobody else may write. */
export const WALLET_KEY = 'agentWallet'

export function agentIdOf(value: unknown, field = 'agent_id'): string {
  return String(input.uint(value, field))
}

export function findAgent(agentId: string): Agent | null {
  return readRecord<Agent>(keyOf(agentId))
}

export function existingAgent(agentId: string): Agent {
  const agent = findAgent(agentId)
  require(agent !== null, 'ERC721NonexistentToken', agentId)
  return agent
}

export function writeAgent(agentId: string, agent: Agent): void {
  writeRecord(keyOf(agentId), agent)
}

/** `null` for an agent that pays nobody, or that does not exist. */
export function walletOf(agentId: string): string | null {
  const agent = findAgent(agentId)
  return agent === null ? null : agent.wallet === undefined ? agent.owner : agent.wallet
}

/** A name's characters, as Solidity has an address' bytes; none for nobody. */
export function walletBytes(wallet: string | null): Hex {
  return toHex(utf8(wallet ?? ''))
}

function keyOf(agentId: string): string {
  return `agent:${agentId}`
}
