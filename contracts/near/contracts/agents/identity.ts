/** AgentRegistry.sol, but for what NEAR's tokens have by other names. */
import type { Hex } from '@parley/protocol'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { agentIdOf, existingAgent, walletOf } from '../agent.ts'
import { isAuthorized } from '../approvals.ts'
import * as input from '../input.ts'
import { entriesOf, entryOf, keyOf, metadataOf, register, setMetadata, setUri, uriOf } from '../registration.ts'
import { acceptWallet, setWallet, unsetWallet } from '../wallets.ts'
import { Agents } from './state.ts'

interface MetadataEntry {
  readonly metadata_key: string
  readonly metadata_value: Hex
}

@NearPart()
export class Identity extends Agents {
  /** Registers the caller as owner of a new agent. The metadata key "agentWallet" is reserved. */
  @call({})
  register({ agent_uri = '', metadata = [] }: { agent_uri?: string; metadata?: MetadataEntry[] }): string {
    const uri = uriOf(agent_uri, 'agent_uri')
    const entries = entriesOf(metadata, uri)
    const agentId = String(this.next_agent_id++)

    register(agentId, uri, entries)
    return agentId
  }

  /** Owner and approved only. */
  @call({})
  set_agent_uri({ agent_id, new_uri }: { agent_id: string; new_uri: string }): void {
    setUri(agentIdOf(agent_id), uriOf(new_uri, 'new_uri'))
  }

  /** Owner and approved only. The key "agentWallet" is reserved. */
  @call({})
  set_metadata({ agent_id, ...entry }: { agent_id: string; metadata_key: string; metadata_value: Hex }): void {
    setMetadata(agentIdOf(agent_id), entryOf(entry))
  }

  /**
   * Says where the agent is paid. Owner and approved only; an account that is not the caller agrees by `accept_agent_wallet`, until
   * `deadline` (seconds, at most five minutes ahead).
   */
  @call({})
  set_agent_wallet({
    agent_id,
    new_wallet,
    deadline,
  }: {
    agent_id: string
    new_wallet: string
    deadline: string
  }): void {
    setWallet(agentIdOf(agent_id), input.account(new_wallet, 'new_wallet'), input.uint(deadline, 'deadline'))
  }

  /** The account that `set_agent_wallet` named. */
  @call({})
  accept_agent_wallet({ agent_id }: { agent_id: string }): void {
    acceptWallet(agentIdOf(agent_id))
  }

  /** Owner and approved only. */
  @call({})
  unset_agent_wallet({ agent_id }: { agent_id: string }): void {
    unsetWallet(agentIdOf(agent_id))
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
    return metadataOf(agentIdOf(agent_id), keyOf(metadata_key))
  }

  /** Where the agent is paid: its first owner until another is set, nobody after a transfer. */
  @view({})
  get_agent_wallet({ agent_id }: { agent_id: string }): string | null {
    return walletOf(agentIdOf(agent_id))
  }

  /** Whether `spender` owns the agent or may act for its owner. Throws ERC721NonexistentToken. */
  @view({})
  is_authorized_or_owner({ spender, agent_id }: { spender: string; agent_id: string }): boolean {
    const asked = input.account(spender, 'spender')
    const agentId = agentIdOf(agent_id)
    return isAuthorized(agentId, existingAgent(agentId), asked)
  }
}
