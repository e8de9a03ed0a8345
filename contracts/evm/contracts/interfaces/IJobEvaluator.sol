// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What every evaluator of jobs says no by.
interface IJobEvaluator {
    error EvaluatorMismatch(uint256 jobId, address evaluator);
    error TermsAlreadySet(uint256 jobId);
    error TermsMissing(uint256 jobId);
    error WindowTooShort(uint256 window);
    error ReviewOver(uint256 jobId, uint256 endsAt);
    error ReviewNotOver(uint256 jobId, uint256 endsAt);
}
