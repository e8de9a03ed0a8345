// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IGoverned} from "./interfaces/IGoverned.sol";

/// @title An owner who hands over in two steps, and a guardian.
abstract contract Governed is IGoverned, Ownable2Step {
    /// @inheritdoc IGoverned
    address public guardian;

    /// @inheritdoc IGoverned
    /// @dev Last: a policy that the heir declares first, and reads with it, is in the same slot.
    bool public isPaused;

    constructor(address owner, address guardian_) Ownable(owner) {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IGoverned
    function pause() external {
        _setPaused(true);
    }

    /// @inheritdoc IGoverned
    function unpause() external {
        _setPaused(false);
    }

    /// @inheritdoc IGoverned
    function setGuardian(address newGuardian) external onlyOwner {
        _setGuardian(newGuardian);
    }

    /// @dev In front of what takes new risk, and of nothing else.
    function _requireUnpaused() internal view {
        require(!isPaused, Paused());
    }

    /// @dev In front of a policy that allows something: what is taken back cannot wait for the owner, who is a timelock.
    function _requireMayAllow(bool isAllowing) internal view {
        if (isAllowing || _msgSender() != guardian) _checkOwner();
    }

    function _setPaused(bool isPaused_) private {
        require(_msgSender() == guardian || _msgSender() == owner(), GuardianOnly(_msgSender()));

        isPaused = isPaused_;
        emit PauseSet(isPaused_, _msgSender());
    }

    function _setGuardian(address newGuardian) private {
        guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }
}
