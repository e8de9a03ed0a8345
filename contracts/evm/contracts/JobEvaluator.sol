// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {IJobEvaluator} from "./interfaces/IJobEvaluator.sol";

/// @title What evaluators have in common: one escrow, and terms that a job's client sets.
abstract contract JobEvaluator is IJobEvaluator, ERC2771Context {
    /// @dev A congested chain must not decide for who has a window to speak.
    uint256 internal constant MIN_WINDOW = 1 hours;

    /// @dev What anyone has to act on silence, before the escrow refunds.
    uint256 internal constant SETTLEMENT_PERIOD = 1 days;

    IJobEscrow public immutable escrow;

    constructor(address forwarder, IJobEscrow escrow_) ERC2771Context(forwarder) {
        escrow = escrow_;
    }

    /// @inheritdoc IJobEvaluator
    function onHire(uint256 jobId, bytes calldata terms) external {
        require(msg.sender == address(escrow), EscrowOnly(msg.sender));

        _onHire(jobId, escrow.getJob(jobId), terms);
    }

    /// @dev Does what the evaluator's own method for terms does, but for the checks of the job.
    function _onHire(uint256 jobId, IJobEscrow.Job memory job, bytes calldata terms) internal virtual;

    /// @dev The job, when its client may set terms for it now. A provider is known then, so that it finds the terms that it read.
    function _openJobOfClient(uint256 jobId) internal view returns (IJobEscrow.Job memory job) {
        job = escrow.getJob(jobId);

        require(job.client != address(0), IJobEscrow.JobUnknown(jobId));
        require(_msgSender() == job.client, IJobEscrow.ClientOnly(_msgSender()));
        require(job.status == IJobEscrow.JobStatus.Open, IJobEscrow.JobNotOpen(jobId, job.status));
        require(job.evaluator == address(this), EvaluatorMismatch(jobId, job.evaluator));
        require(job.provider != address(0), IJobEscrow.ProviderNotSet(jobId));
    }
}
