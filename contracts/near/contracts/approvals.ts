/** Who may act for an agent's owner, until the agent is given away (NEP-178). */
import { near } from 'near-sdk-js'
import { type Agent, existingAgent } from './agent.ts'
import { callLast } from './calls.ts'
import { caller } from './context.ts'
import { ContractError, require } from './contract-error.ts'
import { NFT_APPROVE_GAS } from './gas.ts'
import { readRecord, writeRecord } from './records.ts'
import { chargeStorage } from './storage.ts'

/** Accounts with the ids of their approvals, which no two approvals share. */
export type Approvals = Readonly<Record<string, number>>

/** All that an agent has are read and written together. */
const MAX_APPROVALS = 16

/** An agent that the caller may act for. */
export function authorizedAgent(agentId: string): Agent {
  const agent = existingAgent(agentId)
  require(isAuthorized(agentId, agent, caller()), 'NotAuthorized')
  return agent
}

/** Whether an account owns the agent or is approved by its owner. */
export function isAuthorized(agentId: string, { owner }: Agent, account: string): boolean {
  return owner === account || approvalOf(agentId, account) !== undefined
}

export function approvalOf(agentId: string, account: string): number | undefined {
  const approvals = approvalsOf(agentId)
  // `constructor` is an account's name, too.
  return Object.hasOwn(approvals, account) ? approvals[account] : undefined
}

export function approvalsOf(agentId: string): Approvals {
  return readRecord<Approvals>(keyOf(agentId)) ?? {}
}

/** Tells the account when there is something to tell; what it answers is what the caller gets. */
export function approve(agentId: string, account: string, approvalId: number, msg: string | null): void {
  const { owner } = requireOwn(agentId)
  const approvals = { ...approvalsOf(agentId), [account]: approvalId }
  if (Object.keys(approvals).length > MAX_APPROVALS)
    throw new ContractError('InputInvalid', `account_id is more than the ${MAX_APPROVALS} that may be approved`)

  chargeStorage(owner, () => writeApprovals(agentId, approvals))

  if (msg === null) return
  const args = { token_id: agentId, owner_id: owner, approval_id: approvalId, msg }
  callLast({ contract: account, method: 'nft_on_approve', args, gas: NFT_APPROVE_GAS })
}

/** Without an account, all. */
export function revokeApproval(agentId: string, account: string | null): void {
  const { owner } = requireOwn(agentId)
  const { [account ?? '']: _, ...others } = approvalsOf(agentId)

  chargeStorage(owner, () => writeApprovals(agentId, account === null ? {} : others))
}

export function writeApprovals(agentId: string, approvals: Approvals): void {
  if (Object.keys(approvals).length === 0) near.storageRemove(keyOf(agentId))
  else writeRecord(keyOf(agentId), approvals)
}

/** Those who are approved may not approve others. */
function requireOwn(agentId: string): Agent {
  const agent = existingAgent(agentId)
  require(agent.owner === caller(), 'NotAuthorized')
  return agent
}

function keyOf(agentId: string): string {
  return `approvals:${agentId}`
}
