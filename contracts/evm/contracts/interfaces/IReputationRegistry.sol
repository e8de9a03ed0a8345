// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What clients say of agents: ERC-8004's Reputation Registry.
/// @dev Reverts are ERC-8004's strings, and ERC721NonexistentToken of the Identity Registry.
interface IReputationRegistry {
    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );
    event FeedbackRevoked(
        uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex
    );
    event ResponseAppended(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        address indexed responder,
        string responseURI,
        bytes32 responseHash
    );

    /// @notice Says what the caller thinks of an agent: `value` with `valueDecimals` (at most 18) digits behind the point, at most 1e38
    /// either way. Anybody but its owner and operators. Endpoint, URI and hash are in the event only;
    /// the first tag has 65,535 bytes at most.
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external;

    /// @notice Takes back what the caller said. `feedbackIndex` counts from 1, by agent and client.
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external;

    /// @notice Answers to somebody's feedback, as often as one likes. Anybody.
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external;

    /// @notice The mean of what these clients said and did not take back, with the most frequent number of decimals, or fewer when it is
    /// too large for them; rounded towards zero. An empty tag stands for any. A client that is named twice counts twice.
    function getSummary(uint256 agentId, address[] calldata clientAddresses, string calldata tag1, string calldata tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals);

    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked);

    /// @notice Of these clients, or of all when there are none.
    function readAllFeedback(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2,
        bool includeRevoked
    )
        external
        view
        returns (
            address[] memory clients,
            uint64[] memory feedbackIndexes,
            int128[] memory values,
            uint8[] memory valueDecimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revokedStatuses
        );

    /// @notice How many responses these accounts gave, or all when there are none: to one feedback, to all of a client (index 0), or to all
    /// of the agent (no client).
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count);

    /// @notice In the order of their first feedback.
    function getClients(uint256 agentId) external view returns (address[] memory);

    /// @notice How often the client gave feedback.
    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64);

    function getIdentityRegistry() external view returns (address);
}
