// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC8183Hook} from "../interfaces/IERC8183Hook.sol";

/// @title A hook that writes down what it hears, and misbehaves as it is told.
contract Hook is IERC8183Hook {
    enum Manner {
        Listen,
        Refuse,
        Burn,
        Bomb,
        Reenter
    }

    event Heard(bool isAfter, uint256 jobId, bytes4 selector, bytes data);

    error Vetoed(bytes4 selector);

    Manner public manner;
    bytes private _call;
    bytes public answer;

    function behave(Manner manner_, bytes calldata call_) external {
        (manner, _call) = (manner_, call_);
    }

    function beforeAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        _hear(false, jobId, selector, data);
    }

    function afterAction(uint256 jobId, bytes4 selector, bytes calldata data) external {
        _hear(true, jobId, selector, data);
    }

    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC8183Hook).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    function _hear(bool isAfter, uint256 jobId, bytes4 selector, bytes calldata data) private {
        emit Heard(isAfter, jobId, selector, data);
        if (manner == Manner.Refuse) revert Vetoed(selector);
        if (manner == Manner.Burn) while (true) {}
        if (manner == Manner.Bomb) {
            assembly ("memory-safe") {
                revert(0, 50000)
            }
        }
        if (manner == Manner.Reenter) (, answer) = msg.sender.call(_call);
    }
}
