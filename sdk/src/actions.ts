/**
 * What people do on chain, by concept; the same on every chain. Amounts are in the token's atoms, times in seconds, hashes and job ids in
 * hexadecimal; accounts are addresses on EVM and names on NEAR. Each throws the refusal, a ParleyError: InputInvalid for what is no argument,
 * and what its comment names, besides what holds for all who are somebody else than they should be (ClientOnly, ProviderOnly, EvaluatorOnly).
 */
import { userMethods } from '@parley/protocol'
import type { Arguments, MethodName } from './arguments.ts'

/** Besides what one may call by Solidity's names, what each chain has by names of its own. */
export interface OwnArguments {
  /** `receiver` is credited; oneself unless given. */
  readonly deposit: { readonly token: string; readonly amount: bigint; readonly receiver?: string }
  readonly transferAgent: { readonly agentId: bigint; readonly receiver: string }
  /** Of the balance of `sender`, whose operator the caller is; of one's own unless given. */
  readonly transfer: {
    readonly token: string
    readonly receiver: string
    readonly amount: bigint
    readonly sender?: string
  }
}

export type ActionName = MethodName | keyof OwnArguments
export type ActionArguments<Name extends ActionName> = Name extends keyof OwnArguments
  ? OwnArguments[Name]
  : Name extends MethodName
    ? Arguments<Name>
    : never

type Do<Name extends ActionName, Outcome> = (args: ActionArguments<Name>) => Promise<Outcome>

interface AgentActions<Outcome> {
  /** Names the agent's registration file. Owner and approved: NotAuthorized. */
  readonly setAgentURI: Do<'setAgentURI', Outcome>
  /** Same; `metadataValue` is hexadecimal. KeyReserved for `agentWallet`: see `Party.wallets`. */
  readonly setMetadata: Do<'setMetadata', Outcome>
  /** Gives the agent to another account: an ERC-721 on EVM, NEP-171 on NEAR. Its wallet is nobody's then. The owner. */
  readonly transferAgent: Do<'transferAgent', Outcome>
  /** The agent has no wallet then. Owner and approved: NotAuthorized. */
  readonly unsetAgentWallet: Do<'unsetAgentWallet', Outcome>
}

interface FeedbackActions<Outcome> {
  /** `value` with `valueDecimals` digits behind the point, about somebody else's agent: SelfFeedback, DecimalsTooMany, ValueTooLarge. */
  readonly giveFeedback: Do<'giveFeedback', Outcome>
  /** The same by a party of a job that paid a fee, once: FeedbackRightMissing, FeedbackRightUsed, WeightCapReached. */
  readonly giveBackedFeedback: Do<'giveBackedFeedback', Outcome>
  /** Takes back one's own; indexes count from 1. FeedbackUnknown, FeedbackAlreadyRevoked. */
  readonly revokeFeedback: Do<'revokeFeedback', Outcome>
  /** Answers to anybody's. FeedbackUnknown, ResponseEmpty without a URI. */
  readonly appendResponse: Do<'appendResponse', Outcome>
}

interface ValidationActions<Outcome> {
  /** Asks a validator under an id that nobody else can take: the ValidationRequest event's, and protocol's `validationId`. NotAuthorized. */
  readonly requestValidation: Do<'requestValidation', Outcome>
  /** The same under an id of one's choice, as ERC-8004 has it: ValidationExists for one that somebody took. */
  readonly validationRequest: Do<'validationRequest', Outcome>
  /** What the validator found, 0 to 100; the last one counts. ValidatorOnly, ValidationUnknown, ResponseTooHigh. */
  readonly validationResponse: Do<'validationResponse', Outcome>
}

interface LedgerActions<Outcome> {
  /** Brings tokens into the ledger. AmountZero, TokenShortfall. */
  readonly deposit: Do<'deposit', Outcome>
  /** Takes them out again. BalanceTooLow, AmountZero; WithdrawalFailed when the token refuses, and the balance is as it was. */
  readonly withdraw: Do<'withdraw', Outcome>
  /** Moves a balance. BalanceTooLow, AllowanceTooLow when `sender` has not made the caller an operator. */
  readonly transfer: Do<'transfer', Outcome>
  /** Lets another account move all of one's balances, or no longer. */
  readonly setOperator: Do<'setOperator', Outcome>
}

