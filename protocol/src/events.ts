/**
 * What happens on a chain, declared once: each event's name and fields. Solidity's events, NEAR's NEP-297 lines and the
 * indexer's `ChainEvent` have these names; a test holds the Solidity ABI against this table.
 */
import type { Hex } from './hex.ts'

interface ValueOfKind {
  readonly address: Hex
  readonly bytes32: Hex
  readonly bytes: Hex
  readonly string: string
  readonly uint: bigint
  readonly bool: boolean
  /** Why a call failed, as `Name: arguments`; Solidity's revert data is put into this form. */
  readonly reason: string
}

/** Fields in the order of the Solidity event; `uint` is any unsigned width. */
export const events = {
  // Forwarder
  RequestExecuted: { requestId: 'bytes32', from: 'address', nonce: 'uint' },
  RequestFailed: { requestId: 'bytes32', from: 'address', nonce: 'uint', reason: 'reason' },
  // AgentRegistry (ERC-8004 Identity; `indexedMetadataKey` is the key's hash)
  Registered: { agentId: 'uint', agentURI: 'string', owner: 'address' },
  MetadataSet: { agentId: 'uint', indexedMetadataKey: 'bytes32', metadataKey: 'string', metadataValue: 'bytes' },
  URIUpdated: { agentId: 'uint', newURI: 'string', updatedBy: 'address' },
  Transfer: { from: 'address', to: 'address', tokenId: 'uint' },
  // EnclaveRegistry
  ChallengeIssued: { challenge: 'bytes32', issuedAt: 'uint' },
  WorkloadSet: { workload: 'bytes32', isAllowed: 'bool' },
  EnclaveRegistered: {
    enclave: 'address',
    operator: 'address',
    workload: 'bytes32',
    encryptionKey: 'bytes32',
    quoteId: 'bytes32',
    expiresAt: 'uint',
  },
  EnclaveRevoked: { enclave: 'address', revokedBy: 'address' },
  // JobEscrow (ERC-8183) and EnclaveEvaluator
  JobCreated: {
    jobId: 'uint',
    client: 'address',
    provider: 'address',
    evaluator: 'address',
    expiredAt: 'uint',
    hook: 'address',
  },
  JobDescribed: { jobId: 'uint', description: 'string' },
  ProviderSet: { jobId: 'uint', provider: 'address', agentId: 'uint' },
  BudgetSet: { jobId: 'uint', token: 'address', amount: 'uint' },
  TermsSet: { jobId: 'uint', requestHash: 'bytes32', workload: 'bytes32', observability: 'uint' },
  JobFunded: { jobId: 'uint', client: 'address', amount: 'uint' },
  JobSubmitted: { jobId: 'uint', provider: 'address', deliverable: 'bytes32' },
  ResultAccepted: {
    jobId: 'uint',
    enclave: 'address',
    resultId: 'bytes32',
    responseHash: 'bytes32',
    producedAt: 'uint',
    response: 'bytes',
  },
  JobCompleted: { jobId: 'uint', evaluator: 'address', reason: 'bytes32' },
  PaymentReleased: { jobId: 'uint', provider: 'address', amount: 'uint' },
  JobRejected: { jobId: 'uint', rejector: 'address', reason: 'bytes32' },
  Refunded: { jobId: 'uint', client: 'address', amount: 'uint' },
  JobExpired: { jobId: 'uint' },
} as const

export type EventName = keyof typeof events
export type EventFieldKind = keyof ValueOfKind

export type EventArguments<Name extends EventName> = {
  readonly [Field in keyof (typeof events)[Name]]: (typeof events)[Name][Field] extends EventFieldKind
    ? ValueOfKind[(typeof events)[Name][Field]]
    : never
}

/** Where on a chain something happened. `timestamp` is in seconds, `logIndex` counts within the block. */
export interface ChainPosition {
  /** CAIP-2, for example `eip155:31337`. */
  readonly chain: string
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly timestamp: bigint
  readonly transaction: Hex
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
