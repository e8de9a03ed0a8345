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

    IAgentRegistry public immutable agents;

    mapping(uint256 jobId => Job) private _jobs;
    mapping(address client => uint256) private _jobCountOf;

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
        emit PaymentReleased(jobId, job.provider, job.budget);

        if (job.budget > 0) IERC20(job.token).safeTransfer(job.provider, job.budget);
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

        if (status != JobStatus.Open) _refund(jobId, job);
    }

    /// @inheritdoc IJobEscrow
    function claimRefund(uint256 jobId) external nonReentrant {
        Job storage job = _knownJob(jobId);
        JobStatus status = job.status;

        _requireUnended(jobId, status);
        require(block.timestamp >= job.expiredAt, JobNotExpired(jobId, job.expiredAt));
        if (status == JobStatus.Submitted) {
            uint256 endsAt = job.submittedAt + EVALUATION_GRACE_PERIOD;
            require(block.timestamp >= endsAt, EvaluationInGrace(jobId, endsAt));
        }

        job.status = JobStatus.Expired;
        emit JobExpired(jobId);

        if (status != JobStatus.Open) _refund(jobId, job);
    }

    /// @inheritdoc IJobEscrow
    function getJob(uint256 jobId) external view returns (Job memory) {
        return _jobs[jobId];
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

    function _refund(uint256 jobId, Job storage job) private {
        if (job.budget == 0) return;
        emit Refunded(jobId, job.client, job.budget);
        IERC20(job.token).safeTransfer(job.client, job.budget);
    }
}
