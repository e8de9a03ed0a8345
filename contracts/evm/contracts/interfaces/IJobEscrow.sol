// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Jobs with payment in escrow: the core of ERC-8183 (base-contracts dialect).
/// @dev Money always finds a way out: the evaluator completes or rejects, and after the expiry anyone returns it to the client.
interface IJobEscrow {
    enum JobStatus {
        Open,
        Funded,
        Submitted,
        Completed,
        Rejected,
        Expired
    }

    /// @dev Times are in seconds, `budget` in the token's smallest unit. `client` is zero for an unknown job; `evaluationPeriod` zero
    /// stands for EVALUATION_GRACE_PERIOD.
    struct Job {
        address client;
        uint40 expiredAt;
        uint40 submittedAt;
        JobStatus status;
        address provider;
        uint256 providerAgentId;
        address evaluator;
        uint24 evaluationPeriod;
        uint16 platformFeeBP;
        bool isInLedger;
        address token;
        uint96 budget;
    }

    /// @dev All that opens, prices and funds a job. `jobId` zero stands for the client's next; `terms` are for the evaluator's `onHire`.
    struct Hiring {
        uint256 jobId;
        address client;
        address provider;
        uint256 providerAgentId;
        address evaluator;
        uint256 expiredAt;
        string description;
        address hook;
        address token;
        uint256 budget;
        bool isInLedger;
        bytes terms;
    }

    /// @dev What was taken of payments in a token and not collected yet; that of jobs funded from the ledger is a balance there.
    struct Fees {
        uint128 direct;
        uint128 inLedger;
    }

    event JobCreated(
        uint256 indexed jobId,
        address indexed client,
        address indexed provider,
        address evaluator,
        uint256 expiredAt,
        address hook
    );
    event JobDescribed(uint256 indexed jobId, string description);
    event ProviderSet(uint256 indexed jobId, address indexed provider, uint256 agentId);
    event PayeeSet(uint256 indexed jobId, address indexed payee);
    event EvaluationPeriodSet(uint256 indexed jobId, uint256 period);
    event BudgetSet(uint256 indexed jobId, address indexed token, uint256 amount);
    event JobFunded(uint256 indexed jobId, address indexed client, uint256 amount);
    event JobSubmitted(uint256 indexed jobId, address indexed provider, bytes32 deliverable);
    event JobCompleted(uint256 indexed jobId, address indexed evaluator, bytes32 reason);
    event JobPartReleased(uint256 indexed jobId, uint256 amount, bytes32 reason);
    event JobReopened(uint256 indexed jobId, bytes32 reason);
    event PaymentReleased(uint256 indexed jobId, address indexed provider, uint256 amount);
    event JobRejected(uint256 indexed jobId, address indexed rejector, bytes32 reason);
    event Refunded(uint256 indexed jobId, address indexed client, uint256 amount);
    event JobExpired(uint256 indexed jobId);
    event PlatformFeePaid(uint256 indexed jobId, address indexed platformTreasury, uint256 amount);
    event PlatformFeeSet(uint256 feeBP, address indexed treasury);
    event FeesCollected(address indexed token, address indexed treasury, uint256 direct, uint256 inLedger);
    event HookWhitelistUpdated(address indexed hook, bool status);
    event HookFailed(uint256 indexed jobId, address indexed hook, bytes4 selector);
    event PaymentOwed(uint256 indexed jobId, address indexed payee, uint256 amount);

    error JobUnknown(uint256 jobId);
    error JobNotOpen(uint256 jobId, JobStatus status);
    error JobNotFunded(uint256 jobId, JobStatus status);
    error JobNotSubmitted(uint256 jobId, JobStatus status);
    error JobAlreadyCompleted(uint256 jobId);
    error JobAlreadyEnded(uint256 jobId, JobStatus status);
    error JobNotExpired(uint256 jobId, uint256 expiredAt);
    error JobPastExpiry(uint256 jobId, uint256 expiredAt);
    error EvaluationInGrace(uint256 jobId, uint256 endsAt);
    error ClientOnly(address caller);
    error ProviderOnly(address caller);
    error EvaluatorOnly(address caller);
    error PartyOnly(address caller);
    error ProviderNotSet(uint256 jobId);
    error ProviderAlreadySet(uint256 jobId);
    error ProviderIsEvaluator(address provider);
    error AgentNotOfProvider(uint256 agentId, address provider);
    error AddressZero();
    error ExpiryOutOfRange(uint256 expiredAt, uint256 earliest, uint256 latest);
    error HookNotAllowed(address hook);
    error BudgetMismatch(uint256 budget, uint256 expected);
    error BudgetTooLarge(uint256 amount);
    error TokenShortfall(uint256 received, uint256 budget);
    error ExpiryTooSoon(uint256 jobId, uint256 earliest);
    error EvaluationPeriodTooLong(uint256 period, uint256 longest);
    error JobNotInLedger(uint256 jobId);
    error PayeeAlreadySet(uint256 jobId);
    error PaymentStarted(uint256 jobId);
    error ReleaseTooLarge(uint256 amount, uint256 rest);
    error NothingOwed(uint256 jobId);
    error FeeTooHigh(uint256 feeBP, uint256 highest);
    error AmountZero();

