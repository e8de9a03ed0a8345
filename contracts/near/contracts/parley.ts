import { domainSeparator, fromHex, type Hex, nearDomain, nearMessages, toHex } from '@parley/protocol'
import { near } from 'near-sdk-js'
import { call, initialize, NearBindgen, view } from '../builder/runtime/contract.ts'
import * as arbitration from './arbitration.ts'
import * as backing from './backing.ts'
import { caller, chainId, requireOneYocto, requireSelf, self } from './context.ts'
import * as crowd from './crowd.ts'
import * as deposits from './deposits.ts'
import * as enclaves from './enclaves.ts'
import * as fees from './fees.ts'
import { isTokenTrusted, onTransfer, setToken, writeTrustedTokens } from './funding.ts'
import { isGuardian, requireMayAllow, requireUnpaused, setGuardian, setPaused } from './guard.ts'
import * as guardrails from './guardrails.ts'
import { type Hiring, type HiringInput, hireFromLedger, MAX_DESCRIPTION_LENGTH, onHire } from './hiring.ts'
import * as hooks from './hooks.ts'
import * as input from './input.ts'
import { type Escrow, type Job, nextJobId, readJob } from './job.ts'
import * as jobs from './jobs.ts'
import * as ledger from './ledger.ts'
import * as milestones from './milestones.ts'
import * as multiToken from './multi-token.ts'
import { acceptOwnership, requireOwner, transferOwnership } from './ownership.ts'
import { claimPayment, feeOf, onPayout, owedOf, type Payout, payeeOf, paymentOf } from './payouts.ts'
import * as quorum from './quorum.ts'
import * as results from './results.ts'
import {
  type StorageBalance,
  type StorageBalanceBounds,
  storageBalanceBounds,
  storageBalanceOf,
  storageDeposit,
  storageUnregister,
  storageWithdraw,
} from './storage.ts'
import { onAwaited, type Wait, type WaitAnswer } from './timeouts.ts'

interface ReportArguments {
  report: {
    enclave: Hex
    encryption_key: Hex
    operator: string
    workload: Hex
    quote_id: Hex
    challenge: Hex
    expires_at: string
  }
  signatures: Hex[]
}

interface ResultArguments {
  job_id: Hex
  result: { request_hash: Hex; response_hash: Hex; workload: Hex; observability: string; produced_at: string }
  enclave: Hex
  signature: Hex
  response: Hex
}

type LedgerHiring = HiringInput & { client?: string | null; token: string; budget: string }

interface BackedFeedback {
  readonly job_id: Hex
  readonly agent_id: string
  readonly value: string
  readonly value_decimals: string
  readonly tag1: string
  readonly tag2: string
  readonly endpoint: string
  readonly feedback_uri: string
  readonly feedback_hash: Hex
}

const readReport = input.messageReader(nearMessages.EnclaveReport)
const readResult = input.messageReader(nearMessages.EnclaveResult)

/**
 * EnclaveRegistry, JobEscrow and EnclaveEvaluator in one contract: what asks another contract takes two blocks more. Numbers are decimal
 * strings in JSON, bytes are hexadecimal with 0x. What is different from Solidity is in contracts/near/README.md.
 */
@NearBindgen({ requireInit: true, isLazy: true })
export class Parley {
  owner_id = ''
  pending_owner_id = ''
  guardian_id = ''
  is_paused_now = false
  /** The agent registry. */
  agents_id = ''
  /** Hexadecimal. Job ids, reports and results are bound to it. */
  domain_separator = ''
  quorum_size = 0
  max_age_seconds = 0
  challenge_count = 0
  /** Basis points of what providers earn, for jobs that are created now. */
  fee_bp = 0

  /** `verifiers` are addresses in ascending order, of which `quorum` must sign; `tokens` are those that clients may pay by. */
  @initialize({})
  init(settings: {
    owner: string
    guardian?: string | null
    agents: string
    verifiers: Hex[]
    quorum: string
    max_age: string
    tokens: string[]
  }): void {
    const verifiers = input.list(settings.verifiers, 'verifiers')
    const quorum = input.uint(settings.quorum, 'quorum')
    const tokens = input.list(settings.tokens, 'tokens')

    enclaves.writeVerifiers(
      verifiers.map((verifier) => input.address(verifier, 'verifiers')),
      quorum,
    )
    writeTrustedTokens(tokens.map((token) => input.account(token, 'tokens')))
    this.owner_id = input.account(settings.owner, 'owner')
    setGuardian(this, input.optionalAccount(settings.guardian, 'guardian'))
    this.agents_id = input.account(settings.agents, 'agents')
    this.domain_separator = toHex(domainSeparator(nearDomain(chainId(), self(), near.keccak256), near.keccak256))
    this.quorum_size = Number(quorum)
    this.max_age_seconds = Number(input.uint(settings.max_age, 'max_age', 48n))
  }

