// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

/// @title Balances of many tokens (ERC-6909), which jobs, guardrails and intents move without the tokens.
/// @dev A token's id is its address as a number. Amounts are in the token's smallest unit. Nobody trusts a token: what it lies about are its
/// own balances, and no call of it can touch another's. `Transfer` from the zero address is a deposit, to it a withdrawal.
interface ILedger is IERC6909 {
    error BalanceTooLow(address account, address token, uint256 balance, uint256 amount);
    error BalanceOverflow(address account, address token);
    error AllowanceTooLow(address account, address spender, address token, uint256 allowance, uint256 amount);
    error TokenUnknown(uint256 id);
    error AmountZero();
    error AddressZero();
    error BatchMalformed(uint256 receivers, uint256 amounts);
    error TokenShortfall(uint256 received, uint256 amount);
    error WithdrawalFailed(address token, address receiver, uint256 amount);

    /// @notice Uses the caller's ERC-2612 permit for this contract, for a `deposit` that follows in the same request.
    /// @dev A permit that somebody else has used already does no harm: the allowance is there.
    function usePermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes `amount` of an ERC-20 from the caller, by its allowance, and credits `receiver` with what has arrived.
    /// @return received Less than `amount` for a token that takes a fee. TokenShortfall when nothing arrives.
    function deposit(address token, uint256 amount, address receiver) external returns (uint256 received);

    /// @notice Sends `amount` of the caller's balance to `receiver`, in the token itself.
    /// @dev WithdrawalFailed when the token refuses, and for the ledger as receiver: the balance stays as it was.
    function withdraw(address token, uint256 amount, address receiver) external;

    /// @notice Gives each receiver its amount of the caller's balance. No receiver is called, so none can spoil it for the others.
    function transferBatch(address token, address[] calldata receivers, uint256[] calldata amounts) external;
}
