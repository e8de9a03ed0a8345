// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {IQuorumEvaluator} from "./interfaces/IQuorumEvaluator.sol";
import {JobEvaluator} from "./JobEvaluator.sol";

/// @title Completes and rejects jobs on the word of m of n members.
contract QuorumEvaluator is IQuorumEvaluator, JobEvaluator {
    /// @dev The longest list that NEAR's contract can log beside the longest description.
    uint256 private constant MAX_MEMBERS = 16;

    mapping(uint256 jobId => Quorum) private _quorums;
    /// @inheritdoc IQuorumEvaluator
    mapping(uint256 jobId => mapping(address account => Standing)) public standingOf;

    constructor(address forwarder, IJobEscrow escrow_) JobEvaluator(forwarder, escrow_) {}

    /// @inheritdoc IQuorumEvaluator
    function setQuorumTerms(uint256 jobId, address[] calldata members, uint256 threshold) external {
        _setTerms(jobId, _openJobOfClient(jobId).provider, members, threshold);
    }

    /// @inheritdoc IQuorumEvaluator
    function castVote(uint256 jobId, bool isApproval, bytes32 reason) external {
        address member = _msgSender();
        Standing standing = standingOf[jobId][member];

        require(standing != Standing.Stranger, MemberOnly(member));
        require(standing == Standing.Member, AlreadyVoted(jobId, member));
        IJobEscrow.JobStatus status = escrow.getJob(jobId).status;
        require(status == IJobEscrow.JobStatus.Submitted, IJobEscrow.JobNotSubmitted(jobId, status));

        standingOf[jobId][member] = isApproval ? Standing.Approved : Standing.Rejected;
        Quorum memory quorum = _quorums[jobId];
        if (isApproval) quorum.approvals++;
        else quorum.rejections++;
        _quorums[jobId] = quorum;
        emit VoteCast(jobId, member, isApproval, reason);

        if (quorum.approvals == quorum.threshold) escrow.complete(jobId, reason, "");
        else if (quorum.rejections > quorum.members - quorum.threshold) escrow.reject(jobId, reason, "");
    }

    /// @inheritdoc IQuorumEvaluator
    function getQuorum(uint256 jobId) external view returns (Quorum memory) {
        return _quorums[jobId];
    }

    /// @inheritdoc JobEvaluator
    function _onHire(uint256 jobId, IJobEscrow.Job memory job, bytes calldata terms) internal override {
        (address[] memory members, uint256 threshold) = abi.decode(terms, (address[], uint256));
        _setTerms(jobId, job.provider, members, threshold);
    }

    function _setTerms(uint256 jobId, address provider, address[] memory members, uint256 threshold) private {
        uint256 count = members.length;
        require(threshold > 0 && threshold <= count && count <= MAX_MEMBERS, QuorumInvalid(threshold, count));
        // A provider must find the terms that it read.
        require(_quorums[jobId].members == 0, TermsAlreadySet(jobId));

        for (uint256 i = 0; i < count; i++) {
            address member = members[i];
            require(member != address(0), IJobEscrow.AddressZero());
            require(member != provider, IJobEscrow.ProviderIsEvaluator(member));
            // A member listed twice would let a quorum be reached that does not exist.
            require(standingOf[jobId][member] == Standing.Stranger, MemberRepeated(member));
            standingOf[jobId][member] = Standing.Member;
        }
        _quorums[jobId] = Quorum({members: uint8(count), threshold: uint8(threshold), approvals: 0, rejections: 0});
        emit QuorumTermsSet(jobId, members, threshold);
    }
}
