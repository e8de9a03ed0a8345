/**
 * Every way in which Parley says no, by name. The names are the same in Solidity, on NEAR, in the relayer's answers, in
 * GraphQL and in logs; `contracts/evm/test/parity.test.ts` holds them against the contracts. The value says whether asking again, unchanged, can help.
 */
const contractErrors = {
  // Forwarder
  SignatureInvalid: false,
  RequestExpired: false,
  RequestReplayed: false,
  GasTooLow: false,
  CallTargetInvalid: false,
  SelfOnly: false,
  // EnclaveRegistry
  ChallengeUnknown: false,
  ChallengeExpired: false,
  WorkloadNotAllowed: false,
  VerifierUnknown: false,
  VerifiersOutOfOrder: false,
  QuorumNotReached: false,
  QuorumInvalid: false,
  RevokerOnly: false,
  ReportExpired: false,
  ReportOutdated: false,
  EnclaveUnknown: false,
  EnclaveIsRevoked: false,
  EnclaveExpired: false,
  // Governed: every contract with a guardian
  GuardianOnly: false,
  Paused: true,
  // EnclaveEvaluator
  TermsAlreadySet: false,
  ObservabilityInvalid: false,
  EvaluatorMismatch: false,
  ResultForAnotherJob: false,
  ResponseMismatch: false,
  WorkloadMismatch: false,
  // JobEscrow
  JobUnknown: false,
  JobNotOpen: false,
  JobNotFunded: false,
  JobNotSubmitted: false,
  JobAlreadyCompleted: false,
  JobAlreadyEnded: false,
  JobNotExpired: false,
  JobPastExpiry: false,
  EvaluationInGrace: false,
  ClientOnly: false,
  ProviderOnly: false,
  EvaluatorOnly: false,
  PartyOnly: false,
  ProviderNotSet: false,
  ProviderAlreadySet: false,
  ProviderIsEvaluator: false,
  AgentNotOfProvider: false,
  AddressZero: false,
  ExpiryOutOfRange: false,
  HookNotAllowed: false,
  BudgetMismatch: false,
  BudgetTooLarge: false,
  TokenShortfall: false,
  ExpiryTooSoon: false,
  EvaluationPeriodTooLong: false,
  JobNotInLedger: false,
  PayeeAlreadySet: false,
  PaymentStarted: false,
  ReleaseTooLarge: false,
  NothingOwed: false,
  FeeTooHigh: false,
  // JobEvaluator
  EscrowOnly: false,
  // Guardrails
  PolicyUnknown: false,
  PolicyExpired: false,
  MethodsInvalid: false,
  MethodNotAllowed: false,
  CounterpartyNotAllowed: false,
  PeriodZero: false,
  SpendLimitExceeded: false,
  ConfirmersInvalid: false,
  ConfirmerIsKey: false,
  ConfirmerOnly: false,
  AlreadyConfirmed: false,
  ConfirmationsMissing: false,
  // Ledger
  BalanceTooLow: false,
  BalanceOverflow: false,
  AllowanceTooLow: false,
  TokenUnknown: false,
  AmountZero: false,
  BatchMalformed: false,
  WithdrawalFailed: false,
  // QuorumEvaluator
  MemberOnly: false,
  MemberRepeated: false,
  AlreadyVoted: false,
  // AgentRegistry
  NotAuthorized: false,
  KeyReserved: false,
  WalletInvalid: false,
  DeadlineExpired: false,
  DeadlineTooFar: false,
  TextTooLong: false,
  TextNotStored: false,
  // MilestoneEvaluator
  TermsMissing: false,
  WindowTooShort: false,
  ReviewOver: false,
  ReviewNotOver: false,
  MilestonesInvalid: false,
  MilestoneMismatch: false,
  JudgeOnly: false,
  // ArbitratedEvaluator
  ArbiterIsParty: false,
  ShareInvalid: false,
  ArbiterOnly: false,
  StakeMismatch: false,
  StakeAlreadyLocked: false,
  StakeMissing: false,
  DisputeAlreadyOpen: false,
  DisputeNotOpen: false,
  RulingOver: false,
  RedoUsed: false,
  JobNotEnded: false,
  NothingHeld: false,
  // ReputationRegistry
  DecimalsTooMany: false,
  ValueTooLarge: false,
  SelfFeedback: false,
  FeedbackIndexZero: false,
  FeedbackUnknown: false,
  FeedbackAlreadyRevoked: false,
  ResponseEmpty: false,
  ClientsMissing: false,
  FeedbackRightUsed: false,
  FeedbackRightMissing: false,
  WeightCapReached: false,
  // ValidationRegistry
  ValidatorInvalid: false,
  ValidationExists: false,
  ValidationUnknown: false,
  ValidatorOnly: false,
  ResponseTooHigh: false,
  // CrowdPayout
  PayeeMismatch: false,
  PayeesInvalid: false,
  ProofInvalid: false,
  PayoutAlreadyMade: false,
  TotalExceeded: false,
} as const