  /** Gives a challenge that a quote must contain. It counts for a day and for one registration. Anyone may ask. */
  @call({})
  issue_challenge(): Hex {
    return enclaves.issueChallenge(separatorOf(this), this.challenge_count++)
  }

  /** Registers an enclave, or renews it, on a report that a quorum of verifiers signed (EIP-712). Anyone may bring it. */
  @call({})
  register_enclave({ report, signatures }: ReportArguments): void {
    const read = readReport(report, 'report')
    requireUnpaused(this)
    enclaves.registerEnclave(read, signaturesOf(signatures), separatorOf(this), this)
  }

  /** Ends an enclave for good. Its operator, the guardian and the owner only. */
  @call({})
  revoke_enclave({ enclave }: { enclave: Hex }): void {
    enclaves.revokeEnclave(input.address(enclave, 'enclave'), isGuardian(this) || caller() === this.owner_id)
  }

  /** Lets enclaves of this workload register (owner only), or no longer (guardian and owner). Does not end those that are registered. */
  @call({})
  set_workload({ workload, is_allowed }: { workload: Hex; is_allowed: boolean }): void {
    const id = input.bytes32(workload, 'workload')
    const isAllowed = input.bool(is_allowed, 'is_allowed')
    requireMayAllow(this, isAllowed)

    enclaves.setWorkload(id, isAllowed, this.owner_id)
  }

  /**
   * Lets clients hire and fund by this token (owner only), or no longer (guardian and owner): it is believed when it says who sends. What
   * jobs hold of it is paid out all the same.
   */
  @call({})
  set_token({ token, is_trusted }: { token: string; is_trusted: boolean }): void {
    const tokenId = input.account(token, 'token')
    const isTrusted = input.bool(is_trusted, 'is_trusted')
    requireMayAllow(this, isTrusted)

    setToken(tokenId, isTrusted)
  }

  /** Refuses what takes new risk from now on. Guardian and owner only. */
  @call({})
  pause(): void {
    setPaused(this, true)
  }

  /** Takes new risk again. Guardian and owner only. */
  @call({})
  unpause(): void {
    setPaused(this, false)
  }

  /** Names another guardian, or none. Owner only. */
  @call({})
  set_guardian({ new_guardian }: { new_guardian: string | null }): void {
    const guardian = input.optionalAccount(new_guardian, 'new_guardian')
    requireOwner(this)

    setGuardian(this, guardian)
  }

  /** Sets the share of what providers earn that goes to the protocol, in basis points, for jobs that are created from now on, and who gets it. Owner only. */
  @call({})
  set_platform_fee(policy: { fee_bp: string; treasury: string | null }): void {
    const feeBP = input.uint(policy.fee_bp, 'fee_bp')
    const treasury = input.optionalAccount(policy.treasury, 'treasury')
    requireOwner(this)

    this.fee_bp = fees.setPlatformFee(feeBP, treasury)
  }

  /** Sets what a fee weighs: `price` for 1e18 of the token's smallest units; 0 for a token that anybody can print. Owner only. */
  @call({})
  set_token_price({ token, price }: { token: string; price: string }): void {
    const asked = input.account(token, 'token')
    const value = input.uint(price, 'price', 128n)
    requireOwner(this)

    backing.setTokenPrice(asked, value)
  }

  /** Sets the weight that one account's feedback may give one agent in 30 days. Owner only. */
  @call({})
  set_weight_cap({ cap }: { cap: string }): void {
    const value = input.uint(cap, 'cap', 48n)
    requireOwner(this)

    backing.setWeightCap(value)
  }

  /** Feedback by a party of a job that has paid a fee, once: see Solidity's IBackedFeedback. `agents` keeps it. */
  @call({})
  give_backed_feedback({ job_id, ...feedback }: BackedFeedback): void {
    const agentId = String(input.uint(feedback.agent_id, 'agent_id'))
    backing.giveBacked(this.agents_id, input.bytes32(job_id, 'job_id'), agentId, feedback)
  }

  @call({})
  on_backed_feedback(taken: backing.Taken): void {
    requireSelf()

    backing.onFeedback(taken)
  }

  @view({})
  has_feedback_right({ job_id, party }: { job_id: Hex; party: string }): boolean {
    return backing.hasRight(input.bytes32(job_id, 'job_id'), input.account(party, 'party'))
  }

  @view({})
  token_price({ token }: { token: string }): string {
    return backing.tokenPrice(input.account(token, 'token'))
  }

  @view({})
  weight_cap(): string {
    return backing.weightCap()
  }

  /** Sends the fees that were taken in a token to the treasury. Anyone. */
  @call({})
  collect_fees({ token }: { token: string }): void {
    fees.collectFees(input.account(token, 'token'))
  }

  /** Lets clients choose a hook, or no longer. Owner only, and the guardian to take one back; jobs keep the hook that they have. */
  @call({})
  set_hook_whitelist({ hook, status }: { hook: string; status: boolean }): void {
    const account = input.account(hook, 'hook')
    requireMayAllow(this, input.bool(status, 'status'))

    hooks.setHookWhitelist(account, status)
  }