    /// @notice Opens a job of the caller. `provider` may be zero and set later, `hook` zero or one that the owner allows.
    /// @return jobId keccak256(domain separator, client, the client's job count): `nextJobId` tells it beforehand.
    function createJob(
        address provider,
        address evaluator,
        uint256 expiredAt,
        string calldata description,
        address hook,
        uint256 providerAgentId
    ) external returns (uint256 jobId);

    /// @notice Does in one call what createJob, setProvider, setBudget, the evaluator's terms and fund (or fundFromLedger) do. The client only, or its
    /// operator in the ledger for a job that is funded from there.
    function hire(Hiring calldata hiring) external returns (uint256 jobId);

    /// @notice Names the provider of an open job that has none. Client only.
    function setProvider(uint256 jobId, address provider, uint256 agentId) external;

    /// @notice Says whose balance in the ledger gets what the job pays in the provider's place. Provider only, once, while the work is not
    /// submitted: of a job that is funded from the ledger and has paid nothing yet.
    function setPayee(uint256 jobId, address payee) external;

    /// @notice Says how long (in seconds) the evaluator may take to judge a submission: nobody claims a refund until then. Evaluator only, while
    /// the job is open. `fund` then demands an expiry that leaves time for two such periods.
    function setEvaluationPeriod(uint256 jobId, uint256 period) external;

    /// @notice Sets what an open job pays. Client or provider; a token that is named only the client changes. `optParams` is for hooks.
    function setBudget(uint256 jobId, address token, uint256 amount, bytes calldata optParams) external;

    /// @notice Uses the caller's ERC-2612 permit for this contract, for a `fund` that follows in the same request.
    /// @dev A permit that somebody else has used already does no harm: the allowance is there.
    function usePermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Takes the budget into escrow. Client only; `expectedBudget` must be the job's.
    /// @dev A token that delivers less than the budget is refused.
    function fund(uint256 jobId, uint256 expectedBudget, bytes calldata optParams) external;

    /// @notice The same from the client's balance in the ledger, where the client made the escrow an operator. What the job pays or refunds goes to
    /// balances there. Client only.
    function fundFromLedger(uint256 jobId, uint256 expectedBudget) external;

    /// @notice Says that the work is done. Provider only, before the expiry; the job's agent must be the provider's.
    /// `deliverable` is the provider's claim: what was delivered is for the evaluator to judge.
    function submit(uint256 jobId, bytes32 deliverable, bytes calldata optParams) external;

    /// @notice Pays the provider what the job still holds. Evaluator only.
    /// @dev A payment that the token refuses to move stays owed: see `claimPayment`. GasTooLow when the call brings less than a token may take.
    function complete(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Pays the provider a part of the budget. Evaluator only, from the funding to the end.
    function release(uint256 jobId, uint256 amount, bytes32 reason) external;

    /// @notice Asks the provider to submit again. Evaluator only, before the expiry.
    function redo(uint256 jobId, bytes32 reason) external;

    /// @notice Returns what the job still holds to the client. The client while the job is open, then the evaluator.
    function reject(uint256 jobId, bytes32 reason, bytes calldata optParams) external;

    /// @notice Returns what the job still holds to the client after the expiry, and not before the evaluator had its period. Anyone.
    function claimRefund(uint256 jobId) external;

    /// @notice Tries again to pay what a token refused to move, with all the gas there is. Anyone.
    function claimPayment(uint256 jobId) external;

    function getJob(uint256 jobId) external view returns (Job memory);

    /// @notice Who gets what the job pays: the provider, unless it said otherwise.
    function payeeOf(uint256 jobId) external view returns (address);

    /// @notice Sets the share of what providers earn that goes to the protocol, in basis points, for jobs that are created from now on, and who
    /// gets it. Owner only.
    function setPlatformFee(uint256 feeBP, address treasury) external;

    /// @notice Sends the fees that were taken in a token to the treasury. Anyone.
    function collectFees(address token) external;

    /// @notice Lets clients choose a hook, or no longer. Owner only; jobs keep the hook that they have.
    function setHookWhitelist(address hook, bool status) external;

    /// @notice In basis points, for jobs that are created now.
    function platformFeeBP() external view returns (uint16);

    function platformTreasury() external view returns (address);

    function accruedFees(address token) external view returns (Fees memory);

    function whitelistedHooks(address hook) external view returns (bool);

    /// @notice A job's hook; zero for none.
    function hookOf(uint256 jobId) external view returns (address);

    /// @notice What the protocol has taken of what the job paid so far: floor(paid * platformFeeBP / 10000).
    function feeOf(uint256 jobId) external view returns (uint256);

    /// @notice What was paid, or is owed, to the provider's side so far, without the fee.
    function paymentOf(uint256 jobId) external view returns (uint256);

    /// @notice What a token refused to move and can be claimed.
    function owed(uint256 jobId) external view returns (uint256);

    /// @notice The id of the next job that `client` creates.
    function nextJobId(address client) external view returns (uint256);
}
