// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title The demo's payment token: a plain ERC-20 with ERC-2612 permits and six decimals. All of it belongs to its deployer.
contract DemoDollar is ERC20Permit {
    constructor(uint256 supply) ERC20("Demo Dollar", "DUSD") ERC20Permit("Demo Dollar") {
        _mint(msg.sender, supply);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
