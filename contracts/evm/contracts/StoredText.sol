// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

/// @title Texts kept as the code of contracts of their own: a byte costs 200 gas there and 690 in storage.
/// @dev The code starts with STOP, so that calling it does nothing. A contract's creations are numbered from 1 (EIP-161), and where the
/// n-th is follows from n: who creates nothing else needs to keep no address.
library StoredText {
    using RLP for RLP.Encoder;

    /// @dev EIP-170's limit on code, less the STOP.
    uint256 internal constant MAX_BYTES = 24_575;

    /// @dev Copies what follows these 11 bytes: PUSH1 11, CODESIZE - 11, CODECOPY, RETURN.
    bytes11 private constant COPY_REST = hex"600b5981380380925939f3";

    error TextTooLong(uint256 length, uint256 max);
    error TextNotStored(uint256 number);

    /// @notice Stores a text for good, as this contract's creation of that number.
    function store(string memory text, uint256 number) internal {
        require(bytes(text).length <= MAX_BYTES, TextTooLong(bytes(text).length, MAX_BYTES));

        bytes memory creation = abi.encodePacked(COPY_REST, bytes1(0), text);
        address pointer;
        assembly ("memory-safe") {
            pointer := create(0, add(creation, 0x20), mload(creation))
        }
        // Zero when it failed.
        require(pointer == pointerOf(number), TextNotStored(number));
    }

    /// @notice The text of that number. Zero stands for the empty text.
    function load(uint256 number) internal view returns (string memory text) {
        if (number == 0) return "";
        address pointer = pointerOf(number);
        uint256 length = pointer.code.length - 1;
        text = new string(length);
        assembly ("memory-safe") {
            extcodecopy(pointer, add(text, 0x20), 1, length)
        }
    }

    function pointerOf(uint256 number) private view returns (address) {
        bytes32 hash = keccak256(RLP.encoder().push(address(this)).push(number).encode());
        return address(uint160(uint256(hash)));
    }
}
