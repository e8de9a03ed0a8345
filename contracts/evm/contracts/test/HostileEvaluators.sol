// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Calls something when it is told of a hiring, and keeps what came of it.
contract ReentrantEvaluator {
    address private _target;
    bytes private _call;
    bool public hasReentered;
    bytes public reason;

    function arm(address target, bytes calldata data) external {
        (_target, _call) = (target, data);
    }

    function onHire(uint256, bytes calldata) external {
        (hasReentered, reason) = _target.call(_call);
    }
}
