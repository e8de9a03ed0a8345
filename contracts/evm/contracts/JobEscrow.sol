// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";

/// @title ERC-8183 job escrow.
contract JobEscrow is IJobEscrow, ERC2771Context, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice What an evaluator has after a submission, even when the job expires meanwhile.
    uint256 public constant EVALUATION_GRACE_PERIOD = 1 hours;

    /// @notice A job must be open for longer than this, so that a provider can finish it.
    uint256 public constant MIN_DURATION = 5 minutes;

    /// @notice Money is never locked for longer than this.
    uint256 public constant MAX_DURATION = 365 days;

    /// @notice What an evaluator may ask for at most to judge a submission.
    uint256 public constant MAX_EVALUATION_PERIOD = 90 days;

    /// @notice What a token gets to move a payment: enough for any honest one. One that takes more is paid by `claimPayment`.
    uint256 public constant PAYOUT_GAS = 150_000;

    /// @dev To call a cold account.
    uint256 private constant CALL_GAS = 3000;

    /// @dev What a token refused to move, in its smallest unit.
    struct Owed {
        uint96 toProvider;
        uint96 toClient;
    }

    IAgentRegistry public immutable agents;

    mapping(uint256 jobId => Job) private _jobs;
    mapping(address client => uint256) private _jobCountOf;
    /// @dev These three only of the few jobs that need them: their flags are in the job's slots, or `claimPayment` alone reads them.
    mapping(uint256 jobId => address) private _payeeOf;
    mapping(uint256 jobId => uint256) private _releasedOf;
    mapping(uint256 jobId => Owed) private _owedOf;

    constructor(address forwarder, IAgentRegistry agents_) ERC2771Context(forwarder) EIP712("Parley", "1") {
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
    ) external returns (uint256 jobId) {
        address client = _msgSender();
        jobId = nextJobId(client);

        require(evaluator != address(0), AddressZero());
        require(provider != evaluator, ProviderIsEvaluator(provider));
        uint256 earliest = block.timestamp + MIN_DURATION;
        uint256 latest = block.timestamp + MAX_DURATION;
        require(expiredAt > earliest && expiredAt <= latest, ExpiryOutOfRange(expiredAt, earliest, latest));
        require(hook == address(0), HookNotAllowed(hook));

        _jobCountOf[client]++;
        Job storage job = _jobs[jobId];
        job.client = client;
        job.expiredAt = uint48(expiredAt);
        job.evaluator = evaluator;
        emit JobCreated(jobId, client, provider, evaluator, expiredAt, hook);
        emit JobDescribed(jobId, description);
        if (provider != address(0)) _setProvider(jobId, job, provider, providerAgentId);
    }

    /// @inheritdoc IJobEscrow
    function setProvider(uint256 jobId, address provider, uint256 agentId) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.client, ClientOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(job.provider == address(0), ProviderAlreadySet(jobId));
        require(provider != address(0), AddressZero());
        require(provider != job.evaluator, ProviderIsEvaluator(provider));

        _setProvider(jobId, job, provider, agentId);
    }

    /// @inheritdoc IJobEscrow
    function setPayee(uint256 jobId, address payee) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.provider, ProviderOnly(_msgSender()));
        require(job.status <= JobStatus.Funded, JobNotFunded(jobId, job.status));
        require(!job.hasPayee, PayeeAlreadySet(jobId));
        require(!job.hasReleased, PaymentStarted(jobId));
        require(payee != address(0), AddressZero());

        job.hasPayee = true;
        _payeeOf[jobId] = payee;
        emit PayeeSet(jobId, payee);
    }

    /// @inheritdoc IJobEscrow
    function setEvaluationPeriod(uint256 jobId, uint256 period) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(period <= MAX_EVALUATION_PERIOD, EvaluationPeriodTooLong(period, MAX_EVALUATION_PERIOD));

        job.evaluationPeriod = uint32(period);
        emit EvaluationPeriodSet(jobId, period);
    }

    /// @inheritdoc IJobEscrow
    function setBudget(uint256 jobId, address token, uint256 amount, bytes calldata) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.client || _msgSender() == job.provider, PartyOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(token != address(0), AddressZero());
        // `fund` names the amount, not the token: a provider must not swap it under a client that is about to fund.
        require(job.token == address(0) || token == job.token || _msgSender() == job.client, ClientOnly(_msgSender()));
        require(amount <= type(uint96).max, BudgetTooLarge(amount));

        job.token = token;
        job.budget = uint96(amount);
        emit BudgetSet(jobId, token, amount);
    }

    /// @inheritdoc IJobEscrow
    function usePermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(token).permit(_msgSender(), address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @inheritdoc IJobEscrow
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata) external nonReentrant {
        Job storage job = _knownJob(jobId);
        uint256 budget = job.budget;

        require(_msgSender() == job.client, ClientOnly(_msgSender()));
        require(job.status == JobStatus.Open, JobNotOpen(jobId, job.status));
        require(job.provider != address(0), ProviderNotSet(jobId));
        require(budget == expectedBudget, BudgetMismatch(budget, expectedBudget));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));
        _requireTimeToJudge(jobId, job);

        job.status = JobStatus.Funded;
        emit JobFunded(jobId, job.client, budget);

        if (budget > 0) _take(IERC20(job.token), job.client, budget);
    }

    /// @inheritdoc IJobEscrow
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.provider, ProviderOnly(_msgSender()));
        require(job.status == JobStatus.Funded, JobNotFunded(jobId, job.status));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));
        require(
            agents.isAuthorizedOrOwner(job.provider, job.providerAgentId),
            AgentNotOfProvider(job.providerAgentId, job.provider)
        );

        job.status = JobStatus.Submitted;
        job.submittedAt = uint40(block.timestamp);
        emit JobSubmitted(jobId, job.provider, deliverable);
    }

    /// @inheritdoc IJobEscrow
    function complete(uint256 jobId, bytes32 reason, bytes calldata) external nonReentrant {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status != JobStatus.Completed, JobAlreadyCompleted(jobId));
        require(job.status == JobStatus.Submitted, JobNotSubmitted(jobId, job.status));

        job.status = JobStatus.Completed;
        emit JobCompleted(jobId, job.evaluator, reason);

        _payProvider(jobId, job, _restOf(jobId, job), PAYOUT_GAS);
    }

    /// @inheritdoc IJobEscrow
    function release(uint256 jobId, uint256 amount, bytes32 reason) external nonReentrant {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        _requireUnended(jobId, job.status);
        require(job.status != JobStatus.Open, JobNotFunded(jobId, job.status));
        uint256 rest = _restOf(jobId, job);
        require(amount <= rest, ReleaseTooLarge(amount, rest));

        job.hasReleased = true;
        _releasedOf[jobId] += amount;
        emit JobPartReleased(jobId, amount, reason);

        _payProvider(jobId, job, amount, PAYOUT_GAS);
    }

    /// @inheritdoc IJobEscrow
    function redo(uint256 jobId, bytes32 reason) external {
        Job storage job = _knownJob(jobId);

        require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        require(job.status == JobStatus.Submitted, JobNotSubmitted(jobId, job.status));
        require(block.timestamp < job.expiredAt, JobPastExpiry(jobId, job.expiredAt));

        job.status = JobStatus.Funded;
        job.submittedAt = 0;
        emit JobReopened(jobId, reason);
    }

    /// @inheritdoc IJobEscrow
    function reject(uint256 jobId, bytes32 reason, bytes calldata) external nonReentrant {
        Job storage job = _knownJob(jobId);
        JobStatus status = job.status;

        if (status == JobStatus.Open) require(_msgSender() == job.client, ClientOnly(_msgSender()));
        else require(_msgSender() == job.evaluator, EvaluatorOnly(_msgSender()));
        _requireUnended(jobId, status);

        job.status = JobStatus.Rejected;
        emit JobRejected(jobId, _msgSender(), reason);

        if (status != JobStatus.Open) _refund(jobId, job, _restOf(jobId, job), PAYOUT_GAS);
    }

    /// @inheritdoc IJobEscrow
    function claimRefund(uint256 jobId) external nonReentrant {
        Job storage job = _knownJob(jobId);
        JobStatus status = job.status;

        _requireUnended(jobId, status);
        require(block.timestamp >= job.expiredAt, JobNotExpired(jobId, job.expiredAt));
        if (status == JobStatus.Submitted) {
            uint256 period = job.evaluationPeriod;
            uint256 endsAt = job.submittedAt + (period == 0 ? EVALUATION_GRACE_PERIOD : period);
            require(block.timestamp >= endsAt, EvaluationInGrace(jobId, endsAt));
        }

        job.status = JobStatus.Expired;
        emit JobExpired(jobId);

        if (status != JobStatus.Open) _refund(jobId, job, _restOf(jobId, job), PAYOUT_GAS);
    }

    /// @inheritdoc IJobEscrow
    function claimPayment(uint256 jobId) external nonReentrant {
        Job storage job = _knownJob(jobId);
        Owed memory claim = _owedOf[jobId];

        require(claim.toProvider > 0 || claim.toClient > 0, NothingOwed(jobId));

        delete _owedOf[jobId];

        if (claim.toProvider > 0) _payProvider(jobId, job, claim.toProvider, gasleft());
        if (claim.toClient > 0) _refund(jobId, job, claim.toClient, gasleft());
    }

    /// @inheritdoc IJobEscrow
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IJobEscrow
    function payeeOf(uint256 jobId) public view returns (address) {
        Job storage job = _jobs[jobId];
        return job.hasPayee ? _payeeOf[jobId] : job.provider;
    }

    /// @inheritdoc IJobEscrow
    function paymentOf(uint256 jobId) external view returns (uint256) {
        Job storage job = _jobs[jobId];
        return job.status == JobStatus.Completed ? job.budget : _releasedOf[jobId];
    }

    /// @inheritdoc IJobEscrow
    function owed(uint256 jobId) external view returns (uint256) {
        return uint256(_owedOf[jobId].toProvider) + _owedOf[jobId].toClient;
    }

    /// @inheritdoc IJobEscrow
    function nextJobId(address client) public view returns (uint256) {
        return uint256(keccak256(abi.encode(_domainSeparatorV4(), client, _jobCountOf[client])));
    }

    function _knownJob(uint256 jobId) private view returns (Job storage job) {
        job = _jobs[jobId];
        require(job.client != address(0), JobUnknown(jobId));
    }

    function _requireUnended(uint256 jobId, JobStatus status) private pure {
        require(status != JobStatus.Completed, JobAlreadyCompleted(jobId));
        require(status < JobStatus.Completed, JobAlreadyEnded(jobId, status));
    }

    function _setProvider(uint256 jobId, Job storage job, address provider, uint256 agentId) private {
        require(
            agentId <= type(uint96).max && agents.isAuthorizedOrOwner(provider, agentId),
            AgentNotOfProvider(agentId, provider)
        );

        job.provider = provider;
        job.providerAgentId = uint96(agentId);
        emit ProviderSet(jobId, provider, agentId);
    }

    function _take(IERC20 token, address from, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        require(received >= amount, TokenShortfall(received, amount));
    }

    /// @dev Review, dispute, ruling and one redo fit between now and the expiry.
    function _requireTimeToJudge(uint256 jobId, Job storage job) private view {
        uint256 period = job.evaluationPeriod;
        if (period == 0) return;
        uint256 earliest = block.timestamp + 2 * period + MIN_DURATION;
        require(earliest < job.expiredAt, ExpiryTooSoon(jobId, earliest));
    }

    /// @dev What a funded job still holds.
    function _restOf(uint256 jobId, Job storage job) private view returns (uint256) {
        return job.hasReleased ? job.budget - _releasedOf[jobId] : job.budget;
    }

    function _payProvider(uint256 jobId, Job storage job, uint256 amount, uint256 gasCap) private {
        address payee = payeeOf(jobId);
        if (_send(job, payee, amount, gasCap)) {
            emit PaymentReleased(jobId, job.provider, amount);
        } else {
            _owedOf[jobId].toProvider += uint96(amount);
            emit PaymentOwed(jobId, payee, amount);
        }
    }

    function _refund(uint256 jobId, Job storage job, uint256 amount, uint256 gasCap) private {
        if (amount == 0) return;
        if (_send(job, job.client, amount, gasCap)) {
            emit Refunded(jobId, job.client, amount);
        } else {
            _owedOf[jobId].toClient += uint96(amount);
            emit PaymentOwed(jobId, job.client, amount);
        }
    }

    /// @dev Neither a token that refuses nor what it answers must keep a job from its end: the call has a cap, its answer is one word.
    function _send(Job storage job, address to, uint256 amount, uint256 gasCap) private returns (bool hasMoved) {
        if (amount == 0) return true;
        // Nobody starves the token of gas to make its refusal.
        uint256 needed = gasCap == PAYOUT_GAS ? PAYOUT_GAS * 64 / 63 + CALL_GAS : 0;
        require(gasleft() >= needed, GasTooLow(gasleft(), needed));
        address token = job.token;
        bytes memory transfer = abi.encodeCall(IERC20.transfer, (to, amount));
        assembly ("memory-safe") {
            mstore(0, 0)
            hasMoved := call(gasCap, token, 0, add(transfer, 32), mload(transfer), 0, 32)
            // As SafeERC20 has it: true, or nothing at all from a contract.
            switch returndatasize()
            case 0 { hasMoved := and(hasMoved, iszero(iszero(extcodesize(token)))) }
            default { hasMoved := and(hasMoved, and(gt(returndatasize(), 31), eq(mload(0), 1))) }
        }
    }
}
