// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IValidationRegistry} from "./interfaces/IValidationRegistry.sol";
import {Tags} from "./Tags.sol";
import {UpgradeableRegistry} from "./UpgradeableRegistry.sol";

/// @title ERC-8004 Validation Registry.
contract ValidationRegistry is IValidationRegistry, UpgradeableRegistry {
    using Tags for Tags.Known;

    struct Validation {
        address validator;
        uint96 agentId;
        uint40 lastUpdate;
        uint8 response;
        bool hasResponse;
        uint48 tag;
        bytes32 responseHash;
    }

    /// @dev Requests of one kind. A hash that was chosen before it was made is two requests, each of which counts once.
    struct Requests {
        mapping(bytes32 requestHash => Validation) validations;
        mapping(uint256 agentId => bytes32[]) ofAgent;
        mapping(address validator => bytes32[]) ofValidator;
    }

    uint8 private constant MAX_RESPONSE = 100;

    IAgentRegistry private immutable _agents;

    Tags.Known private _tags;
    /// @dev Under hashes that who came first chose.
    Requests private _chosen;
    /// @dev Under ids that nobody else can take.
    Requests private _bound;

    constructor(address owner_, address forwarder, IAgentRegistry agents) UpgradeableRegistry(owner_, forwarder) {
        _agents = agents;
    }

    /// @inheritdoc IValidationRegistry
    function validationRequest(address validatorAddress, uint256 agentId, string calldata requestURI, bytes32 requestHash)
        external
    {
        _request(_chosen, validatorAddress, agentId, requestURI, requestHash);
    }

    /// @inheritdoc IValidationRegistry
    function requestValidation(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestDigest
    ) external returns (bytes32 requestHash) {
        requestHash = keccak256(abi.encode(_msgSender(), validatorAddress, agentId, requestDigest));
        _request(_bound, validatorAddress, agentId, requestURI, requestHash);
    }

    /// @inheritdoc IValidationRegistry
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        Validation storage validation = _existing(requestHash);
        address validator = validation.validator;
        require(_msgSender() == validator, "not validator");
        require(response <= MAX_RESPONSE, "resp>100");

        validation.response = response;
        validation.hasResponse = true;
        validation.tag = _tags.keep(tag);
        validation.lastUpdate = uint40(block.timestamp);
        validation.responseHash = responseHash;
        emit ValidationResponse(
            validator, validation.agentId, requestHash, response, responseURI, responseHash, tag
        );
    }

    /// @inheritdoc IValidationRegistry
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
        )
    {
        Validation memory known = _existing(requestHash);
        tag = _tags.textOf[known.tag];
        return (known.validator, known.agentId, known.response, known.responseHash, tag, known.lastUpdate);
    }

    /// @inheritdoc IValidationRegistry
    function getSummary(uint256 agentId, address[] calldata validatorAddresses, string calldata tag)
        external
        view
        returns (uint64 count, uint8 averageResponse)
    {
        (uint48 wanted, bool isKnown) = _tags.find(tag);
        if (!isKnown) return (0, 0);

        (uint64 chosen, uint256 chosenSum) = _sum(_chosen, agentId, validatorAddresses, wanted);
        (uint64 bound, uint256 boundSum) = _sum(_bound, agentId, validatorAddresses, wanted);
        count = chosen + bound;
        if (count > 0) averageResponse = uint8((chosenSum + boundSum) / count);
    }

    /// @inheritdoc IValidationRegistry
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory) {
        return _joined(_chosen.ofAgent[agentId], _bound.ofAgent[agentId]);
    }

    /// @inheritdoc IValidationRegistry
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory) {
        return _joined(_chosen.ofValidator[validatorAddress], _bound.ofValidator[validatorAddress]);
    }

    /// @inheritdoc IValidationRegistry
    function getIdentityRegistry() external view returns (address) {
        return address(_agents);
    }

    function _request(
        Requests storage requests,
        address validator,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) private {
        Validation storage validation = requests.validations[requestHash];
        require(validator != address(0), "bad validator");
        // Nor may a hash be chosen that was made: readers of events know requests by their hashes.
        bool isTaken = validation.validator != address(0) || _bound.validations[requestHash].validator != address(0);
        require(!isTaken, "exists");
        require(_agents.isAuthorizedOrOwner(_msgSender(), agentId), "Not authorized");

        validation.validator = validator;
        // Ids count from 0: one that exists fits.
        validation.agentId = uint96(agentId);
        validation.lastUpdate = uint40(block.timestamp);
        requests.ofAgent[agentId].push(requestHash);
        requests.ofValidator[validator].push(requestHash);
        emit ValidationRequest(validator, agentId, requestURI, requestHash);
    }

    function _existing(bytes32 requestHash) private view returns (Validation storage validation) {
        validation = _bound.validations[requestHash];
        if (validation.validator == address(0)) validation = _chosen.validations[requestHash];
        require(validation.validator != address(0), "unknown");
    }

    function _sum(Requests storage requests, uint256 agentId, address[] calldata validators, uint48 wanted)
        private
        view
        returns (uint64 count, uint256 sum)
    {
        bytes32[] storage hashes = requests.ofAgent[agentId];
        for (uint256 i = 0; i < hashes.length; i++) {
            Validation storage validation = requests.validations[hashes[i]];
            if (!validation.hasResponse) continue;
            if (wanted != 0 && validation.tag != wanted) continue;
            if (!_isAmong(validation.validator, validators)) continue;
            count++;
            sum += validation.response;
        }
    }

    /// @dev Everybody is among none.
    function _isAmong(address validator, address[] calldata validators) private pure returns (bool) {
        for (uint256 i = 0; i < validators.length; i++) {
            if (validators[i] == validator) return true;
        }
        return validators.length == 0;
    }

    function _joined(bytes32[] memory first, bytes32[] memory second) private pure returns (bytes32[] memory all) {
        all = new bytes32[](first.length + second.length);
        for (uint256 i = 0; i < all.length; i++) {
            all[i] = i < first.length ? first[i] : second[i - first.length];
        }
    }
}
