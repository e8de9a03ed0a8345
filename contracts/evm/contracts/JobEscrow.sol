// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {IJobEvaluator} from "./interfaces/IJobEvaluator.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {Governed} from "./Governed.sol";
import {JobHooks} from "./JobHooks.sol";
import {JobPayments} from "./JobPayments.sol";

/// @title ERC-8183 job escrow.
contract JobEscrow is JobPayments, JobHooks, ERC2771Context, EIP712, Multicall {
    /// @notice What an evaluator has after a submission, even when the job expires meanwhile, unless it asked for another period.
    uint256 public constant EVALUATION_GRACE_PERIOD = 1 hours;

    /// @notice A job must be open for longer than this, so that a provider can finish it.
    uint256 public constant MIN_DURATION = 5 minutes;

    /// @notice Money is never locked for longer than this, and a period to judge.
    uint256 public constant MAX_DURATION = 365 days;

    /// @notice What an evaluator may ask for at most to judge a submission.
    uint256 public constant MAX_EVALUATION_PERIOD = 90 days;

    IAgentRegistry public immutable agents;

    mapping(address client => uint256) private _jobCountOf;

    constructor(address forwarder, IAgentRegistry agents_, ILedger ledger_, address owner, address guardian)
        Governed(owner, guardian)
        JobPayments(ledger_)
        ERC2771Context(forwarder)
        EIP712("Parley", "1")
    {
        agents = agents_;
    }

    /// @inheritdoc IJobEscrow
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook,
        uint256 providerAgentId
    ) external nonReentrant returns (uint256 jobId) {
        _requireUnpaused();
        return _create(_msgSender(), provider, evaluator, expiredAt, description, hook, providerAgentId);
    }

    /// @inheritdoc IJobEscrow
    function hire(Hiring calldata hiring) external nonReentrant returns (uint256 jobId) {
        _requireUnpaused();
        address client = hiring.client;
        address caller = _msgSender();

        bool isOperator = caller != client && hiring.isInLedger && ledger.isOperator(client, caller);
        require(caller == client || isOperator, ClientOnly(caller));
        // What is signed may name the id: sealed requests and results are for it.
        require(hiring.jobId == 0 || hiring.jobId == nextJobId(client), JobUnknown(hiring.jobId));

        jobId = _create(
            client,
            hiring.provider,
            hiring.evaluator,
            hiring.expiredAt,
            hiring.description,
            hiring.hook,
            hiring.providerAgentId
        );
        require(hiring.provider != address(0), ProviderNotSet(jobId));
        _setBudget(jobId, hiring.hook, hiring.token, hiring.budget, "");
        if (hiring.terms.length > 0) {
            IJobEvaluator(hiring.evaluator).onHire(jobId, hiring.terms);
            _requireTimeToJudge(jobId, _jobs[jobId]);
        }
        _fund(jobId, hiring.hook, client, hiring.token, hiring.budget, hiring.isInLedger, "");
    }

    /// @inheritdoc IJobEscrow
    function setProvider(uint256 jobId, address provider, uint256 agentId) external nonReentrant {
        Record storage job = _knownJob(jobId);

        require(_msgSender() == job.client, ClientOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(job.provider == address(0), ProviderAlreadySet(jobId));
        require(provider != address(0), AddressZero());
        require(provider != job.evaluator, ProviderIsEvaluator(provider));
        _requireAgent(provider, agentId);

        address hook = _hookFor(jobId, job.flags);
        bytes memory data = hook == address(0) ? bytes("") : abi.encode(_msgSender(), provider, agentId);
        _askBefore(hook, jobId, this.setProvider.selector, data);
        _writeProvider(jobId, job, provider, agentId);
        _askAfter(hook, jobId, this.setProvider.selector, data);
    }

    /// @inheritdoc IJobEscrow
    function setPayee(uint256 jobId, address payee) external nonReentrant {
        Record storage job = _knownJob(jobId);

        require(_msgSender() == job.provider, ProviderOnly(_msgSender()));
        require(job.status == JobStatus.Funded, JobNotFunded(jobId, job.status));
        // Whom a token pays cannot tell what for: a contract that shares money would keep it.
        require(_has(job.flags, IS_IN_LEDGER), JobNotInLedger(jobId));
        require(!_has(job.flags, HAS_PAYEE), PayeeAlreadySet(jobId));
        require(!_has(job.flags, HAS_RELEASED), PaymentStarted(jobId));
        require(payee != address(0), AddressZero());

        job.flags |= HAS_PAYEE;
        _payeeOf[jobId] = payee;
        emit PayeeSet(jobId, payee);
    }

    /// @inheritdoc IJobEscrow
    function setEvaluationPeriod(uint256 jobId, uint256 period) external {
        Record storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(period <= MAX_EVALUATION_PERIOD, EvaluationPeriodTooLong(period, MAX_EVALUATION_PERIOD));

        job.evaluationPeriod = uint24(period);
        emit EvaluationPeriodSet(jobId, period);
    }

    /// @inheritdoc IJobEscrow
    function setBudget(uint256 jobId, address token, uint256 amount, bytes calldata optParams) external nonReentrant {
        Record storage job = _knownJob(jobId);

        require(_msgSender() == job.client || _msgSender() == job.provider, PartyOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        // `fund` names the amount, not the token: a provider must not swap it under a client that is about to fund.
        bool maySwap = job.token == 0 || token == _tokens[job.token] || _msgSender() == job.client;
        require(token == address(0) || maySwap, ClientOnly(_msgSender()));

        _setBudget(jobId, _hookFor(jobId, job.flags), token, amount, optParams);
    }

    /// @inheritdoc IJobEscrow
    function usePermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(token).permit(_msgSender(), address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @inheritdoc IJobEscrow
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external nonReentrant {
        _requireUnpaused();
        Record memory job = _fundable(jobId, expectedBudget);

        _fund(jobId, _hookFor(jobId, job.flags), job.client, _tokens[job.token], job.budget, false, optParams);
    }

    /// @inheritdoc IJobEscrow
    function fundFromLedger(uint256 jobId, uint256 expectedBudget) external nonReentrant {
        _requireUnpaused();
        Record memory job = _fundable(jobId, expectedBudget);

        _fund(jobId, _hookFor(jobId, job.flags), job.client, _tokens[job.token], job.budget, true, "");
    }

    /// @inheritdoc IJobEscrow
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external nonReentrant {
        Record storage job = _knownJob(jobId);
        address provider = job.provider;

        require(_msgSender() == provider, ProviderOnly(_msgSender()));
        require(job.status == JobStatus.Funded, JobNotFunded(jobId, job.status));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));
        _requireAgent(provider, job.providerAgentId);

        address hook = _hookFor(jobId, job.flags);
        bytes memory data = hook == address(0) ? bytes("") : abi.encode(provider, deliverable, optParams);
        _askBefore(hook, jobId, this.submit.selector, data);
        job.submittedAt = uint32(block.timestamp);
        job.status = JobStatus.Submitted;
        emit JobSubmitted(jobId, provider, deliverable);
        _askAfter(hook, jobId, this.submit.selector, data);
    }

    /// @inheritdoc IJobEscrow
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant {
        Record memory job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status != JobStatus.Completed, JobAlreadyCompleted(jobId));
        require(job.status == JobStatus.Submitted, JobNotSubmitted(jobId, job.status));

        address hook = _hookFor(jobId, job.flags);
        bytes memory data = hook == address(0) ? bytes("") : abi.encode(_msgSender(), reason, optParams);
        _tellBefore(hook, jobId, this.complete.selector, data);
        _jobs[jobId].status = JobStatus.Completed;
        emit JobCompleted(jobId, job.evaluator, reason);

        _pay(jobId, job, _restOf(jobId, job), _releasedBefore(jobId, job));
        _tellAfter(hook, jobId, this.complete.selector, data);
    }

    /// @inheritdoc IJobEscrow
    function release(uint256 jobId, uint256 amount, bytes32 reason) external nonReentrant {
        Record memory job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        _requireUnended(jobId, job.status);
        require(job.status != JobStatus.Open, JobNotFunded(jobId, job.status));
        uint256 before = _releasedBefore(jobId, job);
        require(amount <= job.budget - before, ReleaseTooLarge(amount, job.budget - before));

        _jobs[jobId].flags = job.flags | HAS_RELEASED;
        _releasedOf[jobId] = before + amount;
        emit JobPartReleased(jobId, amount, reason);

        _pay(jobId, job, amount, before);
    }

    /// @inheritdoc IJobEscrow
    function redo(uint256 jobId, bytes32 reason) external nonReentrant {
        Record storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status == JobStatus.Submitted, JobNotSubmitted(jobId, job.status));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));

        job.status = JobStatus.Funded;
        job.submittedAt = 0;
        emit JobReopened(jobId, reason);
    }

    /// @inheritdoc IJobEscrow
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external nonReentrant {
        Record memory job = _knownJob(jobId);

        if (job.status == JobStatus.Open) require(_msgSender() == job.client, ClientOnly(_msgSender()));
        else require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        _requireUnended(jobId, job.status);

        address hook = _hookFor(jobId, job.flags);
        bytes memory data = hook == address(0) ? bytes("") : abi.encode(_msgSender(), reason, optParams);
        _tellBefore(hook, jobId, this.reject.selector, data);
        _jobs[jobId].status = JobStatus.Rejected;
        emit JobRejected(jobId, _msgSender(), reason);

        if (job.status != JobStatus.Open) _refund(jobId, job);
        _tellAfter(hook, jobId, this.reject.selector, data);
    }

    /// @inheritdoc IJobEscrow
    function claimRefund(uint256 jobId) external nonReentrant {
        Record memory job = _knownJob(jobId);

        _requireUnended(jobId, job.status);
        require(block.timestamp >= job.expiredAt, JobNotExpired(jobId, job.expiredAt));
        if (job.status == JobStatus.Submitted) {
            uint256 period = job.evaluationPeriod;
            uint256 endsAt = job.submittedAt + (period == 0 ? EVALUATION_GRACE_PERIOD : period);
            require(block.timestamp >= endsAt, EvaluationInGrace(jobId, endsAt));
        }

        _jobs[jobId].status = JobStatus.Expired;
        emit JobExpired(jobId);

        if (job.status != JobStatus.Open) _refund(jobId, job);
    }

    /// @inheritdoc IJobEscrow
    function getJob(uint256 jobId) external view returns (Job memory) {
        Record memory job = _jobs[jobId];
        return Job({
            client: job.client,
            expiredAt: job.expiredAt,
            submittedAt: job.submittedAt,
            status: job.status,
            provider: job.provider,
            providerAgentId: job.providerAgentId,
            evaluator: job.evaluator,
            evaluationPeriod: job.evaluationPeriod,
            platformFeeBP: job.platformFeeBP,
            isInLedger: _has(job.flags, IS_IN_LEDGER),
            token: _tokens[job.token],
            budget: job.budget
        });
    }

    /// @inheritdoc IJobEscrow
    function nextJobId(address client) public view returns (uint256) {
        return _jobIdOf(client, _jobCountOf[client]);
    }

    function _jobIdOf(address client, uint256 count) private view returns (uint256) {
        return uint256(keccak256(abi.encode(_domainSeparatorV4(), client, count)));
    }

    /// @dev All that opens a job, for whoever asks in the client's name.
    function _create(
        address client,
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook,
        uint256 agentId
    ) private returns (uint256 jobId) {
        uint256 count = _jobCountOf[client];
        jobId = _jobIdOf(client, count);

        require(evaluator != address(0), AddressZero());
        require(provider != evaluator, ProviderIsEvaluator(provider));
        uint256 earliest = block.timestamp + MIN_DURATION;
        uint256 latest = block.timestamp + MAX_DURATION;
        require(expiredAt > earliest && expiredAt <= latest, ExpiryOutOfRange(expiredAt, earliest, latest));
        _requireAllowed(hook);
        if (provider != address(0)) _requireAgent(provider, agentId);

        _jobCountOf[client] = count + 1;
        Record storage job = _jobs[jobId];
        job.client = client;
        job.expiredAt = uint32(expiredAt);
        job.evaluator = evaluator;
        job.platformFeeBP = platformFeeBP;
        emit JobCreated(jobId, client, provider, evaluator, expiredAt, hook);
        emit JobDescribed(jobId, description);
        if (provider != address(0)) _writeProvider(jobId, job, provider, agentId);
        if (hook == address(0)) return jobId;

        job.flags = HAS_HOOK;
        hookOf[jobId] = hook;
        _askAfter(hook, jobId, this.createJob.selector, abi.encode(_msgSender(), provider, evaluator));
    }

    function _setBudget(uint256 jobId, address hook, address token, uint256 amount, bytes memory optParams) private {
        require(token != address(0), AddressZero());
        require(amount <= type(uint96).max, BudgetTooLarge(amount));

        bytes memory data = hook == address(0) ? bytes("") : abi.encode(_msgSender(), token, amount, optParams);
        _askBefore(hook, jobId, this.setBudget.selector, data);
        Record storage job = _jobs[jobId];
        job.token = _numberFor(token);
        job.budget = uint96(amount);
        emit BudgetSet(jobId, token, amount);
        _askAfter(hook, jobId, this.setBudget.selector, data);
    }

    /// @dev All that brings a job its money. It is known to be fundable.
    function _fund(
        uint256 jobId,
        address hook,
        address client,
        address token,
        uint256 budget,
        bool isInLedger,
        bytes memory optParams
    ) private {
        bytes memory data = hook == address(0) ? bytes("") : abi.encode(_msgSender(), optParams);
        _askBefore(hook, jobId, this.fund.selector, data);
        Record storage job = _jobs[jobId];
        job.status = JobStatus.Funded;
        if (isInLedger) job.flags |= IS_IN_LEDGER;
        emit JobFunded(jobId, client, budget);

        if (budget > 0) _take(token, client, budget, isInLedger);
        _askAfter(hook, jobId, this.fund.selector, data);
    }

    function _fundable(uint256 jobId, uint256 expectedBudget) private view returns (Record memory job) {
        job = _knownJob(jobId);

        require(_msgSender() == job.client, ClientOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(job.provider != address(0), ProviderNotSet(jobId));
        require(job.budget == expectedBudget, BudgetMismatch(job.budget, expectedBudget));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));
        _requireTimeToJudge(jobId, job);
    }

    function _requireUnended(uint256 jobId, JobStatus status) private pure {
        require(status != JobStatus.Completed, JobAlreadyCompleted(jobId));
        require(status < JobStatus.Completed, JobAlreadyEnded(jobId, status));
    }

    function _writeProvider(uint256 jobId, Record storage job, address provider, uint256 agentId) private {
        job.provider = provider;
        job.providerAgentId = uint32(agentId);
        emit ProviderSet(jobId, provider, agentId);
    }

    function _requireAgent(address provider, uint256 agentId) private view {
        require(
            agentId <= type(uint32).max && agents.isAuthorizedOrOwner(provider, agentId),
            AgentNotOfProvider(agentId, provider)
        );
    }

    function _hookFor(uint256 jobId, uint8 flags) private view returns (address) {
        return _has(flags, HAS_HOOK) ? hookOf[jobId] : address(0);
    }

    /// @dev Review, dispute, ruling and one redo fit between now and the expiry.
    function _requireTimeToJudge(uint256 jobId, Record memory job) private view {
        uint256 period = job.evaluationPeriod;
        if (period == 0) return;
        uint256 earliest = block.timestamp + 2 * period + MIN_DURATION;
        require(earliest < job.expiredAt, ExpiryTooSoon(jobId, earliest));
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
