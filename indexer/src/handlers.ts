import { type ChainEvent, type ErrorName, type JobStatus, NOBODY } from '@parley/protocol'
import type { Change, Rows } from './change.ts'
import { originOf, updateOf } from './origin.ts'

/** What an event does to the tables. Pure, and the only place that knows. */
export function changesOf(event: ChainEvent): Change[] {
  const { name, args } = event
  switch (name) {
    case 'RequestExecuted':
      return [forwardedRequest(event, { hasSucceeded: true })]
    case 'RequestFailed': {
      const { reason } = args
      return [forwardedRequest(event, { hasSucceeded: false, error: errorOf(reason), reason })]
    }

    case 'Registered': {
      const { agentId, agentURI: uri, owner } = args
      const values = { ...originOf(event), agentId, uri, owner }
      return [{ table: 'agents', key: [agentId.toString()], kind: 'insert', values }]
    }
    case 'URIUpdated':
      return [agentUpdate(event, args.agentId, { uri: args.newURI })]
    case 'Transfer':
      // A mint comes before Registered, which says the owner.
      return args.from === NOBODY ? [] : [agentUpdate(event, args.tokenId, { owner: args.to })]
    case 'MetadataSet': {
      const { agentId, indexedMetadataKey: keyHash, metadataKey: key, metadataValue: value } = args
      const values = { ...originOf(event), agentId, keyHash, key, value }
      return [{ table: 'agent_metadata', key: [agentId.toString(), keyHash], kind: 'insert', values }]
    }

    case 'NewFeedback':
    case 'FeedbackRevoked':
    case 'ResponseAppended':
    case 'FeedbackBacked':
    case 'TokenPriceSet':
    case 'WeightCapSet':
    case 'ValidationRequest':
    case 'ValidationResponse':
      return []

    case 'ChallengeIssued':
    case 'WorkloadSet':
    case 'GuardianSet':
    case 'PauseSet':
      return []
    case 'EnclaveRegistered': {
      const values = { ...originOf(event), ...args, expiresAt: toSeconds(args.expiresAt), isRevoked: false }
      return [{ table: 'enclaves', key: [args.enclave], kind: 'insert', values }]
    }
    case 'EnclaveRevoked': {
      const values = { ...updateOf(event), isRevoked: true }
      return [{ table: 'enclaves', key: [args.enclave], kind: 'update', values }]
    }

    case 'JobCreated':
      return [jobInsert(event)]
    case 'JobDescribed':
      return [jobUpdate(event, { description: args.description })]
    case 'ProviderSet':
      return [jobUpdate(event, { provider: args.provider, agentId: args.agentId })]
    case 'BudgetSet':
      return [jobUpdate(event, { token: args.token, budget: args.amount })]
    case 'TermsSet': {
      const { requestHash, workload, observability } = args
      return [jobUpdate(event, { requestHash, workload, observability: Number(observability) })]
    }
    case 'JobFunded':
      return [jobUpdate(event, { status: 'Funded', funded: args.amount }), payment(event, 'Funded', args.client)]
    case 'JobSubmitted':
      return [jobUpdate(event, { status: 'Submitted', deliverable: args.deliverable })]
    case 'ResultAccepted': {
      const { enclave, resultId, responseHash, response, producedAt } = args
      return [jobUpdate(event, { enclave, resultId, responseHash, response, producedAt: toSeconds(producedAt) })]
    }
    case 'JobCompleted':
      return [jobUpdate(event, { status: 'Completed', reason: args.reason })]
    case 'PaymentReleased':
      return [jobUpdate(event, { paid: args.amount }), payment(event, 'Released', args.provider)]
    case 'JobRejected':
      return [jobUpdate(event, { status: 'Rejected', reason: args.reason })]
    case 'Refunded':
      return [jobUpdate(event, { refunded: args.amount }), payment(event, 'Refunded', args.client)]
    case 'JobExpired':
      return [jobUpdate(event, { status: 'Expired' })]
    case 'JobReopened':
      return [jobUpdate(event, { status: 'Funded', deliverable: null })]
    case 'PayeeSet':
    case 'EvaluationPeriodSet':
    case 'JobPartReleased':
    case 'PaymentOwed':
    case 'PlatformFeePaid':
    case 'PlatformFeeSet':
    case 'FeesCollected':
    case 'HookWhitelistUpdated':
    case 'HookFailed':
      return []

    case 'LedgerTransfer':
    case 'OperatorSet':
    case 'PolicySet':
    case 'PolicyRevoked':
    case 'SpendLimitSet':
    case 'CounterpartySet':
    case 'SpendConfirmed':
    case 'SpendExecuted':
    // QuorumEvaluator
    case 'QuorumTermsSet':
    case 'VoteCast':
    // MilestoneEvaluator
    case 'MilestoneTermsSet':
    case 'MilestoneApproved':
    // ArbitratedEvaluator
    case 'ArbitrationTermsSet':
    case 'StakeLocked':
    case 'DisputeOpened':
    case 'RulingGiven':
    case 'ReviewSettled':
    case 'BondReleased':
    case 'StakeReleased':
    // CrowdPayout
    case 'PayeesSet':
    case 'PayoutsMade':
    case 'RemainderClaimed':
      return []
  }
}

