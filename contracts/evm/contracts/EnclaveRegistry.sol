// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Governed} from "./Governed.sol";
import {IEnclaveRegistry} from "./interfaces/IEnclaveRegistry.sol";

/// @title Enclaves, registered on the word of a quorum of verifiers.
contract EnclaveRegistry is IEnclaveRegistry, EIP712, Governed {
    bytes32 public constant ENCLAVE_REPORT_TYPEHASH = keccak256(
        "EnclaveReport(address enclave,bytes32 encryptionKey,address operator,bytes32 workload,bytes32 quoteId,bytes32 challenge,uint64 expiresAt)"
    );

    /// @notice How old a challenge may be when its quote is registered.
    uint64 public constant CHALLENGE_AGE = 1 days;

    /// @notice Seconds from its challenge after which an enclave must have been attested anew.
    uint64 public immutable maxAge;
    uint256 public immutable quorum;

    mapping(address verifier => bool) public isVerifier;
    mapping(bytes32 workload => bool) public isWorkloadAllowed;
    /// @notice Seconds; zero when it was never given or is used up.
    mapping(bytes32 challenge => uint64) public challengeIssuedAt;

    mapping(address enclave => Enclave) private _enclaves;
    uint256 private _challengeCount;

    constructor(address owner, address guardian, address[] memory verifiers, uint256 quorum_, uint64 maxAge_)
        EIP712("Parley", "1")
        Governed(owner, guardian)
    {
        require(quorum_ > 0 && quorum_ <= verifiers.length, QuorumInvalid(quorum_, verifiers.length));

        for (uint256 i = 0; i < verifiers.length; i++) {
            // A verifier listed twice would let a quorum be reached that does not exist.
            require(i == 0 || verifiers[i] > verifiers[i - 1], VerifiersOutOfOrder(verifiers[i]));
            isVerifier[verifiers[i]] = true;
        }
        quorum = quorum_;
        maxAge = maxAge_;
    }

    /// @inheritdoc IEnclaveRegistry
    function issueChallenge() external returns (bytes32 challenge) {
        challenge = keccak256(
            abi.encode(block.chainid, address(this), blockhash(block.number - 1), block.prevrandao, _challengeCount++)
        );

        challengeIssuedAt[challenge] = uint64(block.timestamp);
        emit ChallengeIssued(challenge, uint64(block.timestamp));
    }

    /// @inheritdoc IEnclaveRegistry
    function registerEnclave(EnclaveReport calldata report, bytes[] calldata signatures) external {
        _requireUnpaused();
        uint64 issuedAt = challengeIssuedAt[report.challenge];

        require(issuedAt != 0, ChallengeUnknown(report.challenge));
        require(block.timestamp <= issuedAt + CHALLENGE_AGE, ChallengeExpired(report.challenge, issuedAt));
        uint64 latest = issuedAt + maxAge;
        uint64 expiresAt = report.expiresAt < latest ? report.expiresAt : latest;
        require(block.timestamp < expiresAt, ReportExpired(expiresAt));
        // An older attestation that was kept back must not undo a newer one.
        uint64 attestedAt = _enclaves[report.enclave].attestedAt;
        require(issuedAt >= attestedAt, ReportOutdated(issuedAt, attestedAt));
        require(isWorkloadAllowed[report.workload], WorkloadNotAllowed(report.workload));
        require(!_enclaves[report.enclave].isRevoked, EnclaveIsRevoked(report.enclave));
        // A signature that is none recovers to nobody: it would be this enclave's.
        require(report.enclave != address(0), AddressZero());
        _requireQuorum(report, signatures);

        delete challengeIssuedAt[report.challenge];
        _enclaves[report.enclave] = Enclave({
            operator: report.operator,
            expiresAt: uint48(expiresAt),
            attestedAt: uint40(issuedAt),
            isRevoked: false,
            workload: report.workload,
            encryptionKey: report.encryptionKey
        });
        emit EnclaveRegistered(
            report.enclave, report.operator, report.workload, report.encryptionKey, report.quoteId, expiresAt
        );
    }

    /// @inheritdoc IEnclaveRegistry
    function revokeEnclave(address enclave) external {
        Enclave storage known = _enclaves[enclave];

        require(known.expiresAt != 0, EnclaveUnknown(enclave));
        require(
            msg.sender == known.operator || msg.sender == guardian || msg.sender == owner(), RevokerOnly(msg.sender)
        );
        require(!known.isRevoked, EnclaveIsRevoked(enclave));

        known.isRevoked = true;
        emit EnclaveRevoked(enclave, msg.sender);
    }

    /// @inheritdoc IEnclaveRegistry
    function setWorkload(bytes32 workload, bool isAllowed) external {
        _requireMayAllow(isAllowed);

        isWorkloadAllowed[workload] = isAllowed;
        emit WorkloadSet(workload, isAllowed);
    }

    /// @inheritdoc IEnclaveRegistry
    function requireActive(address enclave) external view returns (Enclave memory known) {
        known = _enclaves[enclave];
        require(known.expiresAt != 0, EnclaveUnknown(enclave));
        require(!known.isRevoked, EnclaveIsRevoked(enclave));
        require(block.timestamp < known.expiresAt, EnclaveExpired(enclave, known.expiresAt));
    }

    /// @inheritdoc IEnclaveRegistry
    function getEnclave(address enclave) external view returns (Enclave memory) {
        return _enclaves[enclave];
    }

    function _requireQuorum(EnclaveReport calldata report, bytes[] calldata signatures) private view {
        require(signatures.length >= quorum, QuorumNotReached(signatures.length, quorum));
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    ENCLAVE_REPORT_TYPEHASH,
                    report.enclave,
                    report.encryptionKey,
                    report.operator,
                    report.workload,
                    report.quoteId,
                    report.challenge,
                    report.expiresAt
                )
            )
        );

        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; i++) {
            (address verifier,,) = ECDSA.tryRecover(digest, signatures[i]);
            require(isVerifier[verifier], VerifierUnknown(verifier));
            require(verifier > previous, VerifiersOutOfOrder(verifier));
            previous = verifier;
        }
    }
}
