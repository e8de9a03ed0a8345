// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IJobEscrow} from "./IJobEscrow.sol";
import {IJobEvaluator} from "./IJobEvaluator.sol";

/// @title An evaluator of jobs that takes the client's silence for a yes, and an arbiter's word when the client disputes.
/// @dev The table of states stands in `protocol/src/model/arbitration.ts`. Amounts are in the job's token's smallest unit, shares in
/// basis points of the budget, rounded down; the rest is the client's.
interface IArbitratedEvaluator is IJobEvaluator {
    /// @dev Everything that the parties agree on. `bond` is what a dispute costs the client, `stake` what the provider puts in before it
    /// submits; zero for none. `silenceShareBP` is what the provider gets when the arbiter says nothing.
    struct ArbitrationTerms {
        address arbiter;
        uint32 reviewSeconds;
        uint32 rulingSeconds;
        uint16 silenceShareBP;
        uint96 bond;
        uint96 stake;
    }

    /// @dev The terms, and where a job stands. `disputedAt` is zero without an open dispute; a job without terms has no arbiter.
    struct Arbitration {
        address arbiter;
        uint32 reviewSeconds;
        uint32 rulingSeconds;
        uint16 silenceShareBP;
        uint96 bond;
        uint96 stake;
        uint40 disputedAt;
        bool isBondHeld;
        bool isStakeHeld;
        bool hasRedone;
    }

    enum Ruling {
        Refund,
        Pay,
        Split,
        Redo
    }

    event ArbitrationTermsSet(
        uint256 indexed jobId,
        address indexed arbiter,
        uint256 reviewSeconds,
        uint256 rulingSeconds,
        uint256 silenceShareBP,
        uint256 bond,
        uint256 stake
    );
    event StakeLocked(uint256 indexed jobId, address indexed provider, uint256 amount);
    event DisputeOpened(uint256 indexed jobId, address indexed client, bytes32 reason);
    event RulingGiven(uint256 indexed jobId, address indexed arbiter, Ruling ruling, uint256 shareBP, bytes32 reason);
    event ReviewSettled(uint256 indexed jobId, uint256 shareBP);
    event BondReleased(uint256 indexed jobId, address indexed receiver, uint256 amount);
    event StakeReleased(uint256 indexed jobId, address indexed receiver, uint256 amount);

    error ArbiterIsParty(address arbiter);
    error ShareInvalid(uint256 shareBP);
    error ArbiterOnly(address caller);
    error StakeMismatch(address arbiter, uint256 stake);
    error StakeAlreadyLocked(uint256 jobId);
    error StakeMissing(uint256 jobId);
    error DisputeAlreadyOpen(uint256 jobId);
    error DisputeNotOpen(uint256 jobId);
    error RulingOver(uint256 jobId, uint256 endsAt);
    error RedoUsed(uint256 jobId);
    error JobNotEnded(uint256 jobId, IJobEscrow.JobStatus status);
    error NothingHeld(uint256 jobId);

    /// @notice Says who judges an open job, and how. The job's client only, once, after the provider is known. Each window has an hour at
    /// least; the arbiter is neither of the parties.
    /// @dev Makes the escrow wait for both windows and a day more before it refunds submitted work.
    function setArbitrationTerms(uint256 jobId, ArbitrationTerms calldata terms) external;

    /// @notice Locks the stake of a funded job, from the provider's balance in the ledger, of which this contract must be an operator.
    /// Provider only, once. It names what it has read: a stake is for this arbiter only.
    function lockStake(uint256 jobId, address arbiter, uint256 amount) external;

    /// @notice Pays the whole budget for submitted work, disputed or not. Client only. Bond and stake go back.
    function acceptWork(uint256 jobId) external;

    /// @notice Asks the arbiter to judge submitted work, within the review window. Client only. Takes the bond from its balance in the
    /// ledger, of which this contract must be an operator, unless it is held from a dispute before. `reason` is a hash of what is wrong.
    function openDispute(uint256 jobId, bytes32 reason) external;

    /// @notice Decides an open dispute within the ruling window. The job's arbiter only. Refund: everything to the client, the stake with it.
    /// Pay: everything to the provider, the bond with it. Split: `shareBP` of the budget to the provider, 1 to 9,999; zero otherwise.
    /// Redo: the provider may submit once more before the job's expiry; once, and the bond stays for the next dispute.
    function rule(uint256 jobId, Ruling ruling, uint256 shareBP, bytes32 reason) external;

    /// @notice Takes silence for an answer: the client's, after the review window, for a yes; the arbiter's, after the ruling window, for
    /// the declared share. Anyone. A provider that owes its stake is not paid by silence. Bond and stake go back.
    function settleReview(uint256 jobId) external;

    /// @notice Gives back bond and stake of a job that ended without a ruling, by its expiry. Anyone.
    function releaseBondAndStake(uint256 jobId) external;

    function getArbitration(uint256 jobId) external view returns (Arbitration memory);
}
