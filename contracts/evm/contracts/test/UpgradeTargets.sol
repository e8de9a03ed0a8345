// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AgentRegistry} from "../AgentRegistry.sol";

/// @title A later version: one more variable behind the others, and a setup that comes with the upgrade.
contract LaterAgentRegistry is AgentRegistry {
    uint256 public added;

    constructor(address owner_, address forwarder) AgentRegistry(owner_, forwarder) {}

    function setUp(uint256 value) external {
        added = value;
    }
}
