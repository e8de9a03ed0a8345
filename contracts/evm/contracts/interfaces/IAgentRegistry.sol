// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who an agent is: ERC-8004's Identity Registry.
/// @dev An agent is an ERC-721 token; ids count from 0. Reverts are ERC-8004's strings and ERC-721's errors.
interface IAgentRegistry {
    struct MetadataEntry {
        string metadataKey;
        bytes metadataValue;
    }

    event Registered(uint256 indexed agentId, string agentURI, address indexed owner);
    event MetadataSet(
        uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue
    );
    event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

    /// @notice Registers the caller as owner of a new agent.
    function register() external returns (uint256 agentId);

    /// @notice Same, with the URI of the agent's registration file, of at most 24,575 bytes.
    function register(string calldata agentURI) external returns (uint256 agentId);

    /// @notice Same, with metadata. The key "agentWallet" is reserved.
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId);

    /// @notice Owner and operators only.
    function setAgentURI(uint256 agentId, string calldata newURI) external;

    /// @notice Owner and operators only. The key "agentWallet" is reserved.
    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external;

    /// @notice Says where the agent is paid. Owner and operators only; `signature` is the new wallet's (EIP-712, or ERC-1271 of a contract)
    /// on AgentWalletSet, which names the owner. `deadline` in seconds, at most five minutes ahead.
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Owner and operators only.
    function unsetAgentWallet(uint256 agentId) external;

    /// @notice Empty for a key without a value.
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);

    /// @notice Where the agent is paid: its first owner until another is set, nobody after a transfer.
    function getAgentWallet(uint256 agentId) external view returns (address);

    /// @notice Whether `spender` owns the agent or may act for its owner. Reverts with ERC721NonexistentToken.
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool);
}
