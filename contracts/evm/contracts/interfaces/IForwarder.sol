// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Sends what accounts without gas have signed.
interface IForwarder {
    struct Call {
        address to;
        bytes data;
    }

    struct ForwardRequest {
        address from;
        Call[] calls;
        uint64 gas;
        uint256 nonce;
        uint64 deadline;
    }

    event RequestExecuted(bytes32 indexed requestId, address indexed from, uint256 nonce);
    event RequestFailed(bytes32 indexed requestId, address indexed from, uint256 nonce, bytes reason);

    error RequestExpired(bytes32 requestId, uint64 deadline);
    error RequestReplayed(address from, uint256 nonce);
    error SignatureInvalid(address signer);
    error GasTooLow(uint256 available, uint256 needed);
    error CallTargetInvalid(address to);
    error SelfOnly(address caller);

    /// @notice Makes a request's calls as its signer, all or none. `signature` is the signer's over the EIP-712 request, ECDSA or ERC-1271.
    /// @dev A request that nobody signed, that is too late or was used reverts. An authentic one whose calls fail uses its nonce and
    /// emits RequestFailed with what they reverted with (the first 1,024 bytes): its failure is final and public. Whoever sends it
    /// cannot make it fail by giving little gas, or by sending it while it holds a contract's reentrancy lock: those revert.
    /// @return hasSucceeded Whether the calls happened.
    function execute(ForwardRequest calldata request, bytes calldata signature) external returns (bool hasSucceeded);

    /// @notice Whether `from` has used this nonce.
    function isNonceUsed(address from, uint256 nonce) external view returns (bool);

    /// @notice The EIP-712 digest that is signed, and the request's id.
    function hashRequest(ForwardRequest calldata request) external view returns (bytes32);

    /// @notice The calls of a request. Only this contract calls it, on itself, so that a failure undoes all of them.
    function executeCalls(address from, Call[] calldata calls) external;
}