  /** To nobody takes an offer back. Owner only. */
  @call({})
  transfer_ownership({ new_owner }: { new_owner: string | null }): void {
    transferOwnership(this, input.optionalAccount(new_owner, 'new_owner'))
  }

  @call({})
  accept_ownership(): void {
    acceptOwnership(this)
  }

  /** Opens a job of the caller. `provider` may be left out and set later, and so may `hook`, which is one that the owner allows. */
  @call({})
  create_job(job: {
    provider?: string | null
    evaluator: string | null
    expired_at: string
    description: string
    hook?: string | null
    provider_agent_id: string
  }): Hex | undefined {
    requireUnpaused(this)
    return jobs.createJob(escrowOf(this), {
      provider: input.optionalAccount(job.provider, 'provider'),
      evaluator: input.optionalAccount(job.evaluator, 'evaluator'),
      expiredAt: input.uint(job.expired_at, 'expired_at'),
      description: input.loggedText(job.description, 'description', MAX_DESCRIPTION_LENGTH),
      hook: input.optionalAccount(job.hook, 'hook'),
      agentId: input.uint(job.provider_agent_id, 'provider_agent_id'),
    })
  }

  /** Names the provider of an open job that has none. Client only. */
  @call({})
  set_provider(chosen: { job_id: Hex; provider: string | null; agent_id: string }): void {
    const jobId = jobIdOf(chosen)
    const provider = input.optionalAccount(chosen.provider, 'provider')
    jobs.setProvider(this.agents_id, jobId, provider, input.uint(chosen.agent_id, 'agent_id'))
  }

  /** Says who gets what the job pays in the provider's place. Provider only, once, before anything was paid. */
  @call({})
  set_payee(chosen: { job_id: Hex; payee: string | null }): void {
    jobs.setPayee(jobIdOf(chosen), input.optionalAccount(chosen.payee, 'payee'))
  }

  /** Says how many seconds the evaluator may take to judge a submission. Evaluator only, while the job is open. */
  @call({})
  set_evaluation_period(chosen: { job_id: Hex; period: string }): void {
    jobs.setEvaluationPeriod(jobIdOf(chosen), input.uint(chosen.period, 'period'))
  }

  /** Sets what an open job pays. Client or provider; a token that is named only the client changes. */
  @call({})
  set_budget(budget: { job_id: Hex; token: string | null; amount: string }): void {
    const token = input.optionalAccount(budget.token, 'token')
    jobs.setBudget(jobIdOf(budget), token, input.uint(budget.amount, 'amount'))
  }

  /** Funds a job that pays nothing. Money that a job pays comes by `ft_on_transfer`. Client only. */
  @call({})
  fund(funding: { job_id: Hex; expected_budget: string }): void {
    const expectedBudget = input.uint(funding.expected_budget, 'expected_budget')
    requireUnpaused(this)
    jobs.fund(jobIdOf(funding), expectedBudget, { client: caller(), token: null, received: 0n })
  }

  /** The same from the client's balance in the ledger; what the job pays or refunds goes to balances there. Client only. */
  @call({})
  fund_from_ledger(funding: { job_id: Hex; expected_budget: string }): void {
    const expectedBudget = input.uint(funding.expected_budget, 'expected_budget')
    requireUnpaused(this)
    jobs.fundFromLedger(jobIdOf(funding), expectedBudget)
  }

  /**
   * Creates, describes, prices and funds a job from the client's balance in the ledger; answers its id. The client, or its operator there.
   * With the token's money instead, the hiring is the message of `ft_transfer_call`.
   */
  @call({})
  hire({ hiring }: { hiring: LedgerHiring }): void {
    const read = input.object(hiring, 'hiring')
    requireUnpaused(this)
    hireFromLedger(escrowOf(this), read)
  }

  /**
   * The same for a contract that goes on with the result: answers `{"job_id", "status", "reason", "response_hash"}` when the job has ended.
   * After 200 blocks it waits again while gas is left. Then a job that is not submitted ends too, and the answer's status is `timeout`. The
   * client only.
   */
  @call({})
  await_job({ hiring }: { hiring: LedgerHiring }): void {
    const read = input.object(hiring, 'hiring')
    requireUnpaused(this)
    hireFromLedger(escrowOf(this), read, true)
  }

  /** Takes a token's money for `fund`, for `hire` or into the ledger; answers how much of it is not needed (NEP-141). The caller is the token. */
  @call({})
  ft_on_transfer({ sender_id, amount, msg }: { sender_id: string; amount: string; msg: string }): string | undefined {
    const client = input.account(sender_id, 'sender_id')
    requireUnpaused(this)
    return onTransfer(escrowOf(this), { client, amount: input.uint(amount, 'amount', 128n), msg })
  }

  /** Says that the work is done. Provider only, before the expiry; the job's agent must be the provider's. */
  @call({})
  submit(submission: { job_id: Hex; deliverable: Hex }): void {
    jobs.submit(this.agents_id, jobIdOf(submission), input.bytes32(submission.deliverable, 'deliverable'))
  }

