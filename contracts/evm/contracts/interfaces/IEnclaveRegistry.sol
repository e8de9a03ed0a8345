// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which enclaves' signatures count, for which workload and until when.
interface IEnclaveRegistry {
    /// @dev `enclave` signs results; `encryptionKey` is X25519; `quoteId` is keccak256 of the quote's header and body (632 bytes).
    struct EnclaveReport {
        address enclave;
        bytes32 encryptionKey;
        address operator;
        bytes32 workload;
        bytes32 quoteId;
        bytes32 challenge;
        uint64 expiresAt;
    }

    /// @dev `expiresAt` (seconds) is zero for an unknown enclave; `attestedAt` is when its challenge was given.
    struct Enclave {
        address operator;
        uint48 expiresAt;
        uint40 attestedAt;
        bool isRevoked;
        bytes32 workload;
        bytes32 encryptionKey;
    }

    event ChallengeIssued(bytes32 indexed challenge, uint64 issuedAt);
    event WorkloadSet(bytes32 indexed workload, bool isAllowed);
    event EnclaveRegistered(
        address indexed enclave,
        address indexed operator,
        bytes32 indexed workload,
        bytes32 encryptionKey,
        bytes32 quoteId,
        uint64 expiresAt
    );
    event EnclaveRevoked(address indexed enclave, address indexed revokedBy);

    error ChallengeUnknown(bytes32 challenge);
    error ChallengeExpired(bytes32 challenge, uint64 issuedAt);
    error ReportExpired(uint64 expiresAt);
    error ReportOutdated(uint64 issuedAt, uint64 attestedAt);
    error WorkloadNotAllowed(bytes32 workload);
    error VerifierUnknown(address verifier);
    error VerifiersOutOfOrder(address verifier);
    error QuorumNotReached(uint256 given, uint256 needed);
    error QuorumInvalid(uint256 quorum, uint256 verifiers);
    error AddressZero();
    error RevokerOnly(address caller);
    error EnclaveUnknown(address enclave);
    error EnclaveIsRevoked(address enclave);
    error EnclaveExpired(address enclave, uint64 expiresAt);

    /// @notice Gives a challenge that a quote must contain. It counts for a day and for one registration. Anyone may ask.
    function issueChallenge() external returns (bytes32 challenge);

    /// @notice Registers an enclave, or renews it, on a report that a quorum of verifiers signed (EIP-712). Anyone may bring it.
    /// `signatures` are ECDSA, in ascending order of their signers' addresses.
    /// @dev A report on an older challenge than the registration's does not count. The registration ends at the report's `expiresAt`, at the latest `maxAge` after its challenge was given. A quote cannot count
    /// twice: its report_data contains the challenge, and that is used up.
    function registerEnclave(EnclaveReport calldata report, bytes[] calldata signatures) external;

    /// @notice Ends an enclave for good. Its operator, the guardian and the owner only.
    function revokeEnclave(address enclave) external;

    /// @notice Lets enclaves of this workload register (owner only), or no longer (guardian and owner). Does not end those that are registered.
    function setWorkload(bytes32 workload, bool isAllowed) external;

    /// @notice The enclave's workload and encryption key, when its signature counts now; EnclaveUnknown, EnclaveIsRevoked or
    /// EnclaveExpired otherwise.
    function requireActive(address enclave) external view returns (Enclave memory);

    /// @notice What is known of an enclave, whether it counts or not.
    function getEnclave(address enclave) external view returns (Enclave memory);
}
