import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { call, initialize, NearBindgen, view } from '../builder/runtime/contract.ts'
import { agentIdOf, existingAgent, findAgent, walletOf } from './agent.ts'
import { type Former, resolveTransfer, transfer, transferCall } from './agent-transfers.ts'
import { type Approvals, approvalOf, approvalsOf, approve, isAuthorized, revokeApproval } from './approvals.ts'
import { caller, requireOneYocto, requireSelf } from './context.ts'
import { require } from './contract-error.ts'
import * as input from './input.ts'
import { entriesOf, entryOf, keyOf, metadataOf, register, setMetadata, setUri, uriOf } from './registration.ts'
import {
  type StorageBalance,
  type StorageBalanceBounds,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from './storage.ts'
import { approveUpgrade, onUpgrade, upgrade } from './upgrades.ts'
import { acceptWallet, setWallet, unsetWallet } from './wallets.ts'

/** `memo` is for others to read, and logged. */
const MAX_MEMO_LENGTH = 256

interface MetadataEntry {
  readonly metadata_key: string
  readonly metadata_value: Hex
}

interface NftTransfer {
  readonly receiver_id: string
  readonly token_id: string
  /** By which the caller may, when it is not the owner. */
  readonly approval_id?: number | null
  readonly memo?: string | null
}

/** ERC-8004's registries. Agents are tokens (NEP-171), ids count from 0. Mirrors contracts/evm/contracts/AgentRegistry.sol. */
@NearBindgen({ requireInit: true, isLazy: true })
export class Agents {
  /** Who may replace the code: a timelock. A new owner comes with new code. */
  owner_id = ''
  approved_code_hash = ''
  next_agent_id = 0
  next_approval_id = 0

  @initialize({})
  init({ owner }: { owner: string }): void {
    this.owner_id = input.account(owner, 'owner')
  }

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

  /** Gives an agent to another account (NEP-171). The wallet is nobody's then, and approvals end. */
  @call({ payableFunction: true })
  nft_transfer(handover: NftTransfer): void {
    requireOneYocto()

    transfer(handoverOf(handover))
  }

  /** Same, and tells the receiver, which may give it back. Answers whether it kept it. */
  @call({ payableFunction: true })
  nft_transfer_call({ msg, ...handover }: NftTransfer & { readonly msg: string }): void {
    requireOneYocto()

    transferCall(handoverOf(handover), input.text(msg, 'msg'))
  }

  @call({})
  nft_resolve_transfer(former: Former): boolean {
    requireSelf()

    return resolveTransfer(former)
  }

  /** Lets an account act for the owner (NEP-178). What is attached, at least a yoctoNEAR, is deposited for the caller's state. */
  @call({ payableFunction: true })
  nft_approve({ token_id, account_id, msg }: { token_id: string; account_id: string; msg?: string | null }): void {
    require(near.attachedDeposit() > 0n, 'InputInvalid', 'attached_deposit must be at least 1 yoctoNEAR')
    const agentId = agentIdOf(token_id, 'token_id')
    const account = input.account(account_id, 'account_id')
    const message = msg === undefined || msg === null ? null : input.text(msg, 'msg')

    storageDeposit(caller(), false)
    approve(agentId, account, this.next_approval_id++, message)
  }

  @call({ payableFunction: true })
  nft_revoke({ token_id, account_id }: { token_id: string; account_id: string }): void {
    requireOneYocto()

    revokeApproval(agentIdOf(token_id, 'token_id'), input.account(account_id, 'account_id'))
  }

  @call({ payableFunction: true })
  nft_revoke_all({ token_id }: { token_id: string }): void {
    requireOneYocto()

    revokeApproval(agentIdOf(token_id, 'token_id'), null)
  }

  @view({})
  nft_is_approved({
    token_id,
    approved_account_id,
    approval_id,
  }: {
    token_id: string
    approved_account_id: string
    approval_id?: number | null
  }): boolean {
    const agentId = agentIdOf(token_id, 'token_id')
    const approval = approvalOf(agentId, input.account(approved_account_id, 'approved_account_id'))
    return approval !== undefined && (approval_id ?? approval) === approval
  }

  /** `null` for an agent that does not exist. */
  @view({})
  nft_token({ token_id }: { token_id: string }): Token | null {
    const agentId = agentIdOf(token_id, 'token_id')
    const agent = findAgent(agentId)
    if (agent === null) return null
    const metadata = { reference: agent.uri }
    return { token_id: agentId, owner_id: agent.owner, metadata, approved_account_ids: approvalsOf(agentId) }
  }

  @view({})
  nft_metadata() {
    return {
      spec: 'nft-1.0.0',
      name: 'AgentIdentity',
      symbol: 'AGENT',
      icon: null,
      base_uri: null,
      reference: null,
      reference_hash: null,
    }
  }

  /** Names the only code, by its SHA-256, that may take this code's place; none takes that back. Owner only. */
  @call({})
  approve_upgrade({ code_hash }: { code_hash: Hex | null }): void {
    approveUpgrade(this, code_hash === null ? null : input.bytes32(code_hash, 'code_hash'))
  }

  /** Deploys the code (base64) that was approved. Anyone may bring it, with 300 Tgas. */
  @call({})
  upgrade({ code }: { code: string }): void {
    upgrade(this, input.base64(code, 'code'))
  }

  @call({})
  on_upgrade(): void {
    requireSelf()

    onUpgrade(this)
  }

  @view({})
  owner(): string {
    return this.owner_id
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

/** NEP-171's, with the URI where NEP-177 has a file that says more. */
interface Token {
  readonly token_id: string
  readonly owner_id: string
  readonly metadata: { readonly reference: string }
  readonly approved_account_ids: Approvals
}

function handoverOf({ receiver_id, token_id, approval_id, memo }: NftTransfer) {
  return {
    agentId: agentIdOf(token_id, 'token_id'),
    receiver: input.account(receiver_id, 'receiver_id'),
    approvalId: approval_id ?? null,
    memo: memo === undefined || memo === null ? null : input.loggedText(memo, 'memo', MAX_MEMO_LENGTH),
  }
}