type EventNamed<Name extends ChainEvent['name']> = Extract<ChainEvent, { readonly name: Name }>
type JobEvent = Extract<ChainEvent, { readonly args: { readonly jobId: bigint } }>

function forwardedRequest(
  event: EventNamed<'RequestExecuted' | 'RequestFailed'>,
  outcome: Pick<Rows['forwarded_requests'], 'hasSucceeded' | 'error' | 'reason'>,
): Change {
  const { requestId, from: account, nonce } = event.args
  const values = { ...originOf(event), requestId, account, nonce, ...outcome }
  return { table: 'forwarded_requests', key: [requestId], kind: 'insert', values }
}

/** The name that a reason starts with. A stranger's contract may say whatever it likes instead, at any length. */
function errorOf(reason: string): string {
  const [name] = /^\w{1,64}(?=:|$)/.exec(reason) ?? []
  return name ?? ('TransactionReverted' satisfies ErrorName)
}

function agentUpdate(event: ChainEvent, agentId: bigint, values: Partial<Rows['agents']>): Change {
  return { table: 'agents', key: [agentId.toString()], kind: 'update', values: { ...updateOf(event), ...values } }
}

function jobInsert(event: EventNamed<'JobCreated'>): Change {
  const { client, evaluator } = event.args
  const jobId = jobKey(event)
  const provider = event.args.provider === NOBODY ? null : event.args.provider
  const expiredAt = toSeconds(event.args.expiredAt)
  const values = { ...originOf(event), jobId, status: 'Open', client, evaluator, provider, expiredAt }
  return { table: 'jobs', key: [jobId], kind: 'insert', values }
}

function jobUpdate(event: JobEvent, values: Partial<Rows['jobs']> & { readonly status?: JobStatus }): Change {
  return { table: 'jobs', key: [jobKey(event)], kind: 'update', values: { ...updateOf(event), ...values } }
}

function payment(
  event: EventNamed<'JobFunded' | 'PaymentReleased' | 'Refunded'>,
  kind: 'Funded' | 'Released' | 'Refunded',
  account: string,
): Change {
  const blockNumber = Number(event.blockNumber)
  const { logIndex } = event
  const { amount } = event.args
  const values = { ...originOf(event), blockNumber, logIndex, kind, jobId: jobKey(event), account, amount }
  return { table: 'payments', key: [String(blockNumber), String(logIndex)], kind: 'insert', values }
}

/** Job ids are hashes: 0x and 64 digits. */
function jobKey({ args }: JobEvent): string {
  return `0x${args.jobId.toString(16).padStart(64, '0')}`
}

/** What lies past the largest exact number is never anyway; an enclave may sign any uint64 as its time. */
function toSeconds(value: bigint): number {
  return Number(value < MAX_SECONDS ? value : MAX_SECONDS)
}

const MAX_SECONDS = BigInt(Number.MAX_SAFE_INTEGER)
