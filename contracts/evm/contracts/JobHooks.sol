// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BoundedCall} from "./BoundedCall.sol";
import {Governed} from "./Governed.sol";
import {IERC8183Hook} from "./interfaces/IERC8183Hook.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";

/// @title Hooks of jobs: contracts that the owner allows and a client chooses.
/// @dev Before the money is earned a hook may veto; when a job ends it only watches; of a refund by time it never hears.
abstract contract JobHooks is IJobEscrow, Governed {
    /// @notice What a hook gets to watch `complete` and `reject`.
    uint256 public constant HOOK_GAS = 200_000;

    /// @inheritdoc IJobEscrow
    mapping(address hook => bool) public whitelistedHooks;

    /// @inheritdoc IJobEscrow
    mapping(uint256 jobId => address) public hookOf;

    /// @inheritdoc IJobEscrow
    function setHookWhitelist(address hook, bool status) external {
        _requireMayAllow(status);
        require(hook != address(0), AddressZero());

        whitelistedHooks[hook] = status;
        emit HookWhitelistUpdated(hook, status);
    }

    function _requireAllowed(address hook) internal view {
        require(hook == address(0) || whitelistedHooks[hook], HookNotAllowed(hook));
    }

    /// @dev What the hook reverts with ends the action. These four do nothing without a hook.
    function _askBefore(address hook, uint256 jobId, bytes4 action, bytes memory data) internal {
        if (hook != address(0)) IERC8183Hook(hook).beforeAction(jobId, action, data);
    }

    function _askAfter(address hook, uint256 jobId, bytes4 action, bytes memory data) internal {
        if (hook != address(0)) IERC8183Hook(hook).afterAction(jobId, action, data);
    }

    /// @dev Whatever the hook does, the action goes on.
    function _tellBefore(address hook, uint256 jobId, bytes4 action, bytes memory data) internal {
        if (hook != address(0)) _tell(hook, jobId, action, abi.encodeCall(IERC8183Hook.beforeAction, (jobId, action, data)));
    }

    function _tellAfter(address hook, uint256 jobId, bytes4 action, bytes memory data) internal {
        if (hook != address(0)) _tell(hook, jobId, action, abi.encodeCall(IERC8183Hook.afterAction, (jobId, action, data)));
    }

    function _tell(address hook, uint256 jobId, bytes4 action, bytes memory data) private {
        (bool hasSucceeded,,) = BoundedCall.tryCapped(hook, data, HOOK_GAS);
        if (!hasSucceeded) emit HookFailed(jobId, hook, action);
    }
}
