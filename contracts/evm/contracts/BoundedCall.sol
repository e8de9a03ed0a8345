// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Calls that must not harm who makes them: their gas has a cap, and of their answer one word is read.
library BoundedCall {
    error GasTooLow(uint256 available, uint256 needed);

    /// @dev To call a cold account.
    uint256 private constant CALL_GAS = 3000;

    /// @dev The call fails by its own fault only: GasTooLow, when what is left does not cover the cap (EIP-150 keeps a 64th back).
    function tryCapped(address target, bytes memory data, uint256 cap)
        internal
        returns (bool hasSucceeded, uint256 answerSize, uint256 answer)
    {
        uint256 needed = cap * 64 / 63 + CALL_GAS;
        require(gasleft() >= needed, GasTooLow(gasleft(), needed));
        return tryCall(target, data, cap);
    }

    function tryCall(address target, bytes memory data, uint256 cap)
        internal
        returns (bool hasSucceeded, uint256 answerSize, uint256 answer)
    {
        assembly ("memory-safe") {
            hasSucceeded := call(cap, target, 0, add(data, 32), mload(data), 0, 32)
            answerSize := returndatasize()
            answer := mload(0)
        }
    }
}
