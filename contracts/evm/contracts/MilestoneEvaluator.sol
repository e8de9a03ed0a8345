// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {IMilestoneEvaluator} from "./interfaces/IMilestoneEvaluator.sol";
import {JobEvaluator} from "./JobEvaluator.sol";

/// @title Pays jobs milestone by milestone, on a judge's word or its silence.
/// @dev No guard against reentrancy: a milestone is counted before the escrow is called, which has a guard of its own.
contract MilestoneEvaluator is IMilestoneEvaluator, JobEvaluator {
    /// @dev The longest list that NEAR's contract can log beside the longest description.
    uint256 private constant MAX_MILESTONES = 16;

    /// @dev Where the amounts begin a slot each two of them share, so that none is kept for their number.
    struct Plan {
        address judge;
        uint32 reviewSeconds;
        uint8 count;
        uint8 approved;
        uint96[MAX_MILESTONES] amounts;
    }

    mapping(uint256 jobId => Plan) private _plans;

    constructor(address forwarder, IJobEscrow escrow_) JobEvaluator(forwarder, escrow_) {}

    /// @inheritdoc IMilestoneEvaluator
    function setMilestoneTerms(uint256 jobId, MilestoneTerms calldata terms) external {
        _setTerms(jobId, _openJobOfClient(jobId), terms);
    }

    /// @inheritdoc IMilestoneEvaluator
    function approveMilestone(uint256 jobId, uint256 milestone) external {
        Plan storage plan = _plans[jobId];
        (IJobEscrow.Job memory job, uint256 endsAt) = _submitted(jobId, plan, milestone);

        require(_msgSender() == plan.judge || block.timestamp >= endsAt, ReviewNotOver(jobId, endsAt));

        plan.approved++;
        emit MilestoneApproved(jobId, milestone, _msgSender());

        if (plan.approved == plan.count) {
            escrow.complete(jobId, 0, "");
            return;
        }
        escrow.release(jobId, plan.amounts[milestone], 0);
        if (block.timestamp < job.expiredAt) escrow.redo(jobId, 0);
        else escrow.reject(jobId, 0, "");
    }

    /// @inheritdoc IMilestoneEvaluator
    function rejectMilestone(uint256 jobId, uint256 milestone, bytes32 reason) external {
        Plan storage plan = _plans[jobId];
        (, uint256 endsAt) = _submitted(jobId, plan, milestone);

        require(_msgSender() == plan.judge, JudgeOnly(_msgSender()));
        require(block.timestamp < endsAt, ReviewOver(jobId, endsAt));

        escrow.reject(jobId, reason, "");
    }

    /// @inheritdoc IMilestoneEvaluator
    function getMilestones(uint256 jobId) external view returns (Milestones memory milestones) {
        Plan storage plan = _plans[jobId];
        uint96[] memory amounts = new uint96[](plan.count);
        for (uint256 i = 0; i < amounts.length; i++) {
            amounts[i] = plan.amounts[i];
        }
        return Milestones(plan.judge, plan.reviewSeconds, plan.approved, amounts);
    }

    /// @inheritdoc JobEvaluator
    function _onHire(uint256 jobId, IJobEscrow.Job memory job, bytes calldata terms) internal override {
        _setTerms(jobId, job, abi.decode(terms, (MilestoneTerms)));
    }

    function _setTerms(uint256 jobId, IJobEscrow.Job memory job, MilestoneTerms memory terms) private {
        uint256 count = terms.amounts.length;
        uint256 total = 0;
        for (uint256 i = 0; i < count; i++) {
            total += terms.amounts[i];
        }
        bool isValid = count > 0 && count <= MAX_MILESTONES && total == job.budget;
        require(isValid, MilestonesInvalid(count, total, job.budget));
        require(terms.judge != address(0), IJobEscrow.AddressZero());
        require(terms.judge != job.provider, IJobEscrow.ProviderIsEvaluator(terms.judge));
        require(terms.reviewSeconds >= MIN_WINDOW, WindowTooShort(terms.reviewSeconds));
        Plan storage plan = _plans[jobId];
        // A provider must find the terms that it read.
        require(plan.count == 0, TermsAlreadySet(jobId));

        plan.judge = terms.judge;
        plan.reviewSeconds = terms.reviewSeconds;
        plan.count = uint8(count);
        for (uint256 i = 0; i < count; i++) {
            plan.amounts[i] = terms.amounts[i];
        }
        emit MilestoneTermsSet(jobId, terms.judge, terms.reviewSeconds, terms.amounts);

        // Else `claimRefund` could overtake an approval by silence.
        escrow.setEvaluationPeriod(jobId, terms.reviewSeconds + SETTLEMENT_PERIOD);
    }

    /// @dev The job whose milestone waits to be judged, and when its review ends.
    function _submitted(uint256 jobId, Plan storage plan, uint256 milestone)
        private
        view
        returns (IJobEscrow.Job memory job, uint256 endsAt)
    {
        require(plan.count > 0, TermsMissing(jobId));
        job = escrow.getJob(jobId);
        require(job.status == IJobEscrow.JobStatus.Submitted, IJobEscrow.JobNotSubmitted(jobId, job.status));
        require(milestone == plan.approved, MilestoneMismatch(milestone, plan.approved));
        endsAt = uint256(job.submittedAt) + plan.reviewSeconds;
    }
}
