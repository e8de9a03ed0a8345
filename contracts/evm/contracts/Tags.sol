// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Short texts that many use, each kept once under a number of six bytes.
/// @dev The number begins the text's hash, so that finding it takes no slot. Texts whose hashes begin alike get the numbers behind: who
/// makes such texts on purpose makes reading them 2,100 gas dearer, no more.
library Tags {
    struct Known {
        mapping(uint48 id => string) textOf;
    }

    /// @notice The number of a tag, which is kept from now on. Zero is the empty one's.
    function keep(Known storage known, string memory tag) internal returns (uint48 id) {
        bool isKnown;
        (id, isKnown) = find(known, tag);
        if (!isKnown) known.textOf[id] = tag;
    }

    /// @notice The number that a tag has, or would get.
    function find(Known storage known, string memory tag) internal view returns (uint48 id, bool isKnown) {
        if (bytes(tag).length == 0) return (0, true);
        bytes32 hash = keccak256(bytes(tag));
        for (id = uint48(bytes6(hash));; id = id == type(uint48).max ? 1 : id + 1) {
            string storage text = known.textOf[id];
            if (id != 0 && bytes(text).length == 0) return (id, false);
            // The length first: a longer text in the way costs no more than its first slot.
            if (bytes(text).length == bytes(tag).length && keccak256(bytes(text)) == hash) return (id, true);
        }
    }
}
