// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEvaluator} from "./IJobEvaluator.sol";

/// @title An evaluator of jobs that takes the word of m of n members for the work.
interface IQuorumEvaluator is IJobEvaluator {
    /// @dev A job's quorum: how many members it has, how many of them must approve, and how many have said what.
    struct Quorum {
        uint8 members;
        uint8 threshold;
        uint8 approvals;
        uint8 rejections;
    }

    /// @dev What an account is to a job. A vote is final.
    enum Standing {
        Stranger,
        Member,
        Approved,
        Rejected
    }

    event QuorumTermsSet(uint256 indexed jobId, address[] members, uint256 threshold);
    event VoteCast(uint256 indexed jobId, address indexed member, bool isApproval, bytes32 reason);

    error QuorumInvalid(uint256 quorum, uint256 members);
    error MemberRepeated(address member);
    error MemberOnly(address caller);
    error AlreadyVoted(uint256 jobId, address member);

    /// @notice Says who judges an open job: `threshold` of `members`, of whom there are 16 at most, each once. The provider is none of them.
    /// The job's client only, once, after the provider is known.
    function setQuorumTerms(uint256 jobId, address[] calldata members, uint256 threshold) external;

    /// @notice Judges submitted work. Each member once. The approval that reaches the threshold completes the job, the rejection after
    /// which no approvals can reach it rejects the job, with the voter's `reason`.
    /// @dev No longer period to judge than the escrow's: how long the members have is the provider's choice, who submits well before the expiry.
    function castVote(uint256 jobId, bool isApproval, bytes32 reason) external;

    /// @notice All zero for a job without terms.
    function getQuorum(uint256 jobId) external view returns (Quorum memory);

    function standingOf(uint256 jobId, address account) external view returns (Standing);
}
