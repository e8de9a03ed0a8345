import type { ContractErrorName } from './errors.ts'

/**
 * ERC-8004 says no by texts (`Error("Not authorized")`), and what speaks to its registries expects them. Whoever reads a revert of ours
 * gives the caller the name instead, which NEAR's contracts throw as it is.
 */
export const erc8004Errors = {
  // Identity
  'Not authorized': 'NotAuthorized',
  'reserved key': 'KeyReserved',
  'bad wallet': 'WalletInvalid',
  expired: 'DeadlineExpired',
  'deadline too far': 'DeadlineTooFar',
  'invalid wallet sig': 'SignatureInvalid',
  // Reputation
  'too many decimals': 'DecimalsTooMany',
  'value too large': 'ValueTooLarge',
  'Self-feedback not allowed': 'SelfFeedback',
  'index must be > 0': 'FeedbackIndexZero',
  'index out of bounds': 'FeedbackUnknown',
  'Already revoked': 'FeedbackAlreadyRevoked',
  'Empty URI': 'ResponseEmpty',
  'clientAddresses required': 'ClientsMissing',
  // Validation
  'bad validator': 'ValidatorInvalid',
  exists: 'ValidationExists',
  unknown: 'ValidationUnknown',
  'not validator': 'ValidatorOnly',
  'resp>100': 'ResponseTooHigh',
} as const satisfies Readonly<Record<string, ContractErrorName>>
