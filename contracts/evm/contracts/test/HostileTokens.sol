// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Takes one percent of every transfer.
contract FeeToken is ERC20 {
    constructor(uint256 supply) ERC20("Fee", "FEE") {
        _mint(msg.sender, supply);
    }

    function _update(address from, address to, uint256 value) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : value / 100;
        super._update(from, to, value - fee);
        if (fee > 0) super._update(from, address(0), fee);
    }
}

/// @title Takes money away from a holder, as tokens do that rebase.
contract RebasingToken is ERC20 {
    constructor(uint256 supply) ERC20("Rebase", "RBS") {
        _mint(msg.sender, supply);
    }

    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }
}

/// @title Calls something whenever it is transferred, and keeps what came of it.
contract ReentrantToken is ERC20 {
    address public target;
    bytes public callData;
    bool public hasReentered;
    bytes public reason;

    constructor(uint256 supply) ERC20("Reentrant", "RE") {
        _mint(msg.sender, supply);
    }

    function arm(address target_, bytes calldata data) external {
        (target, callData) = (target_, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        address armed = target;
        if (armed == address(0)) return;
        target = address(0);
        (hasReentered, reason) = armed.call(callData);
    }
}

/// @title Moves balances and answers with nothing, as USDT does, or with false.
contract SilentToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external virtual {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external virtual {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @title Pays, but does it at a price, or answers at length; `flood` with a word that is not true.
contract BurningToken is ERC20 {
    uint256 private _burnt;
    uint256 private _bomb;
    uint256 private _flood;

    constructor(uint256 supply) ERC20("Burning", "BRN") {
        _mint(msg.sender, supply);
    }

    function burn(uint256 gasBurnt) external {
        _burnt = gasBurnt;
    }

    function bomb(uint256 size) external {
        _bomb = size;
    }

    function flood(uint256 size) external {
        _flood = size;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        uint256 end = gasleft() > _burnt ? gasleft() - _burnt : 0;
        while (gasleft() > end) {}
        (uint256 bombSize, uint256 floodSize) = (_bomb, _flood);
        assembly ("memory-safe") {
            if bombSize { revert(0, bombSize) }
            if floodSize { return(0, floodSize) }
        }
        return super.transfer(to, amount);
    }
}

/// @title An honest token, until it is told to pay nobody out.
contract StallingToken is ERC20 {
    bool public isRefusing;

    constructor(uint256 supply) ERC20("Stalling", "STL") {
        _mint(msg.sender, supply);
    }

    function refuse(bool isRefusing_) external {
        isRefusing = isRefusing_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !isRefusing && super.transfer(to, amount);
    }
}

/// @title Says no by returning false, and can be told to start later.
contract RefusingToken {
    bool public isRefusing;
    mapping(address => uint256) public balanceOf;

    constructor(uint256 supply) {
        balanceOf[msg.sender] = supply;
    }

    function refuse(bool isRefusing_) external {
        isRefusing = isRefusing_;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        if (isRefusing) return false;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}

/// @title Says of every holder what it was told to say, and moves nothing.
contract LyingToken {
    mapping(address => uint256) public balanceOf;

    function say(address holder, uint256 balance) external {
        balanceOf[holder] = balance;
    }

    /// @dev What it says of the receiver changes by `amount`, or to nothing.
    function transferFrom(address, address to, uint256 amount) external returns (bool) {
        balanceOf[to] = amount == 666 ? 0 : balanceOf[to] + amount;
        return true;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return true;
    }
}

/// @title Refuses to give back what it has taken, and spends all the gas that it gets.
contract GreedyToken is ERC20 {
    constructor(uint256 supply) ERC20("Greedy", "GRD") {
        _mint(msg.sender, supply);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        while (balanceOf(msg.sender) >= amount && msg.sender.code.length > 0) {}
        return super.transfer(to, amount);
    }
}
