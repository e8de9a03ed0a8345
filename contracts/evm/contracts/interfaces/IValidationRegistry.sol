// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Checks of an agent's work by others: ERC-8004's Validation Registry, and requests whose ids nobody else can take.
/// @dev Reverts are ERC-8004's strings, and ERC721NonexistentToken of the Identity Registry. A request's id is called `requestHash` as there.
interface IValidationRegistry {
    event ValidationRequest(
        address indexed validatorAddress, uint256 indexed agentId, string requestURI, bytes32 indexed requestHash
    );
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    /// @notice Asks a validator, as ERC-8004 has it: whoever is first takes the hash. Owner and operators of the agent only.
    function validationRequest(address validatorAddress, uint256 agentId, string calldata requestURI, bytes32 requestHash)
        external;

    /// @notice Asks a validator under an id that is made of who asks, whom, for which agent, and the request's digest: nobody else can take
    /// it, and it is found before any request that took the same hash. Owner and operators of the agent only.
    function requestValidation(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestDigest
    ) external returns (bytes32 requestHash);

    /// @notice What the validator found, 0 to 100. The validator only, as often as it likes: the last one counts.
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external;

    /// @notice `lastUpdate` in seconds.
    function getValidationStatus(bytes32 requestHash)
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        );

    /// @notice The mean of these validators' responses, or of all when there are none, rounded down. An empty tag stands for any.
    function getSummary(uint256 agentId, address[] calldata validatorAddresses, string calldata tag)
        external
        view
        returns (uint64 count, uint8 averageResponse);

    /// @notice Ids of requests, those that nobody else can take last.
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory);

    /// @notice Ids of requests, those that nobody else can take last.
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory);

    function getIdentityRegistry() external view returns (address);
}