interface GuardrailActions<Outcome> {
  /**
   * Lets a key, another account, spend of one's balances until `expiresAt`. `methods` is a sum: transfer 1, withdraw 2, hire 4. Of at most 16
   * `confirmers`, `confirmationsNeeded` confirm what is above a threshold. MethodsInvalid, ConfirmersInvalid, ConfirmerIsKey.
   */
  readonly setPolicy: Do<'setPolicy', Outcome>
  /** `limit` in each period; a single spending above `threshold` wants confirmations. PolicyUnknown, PeriodZero. */
  readonly setSpendLimit: Do<'setSpendLimit', Outcome>
  /** Whom the key may pay. PolicyUnknown. */
  readonly setCounterparty: Do<'setCounterparty', Outcome>
  /** Takes everything from the key, at once. PolicyUnknown. */
  readonly revokePolicy: Do<'revokePolicy', Outcome>
  /** A confirmer's word for one operation: `read('nextOperationId')`. ConfirmerOnly, AlreadyConfirmed. */
  readonly confirmSpend: Do<'confirmSpend', Outcome>
  /** The key pays from the balance of `account`. PolicyExpired, MethodNotAllowed, CounterpartyNotAllowed, SpendLimitExceeded, ConfirmationsMissing. */
  readonly spendTransfer: Do<'spendTransfer', Outcome>
  readonly spendWithdraw: Do<'spendWithdraw', Outcome>
  readonly spendHire: Do<'spendHire', Outcome>
}

interface JobActions<Outcome> {
  /** ERC-8183, step by step; `hire` does the five at once. The job's id is `nextJobId`'s. ExpiryOutOfRange, HookNotAllowed, AgentNotOfProvider. */
  readonly createJob: Do<'createJob', Outcome>
  /** ProviderAlreadySet, ProviderIsEvaluator, AgentNotOfProvider. */
  readonly setProvider: Do<'setProvider', Outcome>
  /** Client or provider: PartyOnly. JobNotOpen. */
  readonly setBudget: Do<'setBudget', Outcome>
  /** Brings the money. BudgetMismatch for another budget than one has seen, ExpiryTooSoon. */
  readonly fund: Do<'fund', Outcome>
  /** The same from the client's balance: BalanceTooLow. */
  readonly fundFromLedger: Do<'fundFromLedger', Outcome>
  /** Who is paid in the provider's place, once, by a job of the ledger. JobNotFunded, JobNotInLedger, PayeeAlreadySet, PaymentStarted. */
  readonly setPayee: Do<'setPayee', Outcome>
  /** How long the evaluator may take. EvaluationPeriodTooLong. */
  readonly setEvaluationPeriod: Do<'setEvaluationPeriod', Outcome>
  /** For an account that judges: pays a part (ReleaseTooLarge), asks for another submission, pays the rest, or gives it back. */
  readonly release: Do<'release', Outcome>
  readonly redo: Do<'redo', Outcome>
  readonly complete: Do<'complete', Outcome>
  readonly reject: Do<'reject', Outcome>
  /** Tries again what a token refused to move: `read('owed')`. Anyone. NothingOwed. */
  readonly claimPayment: Do<'claimPayment', Outcome>
  /** What work an enclave's result completes, unless the hiring said so. TermsAlreadySet, EvaluatorMismatch, ProviderNotSet. */
  readonly setTerms: Do<'setTerms', Outcome>
}

interface QuorumActions<Outcome> {
  /** Who judges an open job, unless the hiring said so. TermsAlreadySet, QuorumInvalid, MemberRepeated. */
  readonly setQuorumTerms: Do<'setQuorumTerms', Outcome>
  /** A member's word over submitted work, once. The last that is needed ends the job. MemberOnly, AlreadyVoted, JobNotSubmitted. */
  readonly castVote: Do<'castVote', Outcome>
}

interface MilestoneActions<Outcome> {
  /** What each milestone pays, together the budget, unless the hiring said so. TermsAlreadySet, MilestonesInvalid, WindowTooShort. */
  readonly setMilestoneTerms: Do<'setMilestoneTerms', Outcome>
  /** Pays a submitted one, counted from 0. The judge; anyone after its review. MilestoneMismatch, JudgeOnly. */
  readonly approveMilestone: Do<'approveMilestone', Outcome>
  /** Ends the job; what is not paid goes back. The judge, during its review. JudgeOnly, ReviewOver. */
  readonly rejectMilestone: Do<'rejectMilestone', Outcome>
}

