// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {StoredText} from "./StoredText.sol";

/// @title ERC-8004 Identity Registry.
contract AgentRegistry is IAgentRegistry, ERC721URIStorage, ERC2771Context {
    string private constant WALLET_KEY = "agentWallet";

    uint256 private _nextAgentId;
    /// @dev Code that holds the agent's URI; zero for none.
    mapping(uint256 agentId => address) private _storedURIs;
    /// @dev A new owner has not shown that the wallet is its own, so only the first owner is one: no slot at registration.
    mapping(uint256 agentId => bool) private _hasMoved;
    mapping(uint256 agentId => mapping(string key => bytes value)) private _metadata;

    constructor(address forwarder) ERC721("AgentIdentity", "AGENT") ERC2771Context(forwarder) {}

    /// @inheritdoc IAgentRegistry
    function register() external returns (uint256 agentId) {
        return _register("");
    }

    /// @inheritdoc IAgentRegistry
    function register(string calldata agentURI) external returns (uint256 agentId) {
        return _register(agentURI);
    }

    /// @inheritdoc IAgentRegistry
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId) {
        agentId = _register(agentURI);
        for (uint256 i = 0; i < metadata.length; i++) {
            _setUnreservedMetadata(agentId, metadata[i].metadataKey, metadata[i].metadataValue);
        }
    }

    /// @inheritdoc IAgentRegistry
    function setAgentURI(uint256 agentId, string calldata newURI) external {
        _requireAuthorized(agentId);

        _setTokenURI(agentId, newURI);
        emit URIUpdated(agentId, newURI, _msgSender());
    }

    /// @inheritdoc IAgentRegistry
    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external {
        _requireAuthorized(agentId);

        _setUnreservedMetadata(agentId, metadataKey, metadataValue);
    }

    /// @inheritdoc IAgentRegistry
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        if (_isReserved(metadataKey)) {
            address wallet = getAgentWallet(agentId);
            return wallet == address(0) ? bytes("") : abi.encodePacked(wallet);
        }
        return _metadata[agentId][metadataKey];
    }

    /// @inheritdoc IAgentRegistry
    function getAgentWallet(uint256 agentId) public view returns (address) {
        return _hasMoved[agentId] ? address(0) : _ownerOf(agentId);
    }

    /// @inheritdoc IAgentRegistry
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool) {
        return _isAuthorized(ownerOf(agentId), spender, agentId);
    }

    function _register(string memory agentURI) private returns (uint256 agentId) {
        address owner = _msgSender();
        agentId = _nextAgentId++;

        _mint(owner, agentId);
        if (bytes(agentURI).length > 0) _setTokenURI(agentId, agentURI);
        emit Registered(agentId, agentURI, owner);
        emit MetadataSet(agentId, WALLET_KEY, WALLET_KEY, abi.encodePacked(owner));
    }

    function _setUnreservedMetadata(uint256 agentId, string calldata key, bytes calldata value) private {
        require(!_isReserved(key), "reserved key");

        _metadata[agentId][key] = value;
        emit MetadataSet(agentId, key, key, value);
    }

    function _isReserved(string calldata key) private pure returns (bool) {
        return keccak256(bytes(key)) == keccak256(bytes(WALLET_KEY));
    }

    function _requireAuthorized(uint256 agentId) private view {
        require(_isAuthorized(ownerOf(agentId), _msgSender(), agentId), "Not authorized");
    }

    function _setTokenURI(uint256 agentId, string memory agentURI) internal override {
        _storedURIs[agentId] = StoredText.store(agentURI);
        emit MetadataUpdate(agentId);
    }

    function _suffixURI(uint256 agentId) internal view override returns (string memory) {
        return StoredText.load(_storedURIs[agentId]);
    }

    function _update(address to, uint256 agentId, address authorized) internal override returns (address from) {
        if (_ownerOf(agentId) != address(0)) {
            _hasMoved[agentId] = true;
            emit MetadataSet(agentId, WALLET_KEY, WALLET_KEY, "");
        }
        return super._update(to, agentId, authorized);
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }
}
