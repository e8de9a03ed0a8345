// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// @title What ERC-8004's registries have in common: an owner who may replace their code, behind an ERC-1967 proxy, and a forwarder.
/// @dev Owner and forwarder are part of the code: reading them costs nothing, nobody can take the place of who initialises, and a new
/// owner comes with new code. Storage follows the order of inheritance: new code may only add behind it.
abstract contract UpgradeableRegistry is ERC2771Context, UUPSUpgradeable {
    /// @notice Who may replace the code: a timelock.
    address public immutable owner;

    constructor(address owner_, address forwarder) ERC2771Context(forwarder) {
        owner = owner_;
    }

    /// @notice Of ERC-8004's reference, whose interface this is.
    function getVersion() external pure returns (string memory) {
        return "2.0.0";
    }

    function _authorizeUpgrade(address) internal view override {
        _requireOwner();
    }

    function _requireOwner() internal view {
        // Not _msgSender(): code is replaced by nobody's signature.
        require(msg.sender == owner, Ownable.OwnableUnauthorizedAccount(msg.sender));
    }
}
