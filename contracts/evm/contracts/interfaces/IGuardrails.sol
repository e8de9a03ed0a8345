// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "./IJobEscrow.sol";
import {ILedger} from "./ILedger.sol";

/// @title What an account lets a key spend of its ledger balances.
/// @dev The account makes this contract its operator in the ledger (`setOperator`) and gives a key, any other address, a policy. The key spends
/// by the functions of its name and can do nothing else: it gives no policy, approves nobody, calls nothing that is not here.
///
/// Gross outflow counts, in periods that follow one another from the limit's setting: what comes back is not taken off, and of two periods
/// each has its own limit, so that around a border twice the limit may be spent in a short time.
interface IGuardrails {
    /// @dev `isKnown` is false for none. The nonce is used by a spending that was confirmed and by each `setPolicy`: what confirmers said
    /// before counts no longer. The generation is used by `revokePolicy`: limits and counterparties from before count no longer.
    struct Policy {
        uint48 expiresAt;
        uint8 methods;
        bool isAnyCounterparty;
        uint8 confirmationsNeeded;
        uint64 nonce;
        uint32 generation;
        bool isKnown;
    }

    /// @dev Amounts are in the token's smallest unit, times in seconds. `spent` is of the period that begins with `startedAt`.
    struct SpendLimit {
        uint128 limit;
        uint32 periodSeconds;
        uint40 startedAt;
        uint128 threshold;
        uint128 spent;
    }

    event PolicySet(
        address indexed account,
        address indexed key,
        uint256 expiresAt,
        uint256 methods,
        bool isAnyCounterparty,
        address[] confirmers,
        uint256 confirmationsNeeded
    );
    event PolicyRevoked(address indexed account, address indexed key);
    event SpendLimitSet(
        address indexed account,
        address indexed key,
        address indexed token,
        uint256 limit,
        uint256 periodSeconds,
        uint256 threshold
    );
    event CounterpartySet(address indexed account, address indexed key, address indexed counterparty, bool isAllowed);
    event SpendConfirmed(
        address indexed account, address indexed key, bytes32 indexed operationId, address confirmer
    );
    event SpendExecuted(
        address indexed account,
        address indexed key,
        uint256 method,
        address indexed counterparty,
        address token,
        uint256 amount
    );

    error PolicyUnknown(address account, address key);
    error PolicyExpired(address account, address key, uint256 expiresAt);
    error MethodsInvalid(uint256 methods);
    error MethodNotAllowed(address account, address key, uint256 method);
    error CounterpartyNotAllowed(address account, address key, address counterparty);
    error PeriodZero();
    error SpendLimitExceeded(address token, uint256 available, uint256 amount);
    error ConfirmersInvalid(uint256 needed, uint256 confirmers);
    error ConfirmerIsKey(address key);
    error ConfirmerOnly(address caller);
    error AlreadyConfirmed(bytes32 operationId, address confirmer);
    error ConfirmationsMissing(bytes32 operationId, uint256 confirmations, uint256 needed);

    /// @notice Gives a key of the caller a policy, or changes it; limits and counterparties stay as they are.
    /// @param expiresAt Seconds. From then on the key spends nothing.
    /// @param methods Sum of what the key may do: transfer (1), withdraw (2), hire (4).
    /// @param isAnyCounterparty Whether the key may pay anybody, or those only whom `setCounterparty` names.
    /// @param confirmers At most 16, of whom `confirmationsNeeded` must confirm what is above a token's threshold; without any, nothing above it is spent.
    function setPolicy(
        address key,
        uint48 expiresAt,
        uint8 methods,
        bool isAnyCounterparty,
        address[] calldata confirmers,
        uint8 confirmationsNeeded
    ) external;

    /// @notice Lets a key of the caller spend `limit` of a token in each period; a token without a limit it spends not at all.
    /// @param threshold A single spending of more wants confirmations.
    /// @dev What has been spent in the period under way stays spent.
    function setSpendLimit(address key, address token, uint128 limit, uint32 periodSeconds, uint128 threshold) external;

    /// @notice Lets a key of the caller pay `counterparty`, or no longer.
    function setCounterparty(address key, address counterparty, bool isAllowed) external;

    /// @notice Takes everything from a key of the caller, at once: policy, limits, counterparties, confirmations.
    function revokePolicy(address key) external;

    /// @notice Confirms a spending of `key` that is above the threshold: what `nextOperationId` says of it. Confirmers only.
    /// @dev A confirmer's word is for one operation at a time: the next replaces it, and zero takes it back.
    function confirmSpend(address account, address key, bytes32 operationId) external;

    /// @notice Moves a balance of `account` within the ledger. The caller is a key of the account, as in all that follows.
    function spendTransfer(address account, address token, address to, uint256 amount) external;

    /// @notice Withdraws from the account's balance to `receiver`.
    function spendWithdraw(address account, address token, uint256 amount, address receiver) external;

    /// @notice Hires for the account, and pays from its balance: the budget is what is spent, the provider the counterparty. The account must
    /// have made the escrow its operator, too.
    /// @param hiring `client` is the account, and `isInLedger` is set. What a refund brings back stays spent.
    function spendHire(address account, IJobEscrow.Hiring calldata hiring) external returns (uint256 jobId);

    function ledger() external view returns (ILedger);

    function escrow() external view returns (IJobEscrow);

    function getPolicy(address account, address key) external view returns (Policy memory);

    /// @notice Who confirms what is above a threshold.
    function confirmersOf(address account, address key) external view returns (address[] memory);

    /// @notice A key's limit of a token, with what has been spent in the period under way.
    function getSpendLimit(address account, address key, address token) external view returns (SpendLimit memory);

    function isCounterpartyAllowed(address account, address key, address counterparty) external view returns (bool);

    /// @notice keccak256 of the ABI's encoding.
    function hashHiring(IJobEscrow.Hiring calldata hiring) external pure returns (bytes32);

    /// @notice What confirmers confirm: keccak256(chain id, this contract, account, key, generation, nonce, method, token, counterparty, amount,
    /// details), each a word. `details` is zero but for a hiring, of which it is `hashHiring`.
    function nextOperationId(
        address account,
        address key,
        uint8 method,
        address token,
        address counterparty,
        uint256 amount,
        bytes32 details
    ) external view returns (bytes32);
}
