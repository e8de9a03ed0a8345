/**
 * What happens on a chain, declared once: each event's name and fields. Solidity's events, NEAR's NEP-297 lines and the
 * indexer's `ChainEvent` have these names; a test holds the Solidity ABI against this table.
 */
import type { Hex } from './hex.ts'

interface ValueOfKind {
  /** Of a secp256k1 key: 20 bytes on every chain. */
  readonly address: Hex
  /** Who acts or is paid: an address in lower case on EVM, an account id on NEAR. */
  readonly account: string
  readonly accounts: readonly string[]
  readonly bytes32: Hex
  readonly bytes: Hex
  readonly string: string
  readonly int: bigint
  readonly uint: bigint
  readonly uints: readonly bigint[]
  readonly bool: boolean
  /** Why a call failed, as `Name: arguments`; Solidity's revert data is put into this form. */
  readonly reason: string
}

/** Fields in the order of the Solidity event; `uint` is any unsigned width. */
export const events = {
  // Forwarder
  RequestExecuted: { requestId: 'bytes32', from: 'account', nonce: 'uint' },
  RequestFailed: { requestId: 'bytes32', from: 'account', nonce: 'uint', reason: 'reason' },
  // AgentRegistry (ERC-8004 Identity; `indexedMetadataKey` is the key's hash)
  Registered: { agentId: 'uint', agentURI: 'string', owner: 'account' },
  MetadataSet: { agentId: 'uint', indexedMetadataKey: 'bytes32', metadataKey: 'string', metadataValue: 'bytes' },
  URIUpdated: { agentId: 'uint', newURI: 'string', updatedBy: 'account' },
  Transfer: { from: 'account', to: 'account', tokenId: 'uint' },
  // ReputationRegistry and ValidationRegistry (ERC-8004; a request's id is its `requestHash`)
  NewFeedback: {
    agentId: 'uint',
    clientAddress: 'account',
    feedbackIndex: 'uint',
    value: 'int',
    valueDecimals: 'uint',
    indexedTag1: 'bytes32',
    tag1: 'string',
    tag2: 'string',
    endpoint: 'string',
    feedbackURI: 'string',
    feedbackHash: 'bytes32',
  },
  FeedbackRevoked: { agentId: 'uint', clientAddress: 'account', feedbackIndex: 'uint' },
  ResponseAppended: {
    agentId: 'uint',
    clientAddress: 'account',
    feedbackIndex: 'uint',
    responder: 'account',
    responseURI: 'string',
    responseHash: 'bytes32',
  },
  // Beside ERC-8004: feedback that stands on a job
  FeedbackBacked: {
    agentId: 'uint',
    clientAddress: 'account',
    feedbackIndex: 'uint',
    jobId: 'uint',
    weight: 'uint',
  },
  TokenPriceSet: { token: 'account', price: 'uint' },
  WeightCapSet: { cap: 'uint' },
  ValidationRequest: { validatorAddress: 'account', agentId: 'uint', requestURI: 'string', requestHash: 'bytes32' },
  ValidationResponse: {
    validatorAddress: 'account',
    agentId: 'uint',
    requestHash: 'bytes32',
    response: 'uint',
    responseURI: 'string',
    responseHash: 'bytes32',
    tag: 'string',
  },
  // EnclaveRegistry
  ChallengeIssued: { challenge: 'bytes32', issuedAt: 'uint' },
  WorkloadSet: { workload: 'bytes32', isAllowed: 'bool' },
  EnclaveRegistered: {
    enclave: 'address',
    operator: 'account',
    workload: 'bytes32',
    encryptionKey: 'bytes32',
    quoteId: 'bytes32',
    expiresAt: 'uint',
  },
  EnclaveRevoked: { enclave: 'address', revokedBy: 'account' },
  // Governed: every contract with a guardian
  GuardianSet: { guardian: 'account' },
  PauseSet: { isPaused: 'bool', setBy: 'account' },
  // JobEscrow (ERC-8183) and EnclaveEvaluator
  JobCreated: {
    jobId: 'uint',
    client: 'account',
    provider: 'account',
    evaluator: 'account',
    expiredAt: 'uint',
    hook: 'account',
  },
  JobDescribed: { jobId: 'uint', description: 'string' },
  ProviderSet: { jobId: 'uint', provider: 'account', agentId: 'uint' },
  BudgetSet: { jobId: 'uint', token: 'account', amount: 'uint' },
  TermsSet: { jobId: 'uint', requestHash: 'bytes32', workload: 'bytes32', observability: 'uint' },
  JobFunded: { jobId: 'uint', client: 'account', amount: 'uint' },
  JobSubmitted: { jobId: 'uint', provider: 'account', deliverable: 'bytes32' },
  ResultAccepted: {
    jobId: 'uint',
    enclave: 'address',
    resultId: 'bytes32',
    responseHash: 'bytes32',
    producedAt: 'uint',
    response: 'bytes',
  },
  JobCompleted: { jobId: 'uint', evaluator: 'account', reason: 'bytes32' },
  PaymentReleased: { jobId: 'uint', provider: 'account', amount: 'uint' },
  JobRejected: { jobId: 'uint', rejector: 'account', reason: 'bytes32' },
  Refunded: { jobId: 'uint', client: 'account', amount: 'uint' },
  JobExpired: { jobId: 'uint' },
  // Ledger: ERC-6909's Transfer, NEP-245's mt_mint, mt_burn and mt_transfer. From nobody is a deposit, to nobody a withdrawal.
  LedgerTransfer: { caller: 'account', from: 'account', to: 'account', token: 'account', amount: 'uint' },
  OperatorSet: { owner: 'account', spender: 'account', approved: 'bool' },
  // Guardrails
  PolicySet: {
    account: 'account',
    key: 'account',
    expiresAt: 'uint',
    methods: 'uint',
    isAnyCounterparty: 'bool',
    confirmers: 'accounts',
    confirmationsNeeded: 'uint',
  },
  PolicyRevoked: { account: 'account', key: 'account' },
  SpendLimitSet: {
    account: 'account',
    key: 'account',
    token: 'account',
    limit: 'uint',
    periodSeconds: 'uint',
    threshold: 'uint',
  },
  CounterpartySet: { account: 'account', key: 'account', counterparty: 'account', isAllowed: 'bool' },
  SpendConfirmed: { account: 'account', key: 'account', operationId: 'bytes32', confirmer: 'account' },
  SpendExecuted: {
    account: 'account',
    key: 'account',
    method: 'uint',
    counterparty: 'account',
    token: 'account',
    amount: 'uint',
  },
  // QuorumEvaluator
  QuorumTermsSet: { jobId: 'uint', members: 'accounts', threshold: 'uint' },
  VoteCast: { jobId: 'uint', member: 'account', isApproval: 'bool', reason: 'bytes32' },
  // MilestoneEvaluator
  MilestoneTermsSet: { jobId: 'uint', judge: 'account', reviewSeconds: 'uint', amounts: 'uints' },
  MilestoneApproved: { jobId: 'uint', milestone: 'uint', approver: 'account' },
  // CrowdPayout
  PayeesSet: { jobId: 'uint', root: 'bytes32', total: 'uint' },
  PayoutsMade: { jobId: 'uint', indexes: 'uints' },
  RemainderClaimed: { jobId: 'uint', provider: 'account', amount: 'uint' },
  PayeeSet: { jobId: 'uint', payee: 'account' },
  EvaluationPeriodSet: { jobId: 'uint', period: 'uint' },
  JobPartReleased: { jobId: 'uint', amount: 'uint', reason: 'bytes32' },
  JobReopened: { jobId: 'uint', reason: 'bytes32' },
  PaymentOwed: { jobId: 'uint', payee: 'account', amount: 'uint' },
  // ArbitratedEvaluator (shares in basis points; rulings: `rulings` of its model)
  ArbitrationTermsSet: {
    jobId: 'uint',
    arbiter: 'account',
    reviewSeconds: 'uint',
    rulingSeconds: 'uint',
    silenceShareBP: 'uint',
    bond: 'uint',
    stake: 'uint',
  },
  StakeLocked: { jobId: 'uint', provider: 'account', amount: 'uint' },
  DisputeOpened: { jobId: 'uint', client: 'account', reason: 'bytes32' },
  RulingGiven: { jobId: 'uint', arbiter: 'account', ruling: 'uint', shareBP: 'uint', reason: 'bytes32' },
  ReviewSettled: { jobId: 'uint', shareBP: 'uint' },
  BondReleased: { jobId: 'uint', receiver: 'account', amount: 'uint' },
  StakeReleased: { jobId: 'uint', receiver: 'account', amount: 'uint' },
  PlatformFeePaid: { jobId: 'uint', platformTreasury: 'account', amount: 'uint' },
  PlatformFeeSet: { feeBP: 'uint', treasury: 'account' },
  FeesCollected: { token: 'account', treasury: 'account', direct: 'uint', inLedger: 'uint' },
  HookWhitelistUpdated: { hook: 'account', status: 'bool' },
  HookFailed: { jobId: 'uint', hook: 'account', selector: 'bytes' },
} as const

