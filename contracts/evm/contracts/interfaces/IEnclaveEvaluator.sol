// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEvaluator} from "./IJobEvaluator.sol";

/// @title An evaluator of jobs that takes an attested enclave's word for the work.
interface IEnclaveEvaluator is IJobEvaluator {
    /// @dev Hashes as in EnclaveResult of `protocol`; `observability` 0 none, 1 partial, 2 full; `producedAt` in seconds.
    struct EnclaveResult {
        bytes32 requestHash;
        bytes32 responseHash;
        bytes32 workload;
        uint8 observability;
        uint64 producedAt;
    }

    event TermsSet(uint256 indexed jobId, bytes32 requestHash, bytes32 workload, uint8 observability);
    event ResultAccepted(
        uint256 indexed jobId,
        address indexed enclave,
        bytes32 resultId,
        bytes32 responseHash,
        uint64 producedAt,
        bytes response
    );

    error ObservabilityInvalid(uint8 observability);
    error ResultForAnotherJob(uint256 jobId, bytes32 requestHash);
    error ResponseMismatch(bytes32 responseHash);
    error WorkloadMismatch(bytes32 workload, bytes32 expected);
    error SignatureInvalid(address signer);

    /// @notice Says which work completes an open job: the encrypted request's hash, the program that must do it and what its operator
    /// may see. The job's client only, once, after the provider is known.
    function setTerms(uint256 jobId, bytes32 bodyHash, bytes32 workload, uint8 observability) external;

    /// @notice Completes a job on a result that an active enclave signed (EIP-712). Anyone may bring it. `response` is what
    /// the result's `responseHash` is of, encrypted to the client: no payment for an answer that was withheld.
    /// @dev The request hash contains the job's id, so one result completes one job on one chain.
    function acceptResult(
        uint256 jobId,
        EnclaveResult calldata result,
        address enclave,
        bytes calldata signature,
        bytes calldata response
    ) external;

    /// @notice keccak256(requestHash, workload, observability) of a job's terms; zero when it has none.
    function termsOf(uint256 jobId) external view returns (bytes32);
}
