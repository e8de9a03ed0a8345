// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IEnclaveEvaluator} from "./interfaces/IEnclaveEvaluator.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {JobEvaluator} from "./JobEvaluator.sol";

/// @title Completes jobs on enclave-signed results.
contract EnclaveEvaluator is IEnclaveEvaluator, JobEvaluator, EIP712 {
    bytes32 public constant JOB_REQUEST_TYPEHASH =
        keccak256("JobRequest(bytes32 jobId,address provider,bytes32 bodyHash)");
    bytes32 public constant ENCLAVE_RESULT_TYPEHASH = keccak256(
        "EnclaveResult(bytes32 requestHash,bytes32 responseHash,bytes32 workload,uint8 observability,uint64 producedAt)"
    );

    /// @dev None, partial, full.
    uint8 private constant MAX_OBSERVABILITY = 2;

    IEnclaveRegistry public immutable enclaves;

    /// @inheritdoc IEnclaveEvaluator
    mapping(uint256 jobId => bytes32) public termsOf;

    constructor(address forwarder, IJobEscrow escrow_, IEnclaveRegistry enclaves_)
        JobEvaluator(forwarder, escrow_)
        EIP712("Parley", "1")
    {
        enclaves = enclaves_;
    }

    /// @inheritdoc IEnclaveEvaluator
    function setTerms(uint256 jobId, bytes32 bodyHash, bytes32 workload, uint8 observability) external {
        _setTerms(jobId, _openJobOfClient(jobId).provider, bodyHash, workload, observability);
    }

    /// @inheritdoc IEnclaveEvaluator
    function acceptResult(
        uint256 jobId,
        EnclaveResult calldata result,
        address enclave,
        bytes calldata signature,
        bytes calldata response
    ) external {
        bytes32 resultId = _hashTypedDataV4(_hashResult(result));

        require(
            termsOf[jobId] == keccak256(abi.encode(result.requestHash, result.workload, result.observability)),
            ResultForAnotherJob(jobId, result.requestHash)
        );
        require(keccak256(response) == result.responseHash, ResponseMismatch(result.responseHash));
        bytes32 workload = enclaves.requireActive(enclave).workload;
        require(workload == result.workload, WorkloadMismatch(workload, result.workload));
        (address signer,,) = ECDSA.tryRecoverCalldata(resultId, signature);
        require(signer == enclave, SignatureInvalid(enclave));

        emit ResultAccepted(jobId, enclave, resultId, result.responseHash, result.producedAt, response);

        escrow.complete(jobId, resultId, "");
    }

    /// @inheritdoc JobEvaluator
    function _onHire(uint256 jobId, IJobEscrow.Job memory job, bytes calldata terms) internal override {
        (bytes32 bodyHash, bytes32 workload, uint8 observability) = abi.decode(terms, (bytes32, bytes32, uint8));
        _setTerms(jobId, job.provider, bodyHash, workload, observability);
    }

    function _setTerms(uint256 jobId, address provider, bytes32 bodyHash, bytes32 workload, uint8 observability)
        private
    {
        require(observability <= MAX_OBSERVABILITY, ObservabilityInvalid(observability));
        // A provider must find the terms that it read.
        require(termsOf[jobId] == 0, TermsAlreadySet(jobId));

        bytes32 requestHash = keccak256(abi.encode(JOB_REQUEST_TYPEHASH, jobId, provider, bodyHash));
        termsOf[jobId] = keccak256(abi.encode(requestHash, workload, observability));
        emit TermsSet(jobId, requestHash, workload, observability);
    }

    function _hashResult(EnclaveResult calldata result) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ENCLAVE_RESULT_TYPEHASH,
                result.requestHash,
                result.responseHash,
                result.workload,
                result.observability,
                result.producedAt
            )
        );
    }
}
