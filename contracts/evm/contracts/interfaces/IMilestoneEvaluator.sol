// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEvaluator} from "./IJobEvaluator.sol";

/// @title An evaluator of jobs that are delivered, judged and paid in parts.
/// @dev Milestones count from 0, amounts are in the smallest unit of the job's token.
interface IMilestoneEvaluator is IJobEvaluator {
    /// @dev Everything that the parties agree on: what each milestone pays, who judges it, and how long that takes at most.
    struct MilestoneTerms {
        address judge;
        uint32 reviewSeconds;
        uint96[] amounts;
    }

    /// @dev The terms, and how many milestones are approved. A job without terms has no judge.
    struct Milestones {
        address judge;
        uint32 reviewSeconds;
        uint8 approved;
        uint96[] amounts;
    }

    event MilestoneTermsSet(uint256 indexed jobId, address indexed judge, uint256 reviewSeconds, uint96[] amounts);
    event MilestoneApproved(uint256 indexed jobId, uint256 milestone, address indexed approver);

    error MilestonesInvalid(uint256 count, uint256 total, uint256 budget);
    error MilestoneMismatch(uint256 milestone, uint256 expected);
    error JudgeOnly(address caller);

    /// @notice Says what an open job's milestones pay: 16 at most, together its budget. The last one pays what is left, should the budget
    /// be changed later. The job's client only, once, after provider and budget are known. The judge, who may be the client, has an hour
    /// at least for each; it is not the provider.
    /// @dev Makes the escrow wait for the review and a day more before it refunds submitted work.
    function setMilestoneTerms(uint256 jobId, MilestoneTerms calldata terms) external;

    /// @notice Pays a submitted milestone. The judge; anyone, after its review: silence is a yes. The job goes on with the next milestone,
    /// or ends with the last; past its expiry, the rest goes back to the client.
    /// @dev Names the milestone, so that an approval which comes twice does not approve the next one unseen.
    function approveMilestone(uint256 jobId, uint256 milestone) external;

    /// @notice Rejects a submitted milestone and the job with it: what is not paid goes back to the client. The judge only, during its
    /// review.
    function rejectMilestone(uint256 jobId, uint256 milestone, bytes32 reason) external;

    function getMilestones(uint256 jobId) external view returns (Milestones memory);
}
