/** Agents as tokens: NEP-171, with NEP-177’s metadata and NEP-178’s approvals. */
import { near } from 'near-sdk-js'
import { call, NearPart, view } from '../../builder/runtime/contract.ts'
import { agentIdOf, findAgent } from '../agent.ts'
import { type Former, resolveTransfer, transfer, transferCall } from '../agent-transfers.ts'
import { type Approvals, approvalOf, approvalsOf, approve, revokeApproval } from '../approvals.ts'
import { caller, requireOneYocto, requireSelf } from '../context.ts'
import { require } from '../contract-error.ts'
import * as input from '../input.ts'
import { storageDeposit } from '../storage.ts'
import { Agents } from './state.ts'

/** `memo` is for others to read, and logged. */
const MAX_MEMO_LENGTH = 256

interface NftTransfer {
  readonly receiver_id: string
  readonly token_id: string
  /** By which the caller may, when it is not the owner. */
  readonly approval_id?: number | null
  readonly memo?: string | null
}

/** NEP-171's, with the URI where NEP-177 has a file that says more. */
interface Token {
  readonly token_id: string
  readonly owner_id: string
  readonly metadata: { readonly reference: string }
  readonly approved_account_ids: Approvals
}

@NearPart()
export class Tokens extends Agents {
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
}

function handoverOf({ receiver_id, token_id, approval_id, memo }: NftTransfer) {
  return {
    agentId: agentIdOf(token_id, 'token_id'),
    receiver: input.account(receiver_id, 'receiver_id'),
    approvalId: approval_id ?? null,
    memo: memo === undefined || memo === null ? null : input.loggedText(memo, 'memo', MAX_MEMO_LENGTH),
  }
}
