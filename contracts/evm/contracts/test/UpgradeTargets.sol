// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AgentRegistry} from "../AgentRegistry.sol";
import {IAgentRegistry} from "../interfaces/IAgentRegistry.sol";
import {IJobEscrow} from "../interfaces/IJobEscrow.sol";
import {ReputationRegistry} from "../ReputationRegistry.sol";
import {ValidationRegistry} from "../ValidationRegistry.sol";

/// @title Later versions: one more variable behind the others, and a setup that comes with the upgrade.
abstract contract Later {
    uint256 public added;

    function setUp(uint256 value) external {
        added = value;
    }
}

contract LaterAgentRegistry is AgentRegistry, Later {
    constructor(address owner_, address forwarder) AgentRegistry(owner_, forwarder) {}
}

contract LaterReputationRegistry is ReputationRegistry, Later {
    constructor(address owner_, address forwarder, IAgentRegistry agents, IJobEscrow escrow)
        ReputationRegistry(owner_, forwarder, agents, escrow)
    {}
}

contract LaterValidationRegistry is ValidationRegistry, Later {
    constructor(address owner_, address forwarder, IAgentRegistry agents)
        ValidationRegistry(owner_, forwarder, agents)
    {}
}
