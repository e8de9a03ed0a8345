import { defineMessage, type ValueOf } from './message.ts'

/** One call of a forward request. */
export const Call = defineMessage('Call', [
  ['to', 'address'],
  ['data', 'bytes'],
])

/**
 * What an account without gas signs so that somebody else sends it: calls that happen together or not at all. Nonces are
 * unordered (any 256-bit number, once), so that one agent can have many requests under way. `gas` is what the calls may use;
 * `deadline` is in seconds.
 */
export const ForwardRequest = defineMessage('ForwardRequest', [
  ['from', 'address'],
  ['calls', [Call]],
  ['gas', 'uint64'],
  ['nonce', 'uint256'],
  ['deadline', 'uint64'],
])

/**
 * What a verifier signs after it checked an enclave's quote: this key belongs to this workload. `quoteId` is keccak256 of the
 * quote's header and body; `challenge` was given by the registry and is used up by the registration; `expiresAt` is in
 * seconds, at the latest when the collateral ends.
 */
export const EnclaveReport = defineMessage('EnclaveReport', [
  ['enclave', 'address'],
  ['encryptionKey', 'bytes32'],
  ['operator', 'address'],
  ['workload', 'bytes32'],
  ['quoteId', 'bytes32'],
  ['challenge', 'bytes32'],
  ['expiresAt', 'uint64'],
])

/**
 * What an enclave is asked to do. Its hash is the result's `requestHash`, so a result fits one job only: the job id contains
 * chain, escrow, client and a number that is used once. `bodyHash` is keccak256 of the encrypted request.
 */
export const JobRequest = defineMessage('JobRequest', [
  ['jobId', 'bytes32'],
  ['provider', 'address'],
  ['bodyHash', 'bytes32'],
])

/**
 * What an enclave signs when the work is done. `responseHash` is keccak256 of the encrypted response; `observability` is what
 * the operator could see (see `Observability`); `producedAt` is in seconds.
 */
export const EnclaveResult = defineMessage('EnclaveResult', [
  ['requestHash', 'bytes32'],
  ['responseHash', 'bytes32'],
  ['workload', 'bytes32'],
  ['observability', 'uint8'],
  ['producedAt', 'uint64'],
])

export type Call = ValueOf<typeof Call>
export type ForwardRequest = ValueOf<typeof ForwardRequest>
export type EnclaveReport = ValueOf<typeof EnclaveReport>
export type JobRequest = ValueOf<typeof JobRequest>
export type EnclaveResult = ValueOf<typeof EnclaveResult>

/** The same as NEAR signs them: an account is a name there, so a string. */
export const nearMessages = {
  EnclaveReport: defineMessage('EnclaveReport', [
    ['enclave', 'address'],
    ['encryptionKey', 'bytes32'],
    ['operator', 'string'],
    ['workload', 'bytes32'],
    ['quoteId', 'bytes32'],
    ['challenge', 'bytes32'],
    ['expiresAt', 'uint64'],
  ]),
  JobRequest: defineMessage('JobRequest', [
    ['jobId', 'bytes32'],
    ['provider', 'string'],
    ['bodyHash', 'bytes32'],
  ]),
  EnclaveResult,
} as const

/** All of them: tests hold each against the Solidity type hashes and against an independent implementation. */
export const messages = { Call, ForwardRequest, EnclaveReport, JobRequest, EnclaveResult } as const

/** What the operator of an enclave may see of a job: nothing; counts, timings and error classes; everything. */
export const observabilityLevels = ['none', 'partial', 'full'] as const
export type Observability = (typeof observabilityLevels)[number]
