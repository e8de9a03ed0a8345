// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Texts kept as the code of contracts of their own: a byte costs 200 gas there and 690 in storage.
/// @dev The code starts with STOP, so that calling it does nothing.
library StoredText {
    /// @dev EIP-170's limit on code, less the STOP.
    uint256 internal constant MAX_BYTES = 24_575;

    /// @dev Copies what follows these 11 bytes: PUSH1 11, CODESIZE - 11, CODECOPY, RETURN.
    bytes11 private constant COPY_REST = hex"600b5981380380925939f3";

    /// @notice Stores a text for good. Zero stands for the empty text, which costs nothing.
    function store(string memory text) internal returns (address pointer) {
        if (bytes(text).length == 0) return address(0);
        require(bytes(text).length <= MAX_BYTES, "text too long");

        bytes memory creation = abi.encodePacked(COPY_REST, bytes1(0), text);
        assembly ("memory-safe") {
            pointer := create(0, add(creation, 0x20), mload(creation))
        }
        require(pointer != address(0), "text not stored");
    }

    function load(address pointer) internal view returns (string memory text) {
        if (pointer == address(0)) return "";
        uint256 length = pointer.code.length - 1;
        text = new string(length);
        assembly ("memory-safe") {
            extcodecopy(pointer, add(text, 0x20), 1, length)
        }
    }
}
