// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IBackedFeedback} from "./interfaces/IBackedFeedback.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {UpgradeableRegistry} from "./UpgradeableRegistry.sol";

/// @title Who may give feedback that weighs something, and how much. Money that circles between one's own wallets buys none: only what
/// the protocol keeps of it counts.
abstract contract FeedbackRights is IBackedFeedback, UpgradeableRegistry {
    struct Bought {
        uint40 period;
        uint48 weight;
    }

    uint256 private constant CAP_PERIOD = 30 days;
    uint256 private constant PRICE_UNIT = 1e18;

    IAgentRegistry internal immutable _agents;
    IJobEscrow public immutable escrow;

    /// @inheritdoc IBackedFeedback
    uint48 public weightCap;
    /// @inheritdoc IBackedFeedback
    mapping(address token => uint128) public tokenPrice;
    mapping(uint256 jobId => mapping(address party => bool)) private _hasUsedRight;
    mapping(uint256 agentId => mapping(address party => Bought)) private _bought;

    constructor(IAgentRegistry agents, IJobEscrow escrow_) {
        _agents = agents;
        escrow = escrow_;
    }

    /// @inheritdoc IBackedFeedback
    function setTokenPrice(address token, uint128 price) external {
        _requireOwner();

        tokenPrice[token] = price;
        emit TokenPriceSet(token, price);
    }

    /// @inheritdoc IBackedFeedback
    function setWeightCap(uint48 cap) external {
        _requireOwner();

        weightCap = cap;
        emit WeightCapSet(cap);
    }

    /// @inheritdoc IBackedFeedback
    function hasFeedbackRight(uint256 jobId, address party) external view returns (bool) {
        IJobEscrow.Job memory job = escrow.getJob(jobId);
        bool isParty = party != address(0) && (party == job.client || party == job.provider);
        return isParty && !_hasUsedRight[jobId][party] && _worthOf(jobId, job.token) > 0;
    }

    /// @dev Uses up the party's right and answers what it weighs, more than nothing.
    function _takeRight(uint256 jobId, uint256 agentId, address party) internal returns (uint48 weight) {
        IJobEscrow.Job memory job = escrow.getJob(jobId);
        uint256 worth = _worthOf(jobId, job.token);
        Bought storage bought = _bought[agentId][party];
        uint40 period = uint40(block.timestamp / CAP_PERIOD);
        uint48 before = bought.period == period ? bought.weight : 0;

        require(!_hasUsedRight[jobId][party], FeedbackRightUsed(jobId, party));
        bool isOfProvider = party == job.client && agentId == job.providerAgentId;
        bool isParty = isOfProvider || party == job.provider;
        require(worth > 0 && isParty, FeedbackRightMissing(jobId, party, agentId));
        require(before < weightCap, WeightCapReached(agentId, party));
        bool isMeant = isOfProvider || _agents.isAuthorizedOrOwner(job.client, agentId);
        require(isMeant, FeedbackRightMissing(jobId, party, agentId));

        weight = uint48(Math.min(worth, weightCap - before));
        _hasUsedRight[jobId][party] = true;
        bought.period = period;
        bought.weight = before + weight;
    }

    function _worthOf(uint256 jobId, address token) private view returns (uint256) {
        return escrow.feeOf(jobId) * tokenPrice[token] / PRICE_UNIT;
    }
}
