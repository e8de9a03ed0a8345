// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {StoredText} from "./StoredText.sol";
import {UpgradeableRegistry} from "./UpgradeableRegistry.sol";

/// @title ERC-8004 Identity Registry.
contract AgentRegistry is IAgentRegistry, ERC721URIStorage, EIP712, UpgradeableRegistry {
    /// @dev One slot, so that a registration takes one.
    struct Agent {
        address owner;
        /// @dev Number of the stored text; zero for none.
        uint48 uriNumber;
        /// @dev Only the first owner is the wallet by itself: a new one has not shown that it wants to be. `_wallets` has any other.
        bool isWalletStored;
    }

    bytes32 private constant AGENT_WALLET_SET_TYPEHASH =
        keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)");

    /// @dev A wallet's signature lasts no longer: there is no nonce in it.
    uint256 private constant MAX_DEADLINE_DELAY = 5 minutes;

    string private constant WALLET_KEY = "agentWallet";

    uint128 private _nextAgentId;
    uint128 private _uriCount;
    mapping(uint256 agentId => Agent) private _agents;
    mapping(address owner => uint256) private _agentCountOf;
    mapping(uint256 agentId => address) private _wallets;
    mapping(uint256 agentId => mapping(string key => bytes value)) private _metadata;

    constructor(address owner_, address forwarder)
        ERC721("", "")
        EIP712("ERC8004IdentityRegistry", "1")
        UpgradeableRegistry(owner_, forwarder)
    {}

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
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external {
        _requireAuthorized(agentId);
        require(newWallet != address(0), "bad wallet");
        require(block.timestamp <= deadline, "expired");
        require(deadline <= block.timestamp + MAX_DEADLINE_DELAY, "deadline too far");
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(AGENT_WALLET_SET_TYPEHASH, agentId, newWallet, _ownerOf(agentId), deadline))
        );
        require(_hasSigned(newWallet, digest, signature), "invalid wallet sig");

        _setWallet(agentId, newWallet);
    }

    /// @inheritdoc IAgentRegistry
    function unsetAgentWallet(uint256 agentId) external {
        _requireAuthorized(agentId);

        _setWallet(agentId, address(0));
    }

    /// @inheritdoc IAgentRegistry
    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        return _isReserved(metadataKey) ? _walletBytes(getAgentWallet(agentId)) : _metadata[agentId][metadataKey];
    }

    /// @inheritdoc IAgentRegistry
    function getAgentWallet(uint256 agentId) public view returns (address) {
        Agent storage agent = _agents[agentId];
        return agent.isWalletStored ? _wallets[agentId] : agent.owner;
    }

    /// @inheritdoc IAgentRegistry
    function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool) {
        return _isAuthorized(ownerOf(agentId), spender, agentId);
    }

    /// @dev Not in storage, which behind a proxy has nothing of what a constructor wrote.
    function name() public pure override returns (string memory) {
        return "AgentIdentity";
    }

    function symbol() public pure override returns (string memory) {
        return "AGENT";
    }

    function balanceOf(address account) public view override(ERC721, IERC721) returns (uint256) {
        require(account != address(0), ERC721InvalidOwner(account));
        return _agentCountOf[account];
    }

    function _register(string memory agentURI) private returns (uint256 agentId) {
        address account = _msgSender();
        agentId = _nextAgentId++;

        _mint(account, agentId);
        if (bytes(agentURI).length > 0) _setTokenURI(agentId, agentURI);
        emit Registered(agentId, agentURI, account);
        emit MetadataSet(agentId, WALLET_KEY, WALLET_KEY, _walletBytes(account));
    }

    function _setUnreservedMetadata(uint256 agentId, string calldata key, bytes calldata value) private {
        require(!_isReserved(key), "reserved key");

        _metadata[agentId][key] = value;
        emit MetadataSet(agentId, key, key, value);
    }

    function _setWallet(uint256 agentId, address wallet) private {
        _agents[agentId].isWalletStored = true;
        _wallets[agentId] = wallet;
        emit MetadataSet(agentId, WALLET_KEY, WALLET_KEY, _walletBytes(wallet));
    }

    /// @dev As a key first, and as a contract (ERC-1271) when that fails: an account with delegated code (EIP-7702) is both.
    function _hasSigned(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (address signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
        return signer == wallet || SignatureChecker.isValidERC1271SignatureNowCalldata(wallet, digest, signature);
    }

    function _isReserved(string calldata key) private pure returns (bool) {
        return keccak256(bytes(key)) == keccak256(bytes(WALLET_KEY));
    }

    function _walletBytes(address wallet) private pure returns (bytes memory) {
        return wallet == address(0) ? bytes("") : abi.encodePacked(wallet);
    }

    function _requireAuthorized(uint256 agentId) private view {
        require(_isAuthorized(ownerOf(agentId), _msgSender(), agentId), "Not authorized");
    }

    function _setTokenURI(uint256 agentId, string memory agentURI) internal override {
        bool isEmpty = bytes(agentURI).length == 0;
        _agents[agentId].uriNumber = isEmpty ? 0 : uint48(++_uriCount);
        if (!isEmpty) StoredText.store(agentURI, _uriCount);
        emit MetadataUpdate(agentId);
    }

    function _suffixURI(uint256 agentId) internal view override returns (string memory) {
        return StoredText.load(_agents[agentId].uriNumber);
    }

    function _ownerOf(uint256 agentId) internal view override returns (address) {
        return _agents[agentId].owner;
    }

    /// @dev In place of OpenZeppelin's, which gives the owner a slot of its own. Nothing burns, so `to` is somebody.
    function _update(address to, uint256 agentId, address authorized) internal override returns (address from) {
        from = _ownerOf(agentId);
        if (authorized != address(0)) _checkAuthorized(from, authorized, agentId);

        if (from != address(0)) {
            _setWallet(agentId, address(0));
            _approve(address(0), agentId, address(0), false);
            _agentCountOf[from]--;
        }
        _agentCountOf[to]++;
        _agents[agentId].owner = to;
        emit Transfer(from, to, agentId);
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
