// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {FeedbackRights} from "./FeedbackRights.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBackedFeedback} from "./interfaces/IBackedFeedback.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {IReputationRegistry} from "./interfaces/IReputationRegistry.sol";
import {StoredText} from "./StoredText.sol";
import {Tags} from "./Tags.sol";
import {UpgradeableRegistry} from "./UpgradeableRegistry.sol";

/// @title ERC-8004 Reputation Registry.
contract ReputationRegistry is IReputationRegistry, FeedbackRights {
    using Bytes for bytes;
    using Strings for string;
    using Tags for Tags.Known;

    /// @dev One slot. Both tags are kept as one text: what nobody has said before takes one more slot, not two.
    struct Feedback {
        int128 value;
        uint8 valueDecimals;
        bool isRevoked;
        uint16 tag1Length;
        uint48 tags;
        /// @dev Of feedback that stands on a job; zero for any other.
        uint48 weight;
    }

    struct Found {
        address client;
        uint64 index;
        Feedback feedback;
    }

    /// @dev An agent's clients are a chain, the latest first: one slot knows a client, the number of its feedbacks and the one before.
    struct Client {
        address previous;
        uint64 lastIndex;
    }

    struct Chain {
        address latest;
        uint96 length;
    }

    /// @dev Of one feedback.
    struct Responses {
        uint64 count;
        mapping(address responder => uint64) countOf;
    }

    int128 private constant MAX_ABS_VALUE = 1e38;
    uint256 private constant MAX_DECIMALS = 18;

    Tags.Known private _tags;
    mapping(uint256 agentId => Chain) private _chains;
    mapping(uint256 agentId => mapping(address client => Client)) private _clients;
    mapping(uint256 agentId => mapping(address client => mapping(uint64 index => Feedback))) private _feedbacks;
    mapping(uint256 agentId => mapping(address client => mapping(uint64 index => Responses))) private _responses;

    constructor(address owner_, address forwarder, IAgentRegistry agents, IJobEscrow escrow)
        UpgradeableRegistry(owner_, forwarder)
        FeedbackRights(agents, escrow)
    {}

    /// @inheritdoc IReputationRegistry
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash
    ) external {
        _give(agentId, value, valueDecimals, tag1, tag2, endpoint, feedbackURI, feedbackHash, 0);
    }

    /// @inheritdoc IBackedFeedback
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
    ) external {
        uint48 weight = _takeRight(jobId, agentId, _msgSender());

        uint64 index = _give(agentId, value, valueDecimals, tag1, tag2, endpoint, feedbackURI, feedbackHash, weight);
        emit FeedbackBacked(agentId, _msgSender(), index, jobId, weight);
    }

    /// @inheritdoc IReputationRegistry
    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external {
        Feedback storage feedback = _existingFeedback(agentId, _msgSender(), feedbackIndex);
        require(!feedback.isRevoked, "Already revoked");

        feedback.isRevoked = true;
        emit FeedbackRevoked(agentId, _msgSender(), feedbackIndex);
    }

    /// @inheritdoc IReputationRegistry
    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external {
        require(feedbackIndex > 0, "index must be > 0");
        require(bytes(responseURI).length > 0, "Empty URI");
        _existingFeedback(agentId, clientAddress, feedbackIndex);

        Responses storage responses = _responses[agentId][clientAddress][feedbackIndex];
        responses.count++;
        responses.countOf[_msgSender()]++;
        emit ResponseAppended(agentId, clientAddress, feedbackIndex, _msgSender(), responseURI, responseHash);
    }

    /// @inheritdoc IReputationRegistry
    function getSummary(uint256 agentId, address[] calldata clientAddresses, string calldata tag1, string calldata tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals)
    {
        require(clientAddresses.length > 0, "clientAddresses required");

        Found[] memory found = _find(agentId, clientAddresses, tag1, tag2, false);
        (count, summaryValue, summaryValueDecimals,) = _sumUp(found, false);
    }

    /// @inheritdoc IBackedFeedback
    function getBackedSummary(
        uint256 agentId,
        address[] calldata clientAddresses,
        string calldata tag1,
        string calldata tag2
    ) external view returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals, uint256 weight) {
        require(clientAddresses.length > 0, "clientAddresses required");

        return _sumUp(_find(agentId, clientAddresses, tag1, tag2, false), true);
    }

    /// @inheritdoc IReputationRegistry
    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
    {
        Feedback memory feedback = _existingFeedback(agentId, clientAddress, feedbackIndex);
        (tag1, tag2) = _tagsOf(feedback);
        return (feedback.value, feedback.valueDecimals, tag1, tag2, feedback.isRevoked);
    }

    /// @inheritdoc IReputationRegistry
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
        )
    {
        Found[] memory found = _find(agentId, _theseOrAll(agentId, clientAddresses), tag1, tag2, includeRevoked);
        clients = new address[](found.length);
        feedbackIndexes = new uint64[](found.length);
        values = new int128[](found.length);
        valueDecimals = new uint8[](found.length);
        tag1s = new string[](found.length);
        tag2s = new string[](found.length);
        revokedStatuses = new bool[](found.length);
        for (uint256 i = 0; i < found.length; i++) {
            Feedback memory feedback = found[i].feedback;
            clients[i] = found[i].client;
            feedbackIndexes[i] = found[i].index;
            values[i] = feedback.value;
            valueDecimals[i] = feedback.valueDecimals;
            (tag1s[i], tag2s[i]) = _tagsOf(feedback);
            revokedStatuses[i] = feedback.isRevoked;
        }
    }

    /// @inheritdoc IReputationRegistry
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count) {
        if (clientAddress != address(0) && feedbackIndex != 0) {
            return _countResponses(agentId, clientAddress, feedbackIndex, responders);
        }
        if (clientAddress != address(0)) return _countResponsesTo(agentId, clientAddress, responders);
        address[] memory clients = getClients(agentId);
        for (uint256 i = 0; i < clients.length; i++) {
            count += _countResponsesTo(agentId, clients[i], responders);
        }
    }

    /// @inheritdoc IReputationRegistry
    function getClients(uint256 agentId) public view returns (address[] memory clients) {
        Chain memory chain = _chains[agentId];
        clients = new address[](chain.length);
        address client = chain.latest;
        for (uint256 i = chain.length; i > 0; i--) {
            clients[i - 1] = client;
            client = _clients[agentId][client].previous;
        }
    }

    /// @inheritdoc IReputationRegistry
    function getLastIndex(uint256 agentId, address clientAddress) public view returns (uint64) {
        return _clients[agentId][clientAddress].lastIndex;
    }

    /// @inheritdoc IReputationRegistry
    function getIdentityRegistry() external view returns (address) {
        return address(_agents);
    }

    function _give(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string calldata tag1,
        string calldata tag2,
        string calldata endpoint,
        string calldata feedbackURI,
        bytes32 feedbackHash,
        uint48 weight
    ) private returns (uint64 index) {
        address client = _msgSender();
        require(valueDecimals <= MAX_DECIMALS, "too many decimals");
        require(value >= -MAX_ABS_VALUE && value <= MAX_ABS_VALUE, "value too large");
        require(!_agents.isAuthorizedOrOwner(client, agentId), "Self-feedback not allowed");
        uint256 tag1Max = type(uint16).max;
        require(bytes(tag1).length <= tag1Max, StoredText.TextTooLong(bytes(tag1).length, tag1Max));

        index = _nextIndex(agentId, client);
        _feedbacks[agentId][client][index] = Feedback({
            value: value,
            valueDecimals: valueDecimals,
            isRevoked: false,
            tag1Length: uint16(bytes(tag1).length),
            tags: _tags.keep(string.concat(tag1, tag2)),
            weight: weight
        });
        emit NewFeedback(
            agentId, client, index, value, valueDecimals, tag1, tag1, tag2, endpoint, feedbackURI, feedbackHash
        );
    }

    function _nextIndex(uint256 agentId, address clientAddress) private returns (uint64 index) {
        Client storage client = _clients[agentId][clientAddress];
        index = ++client.lastIndex;
        if (index > 1) return index;

        Chain storage chain = _chains[agentId];
        client.previous = chain.latest;
        chain.latest = clientAddress;
        chain.length++;
    }

    function _existingFeedback(uint256 agentId, address client, uint64 index) private view returns (Feedback storage) {
        require(index > 0, "index must be > 0");
        require(index <= getLastIndex(agentId, client), "index out of bounds");
        return _feedbacks[agentId][client][index];
    }

    function _theseOrAll(uint256 agentId, address[] calldata clients) private view returns (address[] memory) {
        return clients.length > 0 ? clients : getClients(agentId);
    }

    function _find(
        uint256 agentId,
        address[] memory clients,
        string calldata tag1,
        string calldata tag2,
        bool includeRevoked
    ) private view returns (Found[] memory found) {
        uint256 most = 0;
        for (uint256 i = 0; i < clients.length; i++) {
            most += getLastIndex(agentId, clients[i]);
        }
        // As `new Found[](most)`, which would make an empty struct for each as well.
        assembly ("memory-safe") {
            found := mload(0x40)
            mstore(found, most)
            mstore(0x40, add(found, mul(add(most, 1), 32)))
        }
        uint256 count = 0;
        for (uint256 i = 0; i < clients.length; i++) {
            mapping(uint64 index => Feedback) storage feedbacks = _feedbacks[agentId][clients[i]];
            uint64 last = getLastIndex(agentId, clients[i]);
            for (uint64 index = 1; index <= last; index++) {
                Feedback memory feedback = feedbacks[index];
                if (feedback.isRevoked && !includeRevoked) continue;
                if (!_hasTags(feedback, tag1, tag2)) continue;
                found[count++] = Found(clients[i], index, feedback);
            }
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    /// @dev An empty tag stands for any.
    function _hasTags(Feedback memory feedback, string calldata wanted1, string calldata wanted2)
        private
        view
        returns (bool)
    {
        if (bytes(wanted1).length == 0 && bytes(wanted2).length == 0) return true;
        (string memory tag1, string memory tag2) = _tagsOf(feedback);
        return (bytes(wanted1).length == 0 || wanted1.equal(tag1)) && (bytes(wanted2).length == 0 || wanted2.equal(tag2));
    }

    function _tagsOf(Feedback memory feedback) private view returns (string memory tag1, string memory tag2) {
        bytes memory both = bytes(_tags.textOf[feedback.tags]);
        return (string(both.slice(0, feedback.tag1Length)), string(both.slice(feedback.tag1Length)));
    }

    /// @dev With 18 decimals until the end: a million of the largest values and weights fit. What weighs nothing does not count.
    function _sumUp(Found[] memory found, bool isBacked)
        private
        pure
        returns (uint64 count, int128 value, uint8 decimals, uint256 totalWeight)
    {
        int256 sum = 0;
        uint256[MAX_DECIMALS + 1] memory frequency;
        for (uint256 i = 0; i < found.length; i++) {
            Feedback memory feedback = found[i].feedback;
            uint256 weight = isBacked ? feedback.weight : 1;
            if (weight == 0) continue;
            count++;
            totalWeight += weight;
            sum += feedback.value * int256(10 ** (MAX_DECIMALS - feedback.valueDecimals)) * int256(weight);
            frequency[feedback.valueDecimals]++;
        }
        if (count == 0) return (0, 0, 0, 0);
        for (uint8 d = 1; d <= MAX_DECIMALS; d++) {
            if (frequency[d] > frequency[decimals]) decimals = d;
        }

        int256 mean = sum / int256(totalWeight) / int256(10 ** (MAX_DECIMALS - decimals));
        while (mean != int128(mean)) {
            mean /= 10;
            decimals--;
        }
        value = int128(mean);
    }

    function _countResponsesTo(uint256 agentId, address client, address[] calldata responders)
        private
        view
        returns (uint64 count)
    {
        uint64 last = getLastIndex(agentId, client);
        for (uint64 index = 1; index <= last; index++) {
            count += _countResponses(agentId, client, index, responders);
        }
    }

    function _countResponses(uint256 agentId, address client, uint64 index, address[] calldata responders)
        private
        view
        returns (uint64 count)
    {
        Responses storage responses = _responses[agentId][client][index];
        if (responders.length == 0) return responses.count;
        for (uint256 i = 0; i < responders.length; i++) {
            count += responses.countOf[responders[i]];
        }
    }
}