/** NEAR's contracts only: state is paid for by deposits (NEP-145), and what every call reads is bounded. */
const nearContractErrors = {
  StorageDepositTooLow: false,
  TimelockFull: false,
  CodeNotApproved: false,
  // Ledger
  TokensFull: false,
  // Guardrails
  PolicyFull: false,
} as const

/** What the relayer and the enclave refuse before anything reaches a chain. */
const serviceErrors = {
  InputInvalid: false,
  BodyTooLarge: false,
  NotFound: false,
  IdempotencyKeyReused: false,
  MethodNotSponsored: false,
  GasTooHigh: false,
  TransactionReverted: false,
  RequestUndecryptable: false,
  TaskFailed: false,
  VerifierRefused: false,
  VerifiersUnavailable: true,
  ChainUnavailable: true,
  Unavailable: true,
  // Market
  RequestWithdrawn: false,
  RequestAlreadyAwarded: false,
  BidWithdrawn: false,
  BidExpired: false,
  BidTooHigh: false,
  BidAlreadyStands: false,
  RateLimited: true,
  Internal: true,
} as const

/** Why a quote is not believed; see `enclave/src/attestation`. */
const attestationErrors = {
  ClockInvalid: false,
  QuoteMalformed: false,
  QuoteRefused: false,
  QuoteSignatureInvalid: false,
  QeReportInvalid: false,
  QeIdentityInvalid: false,
  RootUntrusted: false,
  CertificateChainInvalid: false,
  CertificateExpired: false,
  CertificateRevoked: false,
  CrlInvalid: false,
  CrlExpired: false,
  CollateralInvalid: false,
  CollateralExpired: false,
  CollateralMismatch: false,
  TcbStatusRefused: false,
  TdxModuleInvalid: false,
  DebugEnabled: false,
  TdAttributesInvalid: false,
  ReportDataMismatch: false,
} as const

/** As a function, which a bundler can see to do nothing else: NEAR's contracts leave the table out. */
export const errors = /* @__PURE__ */ (() =>
  ({ ...contractErrors, ...nearContractErrors, ...serviceErrors, ...attestationErrors }) as const)()

export type ErrorName = keyof typeof errors
export type ContractErrorName = keyof typeof contractErrors

export const contractErrorNames = /* @__PURE__ */ Object.keys(contractErrors) as readonly ContractErrorName[]

export const nearContractErrorNames = /* @__PURE__ */ Object.keys(nearContractErrors) as readonly ErrorName[]

/** Whether a text is one of the names. */
export function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(errors, name)
}

/** Whether a text is a name that a contract refuses by. */
export function isContractErrorName(name: string): name is ContractErrorName {
  return Object.hasOwn(contractErrors, name)
}

/** An error as JSON, the same in every answer of every service. */
export interface ErrorBody {
  readonly code: ErrorName
  /** For people. */
  readonly message: string
  /** Path of the input field that is at fault. */
  readonly field?: string
  /** Whether the same request, sent again unchanged, may succeed. */
  readonly isRetryable: boolean
}

export interface ParleyErrorOptions {
  /** Path of the input field that is at fault, dots between names: `request.calls.0.to`. */
  readonly field?: string
  readonly cause?: unknown
}

/** A refusal with its name. `message` is for people, `code` for programs. */
export class ParleyError extends Error {
  readonly code: ErrorName
  readonly field: string | undefined

  constructor(code: ErrorName, message: string, options: ParleyErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'ParleyError'
    this.code = code
    this.field = options.field
  }

  /** Whether the same request, sent again unchanged, may succeed. */
  get isRetryable(): boolean {
    return errors[this.code]
  }
}