interface ArbitrationActions<Outcome> {
  /** Who rules over an open job, unless the hiring said so. TermsAlreadySet, WindowTooShort, ArbiterIsParty, ShareInvalid. */
  readonly setArbitrationTerms: Do<'setArbitrationTerms', Outcome>
  /** The provider's stake, from its balance, for the arbiter that it has read. StakeMismatch, StakeAlreadyLocked, BalanceTooLow. */
  readonly lockStake: Do<'lockStake', Outcome>
  /** The client pays for submitted work. */
  readonly acceptWork: Do<'acceptWork', Outcome>
  /** The client asks the arbiter, with the bond from its balance. DisputeAlreadyOpen, ReviewOver, BalanceTooLow. */
  readonly openDispute: Do<'openDispute', Outcome>
  /** The arbiter's word; `shareBP` is the provider's for `Split`, 1 to 9,999, else 0. ArbiterOnly, DisputeNotOpen, RulingOver, RedoUsed. */
  readonly rule: Do<'rule', Outcome>
  /** Takes silence for an answer. Anyone. ReviewNotOver, StakeMissing. */
  readonly settleReview: Do<'settleReview', Outcome>
  /** Gives back what is held of a job that expired. Anyone. JobNotEnded, NothingHeld. */
  readonly releaseBondAndStake: Do<'releaseBondAndStake', Outcome>
}

interface CrowdActions<Outcome> {
  /** The provider of a job whose payee is the crowd: the root of protocol's `payoutTree` and its total. PayeesInvalid, PayeeMismatch. */
  readonly setPayees: Do<'setPayees', Outcome>
  /** Pays one of them, when the job has ended. Anyone. ProofInvalid, PayoutAlreadyMade, JobNotEnded. */
  readonly claimPayout: Do<'claimPayout', Outcome>
  /** Pays many with one proof. Anyone. ProofInvalid, TotalExceeded. */
  readonly pushPayouts: Do<'pushPayouts', Outcome>
  /** Pays the provider what is left beyond the total. Anyone, once. NothingOwed. */
  readonly claimRemainder: Do<'claimRemainder', Outcome>
}

export interface Actions<Outcome> {
  readonly agents: AgentActions<Outcome>
  readonly feedback: FeedbackActions<Outcome>
  readonly validation: ValidationActions<Outcome>
  readonly ledger: LedgerActions<Outcome>
  readonly guardrails: GuardrailActions<Outcome>
  readonly jobs: JobActions<Outcome>
  readonly quorum: QuorumActions<Outcome>
  readonly milestones: MilestoneActions<Outcome>
  readonly arbitration: ArbitrationActions<Outcome>
  readonly crowd: CrowdActions<Outcome>
}

const concepts: Readonly<Record<keyof Actions<unknown>, readonly ActionName[]>> = {
  agents: [...userMethods.agentRegistry, 'transferAgent'],
  feedback: userMethods.reputationRegistry,
  validation: userMethods.validationRegistry,
  ledger: [...userMethods.ledger, 'deposit', 'transfer'],
  guardrails: userMethods.guardrails,
  jobs: [...userMethods.jobEscrow, ...userMethods.enclaveEvaluator],
  quorum: userMethods.quorumEvaluator,
  milestones: userMethods.milestoneEvaluator,
  arbitration: userMethods.arbitratedEvaluator,
  crowd: userMethods.crowdPayout,
}

/** Whoever acts so: `act` is told what, and with which arguments. */
export type Act<Outcome> = (name: ActionName, args: object) => Promise<Outcome>

export function actionsOf<Outcome>(act: Act<Outcome>): Actions<Outcome> {
  const groups = Object.entries(concepts).map(([concept, names]) => {
    const actions = names.map((name) => [name, (args: object) => act(name, args)] as const)
    return [concept, Object.fromEntries(actions)]
  })
  // By construction: a test compares it with the types.
  return Object.fromEntries(groups) as Actions<Outcome>
}
