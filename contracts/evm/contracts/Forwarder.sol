// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IForwarder} from "./interfaces/IForwarder.sol";

/// @title Trusted forwarder (ERC-2771) with unordered nonces and batches of calls.
/// @dev OpenZeppelin's ERC2771Forwarder orders nonces, reports a replay as a wrong signature and drops what a call reverted with.
contract Forwarder is IForwarder, EIP712 {
    bytes32 public constant CALL_TYPEHASH = keccak256("Call(address to,bytes data)");
    bytes32 public constant FORWARD_REQUEST_TYPEHASH = keccak256(
        "ForwardRequest(address from,Call[] calls,uint64 gas,uint256 nonce,uint64 deadline)Call(address to,bytes data)"
    );

    /// @dev What an event may hold of a revert's data: a callee must not make its failure dear for whoever pays.
    uint256 private constant MAX_REASON_BYTES = 1024;

    /// @dev What `execute` needs after the calls: the event with the longest reason.
    uint256 private constant GAS_AFTER_CALLS = 30_000;

    /// @dev 256 nonces a word; a set bit was used.
    mapping(address from => mapping(uint256 word => uint256 bits)) private _usedNonces;

    constructor() EIP712("Parley", "1") {}

    /// @inheritdoc IForwarder
    function execute(ForwardRequest calldata request, bytes calldata signature) external returns (bool hasSucceeded) {
        bytes32 requestId = hashRequest(request);

        require(block.timestamp <= request.deadline, RequestExpired(requestId, request.deadline));
        require(!isNonceUsed(request.from, request.nonce), RequestReplayed(request.from, request.nonce));
        require(_isSigned(request.from, requestId, signature), SignatureInvalid(request.from));

        _usedNonces[request.from][request.nonce >> 8] |= 1 << (request.nonce & 0xff);

        bytes memory calls = abi.encodeCall(IForwarder.executeCalls, (request.from, request.calls));
        // A call gets at most 63/64 of what is left (EIP-150).
        uint256 available = gasleft() > GAS_AFTER_CALLS ? (gasleft() - GAS_AFTER_CALLS) * 63 / 64 : 0;
        require(available >= request.gas, GasTooLow(available, request.gas));
        bytes memory reason;
        (hasSucceeded, reason) = _callBounded(address(this), request.gas, calls);
        // A lock that whoever sends this holds further up is no failure of the request, and must not use its nonce.
        if (!hasSucceeded && bytes4(reason) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector) {
            revert ReentrancyGuardTransient.ReentrancyGuardReentrantCall();
        }

        if (hasSucceeded) emit RequestExecuted(requestId, request.from, request.nonce);
        else emit RequestFailed(requestId, request.from, request.nonce, reason);
    }

    /// @inheritdoc IForwarder
    function executeCalls(address from, Call[] calldata calls) external {
        require(msg.sender == address(this), SelfOnly(msg.sender));

        for (uint256 i = 0; i < calls.length; i++) {
            address to = calls[i].to;
            // Itself: a request could otherwise call executeCalls in another account's name.
            require(to != address(this) && to.code.length > 0, CallTargetInvalid(to));
            (bool ok, bytes memory reason) = _callBounded(to, gasleft(), abi.encodePacked(calls[i].data, from));
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
    }

    /// @inheritdoc IForwarder
    function isNonceUsed(address from, uint256 nonce) public view returns (bool) {
        return _usedNonces[from][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IForwarder
    function hashRequest(ForwardRequest calldata request) public view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](request.calls.length);
        for (uint256 i = 0; i < hashes.length; i++) {
            hashes[i] = keccak256(abi.encode(CALL_TYPEHASH, request.calls[i].to, keccak256(request.calls[i].data)));
        }
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    FORWARD_REQUEST_TYPEHASH,
                    request.from,
                    keccak256(abi.encodePacked(hashes)),
                    request.gas,
                    request.nonce,
                    request.deadline
                )
            )
        );
    }

    /// @dev ECDSA first: an account that delegates to code (EIP-7702) still signs with its key, and most have no code to look for.
    function _isSigned(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (address recovered, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature);
    }

    /// @dev Copies at most MAX_REASON_BYTES of what comes back, and nothing of a success.
    function _callBounded(address to, uint256 gasLimit, bytes memory data) private returns (bool ok, bytes memory reason) {
        assembly ("memory-safe") {
            ok := call(gasLimit, to, 0, add(data, 0x20), mload(data), 0, 0)
            reason := mload(0x40)
            if iszero(ok) {
                let size := returndatasize()
                if gt(size, MAX_REASON_BYTES) { size := MAX_REASON_BYTES }
                mstore(reason, size)
                returndatacopy(add(reason, 0x20), 0, size)
                mstore(0x40, add(add(reason, 0x20), and(add(size, 31), not(31))))
            }
        }
    }
}
