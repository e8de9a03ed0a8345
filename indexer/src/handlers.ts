import { arbitrationModel, type ChainEvent, type ErrorName, evaluatorTerms, NOBODY } from '@parley/protocol'
import type { Change } from './change.ts'
import {
  insert,
  insertLog,
  type JobEvent,
  jobKey,
  moveBalance,
  payment,
  settings,
  toSeconds,
  update,
  updateJob,
  type Values,
} from './changes.ts'
import { positionOf } from './origin.ts'

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
      return [insert(event, 'agents', { agentId, uri, owner })]
    }
    case 'URIUpdated':
      return [update(event, 'agents', { agentId: args.agentId }, { uri: args.newURI })]
    case 'Transfer':
      // A mint comes before Registered, which says the owner.
      return args.from === NOBODY ? [] : [update(event, 'agents', { agentId: args.tokenId }, { owner: args.to })]
    case 'MetadataSet': {
      const { agentId, indexedMetadataKey: keyHash, metadataKey: key, metadataValue: value } = args
      return [insert(event, 'agent_metadata', { agentId, keyHash, key, value })]
    }

    // ReputationRegistry and ValidationRegistry
    case 'NewFeedback': {
      const { agentId, clientAddress: client, feedbackIndex, value, tag1, tag2, endpoint } = args
      const { feedbackURI: uri, feedbackHash: hash } = args
      const said = { value, valueDecimals: Number(args.valueDecimals), tag1, tag2, endpoint, uri, hash }
      return [insert(event, 'feedback', { agentId, client, feedbackIndex, ...said, isRevoked: false })]
    }
    case 'FeedbackRevoked': {
      const { agentId, clientAddress: client, feedbackIndex } = args
      return [update(event, 'feedback', { agentId, client, feedbackIndex }, { isRevoked: true })]
    }
    case 'FeedbackBacked': {
      const { agentId, clientAddress: client, feedbackIndex, weight } = args
      return [update(event, 'feedback', { agentId, client, feedbackIndex }, { jobId: jobKey(event), weight })]
    }
    case 'ResponseAppended': {
      const { agentId, clientAddress: client, feedbackIndex, responder, responseURI: uri, responseHash: hash } = args
      return [insertLog(event, 'feedback_responses', { agentId, client, feedbackIndex, responder, uri, hash })]
    }
    case 'ValidationRequest': {
      const { validatorAddress: validator, agentId, requestURI, requestHash } = args
      return [insert(event, 'validations', { requestHash, validator, agentId, requestURI })]
    }
    case 'ValidationResponse': {
      const { validatorAddress: validator, agentId, requestHash, responseURI, responseHash, tag } = args
      const answer = { response: Number(args.response), responseURI, responseHash, tag }
      return [update(event, 'validations', { requestHash, validator, agentId }, answer)]
    }

    case 'EnclaveRegistered':
      return [insert(event, 'enclaves', { ...args, expiresAt: toSeconds(args.expiresAt), isRevoked: false })]
    case 'EnclaveRevoked':
      return [update(event, 'enclaves', { enclave: args.enclave }, { isRevoked: true })]
    case 'ChallengeIssued':
      return []

    // Settings
    case 'WorkloadSet':
      return settings(event, { isWorkloadAllowed: args.isAllowed }, args.workload)
    case 'GuardianSet':
      return settings(event, { guardian: args.guardian })
    case 'PauseSet':
      return settings(event, { isPaused: args.isPaused })
    case 'PlatformFeeSet':
      return settings(event, { platformFeeBP: args.feeBP, platformTreasury: args.treasury })
    case 'TokenPriceSet':
      return settings(event, { tokenPrice: args.price }, args.token)
    case 'WeightCapSet':
      return settings(event, { weightCap: args.cap })
    case 'HookWhitelistUpdated':
      return settings(event, { isHookAllowed: args.status }, args.hook)
    case 'FeesCollected':
      return [insertLog(event, 'fee_collections', args)]

    // Jobs
    case 'JobCreated': {
      const { client, evaluator } = args
      const [provider, hook] = [args.provider, args.hook].map((account) => (account === NOBODY ? null : account))
      const values = { jobId: jobKey(event), status: 'Open', client, evaluator, provider, hook }
      return [insert(event, 'jobs', { ...values, expiredAt: toSeconds(args.expiredAt) })]
    }
    case 'JobDescribed':
      return [updateJob(event, { description: args.description })]
    case 'ProviderSet':
      return [updateJob(event, { provider: args.provider, agentId: args.agentId })]
    case 'PayeeSet':
      return [updateJob(event, { payee: args.payee })]
    case 'BudgetSet':
      return [updateJob(event, { token: args.token, budget: args.amount })]
    case 'EvaluationPeriodSet':
      return [updateJob(event, { evaluationSeconds: toSeconds(args.period) })]
    case 'JobFunded':
      return [updateJob(event, { status: 'Funded', funded: args.amount }), payment(event, 'Funded', args.client)]
    case 'JobSubmitted':
      return [updateJob(event, { status: 'Submitted', deliverable: args.deliverable })]
    case 'JobReopened':
      return [updateJob(event, { status: 'Funded', deliverable: null })]
    case 'JobCompleted':
      return [updateJob(event, { status: 'Completed', reason: args.reason })]
    case 'JobRejected':
      return [updateJob(event, { status: 'Rejected', reason: args.reason })]
    case 'JobExpired':
      return [updateJob(event, { status: 'Expired' })]
    case 'JobPartReleased':
      return [updateJob(event, {}, { released: args.amount })]
    case 'PaymentReleased':
      return [updateJob(event, {}, { paid: args.amount }), payment(event, 'Released', args.provider)]
    case 'Refunded':
      return [updateJob(event, {}, { refunded: args.amount }), payment(event, 'Refunded', args.client)]
    case 'PaymentOwed':
      return [payment(event, 'Owed', args.payee)]
    case 'PlatformFeePaid':
      return [updateJob(event, {}, { fee: args.amount }), payment(event, 'Fee', args.platformTreasury)]
    case 'HookFailed':
      return [updateJob(event, {}, { hookFailures: 1n })]

    // EnclaveEvaluator
    case 'TermsSet': {
      const { requestHash, workload, observability } = args
      const terms = { requestHash, workload, observability: Number(observability) }
      return [updateJob(event, { termsKind: 'Enclave', evaluatorTerms: evaluatorTerms(name, args), ...terms })]
    }
    case 'ResultAccepted': {
      const { enclave, resultId, responseHash, response, producedAt } = args
      return [updateJob(event, { enclave, resultId, responseHash, response, producedAt: toSeconds(producedAt) })]
    }

    // QuorumEvaluator
    case 'QuorumTermsSet': {
      const terms = { judges: [...args.members], threshold: Number(args.threshold) }
      return [updateJob(event, { termsKind: 'Quorum', evaluatorTerms: evaluatorTerms(name, args), ...terms })]
    }
    case 'VoteCast': {
      const { member, isApproval, reason } = args
      return [insert(event, 'votes', { jobId: jobKey(event), member, isApproval, reason })]
    }

    // MilestoneEvaluator
    case 'MilestoneTermsSet': {
      const terms = { judges: [args.judge], reviewSeconds: toSeconds(args.reviewSeconds) }
      const milestones = args.amounts.map((amount, milestone) =>
        insert(event, 'milestones', { jobId: jobKey(event), milestone, amount }),
      )
      const judged = { termsKind: 'Milestones', evaluatorTerms: evaluatorTerms(name, args), ...terms }
      return [updateJob(event, judged), ...milestones]
    }
    case 'MilestoneApproved': {
      const key = { jobId: jobKey(event), milestone: Number(args.milestone) }
      return [update(event, 'milestones', key, { approver: args.approver })]
    }

    // ArbitratedEvaluator
    case 'ArbitrationTermsSet': {
      const { arbiter, reviewSeconds, rulingSeconds, silenceShareBP, bond, stake } = args
      const terms = { rulingSeconds: toSeconds(rulingSeconds), silenceShareBP: Number(silenceShareBP), bond, stake }
      const flags = { isStakeLocked: false, hasRedone: false }
      const judged = { judges: [arbiter], reviewSeconds: toSeconds(reviewSeconds) }
      return [
        updateJob(event, { termsKind: 'Arbitration', evaluatorTerms: evaluatorTerms(name, args), ...judged }),
        insert(event, 'arbitrations', { jobId: jobKey(event), ...terms, ...flags }),
      ]
    }
    case 'StakeLocked':
      return [arbitration(event, { isStakeLocked: true })]
    case 'DisputeOpened': {
      const dispute = { disputedAt: Number(event.timestamp), disputeReason: args.reason }
      return [arbitration(event, { ...dispute, ruling: null, shareBP: null, rulingReason: null })]
    }
    case 'RulingGiven': {
      const kind = arbitrationModel.rulings[Number(args.ruling)]
      // Only a split names its share.
      const shareBP = kind === 'Pay' ? Number(arbitrationModel.WHOLE_BP) : Number(args.shareBP)
      const ruling = { ruling: Number(args.ruling), rulingReason: args.reason, shareBP }
      return [arbitration(event, kind === 'Redo' ? { ...ruling, disputedAt: null, hasRedone: true } : ruling)]
    }
    case 'ReviewSettled':
      return [arbitration(event, { shareBP: Number(args.shareBP) })]
    case 'BondReleased':
      return [arbitration(event, { bondReceiver: args.receiver })]
    case 'StakeReleased':
      return [arbitration(event, { isStakeLocked: false, stakeReceiver: args.receiver })]

    // CrowdPayout
    case 'PayeesSet':
      return [insert(event, 'crowds', { jobId: jobKey(event), root: args.root, total: args.total })]
    case 'PayoutsMade':
      // The ledger tells each payout right after, in their order.
      return args.indexes.map((index, at) => {
        const transferLogIndex = event.logIndex + 1 + at
        const transfer = { ...event, logIndex: transferLogIndex }
        return insert(transfer, 'crowd_payouts', { jobId: jobKey(event), index, transferLogIndex })
      })
    case 'RemainderClaimed':
      return [update(event, 'crowds', { jobId: jobKey(event) }, { remainder: args.amount })]

    // Ledger
    case 'LedgerTransfer': {
      const { caller, from, to, token, amount } = args
      const moved = insertLog(event, 'ledger_transfers', { caller, from, to, token, amount })
      return [moved, ...moveBalance(event)]
    }
    case 'OperatorSet': {
      const { owner, spender, approved: isApproved } = args
      return [insert(event, 'ledger_operators', { owner, spender, isApproved })]
    }

    // Guardrails
    case 'PolicySet': {
      const { account, key, expiresAt, methods, isAnyCounterparty, confirmers, confirmationsNeeded } = args
      const policy = {
        ...{ account, key, isAnyCounterparty, confirmers: [...confirmers], isRevoked: false },
        ...{ expiresAt: toSeconds(expiresAt), methods: Number(methods) },
        confirmationsNeeded: Number(confirmationsNeeded),
      }
      return [insert(event, 'policies', policy)]
    }
    case 'PolicyRevoked': {
      const { account, key } = args
      return [update(event, 'policies', { account, key }, { isRevoked: true, revokedPosition: positionOf(event) })]
    }
    case 'SpendLimitSet': {
      const { account, key, token, limit, periodSeconds, threshold } = args
      const values = { limit, periodSeconds: toSeconds(periodSeconds), threshold }
      return [insert(event, 'spend_limits', { account, key, token, ...values, setPosition: positionOf(event) })]
    }
    case 'CounterpartySet':
      return [insert(event, 'counterparties', { ...args, setPosition: positionOf(event) })]
    case 'SpendConfirmed':
      return [insert(event, 'spend_confirmations', { ...args, setPosition: positionOf(event) })]
    case 'SpendExecuted':
      return [insertLog(event, 'spends', { ...args, method: Number(args.method) })]
  }
}

function arbitration(event: JobEvent, values: Partial<Values<'arbitrations'>>): Change {
  return update(event, 'arbitrations', { jobId: jobKey(event) }, values)
}

function forwardedRequest(
  event: Extract<ChainEvent, { readonly name: 'RequestExecuted' | 'RequestFailed' }>,
  outcome: Pick<Values<'forwarded_requests'>, 'hasSucceeded' | 'error' | 'reason'>,
): Change {
  const { requestId, from: account, nonce } = event.args
  return insert(event, 'forwarded_requests', { requestId, account, nonce, ...outcome })
}

/** The name that a reason starts with. A stranger's contract may say whatever it likes instead, at any length. */
function errorOf(reason: string): string {
  const [name] = /^\w{1,64}(?=:|$)/.exec(reason) ?? []
  return name ?? ('TransactionReverted' satisfies ErrorName)
}
