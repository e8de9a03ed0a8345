// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Feedback that stands on a job: what it weighs is the fee that the job paid to the protocol.
/// @dev Beside ERC-8004, whose summaries count it as any other.
interface IBackedFeedback {
    event FeedbackBacked(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        uint256 indexed jobId,
        uint256 weight
    );
    event TokenPriceSet(address indexed token, uint256 price);
    event WeightCapSet(uint256 cap);

    error FeedbackRightUsed(uint256 jobId, address party);
    error FeedbackRightMissing(uint256 jobId, address party, uint256 agentId);
    error WeightCapReached(uint256 agentId, address party);

    /// @notice As `giveFeedback`, by a party of a job that has paid a fee, once: by the client about the provider's agent that the job names,
    /// by the provider about an agent of the client. It weighs what the fee is worth now, less what the caller's weight for this agent
    /// passes the cap of these 30 days.
    function giveBackedFeedback(
        uint256 jobId,
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external;

    /// @notice What a fee weighs: `price` for 1e18 of the token's smallest units, rounded down; 0 for a token that anybody can print. Owner only.
    function setTokenPrice(address token, uint128 price) external;

    /// @notice The weight that one account's feedback may give one agent in 30 days. Owner only.
    function setWeightCap(uint48 cap) external;

    /// @notice As `getSummary` of feedback that weighs anything, each by its weight. `weight` is their sum.
    function getBackedSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals, uint256 weight);

    /// @notice Whether a party of a job that has paid a fee has not given feedback on it yet.
    function hasFeedbackRight(uint256 jobId, address party) external view returns (bool);

    function tokenPrice(address token) external view returns (uint128);

    function weightCap() external view returns (uint48);
}
