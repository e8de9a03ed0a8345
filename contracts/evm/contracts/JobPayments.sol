// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BoundedCall} from "./BoundedCall.sol";
import {Governed} from "./Governed.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {ILedger} from "./interfaces/ILedger.sol";

/// @title The money of jobs: how it comes, how it leaves once, and the protocol's fee on what providers earn.
abstract contract JobPayments is IJobEscrow, Governed, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice In basis points, as `platformFeeBP`.
    uint256 public constant MAX_PLATFORM_FEE_BP = 500;

    /// @notice What a token gets to move a payment: enough for any honest one. One that takes more is paid by `claimPayment`.
    uint256 public constant PAYOUT_GAS = 150_000;

    uint256 private constant BASIS = 10_000;

    /// @dev A job in three slots, until 2106. `flags` says what other mappings know of it; `token` is a number of `_tokens`, of which anybody
    /// may use up some: 40 bits are too many to use up.
    struct Record {
        address client;
        uint32 expiredAt;
        uint32 submittedAt;
        JobStatus status;
        uint8 flags;
        uint16 platformFeeBP;
        address provider;
        uint32 providerAgentId;
        uint24 evaluationPeriod;
        uint40 token;
        address evaluator;
        uint96 budget;
    }

    uint8 internal constant HAS_HOOK = 1;
    uint8 internal constant HAS_PAYEE = 2;
    uint8 internal constant HAS_RELEASED = 4;
    uint8 internal constant IS_IN_LEDGER = 8;

    /// @dev What a token refused to move, in its smallest unit.
    struct Owed {
        uint96 toProvider;
        uint96 toClient;
    }

    ILedger public immutable ledger;

    /// @inheritdoc IJobEscrow
    uint16 public platformFeeBP;
    uint40 private _tokenCount;
    /// @inheritdoc IJobEscrow
    address public platformTreasury;

    mapping(uint256 jobId => Record) internal _jobs;
    /// @dev A token's number saves every job a slot: from 1, in the order of their first job.
    mapping(uint256 number => address) internal _tokens;
    mapping(address token => uint40) private _numberOf;
    /// @dev These three only of the few jobs that need them: `flags` say whether, or `claimPayment` alone reads them.
    mapping(uint256 jobId => address) internal _payeeOf;
    mapping(uint256 jobId => uint256) internal _releasedOf;
    mapping(uint256 jobId => Owed) private _owedOf;
    mapping(address token => Fees) private _feesIn;

    constructor(ILedger ledger_) {
        ledger = ledger_;
    }

    /// @inheritdoc IJobEscrow
    function setPlatformFee(uint256 feeBP, address treasury) external onlyOwner {
        require(feeBP <= MAX_PLATFORM_FEE_BP, FeeTooHigh(feeBP, MAX_PLATFORM_FEE_BP));
        require(treasury != address(0), AddressZero());

        platformFeeBP = uint16(feeBP);
        platformTreasury = treasury;
        emit PlatformFeeSet(feeBP, treasury);
    }

    /// @inheritdoc IJobEscrow
    function collectFees(address token) external nonReentrant {
        Fees memory fees = _feesIn[token];
        address treasury = platformTreasury;

        require(fees.direct > 0 || fees.inLedger > 0, AmountZero());

        delete _feesIn[token];
        emit FeesCollected(token, treasury, fees.direct, fees.inLedger);

        if (fees.direct > 0) IERC20(token).safeTransfer(treasury, fees.direct);
        if (fees.inLedger > 0) ledger.transfer(treasury, uint160(token), fees.inLedger);
    }

    /// @inheritdoc IJobEscrow
    function claimPayment(uint256 jobId) external nonReentrant {
        Record memory job = _knownJob(jobId);
        Owed memory claim = _owedOf[jobId];

        require(claim.toProvider > 0 || claim.toClient > 0, NothingOwed(jobId));

        delete _owedOf[jobId];

        if (claim.toProvider > 0) _payout(jobId, job, claim.toProvider, gasleft());
        if (claim.toClient > 0) _payback(jobId, job, claim.toClient, gasleft());
    }

    /// @inheritdoc IJobEscrow
    function accruedFees(address token) external view returns (Fees memory) {
        return _feesIn[token];
    }

    /// @inheritdoc IJobEscrow
    function payeeOf(uint256 jobId) external view returns (address) {
        return _payeeFor(jobId, _jobs[jobId]);
    }

    /// @inheritdoc IJobEscrow
    function paymentOf(uint256 jobId) external view returns (uint256) {
        uint256 gross = _grossOf(jobId);
        return gross - _feeOn(gross, _jobs[jobId].platformFeeBP);
    }

    /// @inheritdoc IJobEscrow
    function feeOf(uint256 jobId) external view returns (uint256) {
        return _feeOn(_grossOf(jobId), _jobs[jobId].platformFeeBP);
    }

    /// @inheritdoc IJobEscrow
    function owed(uint256 jobId) external view returns (uint256) {
        return uint256(_owedOf[jobId].toProvider) + _owedOf[jobId].toClient;
    }

    function _has(uint8 flags, uint8 flag) internal pure returns (bool) {
        return flags & flag != 0;
    }

    function _numberFor(address token) internal returns (uint40 number) {
        number = _numberOf[token];
        if (number != 0) return number;
        number = ++_tokenCount;
        _numberOf[token] = number;
        _tokens[number] = token;
    }

    function _knownJob(uint256 jobId) internal view returns (Record storage job) {
        job = _jobs[jobId];
        require(job.client != address(0), JobUnknown(jobId));
    }

    /// @dev From the client's allowance, or its balance in the ledger if it made the escrow an operator there.
    function _take(address token, address client, uint256 amount, bool isInLedger) internal {
        if (isInLedger) {
            ledger.transferFrom(client, address(this), uint160(token), amount);
            return;
        }
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(client, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        require(received >= amount, TokenShortfall(received, amount));
    }

    /// @dev What a funded job still holds.
    function _restOf(uint256 jobId, Record memory job) internal view returns (uint256) {
        return job.budget - _releasedBefore(jobId, job);
    }

    /// @dev Pays the provider's side `gross`, less the fee, after `before` was paid. The fee is on the sum: parts pay no less than the whole.
    function _pay(uint256 jobId, Record memory job, uint256 gross, uint256 before) internal {
        uint256 feeBP = job.platformFeeBP;
        uint256 fee = feeBP == 0 ? 0 : _feeOn(before + gross, feeBP) - _feeOn(before, feeBP);
        if (fee > 0) {
            Fees storage fees = _feesIn[_tokens[job.token]];
            if (_has(job.flags, IS_IN_LEDGER)) fees.inLedger += uint128(fee);
            else fees.direct += uint128(fee);
            emit PlatformFeePaid(jobId, platformTreasury, fee);
        }

        _payout(jobId, job, gross - fee, PAYOUT_GAS);
    }

    function _refund(uint256 jobId, Record memory job) internal {
        uint256 amount = _restOf(jobId, job);
        if (amount > 0) _payback(jobId, job, amount, PAYOUT_GAS);
    }

    function _releasedBefore(uint256 jobId, Record memory job) internal view returns (uint256) {
        return _has(job.flags, HAS_RELEASED) ? _releasedOf[jobId] : 0;
    }

    function _payeeFor(uint256 jobId, Record memory job) private view returns (address) {
        return _has(job.flags, HAS_PAYEE) ? _payeeOf[jobId] : job.provider;
    }

    function _payout(uint256 jobId, Record memory job, uint256 amount, uint256 gasCap) private {
        address payee = _payeeFor(jobId, job);
        if (amount == 0 || _send(job, payee, amount, gasCap)) {
            emit PaymentReleased(jobId, job.provider, amount);
        } else {
            _owedOf[jobId].toProvider += uint96(amount);
            emit PaymentOwed(jobId, payee, amount);
        }
    }

    function _payback(uint256 jobId, Record memory job, uint256 amount, uint256 gasCap) private {
        address client = job.client;
        if (_send(job, client, amount, gasCap)) {
            emit Refunded(jobId, client, amount);
        } else {
            _owedOf[jobId].toClient += uint96(amount);
            emit PaymentOwed(jobId, client, amount);
        }
    }

    /// @dev Neither a token that refuses nor what it answers must keep a job from its end.
    function _send(Record memory job, address to, uint256 amount, uint256 gasCap) private returns (bool) {
        address token = _tokens[job.token];
        bytes memory transfer = abi.encodeCall(IERC20.transfer, (to, amount));
        if (_has(job.flags, IS_IN_LEDGER)) {
            transfer = abi.encodeCall(ledger.transfer, (to, uint160(token), amount));
            token = address(ledger);
        }
        (bool hasSucceeded, uint256 answerSize, uint256 answer) = gasCap == PAYOUT_GAS
            ? BoundedCall.tryCapped(token, transfer, gasCap)
            : BoundedCall.tryCall(token, transfer, gasCap);
        // As SafeERC20 has it: true, or nothing at all from a contract.
        return hasSucceeded && (answerSize == 0 ? token.code.length > 0 : answerSize >= 32 && answer == 1);
    }

    function _grossOf(uint256 jobId) private view returns (uint256) {
        Record storage job = _jobs[jobId];
        return job.status == JobStatus.Completed ? job.budget : _releasedOf[jobId];
    }

    function _feeOn(uint256 gross, uint256 feeBP) private pure returns (uint256) {
        return gross * feeBP / BASIS;
    }
}
