// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {ICrowdPayout} from "./interfaces/ICrowdPayout.sol";
import {IJobEscrow} from "./interfaces/IJobEscrow.sol";
import {ILedger} from "./interfaces/ILedger.sol";

/// @title Shares what a job pays among thousands.
contract CrowdPayout is ICrowdPayout, ERC2771Context {
    using BitMaps for BitMaps.BitMap;

    IJobEscrow public immutable escrow;
    ILedger public immutable ledger;

    mapping(uint256 jobId => Crowd) private _crowds;
    mapping(uint256 jobId => BitMaps.BitMap) private _made;

    constructor(address forwarder, IJobEscrow escrow_, ILedger ledger_) ERC2771Context(forwarder) {
        escrow = escrow_;
        ledger = ledger_;
    }

    /// @inheritdoc ICrowdPayout
    function setPayees(uint256 jobId, bytes32 root, uint256 total) external {
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(job.client != address(0), IJobEscrow.JobUnknown(jobId));
        require(_msgSender() == job.provider, IJobEscrow.ProviderOnly(_msgSender()));
        require(job.status == IJobEscrow.JobStatus.Funded, IJobEscrow.JobNotFunded(jobId, job.status));
        require(escrow.paymentOf(jobId) == 0, IJobEscrow.PaymentStarted(jobId));
        _requirePayee(jobId);
        require(root != 0 && total > 0 && total <= job.budget, PayeesInvalid(root, total, job.budget));

        _crowds[jobId].root = root;
        _crowds[jobId].total = uint96(total);
        emit PayeesSet(jobId, root, total);
    }

    /// @inheritdoc ICrowdPayout
    function claimPayout(uint256 jobId, Payout calldata payout, bytes32[] calldata proof) external {
        Crowd memory crowd = _settledCrowd(jobId);

        require(MerkleProof.verifyCalldata(proof, crowd.root, _leafOf(payout)), ProofInvalid(jobId));
        require(!_made[jobId].get(payout.index), PayoutAlreadyMade(jobId, payout.index));

        uint256 share = _take(jobId, crowd, payout);
        _crowds[jobId].claimed = crowd.claimed;
        uint256[] memory indexes = new uint256[](1);
        indexes[0] = payout.index;
        emit PayoutsMade(jobId, indexes);

        ledger.transfer(payout.account, uint160(crowd.token), share);
    }

    /// @inheritdoc ICrowdPayout
    function pushPayouts(uint256 jobId, Payout[] calldata payouts, bytes32[] calldata proof, bool[] calldata proofFlags)
        external
    {
        Crowd memory crowd = _settledCrowd(jobId);
        uint256 count = payouts.length;

        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            leaves[i] = _leafOf(payouts[i]);
        }
        require(_isWellFormed(count, proof.length, proofFlags), ProofInvalid(jobId));
        require(MerkleProof.multiProofVerifyCalldata(proof, proofFlags, crowd.root, leaves), ProofInvalid(jobId));

        uint256[] memory indexes = new uint256[](count);
        address[] memory accounts = new address[](count);
        uint256[] memory shares = new uint256[](count);
        uint256 made = 0;
        for (uint256 i = 0; i < count; i++) {
            Payout calldata payout = payouts[i];
            if (_made[jobId].get(payout.index)) continue;
            indexes[made] = payout.index;
            accounts[made] = payout.account;
            shares[made] = _take(jobId, crowd, payout);
            made++;
        }
        if (made == 0) return;
        assembly ("memory-safe") {
            // The lists end where those that are skipped would begin.
            mstore(indexes, made)
            mstore(accounts, made)
            mstore(shares, made)
        }
        _crowds[jobId].claimed = crowd.claimed;
        emit PayoutsMade(jobId, indexes);

        ledger.transferBatch(crowd.token, accounts, shares);
    }

    /// @inheritdoc ICrowdPayout
    function claimRemainder(uint256 jobId) external {
        Crowd memory crowd = _settledCrowd(jobId);

        require(crowd.pot > crowd.total && !crowd.isRemainderClaimed, IJobEscrow.NothingOwed(jobId));

        uint256 remainder = crowd.pot - crowd.total;
        address provider = escrow.getJob(jobId).provider;
        _crowds[jobId].isRemainderClaimed = true;
        emit RemainderClaimed(jobId, provider, remainder);

        ledger.transfer(provider, uint160(crowd.token), remainder);
    }

    /// @inheritdoc ICrowdPayout
    function getCrowd(uint256 jobId) external view returns (Crowd memory) {
        return _crowds[jobId];
    }

    /// @inheritdoc ICrowdPayout
    function isPayoutMade(uint256 jobId, uint256 index) external view returns (bool) {
        return _made[jobId].get(index);
    }

    /// @dev The crowd of a job that has ended and paid something. What it has paid never changes then: the escrow is asked once.
    function _settledCrowd(uint256 jobId) private returns (Crowd memory crowd) {
        crowd = _crowds[jobId];
        if (crowd.pot > 0) return crowd;
        IJobEscrow.Job memory job = escrow.getJob(jobId);

        require(job.client != address(0), IJobEscrow.JobUnknown(jobId));
        require(job.status >= IJobEscrow.JobStatus.Completed, JobNotEnded(jobId, job.status));
        _requirePayee(jobId);
        uint256 pot = escrow.paymentOf(jobId);
        require(pot > 0, IJobEscrow.NothingOwed(jobId));

        (crowd.token, crowd.pot) = (job.token, uint96(pot));
        _crowds[jobId].token = job.token;
        _crowds[jobId].pot = uint96(pot);
    }

    /// @dev What another payee was paid is not in this contract's balance: that is others' money. A payee is paid in the ledger.
    function _requirePayee(uint256 jobId) private view {
        address payee = escrow.payeeOf(jobId);
        require(payee == address(this), PayeeMismatch(jobId, payee));
    }

    /// @dev Counts a payout as made and returns what it comes to. Sums are rounded down, not shares: all of them together are all there is.
    function _take(uint256 jobId, Crowd memory crowd, Payout calldata payout) private returns (uint256) {
        uint256 total = crowd.total;
        uint256 before = crowd.claimed;
        require(payout.amount <= total - before, TotalExceeded(jobId, total));

        _made[jobId].set(payout.index);
        crowd.claimed = uint96(before + payout.amount);
        uint256 payable_ = crowd.pot < total ? crowd.pot : total;
        return crowd.claimed * payable_ / total - before * payable_ / total;
    }

    function _leafOf(Payout calldata payout) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(payout.index, payout.account, payout.amount))));
    }

    /// @dev Whether a multiproof has as many hashes as its flags say: OpenZeppelin's check ends in errors of its own, or in a panic.
    function _isWellFormed(uint256 leaves, uint256 hashes, bool[] calldata flags) private pure returns (bool) {
        uint256 siblings = 0;
        for (uint256 i = 0; i < flags.length; i++) {
            if (!flags[i]) siblings++;
        }
        return leaves > 0 && siblings == hashes && leaves + hashes == flags.length + 1;
    }
}
