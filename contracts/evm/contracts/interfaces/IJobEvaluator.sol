// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that judges jobs on terms of its own.
interface IJobEvaluator {
    error EscrowOnly(address caller);
    error EvaluatorMismatch(uint256 jobId, address evaluator);
    error TermsAlreadySet(uint256 jobId);
    error TermsMissing(uint256 jobId);
    error WindowTooShort(uint256 window);
    error ReviewOver(uint256 jobId, uint256 endsAt);
    error ReviewNotOver(uint256 jobId, uint256 endsAt);

    /// @notice Takes the terms of a job that is being hired: open, with provider and budget, not funded yet. The escrow only, which is
    /// locked meanwhile, but for `setEvaluationPeriod`. `terms` are the arguments of the evaluator's own method for it, encoded.
    function onHire(uint256 jobId, bytes calldata terms) external;
}
