import type { Hex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { call, initialize, NearBindgen, view } from '../builder/runtime/contract.ts'
import { agentIdOf, existingAgent, findAgent, walletOf } from './agent.ts'
import { type Former, resolveTransfer, transfer, transferCall } from './agent-transfers.ts'
import { type Approvals, approvalOf, approvalsOf, approve, isAuthorized, revokeApproval } from './approvals.ts'
import { caller, requireOneYocto, requireSelf } from './context.ts'
import { require } from './contract-error.ts'
import {
  allFeedbackOf,
  appendResponse,
  backedSummaryOf,
  clientsOf,
  existingFeedback,
  giveFeedback,
  lastIndexOf,
  responseCount,
  revokeFeedback,
  summaryOf,
} from './feedback.ts'
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
import { requestBound, requestChosen, requestsOf, respond, statusOf, validationSummaryOf } from './validations.ts'
import { acceptWallet, setWallet, unsetWallet } from './wallets.ts'

/** `memo` is for others to read, and logged. */
const MAX_MEMO_LENGTH = 256

/** All texts of a feedback are logged together. */
const MAX_TAG_LENGTH = 256
const MAX_ENDPOINT_LENGTH = 1024
const MAX_FEEDBACK_URI_LENGTH = 2048

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

interface Feedback {
  readonly agent_id: string
  readonly value: string
  readonly value_decimals: string
  readonly tag1: string
  readonly tag2: string
  readonly endpoint: string
  readonly feedback_uri: string
  readonly feedback_hash: Hex
}

interface BackedFeedback {
  readonly feedback: Feedback
  readonly client: string
  readonly owner: string | null
  readonly job_id: Hex
  readonly weight: string
}

interface FeedbackKey {
  readonly agent_id: string
  readonly client_address: string
  readonly feedback_index: string
}

interface Response {
  readonly agent_id: string
  readonly client_address: string
  readonly feedback_index: string
  readonly response_uri: string
  readonly response_hash: Hex
}

interface SummaryQuery {
  readonly agent_id: string
  readonly client_addresses: string[]
  readonly tag1: string
  readonly tag2: string
}

interface FeedbackQuery {
  readonly agent_id: string
  readonly client_addresses: string[]
  readonly tag1: string
  readonly tag2: string
  readonly include_revoked: boolean
}

interface ResponseQuery {
  readonly agent_id: string
  readonly client_address: string | null
  readonly feedback_index: string
  readonly responders: string[]
}

interface ChosenRequest {
  readonly validator_address: string
  readonly agent_id: string
  readonly request_uri: string
  readonly request_hash: Hex
}

interface BoundRequest {
  readonly validator_address: string
  readonly agent_id: string
  readonly request_uri: string
  readonly request_digest: Hex
}

interface ValidationAnswer {
  readonly request_hash: Hex
  readonly response: string
  readonly response_uri: string
  readonly response_hash: Hex
  readonly tag: string
}

interface ValidationQuery {
  readonly agent_id: string
  readonly validator_addresses: string[]
  readonly tag: string
}

/** ERC-8004's registries. Agents are tokens (NEP-171), ids count from 0. Mirrors contracts/evm/contracts/AgentRegistry.sol. */
@NearBindgen({ requireInit: true, isLazy: true })
export class Agents {
  /** Who may replace the code: a timelock. A new owner comes with new code. */
  owner_id = ''
  /** Which contract says what feedback stands on. */
  parley_id = ''
  approved_code_hash = ''
  next_agent_id = 0
  next_approval_id = 0

  @initialize({})
  init({ owner, parley }: { owner: string; parley: string }): void {
    this.owner_id = input.account(owner, 'owner')
    this.parley_id = input.account(parley, 'parley')
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

  /** Says what the caller thinks of an agent: `value` with `value_decimals` (at most 18) digits behind the point, at most 1e38 either way. */
  @call({})
  give_feedback(feedback: Feedback): void {
    giveFeedback(givenOf(feedback), caller())
  }

  /** For `parley` only, which has taken the client's right: feedback that stands on a job, about an agent of `owner` where one is named. */
  @call({})
  keep_backed_feedback({ feedback, client, owner, job_id, weight }: BackedFeedback): void {
    require(caller() === this.parley_id, 'NotAuthorized')
    const given = givenOf(feedback)
    const isTheirs = owner === null || isAuthorized(given.agentId, existingAgent(given.agentId), owner)
    require(isTheirs, 'FeedbackRightMissing', job_id, client, given.agentId)

    giveFeedback(given, client, { jobId: job_id, weight: Number(weight) })
  }

  /** Takes back what the caller said. `feedback_index` counts from 1, by agent and client. */
  @call({})
  revoke_feedback({ agent_id, feedback_index }: { agent_id: string; feedback_index: string }): void {
    revokeFeedback(agentIdOf(agent_id), indexOf(feedback_index))
  }

  /** Answers to somebody's feedback, as often as one likes. Anybody. */
  @call({})
  append_response(response: Response): void {
    const client = input.account(response.client_address, 'client_address')
    const uri = uriOf(response.response_uri, 'response_uri')
    const hash = input.bytes32(response.response_hash, 'response_hash')
    appendResponse(agentIdOf(response.agent_id), client, indexOf(response.feedback_index), { uri, hash })
  }

  /** The mean of what these clients said and did not take back. An empty tag stands for any; see `meanOf` of protocol's model. */
  @view({})
  get_summary(query: SummaryQuery) {
    return summaryOf(queryOf(query))
  }

  /** As `get_summary` of feedback that stands on a job, each by its weight. */
  @view({})
  get_backed_summary(query: SummaryQuery) {
    return backedSummaryOf(queryOf(query))
  }

  @view({})
  read_feedback({ agent_id, client_address, feedback_index }: FeedbackKey) {
    const client = input.account(client_address, 'client_address')
    const feedback = existingFeedback(agentIdOf(agent_id), client, indexOf(feedback_index))
    const { value, value_decimals, tag1, tag2, is_revoked } = feedback
    return { value, value_decimals: String(value_decimals), tag1, tag2, is_revoked }
  }

  /** Of these clients, or of all when there are none: a list for each field, as Solidity has it. */
  @view({})
  read_all_feedback(query: FeedbackQuery) {
    return allFeedbackOf({ ...queryOf(query), includeRevoked: input.bool(query.include_revoked, 'include_revoked') })
  }

  /** To one feedback, to all of a client (index 0), or to all of the agent (no client); of all responders when there are none. */
  @view({})
  get_response_count({ agent_id, client_address, feedback_index, responders }: ResponseQuery): string {
    const client = input.optionalAccount(client_address, 'client_address')
    const these = accountsOf(responders, 'responders')
    return String(responseCount(agentIdOf(agent_id), client, indexOf(feedback_index), these))
  }

  /** In the order of their first feedback. */
  @view({})
  get_clients({ agent_id }: { agent_id: string }): string[] {
    return clientsOf(agentIdOf(agent_id))
  }

  /** How often the client gave feedback. */
  @view({})
  get_last_index({ agent_id, client_address }: { agent_id: string; client_address: string }): string {
    return String(lastIndexOf(agentIdOf(agent_id), input.account(client_address, 'client_address')))
  }

  /** Asks a validator, as ERC-8004 has it: whoever is first takes the hash. Owner and approved only. */
  @call({})
  validation_request(request: ChosenRequest): void {
    requestChosen(requestOf(request), input.bytes32(request.request_hash, 'request_hash'))
  }

  /** Asks a validator under an id that nobody else can take (protocol's `validationId`), and answers it. Owner and approved only. */
  @call({})
  request_validation(request: BoundRequest): Hex {
    return requestBound(requestOf(request), input.bytes32(request.request_digest, 'request_digest'))
  }

  /** What the validator found, 0 to 100. The validator only, as often as it likes: the last one counts. */
  @call({})
  validation_response(answer: ValidationAnswer): void {
    respond(input.bytes32(answer.request_hash, 'request_hash'), input.uint(answer.response, 'response', 8n), {
      uri: uriOf(answer.response_uri, 'response_uri'),
      responseHash: input.bytes32(answer.response_hash, 'response_hash'),
      tag: tagOf(answer.tag, 'tag'),
    })
  }

  @view({})
  get_validation_status({ request_hash }: { request_hash: Hex }) {
    return statusOf(input.bytes32(request_hash, 'request_hash'))
  }

  /** The mean of these validators' responses, or of all when there are none. An empty tag stands for any. */
  @view({})
  get_validation_summary({ agent_id, validator_addresses, tag }: ValidationQuery) {
    const validators = accountsOf(validator_addresses, 'validator_addresses')
    return validationSummaryOf(agentIdOf(agent_id), validators, tagOf(tag, 'tag'))
  }

  @view({})
  get_agent_validations({ agent_id }: { agent_id: string }): Hex[] {
    return requestsOf('agent', agentIdOf(agent_id))
  }

  @view({})
  get_validator_requests({ validator_address }: { validator_address: string }): Hex[] {
    return requestsOf('validator', input.account(validator_address, 'validator_address'))
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

function givenOf(feedback: Feedback) {
  return {
    agentId: agentIdOf(feedback.agent_id),
    value: input.int(feedback.value, 'value'),
    valueDecimals: input.uint(feedback.value_decimals, 'value_decimals', 8n),
    tag1: tagOf(feedback.tag1, 'tag1'),
    tag2: tagOf(feedback.tag2, 'tag2'),
    endpoint: input.loggedText(feedback.endpoint, 'endpoint', MAX_ENDPOINT_LENGTH),
    feedbackUri: input.loggedText(feedback.feedback_uri, 'feedback_uri', MAX_FEEDBACK_URI_LENGTH),
    feedbackHash: input.bytes32(feedback.feedback_hash, 'feedback_hash'),
  }
}

function queryOf(query: SummaryQuery) {
  return {
    agentId: agentIdOf(query.agent_id),
    clients: accountsOf(query.client_addresses, 'client_addresses'),
    tag1: tagOf(query.tag1, 'tag1'),
    tag2: tagOf(query.tag2, 'tag2'),
    includeRevoked: false,
  }
}

function requestOf(request: ChosenRequest | BoundRequest) {
  return {
    validator: input.account(request.validator_address, 'validator_address'),
    agentId: agentIdOf(request.agent_id),
    uri: uriOf(request.request_uri, 'request_uri'),
  }
}

function tagOf(value: unknown, field: string): string {
  return input.loggedText(value, field, MAX_TAG_LENGTH)
}

function indexOf(value: unknown): bigint {
  return input.uint(value, 'feedback_index', 64n)
}

function accountsOf(value: unknown, field: string): string[] {
  return input.list(value, field).map((account) => input.account(account, field))
}
