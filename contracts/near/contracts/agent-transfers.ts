/** Agents change hands (NEP-171). Readers know from `nft_transfer` that the wallet is nobody's from then on: `readNearEvents`. */
import { near } from 'near-sdk-js'
import { type Agent, existingAgent, findAgent, WALLET_KEY, walletBytes, walletOf, writeAgent } from './agent.ts'
import { type Approvals, approvalOf, approvalsOf, writeApprovals } from './approvals.ts'
import { callThen } from './calls.ts'
import { caller } from './context.ts'
import { require } from './contract-error.ts'
import { emit, logEvent } from './events.ts'
import { NFT_RESOLVE_GAS, NFT_TRANSFER_CALL_GAS } from './gas.ts'
import { chargeBytes, chargeStorage, creditBytes, registeredAccount } from './storage.ts'

interface Handover {
  readonly agentId: string
  readonly receiver: string
  /** Of the caller, when it is not the owner. It need not say which. */
  readonly approvalId: number | null
  readonly memo: string | null
}

/** What an agent had, in case that its receiver does not want it. */
export interface Former {
  readonly previous_owner_id: string
  readonly receiver_id: string
  readonly token_id: string
  readonly approved_account_ids: Approvals
  readonly wallet: Agent['wallet']
  /** By how many bytes the state has grown. */
  readonly bytes: number
}

/** Owner and approved only. The first pays for what the receiver's name is longer. */
export function transfer(handover: Handover): void {
  const agent = transferableAgent(handover)

  chargeStorage(agent.owner, () => give(handover, agent))
}

/** Then tells the receiver, who may give it back at once. Nothing is credited before it is known to stay. */
export function transferCall(handover: Handover, msg: string): void {
  const { agentId, receiver } = handover
  const agent = transferableAgent(handover)
  const approved_account_ids = approvalsOf(agentId)

  const before = near.storageUsage()
  give(handover, agent)
  const bytes = Number(near.storageUsage() - before)
  chargeBytes(agent.owner, registeredAccount(agent.owner), Math.max(0, bytes))

  const previous_owner_id = agent.owner
  const args = { sender_id: caller(), previous_owner_id, token_id: agentId, msg }
  const former: Former = {
    previous_owner_id,
    receiver_id: receiver,
    token_id: agentId,
    approved_account_ids,
    wallet: agent.wallet,
    bytes,
  }
  callThen(
    {
      contract: receiver,
      method: 'nft_on_transfer',
      args,
      gas: near.prepaidGas() - near.usedGas() - NFT_RESOLVE_GAS - NFT_TRANSFER_CALL_GAS,
    },
    { method: 'nft_resolve_transfer', args: former, gas: NFT_RESOLVE_GAS },
  )
}

/** Answers whether the receiver has it now. Gives back what it does not want, as it was, if it still has it. */
export function resolveTransfer(former: Former): boolean {
  const { previous_owner_id, receiver_id, token_id, bytes } = former
  const agent = findAgent(token_id)
  if (!isUnwanted() || agent?.owner !== receiver_id) {
    creditBytes(previous_owner_id, Math.max(0, -bytes))
    return true
  }

  writeAgent(token_id, {
    owner: previous_owner_id,
    uri: agent.uri,
    ...(former.wallet === undefined ? {} : { wallet: former.wallet }),
  })
  writeApprovals(token_id, former.approved_account_ids)
  creditBytes(previous_owner_id, Math.max(0, bytes))
  logTransfer(receiver_id, previous_owner_id, token_id)
  emit('metadata_set', {
    agent_id: token_id,
    metadata_key: WALLET_KEY,
    metadata_value: walletBytes(walletOf(token_id)),
  })
  return false
}

function transferableAgent({ agentId, approvalId }: Handover): Agent {
  const agent = existingAgent(agentId)
  if (agent.owner === caller()) return agent
  const approval = approvalOf(agentId, caller())
  const isApproved = approval !== undefined && (approvalId === null || approvalId === approval)
  require(isApproved, 'ERC721InsufficientApproval', caller(), agentId)
  return agent
}

function give({ agentId, receiver, memo }: Handover, { owner, uri }: Agent): void {
  writeAgent(agentId, { owner: receiver, uri, wallet: null })
  writeApprovals(agentId, {})
  logTransfer(owner, receiver, agentId, {
    ...(owner === caller() ? {} : { authorized_id: caller() }),
    ...(memo === null ? {} : { memo }),
  })
}

function logTransfer(old_owner_id: string, new_owner_id: string, tokenId: string, more: object = {}): void {
  logEvent('nep171', '1.2.0', 'nft_transfer', { old_owner_id, new_owner_id, token_ids: [tokenId], ...more })
}

/** A receiver that fails wants nothing; one that answers anything but yes or no keeps it. */
function isUnwanted(): boolean {
  try {
    return near.promiseResult(0) === 'true'
  } catch {
    return true
  }
}
