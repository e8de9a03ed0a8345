// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IArbitratedEvaluator} from "./interfaces/IArbitratedEvaluator.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {JobEvaluator} from "./JobEvaluator.sol";

/// @title Completes and rejects jobs on the client's silence, an arbiter's ruling, or the arbiter's silence.
/// @dev No guard against reentrancy: all effects come before the first call, the escrow has its own, and the ledger calls nobody.
contract ArbitratedEvaluator is IArbitratedEvaluator, JobEvaluator {
    /// @dev The whole budget, in basis points.
    uint256 private constant WHOLE = 10_000;

    /// @dev What ends a job: the provider's share of the budget, and who gets bond and stake.
    struct Outcome {
        uint256 shareBP;
        bytes32 reason;
        address bondTo;
        address stakeTo;
    }

    IERC6909 public immutable ledger;

    mapping(uint256 jobId => Arbitration) private _arbitrations;

    constructor(address forwarder, IJobEscrow escrow_, IERC6909 ledger_) JobEvaluator(forwarder, escrow_) {
        ledger = ledger_;
    }

    /// @inheritdoc IArbitratedEvaluator
    function setArbitrationTerms(uint256 jobId, ArbitrationTerms calldata terms) external {
        _setTerms(jobId, _openJobOfClient(jobId), terms);
    }

    /// @inheritdoc IArbitratedEvaluator
    function lockStake(uint256 jobId, address arbiter, uint256 amount) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(_msgSender() == job.provider, IJobEscrow.ProviderOnly(_msgSender()));
        require(job.status == IJobEscrow.JobStatus.Funded, IJobEscrow.JobNotFunded(jobId, job.status));
        uint256 stake = arbitration.stake;
        bool isAgreed = arbiter == arbitration.arbiter && amount == stake && stake > 0;
        require(isAgreed, StakeMismatch(arbitration.arbiter, stake));
        require(!arbitration.isStakeHeld, StakeAlreadyLocked(jobId));

        arbitration.isStakeHeld = true;
        emit StakeLocked(jobId, job.provider, stake);

        _take(job.token, job.provider, stake);
    }

    /// @inheritdoc IArbitratedEvaluator
    function acceptWork(uint256 jobId) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(_msgSender() == job.client, IJobEscrow.ClientOnly(_msgSender()));
        _requireSubmitted(jobId, job);

        _end(jobId, job, arbitration, Outcome(WHOLE, 0, job.client, job.provider));
    }

    /// @inheritdoc IArbitratedEvaluator
    function openDispute(uint256 jobId, bytes32 reason) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(_msgSender() == job.client, IJobEscrow.ClientOnly(_msgSender()));
        _requireSubmitted(jobId, job);
        require(arbitration.disputedAt == 0, DisputeAlreadyOpen(jobId));
        uint256 endsAt = uint256(job.submittedAt) + arbitration.reviewSeconds;
        require(block.timestamp < endsAt, ReviewOver(jobId, endsAt));

        uint256 bond = arbitration.isBondHeld ? 0 : arbitration.bond;
        arbitration.disputedAt = uint40(block.timestamp);
        arbitration.isBondHeld = arbitration.bond > 0;
        emit DisputeOpened(jobId, job.client, reason);

        if (bond > 0) _take(job.token, job.client, bond);
    }

    /// @inheritdoc IArbitratedEvaluator
    function rule(uint256 jobId, Ruling ruling, uint256 shareBP, bytes32 reason) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(_msgSender() == arbitration.arbiter, ArbiterOnly(_msgSender()));
        _requireSubmitted(jobId, job);
        require(arbitration.disputedAt != 0, DisputeNotOpen(jobId));
        uint256 endsAt = uint256(arbitration.disputedAt) + arbitration.rulingSeconds;
        require(block.timestamp < endsAt, RulingOver(jobId, endsAt));
        bool isShare = ruling == Ruling.Split ? shareBP > 0 && shareBP < WHOLE : shareBP == 0;
        require(isShare, ShareInvalid(shareBP));
        require(ruling != Ruling.Redo || !arbitration.hasRedone, RedoUsed(jobId));

        emit RulingGiven(jobId, arbitration.arbiter, ruling, shareBP, reason);

        if (ruling == Ruling.Redo) {
            arbitration.disputedAt = 0;
            arbitration.hasRedone = true;
            escrow.redo(jobId, reason);
            return;
        }
        (uint256 share, address bondTo, address stakeTo) = (shareBP, job.client, job.provider);
        if (ruling == Ruling.Pay) (share, bondTo) = (WHOLE, job.provider);
        if (ruling == Ruling.Refund) stakeTo = job.client;
        _end(jobId, job, arbitration, Outcome(share, reason, bondTo, stakeTo));
    }

    /// @inheritdoc IArbitratedEvaluator
    function settleReview(uint256 jobId) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);
        bool isDisputed = arbitration.disputedAt != 0;

        _requireSubmitted(jobId, job);
        uint256 endsAt = isDisputed
            ? uint256(arbitration.disputedAt) + arbitration.rulingSeconds
            : uint256(job.submittedAt) + arbitration.reviewSeconds;
        require(block.timestamp >= endsAt, ReviewNotOver(jobId, endsAt));
        require(arbitration.isStakeHeld || arbitration.stake == 0, StakeMissing(jobId));

        uint256 share = isDisputed ? arbitration.silenceShareBP : WHOLE;
        emit ReviewSettled(jobId, share);

        _end(jobId, job, arbitration, Outcome(share, 0, job.client, job.provider));
    }

    /// @inheritdoc IArbitratedEvaluator
    function releaseBondAndStake(uint256 jobId) external {
        Arbitration storage arbitration = _knownArbitration(jobId);
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(job.status > IJobEscrow.JobStatus.Submitted, JobNotEnded(jobId, job.status));
        require(arbitration.isBondHeld || arbitration.isStakeHeld, NothingHeld(jobId));

        _release(jobId, job.token, arbitration, job.client, job.provider);
    }

    /// @inheritdoc IArbitratedEvaluator
    function getArbitration(uint256 jobId) external view returns (Arbitration memory) {
        return _arbitrations[jobId];
    }

    /// @inheritdoc JobEvaluator
    function _onHire(uint256 jobId, IJobEscrow.Job memory job, bytes calldata terms) internal override {
        _setTerms(jobId, job, abi.decode(terms, (ArbitrationTerms)));
    }

    function _setTerms(uint256 jobId, IJobEscrow.Job memory job, ArbitrationTerms memory terms) private {
        require(terms.arbiter != address(0), IJobEscrow.AddressZero());
        require(terms.arbiter != job.client && terms.arbiter != job.provider, ArbiterIsParty(terms.arbiter));
        require(terms.reviewSeconds >= MIN_WINDOW, WindowTooShort(terms.reviewSeconds));
        require(terms.rulingSeconds >= MIN_WINDOW, WindowTooShort(terms.rulingSeconds));
        require(terms.silenceShareBP <= WHOLE, ShareInvalid(terms.silenceShareBP));
        // A provider must find the terms that it read.
        Arbitration storage arbitration = _arbitrations[jobId];
        require(arbitration.arbiter == address(0), TermsAlreadySet(jobId));

        arbitration.arbiter = terms.arbiter;
        arbitration.reviewSeconds = terms.reviewSeconds;
        arbitration.rulingSeconds = terms.rulingSeconds;
        arbitration.silenceShareBP = terms.silenceShareBP;
        arbitration.bond = terms.bond;
        arbitration.stake = terms.stake;
        emit ArbitrationTermsSet(
            jobId,
            terms.arbiter,
            terms.reviewSeconds,
            terms.rulingSeconds,
            terms.silenceShareBP,
            terms.bond,
            terms.stake
        );

        // Else `claimRefund` could overtake a ruling.
        escrow.setEvaluationPeriod(jobId, uint256(terms.reviewSeconds) + terms.rulingSeconds + SETTLEMENT_PERIOD);
    }

    function _knownArbitration(uint256 jobId) private view returns (Arbitration storage arbitration) {
        arbitration = _arbitrations[jobId];
        require(arbitration.arbiter != address(0), TermsMissing(jobId));
    }

    function _requireSubmitted(uint256 jobId, IJobEscrow.Job memory job) private pure {
        require(job.status == IJobEscrow.JobStatus.Submitted, IJobEscrow.JobNotSubmitted(jobId, job.status));
    }

    /// @dev Bond and stake first: the ledger calls nobody, the escrow may call a token.
    function _end(uint256 jobId, IJobEscrow.Job memory job, Arbitration storage arbitration, Outcome memory outcome)
        private
    {
        _release(jobId, job.token, arbitration, outcome.bondTo, outcome.stakeTo);

        if (outcome.shareBP == WHOLE) {
            escrow.complete(jobId, outcome.reason, "");
            return;
        }
        uint256 share = uint256(job.budget) * outcome.shareBP / WHOLE;
        if (share > 0) escrow.release(jobId, share, outcome.reason);
        escrow.reject(jobId, outcome.reason, "");
    }

    function _release(uint256 jobId, address token, Arbitration storage arbitration, address bondTo, address stakeTo)
        private
    {
        if (arbitration.isBondHeld) {
            arbitration.isBondHeld = false;
            emit BondReleased(jobId, bondTo, arbitration.bond);
            ledger.transfer(bondTo, uint160(token), arbitration.bond);
        }
        if (arbitration.isStakeHeld) {
            arbitration.isStakeHeld = false;
            emit StakeReleased(jobId, stakeTo, arbitration.stake);
            ledger.transfer(stakeTo, uint160(token), arbitration.stake);
        }
    }

    function _take(address token, address from, uint256 amount) private {
        ledger.transferFrom(from, address(this), uint160(token), amount);
    }
}
