import {
  arbitrationModel,
  type ErrorName,
  errors,
  isErrorName,
  jobStatuses,
  type MarketStatus,
  marketStatuses,
  observabilityLevels,
  type RequestKind,
  type RequestStatus,
  requestKinds,
  requestStatuses,
  toSnakeCase,
} from '@parley/protocol'
import type { Direction } from '../page.ts'
import { builder } from './builder.ts'

/** As the indexer writes them. */
const settingNames = [
  ...['guardian', 'isPaused', 'isWorkloadAllowed', 'isHookAllowed'],
  ...['platformFeeBP', 'platformTreasury', 'tokenPrice', 'weightCap'],
]

export const JobStatus = builder.enumType('JobStatus', {
  description: "ERC-8183's states of a job.",
  values: upperCased<string>(jobStatuses),
})

export const MarketStatusEnum = builder.enumType('MarketStatus', {
  description: 'Of requests and bids. Those that are OPEN may be past their time.',
  values: upperCased<MarketStatus>(marketStatuses),
})

export const Observability = builder.enumType('Observability', {
  description: "What the enclave's operator may see of a job: nothing; counts, timings and error classes; everything.",
  values: Object.fromEntries(observabilityLevels.map((level, value) => [level.toUpperCase(), { value }])),
})

export const PaymentKind = builder.enumType('PaymentKind', {
  description:
    'Into escrow; from there to the provider, to the treasury, or back to the client. OWED did not move: the token refused it, and it waits to be claimed.',
  values: upperCased<string>(['Funded', 'Released', 'Fee', 'Refunded', 'Owed']),
})

export const TermsKind = builder.enumType('TermsKind', {
  description: 'Which of the evaluators judges.',
  values: upperCased<string>(['Enclave', 'Quorum', 'Milestones', 'Arbitration']),
})

export const Ruling = builder.enumType('Ruling', {
  description: 'What an arbiter can decide.',
  values: Object.fromEntries(arbitrationModel.rulings.map((name, value) => [name.toUpperCase(), { value }])),
})

export const SettingName = builder.enumType('SettingName', {
  description: 'What owners and guardians of contracts decide.',
  values: Object.fromEntries(settingNames.map((name) => [toSnakeCase(name).toUpperCase(), { value: name }])),
})

export const LedgerTransferKind = builder.enumType('LedgerTransferKind', {
  description: 'Into the ledger, out of it, or within it.',
  values: upperCased(['Deposit', 'Withdrawal', 'Transfer'] as const),
})

/** By the bits that the contracts have for them. */
export const spendMethods = [
  { bit: 1, name: 'Transfer' },
  { bit: 2, name: 'Withdraw' },
  { bit: 4, name: 'Hire' },
] as const

export const SpendMethod = builder.enumType('SpendMethod', {
  description: 'What a key may do with money that is not its own.',
  values: upperCased(spendMethods.map(({ name }) => name)),
})

export const RequestKindEnum = builder.enumType('RequestKind', {
  description: "Which of the relayer's calls it was: a path below `/v1`.",
  values: upperCased<RequestKind>(requestKinds),
})

export const RequestStatusEnum = builder.enumType('RequestStatus', {
  description: 'ACCEPTED, then SENT, then SUCCEEDED or FAILED; REFUSED ones never got that far.',
  values: upperCased<RequestStatus>(requestStatuses),
})

export const ErrorNameEnum = builder.enumType('ErrorName', {
  description: 'Every way in which Parley says no; the names are the same in contracts, answers and logs.',
  values: Object.fromEntries(errorNames().map((name) => [name, { value: name }])),
})

export const OrderEnum = builder.enumType('Order', {
  description: 'Of lists: by when the row appeared on its chain, or at the relayer.',
  values: {
    CREATED_ASC: { value: 'asc' satisfies Direction },
    CREATED_DESC: { value: 'desc' satisfies Direction },
  } as const,
})

export function errorNames(): ErrorName[] {
  return Object.keys(errors).filter(isErrorName)
}

function upperCased<Name extends string>(names: readonly Name[]): Record<string, { value: Name }> {
  return Object.fromEntries(names.map((name) => [name.toUpperCase(), { value: name }]))
}