export type EventName = keyof typeof events
export type EventFieldKind = keyof ValueOfKind

export type EventArguments<Name extends EventName> = {
  readonly [Field in keyof (typeof events)[Name]]: (typeof events)[Name][Field] extends EventFieldKind
    ? ValueOfKind[(typeof events)[Name][Field]]
    : never
}

/**
 * Where on a chain something happened. `timestamp` is in seconds, `logIndex` counts within the block. Hashes are as the chain's
 * explorers show them: hexadecimal with 0x on EVM, base58 on NEAR.
 */
export interface ChainPosition {
  /** CAIP-2, for example `eip155:31337` or `near:mainnet`. */
  readonly chain: string
  readonly blockNumber: bigint
  readonly blockHash: string
  readonly timestamp: bigint
  readonly transaction: string
  readonly logIndex: number
}

/** One event of one chain, the same shape whatever the chain. */
export type ChainEvent = {
  readonly [Name in EventName]: ChainPosition & {
    readonly contract: string
    readonly name: Name
    readonly args: EventArguments<Name>
  }
}[EventName]

/** ERC-8183's states, in its order: the number is what the contract stores. */
export const jobStatuses = ['Open', 'Funded', 'Submitted', 'Completed', 'Rejected', 'Expired'] as const
export type JobStatus = (typeof jobStatuses)[number]
