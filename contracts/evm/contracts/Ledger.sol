// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Governed} from "./Governed.sol";
import {ILedger} from "./interfaces/ILedger.sol";

/// @title A multi-token ledger (ERC-6909). Its owner and its guardian can stop what keys spend (Guardrails), and nothing else.
/// @dev No pause stops a deposit: who must dispute bad work needs one for the bond, and a provider for its stake.
contract Ledger is ILedger, Governed, ERC2771Context, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One slot: what gives a token out of a balance also uses a nonce of that token's lane.
    struct Slot {
        uint128 balance;
        uint64 nonceBase;
        uint64 nonceWindow;
    }

    mapping(address account => mapping(address token => Slot)) internal _slots;

    /// @inheritdoc IERC6909
    mapping(address owner => mapping(address spender => bool)) public override isOperator;

    /// @inheritdoc IERC6909
    mapping(address owner => mapping(address spender => mapping(uint256 id => uint256))) public override allowance;

    constructor(address forwarder, address owner, address guardian)
        Governed(owner, guardian)
        ERC2771Context(forwarder)
    {}

    /// @inheritdoc ILedger
    function usePermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        try IERC20Permit(token).permit(_msgSender(), address(this), amount, deadline, v, r, s) {} catch {}
    }

    /// @inheritdoc ILedger
    function deposit(address token, uint256 amount, address receiver) external nonReentrant returns (uint256 received) {
        require(receiver != address(0), AddressZero());
        require(amount > 0, AmountZero());

        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(_msgSender(), address(this), amount);
        uint256 held = IERC20(token).balanceOf(address(this));
        require(held > before, TokenShortfall(0, amount));
        received = held - before;

        _credit(receiver, token, received);
        emit Transfer(_msgSender(), address(0), receiver, _idOf(token), received);
    }

    /// @inheritdoc ILedger
    function withdraw(address token, uint256 amount, address receiver) external nonReentrant {
        address account = _msgSender();

        require(amount > 0, AmountZero());
        // Nobody could ever take out again what the ledger sent to itself.
        require(receiver != address(this), WithdrawalFailed(token, receiver, amount));

        _debit(account, token, amount);
        emit Transfer(account, account, address(0), _idOf(token), amount);

        require(IERC20(token).trySafeTransfer(receiver, amount), WithdrawalFailed(token, receiver, amount));
    }

    /// @inheritdoc IERC6909
    function transfer(address receiver, uint256 id, uint256 amount) external returns (bool) {
        _move(_msgSender(), receiver, _tokenOf(id), amount);
        return true;
    }

    /// @inheritdoc IERC6909
    function transferFrom(address sender, address receiver, uint256 id, uint256 amount) external returns (bool) {
        address caller = _msgSender();
        address token = _tokenOf(id);
        if (caller != sender && !isOperator[sender][caller]) _spendAllowance(sender, caller, token, amount);

        _move(sender, receiver, token, amount);
        return true;
    }

    /// @inheritdoc ILedger
    function transferBatch(address token, address[] calldata receivers, uint256[] calldata amounts) external {
        address account = _msgSender();
        uint256 total = 0;

        require(receivers.length == amounts.length, BatchMalformed(receivers.length, amounts.length));
        for (uint256 i = 0; i < amounts.length; i++) {
            require(receivers[i] != address(0), AddressZero());
            require(amounts[i] <= type(uint128).max, BalanceOverflow(receivers[i], token));
            total += amounts[i];
        }

        _debit(account, token, total);
        for (uint256 i = 0; i < amounts.length; i++) {
            _credit(receivers[i], token, amounts[i]);
            emit Transfer(account, account, receivers[i], _idOf(token), amounts[i]);
        }
    }

    /// @inheritdoc IERC6909
    function approve(address spender, uint256 id, uint256 amount) external returns (bool) {
        require(spender != address(0), AddressZero());

        allowance[_msgSender()][spender][id] = amount;
        emit Approval(_msgSender(), spender, id, amount);
        return true;
    }

    /// @inheritdoc IERC6909
    function setOperator(address spender, bool approved) external returns (bool) {
        require(spender != address(0), AddressZero());

        isOperator[_msgSender()][spender] = approved;
        emit OperatorSet(_msgSender(), spender, approved);
        return true;
    }

    /// @inheritdoc IERC6909
    function balanceOf(address owner, uint256 id) external view returns (uint256) {
        return id > type(uint160).max ? 0 : _slots[owner][address(uint160(id))].balance;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC6909).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    function _debit(address account, address token, uint256 amount) internal {
        Slot storage slot = _slots[account][token];
        uint256 balance = slot.balance;
        require(balance >= amount, BalanceTooLow(account, token, balance, amount));
        unchecked {
            slot.balance = uint128(balance - amount);
        }
    }

    function _credit(address account, address token, uint256 amount) internal {
        Slot storage slot = _slots[account][token];
        uint256 balance = slot.balance;
        require(amount <= type(uint128).max - balance, BalanceOverflow(account, token));
        unchecked {
            slot.balance = uint128(balance + amount);
        }
    }

    function _move(address from, address to, address token, uint256 amount) private {
        // Deposits and withdrawals alone are told as transfers from and to nobody.
        require(from != address(0) && to != address(0), AddressZero());

        _debit(from, token, amount);
        _credit(to, token, amount);
        emit Transfer(_msgSender(), from, to, _idOf(token), amount);
    }

    function _spendAllowance(address account, address spender, address token, uint256 amount) private {
        uint256 id = _idOf(token);
        uint256 allowed = allowance[account][spender][id];
        // As ERC-6909 has it: an allowance of everything is never used up.
        if (allowed == type(uint256).max) return;
        require(allowed >= amount, AllowanceTooLow(account, spender, token, allowed, amount));
        unchecked {
            allowance[account][spender][id] = allowed - amount;
        }
    }

    function _tokenOf(uint256 id) private pure returns (address) {
        // Two ids must not be one balance.
        require(id <= type(uint160).max, TokenUnknown(id));
        return address(uint160(id));
    }

    function _idOf(address token) private pure returns (uint256) {
        return uint160(token);
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
