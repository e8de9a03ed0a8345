// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IGoverned} from "./interfaces/IGoverned.sol";
import {IGuardrails} from "./interfaces/IGuardrails.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {ILedger} from "./interfaces/ILedger.sol";
import {IQuorumEvaluator} from "./interfaces/IQuorumEvaluator.sol";

/// @title Spends ledger balances by keys, within the policies of their owners.
contract Guardrails is IGuardrails, ERC2771Context {
    uint8 private constant TRANSFER = 1;
    uint8 private constant WITHDRAW = 2;
    uint8 private constant HIRE = 4;
    uint8 private constant ALL_METHODS = 7;

    /// @dev Every spending above the threshold reads them all.
    uint256 private constant MAX_CONFIRMERS = 16;

    /// @inheritdoc IGuardrails
    ILedger public immutable ledger;

    /// @inheritdoc IGuardrails
    IJobEscrow public immutable escrow;

    mapping(address account => mapping(address key => Policy)) private _policies;

    /// @dev A policy's id contains its generation: what is under an old one is out of reach.
    mapping(bytes32 policyId => mapping(address token => SpendLimit)) private _limits;
    mapping(bytes32 policyId => mapping(address counterparty => bool)) private _isAllowed;
    mapping(bytes32 policyId => address[]) private _confirmers;
    mapping(bytes32 policyId => mapping(address confirmer => bytes32 operationId)) private _confirmed;

    constructor(address forwarder, ILedger ledger_, IJobEscrow escrow_) ERC2771Context(forwarder) {
        ledger = ledger_;
        escrow = escrow_;
    }

    /// @inheritdoc IGuardrails
    function setPolicy(
        address key,
        uint48 expiresAt,
        uint8 methods,
        bool isAnyCounterparty,
        address[] calldata confirmers,
        uint8 confirmationsNeeded
    ) external {
        address account = _msgSender();
        Policy storage policy = _policies[account][key];

        require(key != address(0), IJobEscrow.AddressZero());
        require(methods <= ALL_METHODS, MethodsInvalid(methods));
        _requireConfirmers(key, confirmers, confirmationsNeeded);

        policy.expiresAt = expiresAt;
        policy.methods = methods;
        policy.isAnyCounterparty = isAnyCounterparty;
        policy.confirmationsNeeded = confirmationsNeeded;
        policy.nonce++;
        policy.isKnown = true;
        _confirmers[_idOf(account, key, policy)] = confirmers;
        emit PolicySet(account, key, expiresAt, methods, isAnyCounterparty, confirmers, confirmationsNeeded);
    }

    /// @inheritdoc IGuardrails
    function setSpendLimit(address key, address token, uint128 limit, uint32 periodSeconds, uint128 threshold) external {
        address account = _msgSender();
        bytes32 policyId = _idOf(account, key, _knownPolicy(account, key));

        require(periodSeconds > 0, PeriodZero());

        SpendLimit memory current = _underWay(_limits[policyId][token]);
        // Another period begins now: a shorter one must not forget what was spent since it would have begun.
        if (periodSeconds != current.periodSeconds) current.startedAt = uint40(block.timestamp);
        current.limit = limit;
        current.periodSeconds = periodSeconds;
        current.threshold = threshold;
        _limits[policyId][token] = current;
        emit SpendLimitSet(account, key, token, limit, periodSeconds, threshold);
    }

    /// @inheritdoc IGuardrails
    function setCounterparty(address key, address counterparty, bool isAllowed) external {
        address account = _msgSender();
        bytes32 policyId = _idOf(account, key, _knownPolicy(account, key));

        _isAllowed[policyId][counterparty] = isAllowed;
        emit CounterpartySet(account, key, counterparty, isAllowed);
    }

    /// @inheritdoc IGuardrails
    function revokePolicy(address key) external {
        address account = _msgSender();
        uint32 generation = _knownPolicy(account, key).generation;

        delete _policies[account][key];
        _policies[account][key].generation = generation + 1;
        emit PolicyRevoked(account, key);
    }

    /// @inheritdoc IGuardrails
    function confirmSpend(address account, address key, bytes32 operationId) external {
        address confirmer = _msgSender();
        bytes32 policyId = _idOf(account, key, _knownPolicy(account, key));

        require(_contains(_confirmers[policyId], confirmer), ConfirmerOnly(confirmer));
        require(_confirmed[policyId][confirmer] != operationId, AlreadyConfirmed(operationId, confirmer));

        _confirmed[policyId][confirmer] = operationId;
        emit SpendConfirmed(account, key, operationId, confirmer);
    }

    /// @inheritdoc IGuardrails
    function spendTransfer(address account, address token, address to, uint256 amount) external {
        _spend(account, TRANSFER, token, to, amount, 0);

        ledger.transferFrom(account, to, uint160(token), amount);
    }

    /// @inheritdoc IGuardrails
    function spendWithdraw(address account, address token, uint256 amount, address receiver) external {
        _spend(account, WITHDRAW, token, receiver, amount, 0);

        ledger.transferFrom(account, address(this), uint160(token), amount);
        ledger.withdraw(token, amount, receiver);
    }

    /// @inheritdoc IGuardrails
    function spendHire(address account, IJobEscrow.Hiring calldata hiring) external returns (uint256 jobId) {
        // Money of another's, or none of the ledger, would be counted for nothing.
        require(hiring.client == account && hiring.isInLedger, IJobEscrow.ClientOnly(_msgSender()));

        _spend(account, HIRE, hiring.token, hiring.provider, hiring.budget, hashHiring(hiring));

        return escrow.hire(hiring);
    }

    /// @inheritdoc IGuardrails
    function getPolicy(address account, address key) external view returns (Policy memory) {
        return _policies[account][key];
    }

    /// @inheritdoc IGuardrails
    function confirmersOf(address account, address key) external view returns (address[] memory) {
        return _confirmers[_idOf(account, key, _policies[account][key])];
    }

    /// @inheritdoc IGuardrails
    function getSpendLimit(address account, address key, address token) external view returns (SpendLimit memory) {
        return _underWay(_limits[_idOf(account, key, _policies[account][key])][token]);
    }

    /// @inheritdoc IGuardrails
    function isCounterpartyAllowed(address account, address key, address counterparty) external view returns (bool) {
        Policy storage policy = _policies[account][key];
        return policy.isAnyCounterparty || _isAllowed[_idOf(account, key, policy)][counterparty];
    }

    /// @inheritdoc IGuardrails
    function hashHiring(IJobEscrow.Hiring calldata hiring) public pure returns (bytes32) {
        return keccak256(abi.encode(hiring));
    }

    /// @inheritdoc IGuardrails
    function nextOperationId(
        address account,
        address key,
        uint8 method,
        address token,
        address counterparty,
        uint256 amount,
        bytes32 details
    ) public view returns (bytes32) {
        Policy storage policy = _policies[account][key];
        return keccak256(
            abi.encode(
                block.chainid,
                address(this),
                account,
                key,
                policy.generation,
                policy.nonce,
                method,
                token,
                counterparty,
                amount,
                details
            )
        );
    }

    /// @dev All that a policy asks of a spending of the caller, which is counted before anything moves.
    function _spend(
        address account,
        uint8 method,
        address token,
        address counterparty,
        uint256 amount,
        bytes32 details
    ) private {
        address key = _msgSender();
        // A pause of the ledger's: keys wait, their owners do not.
        require(!IGoverned(address(ledger)).isPaused(), IGoverned.Paused());
        Policy storage policy = _knownPolicy(account, key);
        bytes32 policyId = _idOf(account, key, policy);

        require(block.timestamp < policy.expiresAt, PolicyExpired(account, key, policy.expiresAt));
        require(policy.methods & method != 0, MethodNotAllowed(account, key, method));
        require(
            policy.isAnyCounterparty || _isAllowed[policyId][counterparty],
            CounterpartyNotAllowed(account, key, counterparty)
        );
        SpendLimit memory current = _underWay(_limits[policyId][token]);
        // A limit may have been lowered below what is spent.
        uint256 available = current.limit > current.spent ? current.limit - current.spent : 0;
        require(amount <= available, SpendLimitExceeded(token, available, amount));
        if (amount > current.threshold) {
            bytes32 operationId = nextOperationId(account, key, method, token, counterparty, amount, details);
            _requireConfirmed(policyId, policy.confirmationsNeeded, operationId);
            policy.nonce++;
        }

        current.spent += uint128(amount);
        _limits[policyId][token] = current;
        emit SpendExecuted(account, key, method, counterparty, token, amount);
    }

    function _requireConfirmers(address key, address[] calldata confirmers, uint256 needed) private pure {
        uint256 count = confirmers.length;
        bool isPossible = needed <= count && count <= MAX_CONFIRMERS && (needed > 0 || count == 0);
        require(isPossible, ConfirmersInvalid(needed, count));
        for (uint256 i = 0; i < count; i++) {
            require(confirmers[i] != address(0), IJobEscrow.AddressZero());
            require(confirmers[i] != key, ConfirmerIsKey(key));
            // One that is listed twice would be heard twice.
            for (uint256 j = 0; j < i; j++) {
                require(confirmers[i] != confirmers[j], IQuorumEvaluator.MemberRepeated(confirmers[i]));
            }
        }
    }

    /// @dev Who is a confirmer now counts, not who was when it confirmed.
    function _requireConfirmed(bytes32 policyId, uint256 needed, bytes32 operationId) private view {
        address[] memory confirmers = _confirmers[policyId];
        uint256 count = 0;
        for (uint256 i = 0; i < confirmers.length; i++) {
            if (_confirmed[policyId][confirmers[i]] == operationId) count++;
        }
        require(needed > 0 && count >= needed, ConfirmationsMissing(operationId, count, needed));
    }

    function _knownPolicy(address account, address key) private view returns (Policy storage policy) {
        policy = _policies[account][key];
        require(policy.isKnown, PolicyUnknown(account, key));
    }

    /// @dev The limit in the period under way.
    function _underWay(SpendLimit memory current) private view returns (SpendLimit memory) {
        if (current.periodSeconds == 0) return current;
        uint256 periods = (block.timestamp - current.startedAt) / current.periodSeconds;
        if (periods == 0) return current;
        current.startedAt += uint40(periods * current.periodSeconds);
        current.spent = 0;
        return current;
    }

    function _idOf(address account, address key, Policy storage policy) private view returns (bytes32) {
        return keccak256(abi.encode(account, key, policy.generation));
    }

    function _contains(address[] storage accounts, address account) private view returns (bool) {
        for (uint256 i = 0; i < accounts.length; i++) {
            if (accounts[i] == account) return true;
        }
        return false;
    }
}