  /** Pays the provider what the job still holds. Evaluator only. */
  @call({})
  complete(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.complete(jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Pays the provider a part of the budget. Evaluator only, from the funding to the end. */
  @call({})
  release(judgement: { job_id: Hex; amount: string; reason: Hex }): void {
    const amount = input.uint(judgement.amount, 'amount')
    jobs.release(jobIdOf(judgement), amount, input.bytes32(judgement.reason, 'reason'))
  }

  /** Asks the provider to submit again. Evaluator only, before the expiry. */
  @call({})
  redo(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.redo(jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Returns what the job still holds to the client. The client while the job is open, then the evaluator. */
  @call({})
  reject(judgement: { job_id: Hex; reason: Hex }): void {
    jobs.reject(jobIdOf(judgement), input.bytes32(judgement.reason, 'reason'))
  }

  /** Returns what the job still holds to the client after the expiry, and not before the evaluator had its period. Anyone. */
  @call({})
  claim_refund(job: { job_id: Hex }): void {
    jobs.claimRefund(jobIdOf(job))
  }

  /** Tries again to pay what a token refused to move. Anyone. */
  @call({})
  claim_payment(job: { job_id: Hex }): void {
    claimPayment(jobIdOf(job))
  }

  /** Says which work completes an open job. The job's client only, once, after the provider is known. */
  @call({})
  set_terms(terms: { job_id: Hex; body_hash: Hex; workload: Hex; observability: string }): void {
    results.setTerms(jobIdOf(terms), results.readTerms(terms))
  }

  /** Completes a job on a result that an active enclave signed (EIP-712), with the response that it is of. Anyone may bring it. */
  @call({})
  accept_result(signed: ResultArguments): void {
    results.acceptResult(signedResultOf(signed), separatorOf(this))
  }

  /** Sends `amount` of the caller's balance to `receiver`, in the token itself. What the token refuses is credited back: "0" is the answer then. */
  @call({ payableFunction: true })
  withdraw(withdrawal: { token: string; amount: string; receiver: string }): void {
    requireOneYocto()
    const token = input.account(withdrawal.token, 'token')
    const amount = input.uint(withdrawal.amount, 'amount', 128n)
    deposits.withdraw(caller(), token, amount, input.account(withdrawal.receiver, 'receiver'))
  }

  /** Keeps the caller's balance of a token in its record, at most 32, or no longer: what is moved together costs less. */
  @call({})
  choose_token(chosen: { token: string; is_chosen: boolean }): void {
    const token = input.account(chosen.token, 'token')
    ledger.chooseToken(caller(), token, input.bool(chosen.is_chosen, 'is_chosen'))
  }

  /** Lets `spender` move all balances of the caller, or no longer. */
  @call({ payableFunction: true })
  set_operator({ spender, approved }: { spender: string; approved: boolean }): void {
    requireOneYocto()
    ledger.setOperator(caller(), input.account(spender, 'spender'), input.bool(approved, 'approved'))
  }

  /** NEP-245. With `approval`, the balance of an owner whose operator the caller is. */
  @call({ payableFunction: true })
  mt_transfer(sending: multiToken.Transfer): void {
    requireOneYocto()
    multiToken.transfer(sending)
  }

  @call({ payableFunction: true })
  mt_batch_transfer(sending: multiToken.BatchTransfer): void {
    requireOneYocto()
    multiToken.batchTransfer(sending)
  }

  /** The same, and asks the receiver (`mt_on_transfer`) how much it does not need. */
  @call({ payableFunction: true })
  mt_transfer_call(sending: multiToken.Transfer): void {
    requireOneYocto()
    multiToken.tellReceiver(multiToken.transfer(sending), sending.msg)
  }

  @call({ payableFunction: true })
  mt_batch_transfer_call(sending: multiToken.BatchTransfer): void {
    requireOneYocto()
    multiToken.tellReceiver(multiToken.batchTransfer(sending), sending.msg)
  }

  /**
   * Says who judges an open job, and how. The job's client only, once, after the provider is known. Each window has an hour at least; the
   * arbiter is neither of the parties. `bond` and `stake` are in the job's token.
   */
  @call({})
  set_arbitration_terms(setting: { job_id: Hex; terms: arbitration.ArbitrationTerms }): void {
    arbitration.setArbitrationTerms(jobIdOf(setting), arbitration.readTerms(setting.terms, 'terms'))
  }

  /** Locks the stake of a funded job, from the provider's balance in the ledger. Provider only, once: it names what it has read. */
  @call({ payableFunction: true })
  lock_stake(stake: { job_id: Hex; arbiter: string; amount: string }): void {
    requireOneYocto()
    const arbiter = input.account(stake.arbiter, 'arbiter')
    arbitration.lockStake(jobIdOf(stake), arbiter, input.uint(stake.amount, 'amount'))
  }

  /** Pays the whole budget for submitted work, disputed or not. Client only. Bond and stake go back. */
  @call({})
  accept_work(job: { job_id: Hex }): void {
    arbitration.acceptWork(jobIdOf(job))
  }

  /** Asks the arbiter to judge submitted work, within the review window. Client only; the bond is taken from its balance in the ledger. */
  @call({ payableFunction: true })
  open_dispute(dispute: { job_id: Hex; reason: Hex }): void {
    requireOneYocto()
    arbitration.openDispute(jobIdOf(dispute), input.bytes32(dispute.reason, 'reason'))
  }

  /** Decides an open dispute within the ruling window: "0" refund, "1" pay, "2" split, "3" redo. The job's arbiter only. */
  @call({})
  rule(given: { job_id: Hex; ruling: string; share_bp: string; reason: Hex }): void {
    const [ruling, share] = [input.uint(given.ruling, 'ruling', 2n), input.uint(given.share_bp, 'share_bp')]
    arbitration.rule(jobIdOf(given), ruling, share, input.bytes32(given.reason, 'reason'))
  }

  /** Takes silence for an answer: the client's, after the review window, for a yes; the arbiter's for the declared share. Anyone. */
  @call({})
  settle_review(job: { job_id: Hex }): void {
    arbitration.settleReview(jobIdOf(job))
  }

  /** Gives back bond and stake of a job that ended without a ruling, by its expiry. Anyone. */
  @call({})
  release_bond_and_stake(job: { job_id: Hex }): void {
    arbitration.releaseBondAndStake(jobIdOf(job))
  }

  /** Says who judges an open job: `threshold` of `members`, 16 at most. The job's client only, once, after the provider is known. */
  @call({})
  set_quorum_terms(terms: { job_id: Hex; members: string[]; threshold: string }): void {
    quorum.setQuorumTerms(jobIdOf(terms), quorum.readTerms(terms))
  }

  /** Judges submitted work. Each member once; the vote that decides completes the job, or rejects it. */
  @call({})
  cast_vote(vote: { job_id: Hex; is_approval: boolean; reason: Hex }): void {
    const isApproval = input.bool(vote.is_approval, 'is_approval')
    quorum.castVote(jobIdOf(vote), isApproval, input.bytes32(vote.reason, 'reason'))
  }

  /** Says what an open job's milestones pay, who judges them and how long that takes. The job's client only, once, after the budget is set. */
  @call({})
  set_milestone_terms(chosen: { job_id: Hex; terms: milestones.MilestoneTerms }): void {
    milestones.setMilestoneTerms(jobIdOf(chosen), milestones.readTerms(chosen.terms, 'terms'))
  }

  /** Pays a submitted milestone, which counts from 0. The judge; anyone, after its review: silence is a yes. */
  @call({})
  approve_milestone(approval: { job_id: Hex; milestone: string }): void {
    milestones.approveMilestone(jobIdOf(approval), input.uint(approval.milestone, 'milestone'))
  }

  /** Rejects a submitted milestone and the job with it: what is not paid goes back to the client. The judge only, during its review. */
  @call({})
  reject_milestone(rejection: { job_id: Hex; milestone: string; reason: Hex }): void {
    const milestone = input.uint(rejection.milestone, 'milestone')
    milestones.rejectMilestone(jobIdOf(rejection), milestone, input.bytes32(rejection.reason, 'reason'))
  }

  /** Gives a key, another account, a policy for the caller's balances, or changes it; limits and counterparties stay as they are. */
  @call({ payableFunction: true })
  set_policy(policy: {
    key: string
    expires_at: string
    methods: string
    is_any_counterparty: boolean
    confirmers: string[]
    confirmations_needed: string
  }): void {
    requireOneYocto()
    guardrails.setPolicy(input.account(policy.key, 'key'), {
      expiresAt: input.uint(policy.expires_at, 'expires_at', 48n),
      methods: input.uint(policy.methods, 'methods', 8n),
      isAnyCounterparty: input.bool(policy.is_any_counterparty, 'is_any_counterparty'),
      confirmers: input.list(policy.confirmers, 'confirmers').map((one) => input.account(one, 'confirmers')),
      confirmationsNeeded: input.uint(policy.confirmations_needed, 'confirmations_needed', 8n),
    })
  }

  /** Lets a key of the caller spend `limit` of a token in each period; a single spending above `threshold` wants confirmations. */
  @call({ payableFunction: true })
  set_spend_limit(limit: {
    key: string
    token: string
    limit: string
    period_seconds: string
    threshold: string
  }): void {
    requireOneYocto()
    guardrails.setSpendLimit(input.account(limit.key, 'key'), input.account(limit.token, 'token'), {
      limit: input.uint(limit.limit, 'limit', 128n),
      periodSeconds: input.uint(limit.period_seconds, 'period_seconds', 32n),
      threshold: input.uint(limit.threshold, 'threshold', 128n),
    })
  }

  @call({ payableFunction: true })
  set_counterparty(chosen: { key: string; counterparty: string; is_allowed: boolean }): void {
    requireOneYocto()
    const counterparty = input.account(chosen.counterparty, 'counterparty')
    guardrails.setCounterparty(
      input.account(chosen.key, 'key'),
      counterparty,
      input.bool(chosen.is_allowed, 'is_allowed'),
    )
  }

  /** Takes everything from a key of the caller, at once. */
  @call({})
  revoke_policy({ key }: { key: string }): void {
    guardrails.revokePolicy(input.account(key, 'key'))
  }

  /** Confirms what `next_operation_id` says of a spending above a threshold. A confirmer's next word replaces its last. */
  @call({ payableFunction: true })
  confirm_spend(word: { account: string; key: string; operation_id: Hex }): void {
    requireOneYocto()
    const account = input.account(word.account, 'account')
    guardrails.confirmSpend(account, input.account(word.key, 'key'), input.bytes32(word.operation_id, 'operation_id'))
  }

  /** Moves a balance of `account`, whose policy names the caller as a key: one that may only call functions is enough. */
  @call({})
  spend_transfer(spending: { account: string; token: string; to: string; amount: string }): void {
    const transfer = spendingOf(spending, 'to')
    requireUnpaused(this)
    guardrails.spendTransfer(transfer)
  }

  @call({})
  spend_withdraw(spending: { account: string; token: string; amount: string; receiver: string }): void {
    const withdrawal = spendingOf(spending, 'receiver')
    requireUnpaused(this)
    guardrails.spendWithdraw(withdrawal)
  }

  /** Says who shares in what a funded job pays: the root of the payees' tree, and what they get together. Provider only, until it submits. */
  @call({})
  set_payees(payees: { job_id: Hex; root: Hex; total: string }): void {
    const total = input.uint(payees.total, 'total')
    crowd.setPayees(jobIdOf(payees), input.bytes32(payees.root, 'root'), total)
  }

  /** Pays one payee of a job that has ended. Anyone, for ever; who calls pays for the payee's place in the ledger. */
  @call({})
  claim_payout(claim: { job_id: Hex; payout: object; proof: Hex[] }): void {
    const jobId = jobIdOf(claim)
    crowd.claimPayout(jobId, crowd.readPayout(claim.payout, 'payout'), hashesOf(claim.proof, 'proof'))
  }

  /** Pays many payees with one proof; skips who has been paid already. Anyone, as above. */
  @call({})
  push_payouts(push: { job_id: Hex; payouts: object[]; proof: Hex[]; proof_flags: boolean[] }): void {
    const jobId = jobIdOf(push)
    const payouts = input.list(push.payouts, 'payouts').map((payout) => crowd.readPayout(payout, 'payouts'))
    const proof = hashesOf(push.proof, 'proof')
    const proofFlags = input.list(push.proof_flags, 'proof_flags').map((flag) => input.bool(flag, 'proof_flags'))
    crowd.pushPayouts(jobId, payouts, { proof, proofFlags })
  }

  /** Gives the provider what the job has paid beyond its payees' total: everything, when there are none. Anyone, once. */
  @call({})
  claim_remainder(job: { job_id: Hex }): void {
    crowd.claimRemainder(jobIdOf(job))
  }

  /** Hires as `hire` does from the ledger: the budget is what is spent, the provider the counterparty. */
  @call({})
  spend_hire(spending: { account: string; hiring: LedgerHiring }): void {
    const account = input.account(spending.account, 'account')
    const hiring = input.object(spending.hiring, 'hiring')
    requireUnpaused(this)
    guardrails.spendHire(escrowOf(this), account, hiring)
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

  @call({})
  on_create_job(job: jobs.NewJob): Hex {
    requireSelf()
    requireUnpaused(this)
    return jobs.onCreateJob(job)
  }

  @call({})
  on_set_provider(chosen: jobs.NewProvider): void {
    requireSelf()
    jobs.onSetProvider(chosen)
  }

  @call({})
  on_submit(submission: jobs.Submission): void {
    requireSelf()
    jobs.onSubmit(submission)
  }

  @call({})
  on_hire(hiring: Hiring): string | undefined {
    requireSelf()
    requireUnpaused(this)
    return onHire(hiring)
  }

  /** When the job has ended, or nobody has ended it in time. */
  @call({})
  on_awaited(wait: Wait): WaitAnswer | undefined {
    requireSelf()
    return onAwaited(wait)
  }

  @call({})
  on_collect_fees(collection: fees.Collection): void {
    requireSelf()
    fees.onCollectFees(collection)
  }

  @call({})
  on_payout(payout: Payout): void {
    requireSelf()
    onPayout(payout)
  }

  @call({})
  on_withdraw(withdrawal: deposits.Withdrawal): string {
    requireSelf()
    return deposits.onWithdraw(withdrawal)
  }

  @call({})
  mt_resolve_transfer(sent: multiToken.Sent): string[] {
    requireSelf()
    return multiToken.resolveTransfer(sent)
  }

  @view({})
  owner(): string {
    return this.owner_id
  }

  @view({})
  pending_owner(): string | null {
    return this.pending_owner_id === '' ? null : this.pending_owner_id
  }

  @view({})
  guardian(): string | null {
    return this.guardian_id === '' ? null : this.guardian_id
  }

  @view({})
  is_paused(): boolean {
    return this.is_paused_now
  }

  /** The agent registry. */
  @view({})
  agents(): string {
    return this.agents_id
  }

  @view({})
  quorum(): string {
    return String(this.quorum_size)
  }

  /** Seconds from its challenge after which an enclave must have been attested anew. */
  @view({})
  max_age(): string {
    return String(this.max_age_seconds)
  }

  /** Throws what `register_enclave` would. */
  @view({})
  check_report({ report, signatures }: ReportArguments): void {
    enclaves.checkReport(readReport(report, 'report'), signaturesOf(signatures), separatorOf(this), this)
  }

  /** Throws what `accept_result` would. */
  @view({})
  check_result(signed: ResultArguments): void {
    results.checkResult(signedResultOf(signed), separatorOf(this))
  }

  /** The enclave, when its signature counts now; EnclaveUnknown, EnclaveIsRevoked or EnclaveExpired otherwise. */
  @view({})
  require_active({ enclave }: { enclave: Hex }): enclaves.Enclave {
    return enclaves.requireActive(input.address(enclave, 'enclave'))
  }

  /** What is known of an enclave, whether it counts or not. */
  @view({})
  get_enclave({ enclave }: { enclave: Hex }): enclaves.Enclave | null {
    return enclaves.getEnclave(input.address(enclave, 'enclave'))
  }

  @view({})
  is_verifier({ verifier }: { verifier: Hex }): boolean {
    return enclaves.isVerifier(input.address(verifier, 'verifier'))
  }

  @view({})
  is_workload_allowed({ workload }: { workload: Hex }): boolean {
    return enclaves.isWorkloadAllowed(input.bytes32(workload, 'workload'))
  }

  /** Seconds; "0" when it was never given or is used up. */
  @view({})
  challenge_issued_at({ challenge }: { challenge: Hex }): string {
    return enclaves.challengeIssuedAt(input.bytes32(challenge, 'challenge'))
  }

  @view({})
  is_token_trusted({ token }: { token: string }): boolean {
    return isTokenTrusted(input.account(token, 'token'))
  }

  @view({})
  get_job(job: { job_id: Hex }): Job | null {
    return readJob(jobIdOf(job))
  }

  /** The id of the next job that `client` creates. */
  @view({})
  next_job_id({ client }: { client: string }): Hex {
    return nextJobId(separatorOf(this), input.account(client, 'client'))
  }

  /** keccak256(requestHash, workload, observability) of a job's terms, or who judges it instead; null when it has none. */
  @view({})
  terms_of(job: { job_id: Hex }): Job['terms'] {
    return readJob(jobIdOf(job))?.terms ?? null
  }

  /** An arbitrated job's terms, and where it stands. Null for a job without them. */
  @view({})
  get_arbitration(job: { job_id: Hex }): arbitration.Arbitration | null {
    return arbitration.getArbitration(jobIdOf(job))
  }

  /** How many members a job's quorum has, needs, and has heard. Null for a job without one. */
  @view({})
  get_quorum(job: { job_id: Hex }): quorum.QuorumCount | null {
    return quorum.getQuorum(jobIdOf(job))
  }

  /** A job's milestones, and how many are approved. Null for a job without them. */
  @view({})
  get_milestones(job: { job_id: Hex }): milestones.Milestones | null {
    return milestones.getMilestones(jobIdOf(job))
  }

  /** The payees of a job, and how much of what it has paid they have. Null for a job without them. */
  @view({})
  get_crowd(job: { job_id: Hex }): crowd.Crowd | null {
    return crowd.getCrowd(jobIdOf(job))
  }

  @view({})
  is_payout_made(asked: { job_id: Hex; index: string }): boolean {
    return crowd.isPayoutMade(jobIdOf(asked), input.uint(asked.index, 'index'))
  }

  /** What an account is to a job: "0" nobody, "1" a member, "2" one that has approved, "3" one that has rejected. */
  @view({})
  standing_of(asked: { job_id: Hex; account: string }): string {
    return quorum.standingOf(jobIdOf(asked), input.account(asked.account, 'account'))
  }

  /** Who gets what the job pays: the provider, unless it said otherwise. */
  @view({})
  payee_of(job: { job_id: Hex }): string | null {
    const known = readJob(jobIdOf(job))
    return known === null ? null : payeeOf(known)
  }

  /** What was paid, or is owed, to the provider's side so far. */
  @view({})
  payment_of(job: { job_id: Hex }): string {
    return paymentOf(jobIdOf(job))
  }

  /** What the protocol has taken of what the job paid so far. */
  @view({})
  fee_of(job: { job_id: Hex }): string {
    return feeOf(jobIdOf(job))
  }

  /** A job's hook. */
  @view({})
  hook_of(job: { job_id: Hex }): string | null {
    return readJob(jobIdOf(job))?.hook ?? null
  }

  @view({})
  whitelisted_hooks({ hook }: { hook: string }): boolean {
    return hooks.isWhitelisted(input.account(hook, 'hook'))
  }

  /** Basis points, for jobs that are created now. */
  @view({})
  platform_fee_bp(): string {
    return String(this.fee_bp)
  }

  @view({})
  platform_treasury(): string | null {
    return fees.platformTreasury()
  }

  /** What was taken of payments in a token and not collected yet. */
  @view({})
  accrued_fees({ token }: { token: string }): fees.Fees {
    return fees.accruedFees(input.account(token, 'token'))
  }

  /** What a token refused to move: "0" when nothing is owed, or it is on its way. */
  @view({})
  owed(job: { job_id: Hex }): string {
    return owedOf(jobIdOf(job))
  }

  @view({})
  is_operator({ owner, spender }: { owner: string; spender: string }): boolean {
    return ledger.isOperator(input.account(owner, 'owner'), input.account(spender, 'spender'))
  }

  @view({})
  get_policy({ account, key }: { account: string; key: string }) {
    return guardrails.getPolicy(input.account(account, 'account'), input.account(key, 'key'))
  }

  @view({})
  confirmers_of({ account, key }: { account: string; key: string }): string[] {
    return guardrails.confirmersOf(input.account(account, 'account'), input.account(key, 'key'))
  }

  /** With what has been spent in the period under way. */
  @view({})
  get_spend_limit(asked: { account: string; key: string; token: string }): guardrails.SpendLimit | null {
    const token = input.account(asked.token, 'token')
    return guardrails.getSpendLimit(input.account(asked.account, 'account'), input.account(asked.key, 'key'), token)
  }

  @view({})
  is_counterparty_allowed(asked: { account: string; key: string; counterparty: string }): boolean {
    const counterparty = input.account(asked.counterparty, 'counterparty')
    const key = input.account(asked.key, 'key')
    return guardrails.isCounterpartyAllowed(input.account(asked.account, 'account'), key, counterparty)
  }

  /** A hiring's part of an operation's id. */
  @view({})
  hash_hiring({ hiring }: { hiring: LedgerHiring }): Hex {
    return guardrails.hashHiring(input.object(hiring, 'hiring'))
  }

  @view({})
  next_operation_id(operation: {
    account: string
    key: string
    method: string
    token: string
    counterparty: string
    amount: string
    details: Hex
  }): Hex {
    const method = Number(input.uint(operation.method, 'method', 8n))
    const details = input.bytes32(operation.details, 'details')
    const key = input.account(operation.key, 'key')
    return guardrails.nextOperationId(key, method, spendingOf(operation, 'counterparty'), details)
  }

  @view({})
  mt_balance_of({ account_id, token_id }: { account_id: string; token_id: string }): string {
    return multiToken.balanceOfId(account_id, token_id)
  }

  @view({})
  mt_batch_balance_of({ account_id, token_ids }: { account_id: string; token_ids: string[] }): string[] {
    return input.list(token_ids, 'token_ids').map((tokenId) => multiToken.balanceOfId(account_id, tokenId))
  }

  @view({})
  mt_token({ token_ids }: { token_ids: string[] }) {
    return input.list(token_ids, 'token_ids').map(multiToken.describeToken)
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

function escrowOf(contract: Parley): Escrow {
  return { agents: contract.agents_id, domainSeparator: separatorOf(contract), feeBP: contract.fee_bp }
}

function separatorOf({ domain_separator }: { readonly domain_separator: string }): Uint8Array {
  return fromHex(domain_separator)
}

function jobIdOf({ job_id }: { readonly job_id: unknown }): Hex {
  return input.bytes32(job_id, 'job_id')
}

function spendingOf(spending: Readonly<Record<string, unknown>>, counterparty: string): guardrails.Spending {
  return {
    account: input.account(spending.account, 'account'),
    token: input.account(spending.token, 'token'),
    counterparty: input.account(spending[counterparty], counterparty),
    amount: input.uint(spending.amount, 'amount', 128n),
  }
}

function hashesOf(hashes: unknown, field: string): readonly Hex[] {
  return input.list(hashes, field).map((hash) => input.bytes32(hash, field))
}

function signaturesOf(signatures: unknown): readonly Hex[] {
  return input.list(signatures, 'signatures').map((signature) => input.bytes(signature, 'signatures'))
}

function signedResultOf({ job_id, result, enclave, signature, response }: ResultArguments): results.SignedResult {
  return {
    jobId: input.bytes32(job_id, 'job_id'),
    result: readResult(result, 'result'),
    enclave: input.address(enclave, 'enclave'),
    signature: input.bytes(signature, 'signature'),
    response: input.bytes(response, 'response'),
  }
}
