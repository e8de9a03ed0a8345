// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "./IJobEscrow.sol";

/// @title Shares what a job pays among thousands, who are paid in the ledger: one by one, or many at once.
/// @dev For jobs that are funded from the ledger, whose provider has made this contract their payee. Payees are the leaves of a Merkle
/// tree that OpenZeppelin's library makes of (uint256 index, address account, uint256 amount). Amounts are in the smallest unit of the
/// job's token. No payee is ever called, so none can spoil it for the others.
interface ICrowdPayout {
    struct Payout {
        uint256 index;
        address account;
        uint256 amount;
    }

    /// @dev `total` is what all payees are to get, `claimed` what those are to get that have been paid, `pot` what the job has paid, which
    /// is zero before the first claim.
    struct Crowd {
        bytes32 root;
        uint96 total;
        uint96 claimed;
        bool isRemainderClaimed;
        address token;
        uint96 pot;
    }

    event PayeesSet(uint256 indexed jobId, bytes32 root, uint256 total);
    event PayoutsMade(uint256 indexed jobId, uint256[] indexes);
    event RemainderClaimed(uint256 indexed jobId, address indexed provider, uint256 amount);

    error JobNotEnded(uint256 jobId, IJobEscrow.JobStatus status);
    error PayeeMismatch(uint256 jobId, address payee);
    error PayeesInvalid(bytes32 root, uint256 total, uint256 budget);
    error ProofInvalid(uint256 jobId);
    error PayoutAlreadyMade(uint256 jobId, uint256 index);
    error TotalExceeded(uint256 jobId, uint256 total);

    /// @notice Says who shares in what a funded job pays: the tree of the payees, and what they get together, which is the budget at most.
    /// Provider only, until it submits or anything is paid: the evaluator judges what stands fast.
    function setPayees(uint256 jobId, bytes32 root, uint256 total) external;

    /// @notice Pays one payee of a job that has ended. Anyone, for ever. When the job has paid less than the total, because of its fee or
    /// of a split, everybody gets as much less.
    function claimPayout(uint256 jobId, Payout calldata payout, bytes32[] calldata proof) external;

    /// @notice Pays many payees with one proof (OpenZeppelin's multiproof): the nearer their leaves, the cheaper. Anyone. Skips who has been
    /// paid already, so that no claim that comes first can stop the others; one payout that is not of the tree refuses all.
    function pushPayouts(uint256 jobId, Payout[] calldata payouts, bytes32[] calldata proof, bool[] calldata proofFlags)
        external;

    /// @notice Gives the provider what the job has paid beyond the total: everything, when it has named no payees. Anyone, once.
    function claimRemainder(uint256 jobId) external;

    function getCrowd(uint256 jobId) external view returns (Crowd memory);

    function isPayoutMade(uint256 jobId, uint256 index) external view returns (bool);
}
