// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title Writes down who called it, and fails in every way there is.
contract Probe is ERC2771Context {
    event Noted(address sender, uint256 number);

    error Refused(uint256 number);

    uint256 public total;
    mapping(uint256 => uint256) private _written;

    constructor(address forwarder) ERC2771Context(forwarder) {}

    function note(uint256 number) external {
        total += number;
        emit Noted(_msgSender(), number);
    }

    function refuse(uint256 number) external pure {
        revert Refused(number);
    }

    function refuseSilently() external pure {
        assembly ("memory-safe") {
            revert(0, 0)
        }
    }

    /// @notice Reverts with this many zero bytes.
    function bomb(uint256 size) external pure {
        assembly {
            revert(0, size)
        }
    }

    /// @notice Succeeds with this many zero bytes.
    function flood(uint256 size) external pure {
        assembly {
            return(0, size)
        }
    }

    /// @notice Uses about 22,100 gas for each slot.
    function write(uint256 slots) external {
        for (uint256 i = 0; i < slots; i++) {
            _written[i] = 1;
        }
    }
}

/// @title A wallet whose owner's key signs for it (ERC-1271).
contract Wallet is IERC1271 {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer,,) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
